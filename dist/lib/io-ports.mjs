// SPDX-License-Identifier: Apache-2.0
import {
  isTemporaryName,
  makerOf,
  temporaryName
} from "./shared-core-companions.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/io/ports.ts
import os2 from "node:os";

// src/io/clock.ts
import { setTimeout as setTimeout2 } from "node:timers/promises";
var systemClock = () => ({
  now: () => /* @__PURE__ */ new Date(),
  sleep: async (duration) => setTimeout2(duration)
});

// src/io/files.ts
import fs4 from "node:fs";
import path2 from "node:path";

// src/io/chunks.ts
import fs from "node:fs";
import { setImmediate } from "node:timers/promises";

// src/io/system-error.ts
import os from "node:os";
var MEANINGS = {
  ENOENT: { kind: "not-found", why: "no such file or directory", hint: "check the path" },
  ENOTDIR: { kind: "not-found", why: "a part of the path is not a directory", hint: "check the path" },
  EEXIST: { kind: "usage", why: "something else is there already", hint: "check the path" },
  EISDIR: { kind: "usage", why: "it is a directory", hint: "name a file" },
  ELOOP: { kind: "bad-name", why: "it is a symbolic link", hint: "put the file itself there" },
  ENXIO: { kind: "bad-name", why: "it is not a regular file" },
  EACCES: { kind: "io", why: "permission denied", hint: "does this user own the file and its directory?" },
  EPERM: { kind: "io", why: "the system does not permit it" },
  EROFS: { kind: "io", why: "the file system is read-only", hint: "work on a copy in a directory that can be written" },
  ENOSPC: {
    kind: "io",
    why: "no space left on the disk",
    hint: "make room, then run this again: nothing half-written was left"
  },
  EFBIG: { kind: "io", why: "the file is larger than this process may write" },
  EDQUOT: {
    kind: "io",
    why: "the disk quota is used up",
    hint: "make room, then run this again: nothing half-written was left"
  },
  EIO: { kind: "io", why: "the disk reports an input/output error" },
  ENAMETOOLONG: { kind: "usage", why: "the name is too long for this file system" }
};
function errorCode(error) {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return void 0;
  if (!/^unknown/i.test(error.code) || !("errno" in error)) return error.code;
  const named = Object.entries(os.constants.errno).find(([, number]) => -number === error.errno);
  return named?.[0] ?? error.code;
}
function faultOf(error, verb, file) {
  if (error instanceof Fault) return error;
  const code = errorCode(error);
  const { kind, why, hint } = MEANINGS[code ?? ""] ?? { kind: "io", why: code ?? String(error), hint: void 0 };
  return new Fault(kind, `cannot ${verb} ${quote(file)}: ${why}`, { file, hint, cause: error });
}
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? errorCode(error) ?? error.name : error.message;
}

// src/io/chunks.ts
var CHUNK = 128 * 1024;
var TURN = 64;
var REGULAR = fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
var irregular = (file) => new Fault("bad-name", `${quote(file)} is not a regular file`, { file });
function attempt(file, verb, body) {
  try {
    return body();
  } catch (error) {
    throw faultOf(error, verb, file);
  }
}
async function readChunks(file, onChunk) {
  const flags = fs.constants.O_RDONLY | REGULAR;
  const descriptor = attempt(file, "open", () => fs.openSync(file, flags));
  try {
    const look = () => attempt(file, "look at", () => fs.fstatSync(descriptor, { bigint: true }));
    const before = look();
    if (!before.isFile()) throw irregular(file);
    const size = await pump(descriptor, file, Number(before.size), onChunk);
    const after = look();
    const named = attempt(file, "look at", () => fs.lstatSync(file, { bigint: true, throwIfNoEntry: false }));
    if (BigInt(size) === before.size && sameFile(before, after) && sameFile(after, named)) return size;
    throw new Fault("changed", `${quote(file)} changed while it was read`, {
      file,
      hint: "let the build finish first, then run this again"
    });
  } finally {
    fs.closeSync(descriptor);
  }
}
var sameFile = (a, b) => a.ino === b?.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
var shared;
async function pump(descriptor, file, expected, onChunk) {
  shared ??= Buffer.allocUnsafeSlow(CHUNK);
  const buffer = shared;
  let size = 0;
  for (let chunks = 1; size <= expected; chunks += 1) {
    const length = attempt(file, "read", () => fs.readSync(descriptor, buffer));
    if (length === 0) break;
    size += length;
    onChunk(buffer.subarray(0, length));
    if (chunks % TURN === 0) await setImmediate();
  }
  return size;
}

