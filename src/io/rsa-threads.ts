// SPDX-License-Identifier: Apache-2.0
/**
 * RSA private operations on all cores. Node has no asynchronous form for a digest that is ready, so threads call the
 * synchronous one. A thread starts in about 60 ms, an operation of RSA-4096 takes 2 to 7 ms: few stay in this thread.
 */
import { constants, type KeyObject, privateEncrypt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { RsaOperation } from '../ports.ts';

/** So many operations before threads are worth their start. */
const FEW = 8;

/** So many operations a thread has before it at most: one at work, and enough for the time in which this one works, too. */
const QUEUE = 3;

/** A script in itself: it runs the same from the source and from the compiled chunks. */
const SCRIPT = `
const { parentPort, workerData: { key, padding } } = require('node:worker_threads');
const { privateEncrypt } = require('node:crypto');
parentPort.on('message', (block) => {
  try { parentPort.postMessage({ value: privateEncrypt({ key, padding }, block) }); }
  catch (error) { parentPort.postMessage({ problem: String(error) }); }
});`;

type Answer = { readonly value: Uint8Array } | { readonly problem: string };

/** `threads` is the most that work, this one among them. */
export function rsaThreads(threads: number): RsaOperation {
  const pools = new Map<KeyObject, readonly Lane[]>();
  let asked = 0;
  let isWorking = false;
  return async (key, block) => {
    asked += 1;
    const here = () => privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, block);
    if (threads < 2 || asked <= FEW) return here();
    const lanes = pools.get(key) ?? Array.from({ length: threads - 1 }, () => startThread(key));
    pools.set(key, lanes);
    for (;;) {
      const lane = lanes.reduce((best, one) => (one.asked() < best.asked() ? one : best));
      if (lane.asked() < QUEUE) return lane.ask(block);
      if (!isWorking) break;
      await setImmediate();
    }
    isWorking = true;
    try {
      return here();
    } finally {
      // what the others have answered meanwhile comes in before anything else is done here
      await setImmediate();
      isWorking = false;
    }
  };
}

/** Another thread, and the operations that it has not answered yet. */
interface Lane {
  asked(): number;
  ask(block: Uint8Array): Promise<Uint8Array>;
}

/** Answers come in the order of the questions. A thread keeps the process alive only while it owes one. */
function startThread(key: KeyObject): Lane {
  const worker = new Worker(SCRIPT, { eval: true, workerData: { key, padding: constants.RSA_PKCS1_PADDING } });
  const waiting: { resolve: (value: Uint8Array) => void; reject: (error: Error) => void }[] = [];
  worker.unref();
  worker.on('message', (answer: Answer) => {
    const asker = waiting.shift();
    if (waiting.length === 0) worker.unref();
    if ('value' in answer) asker?.resolve(answer.value);
    else asker?.reject(new Error(answer.problem));
  });
  worker.on('error', (error) => {
    for (const asker of waiting.splice(0)) asker.reject(error);
  });
  return {
    asked: () => waiting.length,
    ask: (block) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.ref();
        worker.postMessage(block);
      }),
  };
}
