// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/name.ts
var FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}]/u;
var INVISIBLE = new RegExp("\\p{Cf}", "u");
var problems = [
  [(n) => n === "", "is empty"],
  [(n) => Buffer.byteLength(n) > 1024, "is longer than 1024 bytes"],
  [(n) => n.includes("\n"), "holds a newline"],
  [(n) => n.includes("\r"), "holds a carriage return"],
  [(n) => n.includes("\0"), "holds a NUL"],
  [(n) => FORBIDDEN.test(n), "holds a control character"],
  [(n) => !n.isWellFormed() || n.includes("�"), "is not valid UTF-8"],
  [(n) => n.startsWith("/"), "is absolute"],
  [(n) => n.split("/").some((part) => part === "" || part === "." || part === ".."), 'has an empty, "." or ".." part']
];
var nameProblem = (name) => problems.find(([test]) => test(name))?.[1];
function parseArtifactName(name) {
  const problem = nameProblem(name);
  if (problem === void 0) return name;
  throw badName(name, problem);
}
function parseNewName(name) {
  const parsed = parseArtifactName(name);
  if (INVISIBLE.test(parsed)) throw badName(name, "holds a character that nobody sees");
  if (parsed.normalize("NFC") === parsed) return parsed;
  throw badName(name, "is not in Unicode's composed form (NFC)");
}
var badName = (name, problem) => new Fault("bad-name", `the name ${quote(name)} ${problem}`, {
  file: name,
  hint: "rename the file: such a name reads differently in different tools"
});
var fold = (name) => name.normalize("NFC").toLowerCase().toUpperCase().normalize("NFC");
function findCaseTwins(names) {
  const seen = /* @__PURE__ */ new Map();
  for (const [index, name] of names.entries()) {
    const first = seen.get(fold(name)) ?? index;
    if (names[first] !== name) return [first, index];
    seen.set(fold(name), first);
  }
  return void 0;
}
function refuseCaseTwins(names) {
  const [first = "", second = ""] = (findCaseTwins(names) ?? []).map((index) => names[index]);
  if (first === second) return;
  throw new Fault("bad-name", `the names ${quote(first)} and ${quote(second)} differ only in case or composition`, {
    file: second,
    hint: "rename one of them: many file systems hold only one of the two"
  });
}
var compareBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export {
  nameProblem,
  parseArtifactName,
  parseNewName,
  findCaseTwins,
  refuseCaseTwins,
  compareBytes
};