// src/io/maker.ts
import { createHash } from "node:crypto";
import fs2 from "node:fs";
var own;
function ownMaker() {
  own ??= { maker: findMaker() };
  return own.maker;
}
function findMaker() {
  try {
    const start = fs2.readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
    const sandbox = fs2.readlinkSync("/proc/self/ns/pid");
    const [, pid] = /^NSpid:\t([0-9]+)$/m.exec(fs2.readFileSync("/proc/self/status", "latin1")) ?? [];
    if (pid === void 0) return void 0;
    return { place: createHash("sha256").update(`${start}
${sandbox}`).digest("hex").slice(0, 16), pid: Number(pid) };
  } catch {
    return void 0;
  }
}
function hasEnded(maker, uid) {
  if (maker.place !== ownMaker()?.place) return false;
  try {
    if (fs2.statSync("/proc/self").uid !== uid) return false;
    return fs2.statSync(`/proc/${maker.pid}`, { throwIfNoEntry: false }) === void 0;
  } catch {
    return false;
  }
}

// src/io/writer.ts
import { randomBytes } from "node:crypto";
import fs3 from "node:fs";
import path from "node:path";
function fsyncPath(target) {
  const descriptor = fs3.openSync(target, fs3.constants.O_RDONLY);
  try {
    fs3.fsyncSync(descriptor);
  } finally {
    fs3.closeSync(descriptor);
  }
}
function createWriter(target, options = {}) {
  const directory = path.dirname(target);
  const temporary = path.join(directory, temporaryName(randomBytes(8).toString("hex"), ownMaker()));
  let descriptor;
  let present = false;
  let committed = false;
  const guarded = (body) => {
    try {
      return body();
    } catch (error) {
      discard();
      throw error instanceof Fault ? error : faultOf(error, "write", target);
    }
  };
  const close = () => {
    const open = descriptor;
    descriptor = void 0;
    if (open !== void 0) fs3.closeSync(open);
  };
  const discard = () => {
    attempt2(close);
    if (present) attempt2(() => fs3.unlinkSync(temporary));
    present = false;
  };
  guarded(() => {
    refusePresent(target, options.replace !== false);
    descriptor = fs3.openSync(temporary, "wx", options.mode ?? 420);
    present = true;
    fs3.fchmodSync(descriptor, options.mode ?? 420);
  });
  const seal = () => {
    if (descriptor === void 0) return;
    if (options.durable === true) fs3.fsyncSync(descriptor);
    close();
  };
  return {
    write: (chunk) => guarded(() => writeAll(descriptor, chunk)),
    seal: async () => guarded(seal),
    commit: async () => guarded(() => {
      if (committed) return;
      if (!present)
        throw new Fault("io", `cannot write ${quote(target)}: its writing was given up`, { file: target });
      seal();
      place(temporary, target, options.replace !== false);
      present = false;
      committed = true;
      if (options.durable === true) fsyncPath(directory);
    }),
    abort: async () => discard()
  };
}
function attempt2(body) {
  try {
    body();
  } catch {
  }
}
function refusePresent(target, replace) {
  const info = fs3.lstatSync(target, { throwIfNoEntry: false });
  if (info === void 0) return;
  if (!replace) throw taken(target);
  if (info.isFile()) return;
  const what = info.isDirectory() ? "a directory" : "not a regular file";
  throw new Fault("usage", `cannot write ${quote(target)}: it is ${what}`, { file: target, hint: "name a file" });
}
function writeAll(descriptor, chunk) {
  if (descriptor === void 0) throw new Fault("io", "written to after it was closed");
  for (let offset = 0; offset < chunk.length; ) offset += fs3.writeSync(descriptor, chunk, offset);
}
function place(temporary, target, replace) {
  if (replace) {
    fs3.renameSync(temporary, target);
    return;
  }
  try {
    fs3.linkSync(temporary, target);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw taken(target);
    throw error;
  }
  fs3.unlinkSync(temporary);
}
var taken = (target) => new Fault("conflict", `${quote(target)} is there already`, { file: target });

