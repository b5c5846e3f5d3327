// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP by undici's `request`, which hands on the bytes as the server has them. `fetch` would unpack whatever is labelled
 * `Content-Encoding: gzip`, as many an Apache labels every .tar.gz, and no digest would fit.
 */
import { setTimeout } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Fault, quote } from '../core/fault.ts';
import type { Answer, Http, RequestLimits } from '../ports.ts';
import { errorCode, reasonOf } from './system-error.ts';

/** Milliseconds before each try. */
const PAUSES: readonly number[] = [0, 500, 2000, 5000];
/** Milliseconds without an answer, or without another byte of it. */
const TIMEOUT = 30_000;
const RETRIED = new Set([408, 425, 429, 499, 500, 502, 503, 504]);

/** Milliseconds for one answer of any size: a body that drips for ever ends here. */
const LONGEST = 30 * 60 * 1000;

interface Sink {
  take(chunk: Uint8Array): void;
  /** Forgets what was taken; absent where the receiver cannot. */
  restart?(): void;
}

type Try = boolean | { readonly problem: string; readonly retry: boolean };

export function undiciHttp({ pauses = PAUSES, timeout = TIMEOUT } = {}): Http {
  let agent: Promise<Dispatcher> | undefined;
  const fetchInto = async (url: string, sink: Sink, patience?: number): Promise<boolean> => {
    if (!URL.canParse(url)) throw new Fault('usage', `not a valid address: ${quote(url)}`);
    agent ??= makeAgent(timeout);
    return withRetries(url, { pauses, patience, dispatcher: await agent }, sink);
  };
  return {
    get: async (url, cap, patience) => {
      let parts: Uint8Array[] = [];
      let size = 0;
      const take = (chunk: Uint8Array) => {
        size += chunk.length;
        if (size > cap)
          throw new Fault('bad-format', `${quote(url)} is larger than the ${cap} bytes that such a file can have`);
        parts.push(chunk);
      };
      const restart = () => {
        parts = [];
        size = 0;
      };
      return (await fetchInto(url, { take, restart }, patience)) ? Buffer.concat(parts) : undefined;
    },
    getChunks: async (url, onChunk) => fetchInto(url, { take: onChunk }),
    post: async (url, body, limits) => once(url, { method: 'POST', body }, limits),
    ask: async (url, limits) => once(url, { method: 'GET' }, limits),
  };
}

type Method = { readonly method: 'GET' } | { readonly method: 'POST'; readonly body: Uint8Array };

/** Through undici's own dispatcher, which follows no redirection. The signal ends what drips, too. */
async function once(
  url: string,
  method: Method,
  { cap, timeout, headers, authorities }: RequestLimits,
): Promise<Answer> {
  const { Agent, request } = await import('undici');
  const signal = AbortSignal.timeout(timeout);
  const dispatcher = authorities === undefined ? undefined : new Agent({ connect: { ca: authorities } });
  try {
    const answer = await request(url, {
      ...method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      signal,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > cap) throw new Fault('bad-format', `${quote(url)} answers with more than ${cap} bytes`, { file: url });
      parts.push(chunk);
    }
    return { status: answer.statusCode, body: Buffer.concat(parts), headers: single(answer.headers) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const problem = signal.aborted ? `no whole answer within ${timeout} ms` : reasonOf(error);
    const what = method.method === 'POST' ? 'post to' : 'get';
    throw new Fault('network', `cannot ${what} ${quote(url)}: ${problem}`, { file: url, cause: error });
  } finally {
    await dispatcher?.destroy();
  }
}

const single = (headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** undici is loaded on first use: a command without a URL never pays for it. */
async function makeAgent(timeout: number): Promise<Dispatcher> {
  const { Agent, interceptors } = await import('undici');
  const agent = new Agent({ connect: { timeout }, headersTimeout: timeout, bodyTimeout: timeout });
  return agent.compose(interceptors.redirect({ maxRedirections: 5 }));
}

interface Fetching {
  /** Milliseconds before each try. */
  readonly pauses: readonly number[];
  /** Milliseconds for all of them. */
  readonly patience: number | undefined;
  readonly dispatcher: Dispatcher;
}

async function withRetries(
  url: string,
  { pauses, patience = Number.POSITIVE_INFINITY, dispatcher }: Fetching,
  sink: Sink,
): Promise<boolean> {
  let problem = '';
  const end = performance.now() + patience;
  for (const [index, pause] of pauses.entries()) {
    if (index > 0 && performance.now() + pause >= end) break;
    await setTimeout(pause);
    const timeout = Math.max(1, Math.min(LONGEST, Math.floor(end - performance.now())));
    const answer = await tryOnce(url, { dispatcher, signal: AbortSignal.timeout(timeout) }, sink);
    if (typeof answer === 'boolean') return answer;
    problem = answer.problem;
    if (!answer.retry) break;
  }
  throw new Fault('network', `cannot fetch ${quote(url)}: ${problem}`, {
    file: url,
    hint: 'is the address right, and the server up? then run this again',
  });
}

/** A try that has handed out chunks is repeated only where the receiver can forget them. */
async function tryOnce(
  url: string,
  limits: { readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
  sink: Sink,
): Promise<Try> {
  const { request } = await import('undici');
  let given = false;
  try {
    const { statusCode, body } = await request(url, {
      ...limits,
      headers: { 'accept-encoding': 'identity' },
    });
    if (statusCode !== 200) {
      await body.dump();
      if (statusCode === 404 || statusCode === 410) return false;
      return { problem: `the server answers ${statusCode}`, retry: RETRIED.has(statusCode) };
    }
    for await (const chunk of body) {
      given = true;
      sink.take(chunk);
    }
    return true;
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (given) sink.restart?.();
    // a redirection in a circle, or to something that is not HTTP
    const hopeless = errorCode(error) === 'UND_ERR_INVALID_ARG';
    return { problem: reasonOf(error), retry: !hopeless && (!given || sink.restart !== undefined) };
  }
}
