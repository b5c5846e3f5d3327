// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/decode.ts
var wrong = (path, what, hint) => new Fault("bad-format", `${path === "" ? "the document" : path}: ${what}`, { hint });
var unlike = (value, path, what) => wrong(path, value === void 0 ? "is missing" : what);
function text(value, path) {
  if (typeof value !== "string") throw unlike(value, path, "is not a string");
  if (value === "") throw wrong(path, "is empty");
  return value;
}
function count(value, path) {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw unlike(value, path, "is not a whole number, zero or more");
  return value;
}
var oneOf = (choices) => (value, path) => {
  if (typeof value === "string" && choices.includes(value)) return value;
  if (value === void 0) throw wrong(path, "is missing", `known are ${choices.join(", ")}`);
  throw wrong(path, `is not one of ${choices.join(", ")}`);
};
var list = (item) => (value, path) => {
  if (!Array.isArray(value)) throw unlike(value, path, "is not a list");
  return value.map((entry, index) => item(entry, `${path}[${index}]`));
};
function record(value, path) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unlike(value, path, "is not a mapping");
  return value;
}
var exactly = (fields) => (value, path) => {
  const input = record(value, path);
  for (const key of Object.keys(input)) {
    if (!Object.hasOwn(fields, key)) throw unknownKey(path, key, Object.keys(fields));
  }
  const entries = Object.entries(fields).map(([key, decode]) => [key, decode(input[key], join(path, key))]);
  return Object.fromEntries(entries);
};
var optional = (decode) => (value, path) => value === void 0 ? void 0 : decode(value, path);
var withDefault = (decode, fallback) => (value, path) => value === void 0 ? fallback : decode(value, path);
var parsed = (parse) => (value, path) => {
  const input = text(value, path);
  try {
    return parse(input);
  } catch (cause) {
    if (cause instanceof Fault) throw wrong(path, cause.message, cause.hint);
    throw cause;
  }
};
function join(path, key) {
  if (!/^[\w-]{1,64}$/.test(key)) return `${path}[${quote(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
function unknownKey(path, key, known) {
  const near = nearest(key, known);
  const hint = near === void 0 ? `known here: ${known.join(", ")}` : `did you mean ${quote(near)}?`;
  return wrong(join(path, key), "is not a key that belongs here", hint);
}
var nearest = (word, known) => known.find((candidate) => Math.abs(candidate.length - word.length) <= 2 && distance(candidate, word) <= 2);
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

export {
  wrong,
  unlike,
  text,
  count,
  oneOf,
  list,
  record,
  exactly,
  optional,
  withDefault,
  parsed,
  join,
  nearest
};