// src/io/files.ts
var nodeFiles = () => ({
  list: async (directory) => listDirectory(directory),
  stat: async (file) => statPath(file),
  read: async (file, cap) => readWhole(file, cap, REGULAR),
  readGiven: async (file, cap) => file === "-" ? readDescriptor(0, "standard input", cap) : readWhole(file, cap, 0),
  readChunks: async (file, onChunk) => readChunks(file, onChunk),
  create: async (file, options) => createWriter(file, options),
  write: async (file, content, options) => {
    const writer = createWriter(file, options);
    try {
      writer.write(typeof content === "string" ? Buffer.from(content) : content);
      await writer.commit();
    } finally {
      await writer.abort();
    }
  },
  append: async (file, content) => append(file, content),
  makeDirectory: async (directory) => makeDirectory(directory),
  remove: async (file) => removeFile(file),
  clearTemporary: async (directory, age) => clearTemporary(directory, age),
  resolve: async (file) => resolvePath(file)
});
function makeDirectory(directory) {
  attempt(directory, "make the directory", () => {
    if (!isMade(directory)) {
      makeDirectory(path2.dirname(directory));
      if (!isMade(directory)) throw Object.assign(new Error("its parent has gone"), { code: "ENOENT" });
    }
  });
}
function isMade(directory) {
  try {
    fs4.mkdirSync(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" && path2.dirname(directory) !== directory) return false;
    if (fs4.statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    throw error;
  }
  fsyncPath(path2.dirname(directory));
  return true;
}
function removeFile(file) {
  try {
    fs4.unlinkSync(file);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw faultOf(error, "remove", file);
  }
}
function typeOf(entry) {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "symlink" : "other";
}
function listDirectory(directory) {
  const entries = attempt(
    directory,
    "list",
    () => fs4.readdirSync(directory, { encoding: "buffer", withFileTypes: true })
  );
  entries.sort((a, b) => Buffer.compare(a.name, b.name));
  return entries.map((entry) => ({ name: decodeName(entry.name, directory), type: typeOf(entry) }));
}
function decodeName(bytes, directory) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const shown = bytes.toString("latin1").replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
    throw new Fault("bad-name", `a name in ${quote(directory)} is not valid UTF-8: "${shown}"`, {
      file: directory,
      hint: "rename the file",
      cause
    });
  }
}
function statPath(file) {
  try {
    const info = fs4.lstatSync(file);
    return { type: typeOf(info), size: info.size };
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return void 0;
    throw faultOf(error, "look at", file);
  }
}
function readWhole(file, cap, flags) {
  const descriptor = attempt(file, "open", () => fs4.openSync(file, fs4.constants.O_RDONLY | flags));
  try {
    const info = attempt(file, "look at", () => fs4.fstatSync(descriptor));
    if (flags === REGULAR && !info.isFile()) throw irregular(file);
    if (info.isFile() && info.size > cap) throw tooLarge(file, cap);
    return readDescriptor(descriptor, file, cap, info.isFile() && info.size > 0 ? info.size + 1 : CHUNK);
  } finally {
    fs4.closeSync(descriptor);
  }
}
function readDescriptor(descriptor, file, cap, likely = CHUNK) {
  const piece = Buffer.alloc(Math.min(CHUNK, cap + 1, likely));
  const parts = [];
  try {
    for (let size = 0; ; ) {
      const length = readSome(descriptor, file, piece);
      if (length === 0) return Buffer.concat(parts);
      size += length;
      if (size > cap) throw tooLarge(file, cap);
      parts.push(Buffer.from(piece.subarray(0, length)));
    }
  } finally {
    for (const part of [piece, ...parts]) part.fill(0);
  }
}
function readSome(descriptor, file, piece) {
  for (; ; ) {
    try {
      return fs4.readSync(descriptor, piece);
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") throw faultOf(error, "read", file);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
var tooLarge = (file, cap) => new Fault("bad-format", `${quote(file)} is larger than the ${cap} bytes that such a file can have`, {
  file,
  hint: "is it the right file?"
});
function append(file, content) {
  makeDirectory(path2.dirname(file));
  attempt(file, "append to", () => {
    const isNew = !fs4.existsSync(file);
    const descriptor = fs4.openSync(file, "a", 420);
    try {
      fs4.writeFileSync(descriptor, content);
      fs4.fsyncSync(descriptor);
    } finally {
      fs4.closeSync(descriptor);
    }
    if (isNew) fsyncPath(path2.dirname(file));
  });
}
function clearTemporary(directory, age) {
  for (const { name, type } of listDirectory(directory)) {
    if (type !== "file" || !isTemporaryName(name)) continue;
    const file = path2.join(directory, name);
    const info = attempt(file, "look at", () => fs4.lstatSync(file, { throwIfNoEntry: false }));
    if (info !== void 0 && isAbandoned(name, info, age)) removeFile(file);
  }
}
function isAbandoned(name, info, age) {
  if (age === 0 || Date.now() - info.mtimeMs >= age) return true;
  const maker = makerOf(name);
  return maker !== void 0 && hasEnded(maker, info.uid);
}
function resolvePath(file, budget = { links: 40 }) {
  try {
    return fs4.realpathSync.native(file);
  } catch (error) {
    const parent = path2.dirname(file);
    if (errorCode(error) !== "ENOENT" || parent === file || budget.links === 0) throw faultOf(error, "resolve", file);
    const missing = path2.join(resolvePath(parent, budget), path2.basename(file));
    const target = linkTarget(missing);
    if (target === void 0) return missing;
    budget.links -= 1;
    return resolvePath(target, budget);
  }
}
function linkTarget(file) {
  try {
    const target = fs4.readlinkSync(file);
    return path2.isAbsolute(target) ? target : `${path2.dirname(file)}/${target}`;
  } catch (error) {
    if (errorCode(error) === "EINVAL" || errorCode(error) === "ENOENT") return void 0;
    throw faultOf(error, "resolve", file);
  }
}

// src/io/http.ts
import { setTimeout as setTimeout3 } from "node:timers/promises";
var PAUSES = [0, 500, 2e3, 5e3];
var TIMEOUT = 3e4;
var RETRIED = /* @__PURE__ */ new Set([408, 425, 429, 499, 500, 502, 503, 504]);
var LONGEST = 30 * 60 * 1e3;
function undiciHttp({ pauses = PAUSES, timeout = TIMEOUT } = {}) {
  let agent;
  const fetchInto = async (url, sink, patience) => {
    if (!URL.canParse(url)) throw new Fault("usage", `not a valid address: ${quote(url)}`);
    agent ??= makeAgent(timeout);
    return withRetries(url, { pauses, patience, dispatcher: await agent }, sink);
  };
  return {
    get: async (url, cap, patience) => {
      let parts = [];
      let size = 0;
      const take2 = (chunk) => {
        size += chunk.length;
        if (size > cap)
          throw new Fault("bad-format", `${quote(url)} is larger than the ${cap} bytes that such a file can have`);
        parts.push(chunk);
      };
      const restart = () => {
        parts = [];
        size = 0;
      };
      return await fetchInto(url, { take: take2, restart }, patience) ? Buffer.concat(parts) : void 0;
    },
    getChunks: async (url, onChunk) => fetchInto(url, { take: onChunk }),
    post: async (url, body, limits) => once(url, { method: "POST", body }, limits),
    ask: async (url, limits) => once(url, { method: "GET" }, limits)
  };
}
async function once(url, method, { cap, timeout, headers, authorities }) {
  const { Agent, request } = await import("./vendor/undici.mjs");
  const signal = AbortSignal.timeout(timeout);
  const dispatcher = authorities === void 0 ? void 0 : new Agent({ connect: { ca: authorities } });
  try {
    const answer = await request(url, {
      ...method,
      headers: { ...headers, "accept-encoding": "identity" },
      signal,
      ...dispatcher === void 0 ? {} : { dispatcher }
    });
    const parts = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > cap) throw new Fault("bad-format", `${quote(url)} answers with more than ${cap} bytes`, { file: url });
      parts.push(chunk);
    }
    return { status: answer.statusCode, body: Buffer.concat(parts), headers: single(answer.headers) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const problem = signal.aborted ? `no whole answer within ${timeout} ms` : reasonOf(error);
    const what = method.method === "POST" ? "post to" : "get";
    throw new Fault("network", `cannot ${what} ${quote(url)}: ${problem}`, { file: url, cause: error });
  } finally {
    await dispatcher?.destroy();
  }
}
var single = (headers) => Object.fromEntries(
  Object.entries(headers).flatMap(([name, value]) => typeof value === "string" ? [[name, value]] : [])
);
async function makeAgent(timeout) {
  const { Agent, interceptors } = await import("./vendor/undici.mjs");
  const agent = new Agent({ connect: { timeout }, headersTimeout: timeout, bodyTimeout: timeout });
  return agent.compose(interceptors.redirect({ maxRedirections: 5 }));
}
async function withRetries(url, { pauses, patience = Number.POSITIVE_INFINITY, dispatcher }, sink) {
  let problem = "";
  const end = performance.now() + patience;
  for (const [index, pause] of pauses.entries()) {
    if (index > 0 && performance.now() + pause >= end) break;
    await setTimeout3(pause);
    const timeout = Math.max(1, Math.min(LONGEST, Math.floor(end - performance.now())));
    const answer = await tryOnce(url, { dispatcher, signal: AbortSignal.timeout(timeout) }, sink);
    if (typeof answer === "boolean") return answer;
    problem = answer.problem;
    if (!answer.retry) break;
  }
  throw new Fault("network", `cannot fetch ${quote(url)}: ${problem}`, {
    file: url,
    hint: "is the address right, and the server up? then run this again"
  });
}
async function tryOnce(url, limits, sink) {
  const { request } = await import("./vendor/undici.mjs");
  let given = false;
  try {
    const { statusCode, body } = await request(url, {
      ...limits,
      headers: { "accept-encoding": "identity" }
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
    const hopeless = errorCode(error) === "UND_ERR_INVALID_ARG";
    return { problem: reasonOf(error), retry: !hopeless && (!given || sink.restart !== void 0) };
  }
}

// src/io/lock.ts
import { once as once2 } from "node:events";
import fs5 from "node:fs";
import path3 from "node:path";
var CONFLICT = 75;
var flockLock = () => ({
  hold: async (file, patience, body) => {
    const release = await take(file, patience);
    try {
      return await body();
    } finally {
      await release();
    }
  }
});
async function take(file, patience) {
  const { execa } = await import("./vendor/execa.mjs");
  create(file);
  const wait = (patience / 1e3).toFixed(3);
  const args = [
    "--exclusive",
    "--no-fork",
    "--wait",
    wait,
    "--conflict-exit-code",
    String(CONFLICT),
    path3.resolve(file),
    "cat"
  ];
  const child = execa("flock", args, {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: { stdout: false },
    reject: false
  });
  child.stdin.on("error", () => void 0);
  child.stdin.write("locked\n");
  const echo = once2(child.stdout, "data").then(
    () => void 0,
    async () => child
  );
  const early = await Promise.race([echo, child]);
  if (early !== void 0) throw refused(file, patience, early);
  return async () => {
    child.stdin.end();
    child.stdout.resume();
    await child;
  };
}
function create(file) {
  try {
    fs5.closeSync(fs5.openSync(file, fs5.constants.O_RDONLY | fs5.constants.O_CREAT, 438));
  } catch (error) {
    throw faultOf(error, "lock", file);
  }
}
function refused(file, patience, result) {
  if (result.exitCode === CONFLICT) {
    return new Fault("locked", `another process has held the lock ${quote(file)} for ${patience / 1e3} s`, {
      file,
      hint: "wait until the other run has ended, then run this again"
    });
  }
  if (errorCode(result) === "ENOENT")
    return new Fault("io", "flock(1) is not installed", { hint: "it comes with util-linux" });
  return new Fault("io", `cannot lock ${quote(file)}: ${String(result.stderr ?? "").trim()}`, { file });
}

// src/io/progress.ts
var INTERVAL = { terminal: 100, log: 1e4 };
function outProgress(out, isTerminal) {
  let last = Date.now();
  let open = false;
  return {
    report: (what, done, total) => {
      const now = Date.now();
      if (now - last < (isTerminal ? INTERVAL.terminal : INTERVAL.log)) return;
      last = now;
      const line = `${what}: ${done} of ${total}`;
      out.stderr(isTerminal ? `\r\x1B[K${line}` : `${line}
`);
      open = isTerminal;
    },
    end: () => {
      if (open) out.stderr("\r\x1B[K");
      open = false;
    }
  };
}

// src/io/rsa-threads.ts
import { constants, privateEncrypt } from "node:crypto";
import { setImmediate as setImmediate2 } from "node:timers/promises";
import { Worker } from "node:worker_threads";
var FEW = 8;
var QUEUE = 3;
var SCRIPT = `
const { parentPort, workerData: { key, padding } } = require('node:worker_threads');
const { privateEncrypt } = require('node:crypto');
parentPort.on('message', (block) => {
  try { parentPort.postMessage({ value: privateEncrypt({ key, padding }, block) }); }
  catch (error) { parentPort.postMessage({ problem: String(error) }); }
});`;
function rsaThreads(threads) {
  const pools = /* @__PURE__ */ new Map();
  let asked = 0;
  let isWorking = false;
  return async (key, block) => {
    asked += 1;
    const here = () => privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, block);
    if (threads < 2 || asked <= FEW) return here();
    const lanes = pools.get(key) ?? Array.from({ length: threads - 1 }, () => startThread(key));
    pools.set(key, lanes);
    for (; ; ) {
      const lane = lanes.reduce((best, one) => one.asked() < best.asked() ? one : best);
      if (lane.asked() < QUEUE) return lane.ask(block);
      if (!isWorking) break;
      await setImmediate2();
    }
    isWorking = true;
    try {
      return here();
    } finally {
      await setImmediate2();
      isWorking = false;
    }
  };
}
function startThread(key) {
  const worker = new Worker(SCRIPT, { eval: true, workerData: { key, padding: constants.RSA_PKCS1_PADDING } });
  const waiting = [];
  worker.unref();
  worker.on("message", (answer) => {
    const asker = waiting.shift();
    if (waiting.length === 0) worker.unref();
    if ("value" in answer) asker?.resolve(answer.value);
    else asker?.reject(new Error(answer.problem));
  });
  worker.on("error", (error) => {
    for (const asker of waiting.splice(0)) asker.reject(error);
  });
  return {
    asked: () => waiting.length,
    ask: (block) => new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage(block);
    })
  };
}

// src/io/tls.ts
import tls from "node:tls";
var LONGEST2 = 20;
var nodeTls = () => ({
  visit: async (visit) => {
    const { host, port, name, authorities, timeout } = visit;
    const socket = tls.connect({
      host,
      port,
      servername: name,
      // judged below: the chain is wanted in either case
      rejectUnauthorized: false,
      ...authorities === void 0 ? {} : { ca: authorities }
    });
    const timer = setTimeout(() => socket.destroy(new Error(`no certificate within ${timeout} ms`)), timeout);
    try {
      await handshake(socket);
      return shownBy(socket);
    } catch (error) {
      throw faultOf2(error, visit);
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  }
});
var handshake = async (socket) => new Promise((resolve, reject) => {
  socket.once("secureConnect", resolve);
  socket.on("error", reject);
  socket.once("close", () => reject(new Error("the connection was closed")));
});
function shownBy(socket) {
  const chain = [];
  let one = socket.getPeerCertificate(true);
  while (one?.raw !== void 0 && chain.length < LONGEST2) {
    chain.push(one.raw);
    one = one.issuerCertificate === one ? void 0 : one.issuerCertificate;
  }
  const problem = socket.authorized ? void 0 : String(socket.authorizationError);
  return { chain, problem: chain.length === 0 ? "there is none" : problem };
}
var faultOf2 = (error, { host, port, name }) => new Fault("network", `no certificate for ${quote(name)} from ${host}, port ${port}: ${reasonOf(error)}`, {
  cause: error
});

// src/io/yaml.ts
var MAX_DEPTH = 100;
var MAX_ALIASED = 1e5;
var TOO_DEEP = "nested too deep";
var libraryYaml = () => ({
  // loaded on first use: most commands read no YAML
  parse: async (text) => parse(await import("./vendor/yaml.mjs"), text)
});
function parse(library, text) {
  const lines = new library.LineCounter();
  const reader = new Reader(text, lines);
  try {
    const root = compose(library, text, lines, reader);
    return root === null ? null : new Values(library, reader).valueOf(root).value;
  } catch (error) {
    throw reader.first ?? error;
  }
}
var Reader = class {
  first;
  #text;
  #lines;
  constructor(text, lines) {
    this.#text = text;
    this.#lines = lines;
  }
  refuse(why, offset) {
    this.first ??= new Fault("bad-format", `not valid YAML: ${why}${this.#place(offset)}`);
    throw this.first;
  }
  #place(offset) {
    if (offset === void 0) return "";
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    return ` at line ${line}, column ${col}`;
  }
};
var offsetOf = (place2) => typeof place2 === "number" ? place2 : "offset" in place2 ? place2.offset : place2[0];
function compose(library, text, lines, reader) {
  const composer = new library.Composer({
    version: "1.2",
    schema: "core",
    logLevel: "error",
    uniqueKeys: false,
    resolveKnownTags: false
  });
  const onError = (place2, _code, message, isWarning) => {
    if (isWarning !== true) reader.refuse(oneLine(message), offsetOf(place2));
  };
  Object.assign(composer, { onError });
  let root;
  for (const document of composer.compose(tokensOf(library, text, lines, reader), true, text.length)) {
    const [error] = document.errors;
    if (error !== void 0) reader.refuse(oneLine(error.message), error.pos[0]);
    if (root !== void 0) reader.refuse("there is more than one document", document.range[0]);
    root = document.contents;
  }
  return root ?? null;
}
function* tokensOf(library, text, lines, reader) {
  const parser = new library.Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new library.Lexer().lex(text)) {
    yield* stopAtErrors(parser.next(lexeme), reader);
    if (parser.stack.length > MAX_DEPTH) reader.refuse(TOO_DEEP, parser.offset);
  }
  yield* stopAtErrors(parser.end(), reader);
}
function* stopAtErrors(tokens, reader) {
  for (const token of tokens) {
    if (token.type === "error") reader.refuse(oneLine(token.message), token.offset);
    yield token;
  }
}
var oneLine = (message) => (message.split("\n", 1)[0] ?? "").slice(0, 200);
var Values = class {
  #library;
  #reader;
  #anchors = /* @__PURE__ */ new Map();
  #aliased = 0;
  constructor(library, reader) {
    this.#library = library;
    this.#reader = reader;
  }
  valueOf(node) {
    const { isAlias, isMap, isScalar, isSeq } = this.#library;
    if (isAlias(node)) return this.#aliasedBy(node.source, node.range?.[0]);
    if (isScalar(node)) return this.#remember(node, { value: node.value, weight: 1 });
    if (isSeq(node)) {
      const value2 = [];
      return this.#fill(node, value2, node.items, (item) => {
        const made = this.valueOf(item);
        value2.push(made.value);
        return made.weight;
      });
    }
    if (!isMap(node)) return { value: null, weight: 1 };
    const value = {};
    const keys = /* @__PURE__ */ new Set();
    return this.#fill(node, value, node.items, (pair) => {
      const key = this.#keyOf(pair.key, keys);
      const made = this.valueOf(pair.value);
      Object.defineProperty(value, key, { value: made.value, writable: true, enumerable: true, configurable: true });
      return made.weight;
    });
  }
  /** An alias within what it stands for finds it, too. */
  #fill(node, value, items, add) {
    this.#remember(node, { value, weight: 1 });
    const weight = items.reduce((sum, item) => sum + add(item), 1);
    return this.#remember(node, { value, weight });
  }
  #remember({ anchor }, valued) {
    if (anchor !== void 0) this.#anchors.set(anchor, valued);
    return valued;
  }
  #aliasedBy(name, offset) {
    const found = this.#anchors.get(name);
    if (found === void 0) return this.#reader.refuse(`an alias of nothing, ${quote(name.slice(0, 80))}`, offset);
    this.#aliased += found.weight;
    if (this.#aliased > MAX_ALIASED) this.#reader.refuse("its aliases stand for too much", offset);
    return found;
  }
  #keyOf(node, keys) {
    if (!this.#library.isScalar(node)) return this.#reader.refuse("a key that is no text", rangeOf(node));
    const key = node.value === null ? "" : String(node.value);
    if (keys.has(key)) this.#reader.refuse("a key that stands there twice", node.range?.[0]);
    keys.add(key);
    return key;
  }
};
var rangeOf = (node) => node?.range?.[0];

// src/io/ports.ts
var realPorts = (out, isTerminal) => ({
  files: nodeFiles(),
  http: undiciHttp(),
  tls: nodeTls(),
  clock: systemClock(),
  lock: flockLock(),
  yaml: libraryYaml(),
  progress: outProgress(out, isTerminal),
  rsa: rsaThreads,
  cores: os2.availableParallelism()
});
export {
  realPorts
};
