// SPDX-License-Identifier: Apache-2.0
/**
 * RSA private operations on all cores. Node has no asynchronous form for a digest that is ready, so threads call the
 * synchronous one. A thread starts in about 40 ms, an operation of RSA-4096 takes 2 to 7 ms: few stay in this thread.
 */
import { constants, type KeyObject, privateEncrypt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { RsaOperation } from '../ports.ts';

/** So many operations before threads are worth their start. */
const FEW = 24;

/** A script in itself: it runs the same from the source and from the compiled chunks. */
const SCRIPT = `
const { parentPort, workerData: { key, padding } } = require('node:worker_threads');
const { privateEncrypt } = require('node:crypto');
parentPort.on('message', (block) => {
  try { parentPort.postMessage({ value: privateEncrypt({ key, padding }, block) }); }
  catch (error) { parentPort.postMessage({ problem: String(error) }); }
});`;

type Answer = { readonly value: Uint8Array } | { readonly problem: string };

/** `threads` is the most that are started; 1 means none besides this one. */
export function rsaThreads(threads: number): RsaOperation {
  const pools = new Map<KeyObject, Pool>();
  let done = 0;
  return async (key, block) => {
    done += 1;
    if (threads < 2 || done <= FEW) return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, block);
    const pool = pools.get(key) ?? startPool(key, threads);
    pools.set(key, pool);
    return pool(block);
  };
}

type Pool = (block: Uint8Array) => Promise<Uint8Array>;

function startPool(key: KeyObject, threads: number): Pool {
  const lanes = Array.from({ length: threads }, () => startThread(key));
  let next = 0;
  return async (block) => {
    const lane = lanes[next++ % lanes.length];
    if (lane === undefined) throw new RangeError('no thread was started');
    return lane(block);
  };
}

/** Answers come in the order of the questions. A thread keeps the process alive only while it owes one. */
function startThread(key: KeyObject): Pool {
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
  return (block) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage(block);
    });
}
