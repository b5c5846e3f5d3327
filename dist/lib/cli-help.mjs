// SPDX-License-Identifier: Apache-2.0
import {
  COMMON_FLAGS
} from "./shared-cli-options.mjs";
import "./shared-core-fault.mjs";

// src/cli/help.ts
import yargs from "./vendor/yargs.mjs";
async function helpOf(words, commands) {
  const parser = buildParser(commands);
  return new Promise((resolve) => {
    const known = commandWords(words, commands);
    void parser.parse(
      [...known, "--help"],
      {},
      (_error, _values, output) => resolve(`${output}
`)
    );
  });
}
function commandWords([first = "", second = ""], commands) {
  if (commands.some(({ words }) => words === `${first} ${second}`)) return [first, second];
  return commands.some(({ words }) => words.split(" ")[0] === first) ? [first] : [];
}
function buildParser(commands) {
  const parser = yargs().scriptName("artifact-signing").usage("$0 <command>\n\nSign, sum, verify, publish and log the artifacts of a release.").detectLocale(false).help("help").exitProcess(false).wrap(110).epilogue(
    "Exit status: 0 done and true, 1 could not finish, 2 used wrongly, 3 refused, 4 a log or a key misbehaved."
  );
  for (const flag of COMMON_FLAGS) if (flag.name !== "help") addFlag(parser, flag);
  for (const [group, members] of groups(commands)) addGroup(parser, group, members);
  return parser;
}
var groups = (commands) => Map.groupBy(commands, ({ words }) => words.split(" ")[0] ?? "");
function addGroup(parser, group, commands) {
  const [only] = commands;
  if (only !== void 0 && only.words === group) {
    addCommand(parser, only, group);
    return;
  }
  const describe = commands.map((command) => command.words.slice(group.length + 1)).join(", ");
  parser.command(`${group} <action>`, describe, (inner) => {
    for (const command of commands) addCommand(inner, command, command.words.slice(group.length + 1));
    return inner;
  });
}
function addCommand(parser, { positional, describe, flags, examples }, word) {
  const line = positional === void 0 ? word : `${word} <${positional.name}${positional.many ? ".." : ""}>`;
  parser.command(line, describe, (inner) => {
    if (positional !== void 0) inner.positional(positional.name, { describe: positional.describe, type: "string" });
    for (const flag of flags) addFlag(inner, flag);
    for (const [example, what] of examples) inner.example(example, what);
    return inner;
  });
}
function addFlag(parser, { name, kind, value, describe, required, fallback }) {
  const shown = [
    describe,
    required === true ? "(required)" : "",
    fallback === void 0 ? "" : `(default: ${fallback})`
  ].filter((part) => part !== "").join(" ");
  parser.option(name, {
    describe: value === void 0 ? shown : `${value}: ${shown}`,
    type: kind === "switch" ? "boolean" : "string",
    array: kind === "texts"
  });
}
export {
  helpOf
};
