// SPDX-License-Identifier: Apache-2.0
import {
  tileDirectory
} from "./shared-core-log-address.mjs";
import {
  REPORT_SCHEMA,
  makeReport,
  parseFingerprint
} from "./shared-core-report.mjs";
import {
  nearest
} from "./shared-core-decode.mjs";
import {
  ABANDONED,
  isManifestName
} from "./shared-core-companions.mjs";
import {
  Fault,
  printable,
  quote
} from "./shared-core-fault.mjs";

// src/cli/main.ts
import path from "node:path";

// src/cli/options.ts
var text = (name, value, describe, fallback) => ({
  name,
  kind: "text",
  value,
  describe,
  ...fallback === void 0 ? {} : { fallback }
});
var texts = (name, value, describe) => ({
  name,
  kind: "texts",
  value,
  describe
});
var number = (name, value, describe, fallback) => ({
  name,
  kind: "number",
  value,
  describe,
  ...fallback === void 0 ? {} : { fallback }
});
var set = (name, describe) => ({ name, kind: "switch", describe });
var required = (flag) => ({ ...flag, required: true });
var COMMON_FLAGS = [
  set("json", "print exactly one JSON report on standard output"),
  text("report", "FILE", "write the same report to FILE, whole or not at all"),
  set("quiet", "no progress, no result on standard output"),
  set("help", "show the help of a command")
];
var DRY_RUN = set("dry-run", "say what would be done, and write nothing");
var FORCE = set(
  "force",
  "replace an existing output that does not verify, or was made with a key that has expired since"
);
var PUBLISHED = text(
  "published",
  "DIR|URL",
  "look first at what is published there: the same bytes take over their signatures, other bytes are refused"
);
var ZUUL_VARS = text(
  "zuul-vars",
  "FILE|-",
  "Zuul's variables as JSON or YAML: the zuul dictionary, or an inventory"
);
var MANIFEST = text("manifest", "NAME", "the manifest, where there is more than one");
var BEFORE = set("before-publication", "the gate before the upload: demand no log yet");
var KEY_FLAGS = [
  text("key-file", "FILE|-", 'the secret key, armored or binary, as "gpg --export-secret-subkeys" writes it'),
  text(
    "passphrase-file",
    "FILE|-",
    'a file whose first line is the passphrase of the key; if both are "-", the key follows that line'
  ),
  text("key", "FINGERPRINT", "which key signs: a subkey, or a primary key whose newest good subkey signs"),
  text(
    "certificate",
    "FILE",
    "the certificate that every signature has to verify against; the public part of the key where none is given"
  ),
  set("allow-primary-secret", "take a key file that holds the secret of the primary key, too"),
  set("allow-rfc9580", "sign with version 6 keys and with algorithm 27, which gpg 2.2 cannot check"),
  text("digest-algo", "NAME", "sha256, sha384 or sha512", "sha256"),
  number("warn-days", "DAYS", "warn when the key expires within so many days", "30")
];
var SELECT_FLAGS = [
  set("recursive", "directories below, too"),
  texts("include", "GLOB", "only names that match, also of files that are named; may be repeated"),
  texts("exclude", "GLOB", "not the names that match, also of files that are named; may be repeated"),
  texts("expect", "GLOB", "an artifact has to match; may be repeated"),
  set("allow-empty", "nothing to do is no error")
];
var NAME_FLAGS = [
  text("name", "TEMPLATE", "the manifest's name", "{project}-{version}.SHA256SUMS, or SHA256SUMS"),
  text("project", "NAME", "the project"),
  text("release", "VERSION", "the version"),
  ZUUL_VARS
];
var TRUST_FLAGS = [
  text("policy", "FILE", "the trust policy"),
  text("certificate", "FILE", "instead of a policy: believe the certificates in FILE"),
  text("fingerprint", "FINGERPRINT", "with --certificate: believe only this one, by its primary key")
];
var selectOptions = (args) => ({
  recursive: args.isSet("recursive"),
  include: args.texts("include"),
  exclude: args.texts("exclude"),
  expect: args.texts("expect"),
  allowEmpty: args.isSet("allow-empty"),
  apart: ["key-file", "passphrase-file"].flatMap((name) => args.text(name) ?? [])
});
var signingOptions = (args, threads = 1) => ({
  threads,
  keyFile: args.text("key-file"),
  passphraseFile: args.text("passphrase-file"),
  key: args.fingerprint("key"),
  certificate: args.text("certificate"),
  allowPrimarySecret: args.isSet("allow-primary-secret"),
  allowRfc9580: args.isSet("allow-rfc9580"),
  digestAlgorithm: args.choice("digest-algo", ["sha256", "sha384", "sha512"]),
  warnDays: args.number("warn-days") ?? 30
});
function jobsOf(args, { cores }) {
  const jobs = args.number("jobs") ?? cores;
  if (jobs === 0) throw new Fault("usage", "--jobs takes 1 or more");
  return Math.min(jobs, cores);
}
var nameOptions = (args) => ({
  template: args.text("name"),
  project: args.text("project"),
  release: args.text("release"),
  zuulVars: args.text("zuul-vars")
});
var writeOptions = (args) => ({
  published: args.text("published"),
  force: args.isSet("force"),
  dryRun: args.isSet("dry-run")
});
var trustOptions = (args) => ({
  policy: args.text("policy"),
  certificate: args.text("certificate"),
  fingerprint: args.fingerprint("fingerprint")
});
function tokenOptions(args) {
  const [domain, keyFile] = [args.text("token-domain"), args.text("token-key")];
  if (domain === void 0 && keyFile === void 0) return void 0;
  if (domain === void 0 || keyFile === void 0)
    throw new Fault("usage", "--token-domain and --token-key go together");
  if (!/^[\p{L}\p{N}.-]{1,253}$/u.test(domain))
    throw new Fault("usage", `--token-domain takes a domain, not ${quote(domain)}`);
  return { domain, keyFile };
}

// src/cli/commands.ts
var COMMANDS = [
  {
    words: "sign",
    describe: "write a detached signature beside each artifact",
    positional: { name: "path", describe: "artifacts, or directories that hold them", many: true },
    flags: [
      required(KEY_FLAGS[0]),
      ...KEY_FLAGS.slice(1),
      ...SELECT_FLAGS,
      PUBLISHED,
      FORCE,
      number("jobs", "N", "on how many threads RSA signatures are made", "the number of processors"),
      set("sums", "write the manifest, too, in the same read of each artifact"),
      ...NAME_FLAGS,
      DRY_RUN
    ],
    examples: [
      ["artifact-signing sign artifacts --key-file subkey.asc", "sign everything in a directory"],
      [
        "artifact-signing sign artifacts --key-file subkey.asc --sums --project nova --release 31.0.0",
        "and write nova-31.0.0.SHA256SUMS"
      ]
    ],
    run: async (ports, args) => {
      const { sign } = await import("./workflow-sign.mjs");
      args.needed("key-file");
      const [idle] = args.isSet("sums") ? [] : NAME_FLAGS.filter(({ name }) => args.text(name) !== void 0);
      if (idle !== void 0) throw new Fault("usage", `--${idle.name} is about the manifest, which --sums writes`);
      return sign(ports, {
        ...selectOptions(args),
        ...signingOptions(args, jobsOf(args, ports)),
        ...writeOptions(args),
        paths: args.texts("path"),
        sums: args.isSet("sums") ? nameOptions(args) : void 0
      });
    }
  },
  {
    words: "sums",
    describe: "write the manifest of a directory, and sign it",
    positional: { name: "directory", describe: "the directory", many: false },
    flags: [...NAME_FLAGS, ...KEY_FLAGS, ...SELECT_FLAGS, PUBLISHED, FORCE, DRY_RUN],
    examples: [
      [
        "artifact-signing sums artifacts --project nova --release 31.0.0 --key-file subkey.asc",
        "write and sign nova-31.0.0.SHA256SUMS"
      ]
    ],
    run: async (ports, args) => {
      const { sums } = await import("./workflow-sums.mjs");
      return sums(ports, {
        ...selectOptions(args),
        ...signingOptions(args),
        ...writeOptions(args),
        ...nameOptions(args),
        directory: args.needed("directory")
      });
    }
  },
  {
    words: "verify",
    describe: "check a directory, files, or what is published at a URL; offline unless given a URL",
    positional: { name: "path", describe: "a directory, files, or the URL of a manifest or file", many: true },
    flags: [...TRUST_FLAGS, MANIFEST, set("allow-extra", "files that no manifest lists are no error"), BEFORE],
    examples: [
      ["artifact-signing verify site --policy trust.yaml", "a whole release"],
      ["artifact-signing verify nova-31.0.0.tar.gz --certificate nova.asc", "one file and the .asc beside it"]
    ],
    run: async (ports, args) => {
      const { verify } = await import("./workflow-verify.mjs");
      return verify(ports, {
        ...trustOptions(args),
        paths: args.texts("path"),
        manifest: args.text("manifest"),
        allowExtra: args.isSet("allow-extra"),
        beforePublication: args.isSet("before-publication")
      });
    }
  },
  {
    words: "publish",
    describe: "check a release and copy it to the directory from which it is served",
    positional: { name: "directory", describe: "the directory that holds the release", many: false },
    flags: [
      required(
        text(
          "to",
          "DIR",
          "where the release goes; what is there stays, unless a bundle or a pending submission has more by now"
        )
      ),
      ...TRUST_FLAGS,
      MANIFEST,
      BEFORE,
      DRY_RUN
    ],
    examples: [
      [
        "artifact-signing publish artifacts --to /srv/tarballs/nova --policy trust.yaml --before-publication",
        "the upload of a new release"
      ]
    ],
    run: async (ports, args) => {
      const { publish } = await import("./workflow-publish.mjs");
      return publish(ports, {
        ...trustOptions(args),
        directory: args.needed("directory"),
        to: args.needed("to"),
        manifest: args.text("manifest"),
        beforePublication: args.isSet("before-publication"),
        dryRun: args.isSet("dry-run")
      });
    }
  },
  {
    words: "submit",
    describe: "log a published release, and store the proof beside its manifest",
    positional: { name: "path", describe: "the manifest, or the directory that holds it", many: false },
    flags: [
      texts(
        "log",
        "tiles:DIR|NAME",
        "a tile log by its directory, one of another kind by its name in the policy; may be repeated"
      ),
      set("resume", "finish what is pending there: release and logs are as they were given then"),
      texts("log-key", "FILE|-", "the private key for a log; what is in it tells for which; may be repeated"),
      text(
        "token-domain",
        "DOMAIN",
        "who submits, for public Sigsum logs: a domain whose TXT record holds the token key"
      ),
      text(
        "token-key",
        "FILE|-",
        'with --token-domain: the private key; if --log-key is "-", too, it is the last one that comes'
      ),
      ...TRUST_FLAGS,
      MANIFEST,
      text("project", "NAME", "the project's canonical name"),
      text("release", "VERSION", "the version"),
      text("ref", "REF", "the ref that was built, as in refs/tags/31.0.0"),
      text("commit", "SHA", "the commit that was built"),
      ZUUL_VARS,
      text(
        "published-url",
        "URL",
        "the directory in which the release is published: fetched first, and nothing is logged that differs"
      ),
      number("deadline", "SECONDS", "how long mirrors may lag behind", "300"),
      number("witness-deadline", "SECONDS", "how long the witnesses of a tile log may take", "60"),
      number("log-deadline", "SECONDS", "how long a log of others may take, with its witnesses", "300"),
      DRY_RUN
    ],
    examples: [
      [
        "artifact-signing submit site --log tiles:/srv/log --log-key log.pem --policy trust.yaml --zuul-vars zuul.json",
        "log a release"
      ],
      ["artifact-signing submit … --dry-run", "print what each log would get"],
      [
        "artifact-signing submit site --resume --log tiles:/srv/log --log-key log.pem --policy trust.yaml",
        "finish every submission that is pending in a directory, if there is one"
      ]
    ],
    run: async (ports, args) => {
      const { submit } = await import("./workflow-submit.mjs");
      const { resume } = await import("./workflow-resume.mjs");
      const verb = args.isSet("resume") ? resume : submit;
      return verb(ports, {
        ...trustOptions(args),
        path: args.needed("path"),
        manifest: args.text("manifest"),
        logs: args.texts("log"),
        logKeys: args.texts("log-key"),
        token: tokenOptions(args),
        project: args.text("project"),
        release: args.text("release"),
        ref: args.text("ref"),
        commit: args.text("commit"),
        zuulVars: args.text("zuul-vars"),
        publishedUrl: args.text("published-url"),
        deadline: args.number("deadline") ?? 300,
        witnessDeadline: args.number("witness-deadline") ?? 60,
        logDeadline: args.number("log-deadline") ?? 300,
        dryRun: args.isSet("dry-run")
      });
    }
  },
  {
    words: "log init",
    describe: "make an empty tile log",
    positional: {
      name: "directory",
      describe: "the directory that will be served; nothing secret lies in it",
      many: false
    },
    flags: [
      required(text("origin", "NAME", "the log's name for ever, such as tarballs.example.org/log")),
      required(text("key", "FILE|-", "the log's private key, outside the directory")),
      DRY_RUN
    ],
    examples: [
      [
        "artifact-signing log init /srv/log --origin tarballs.example.org/log --key log.pem",
        "print the key that policies pin"
      ]
    ],
    run: async (ports, args) => {
      const { logInit } = await import("./workflow-log.mjs");
      const made = await logInit(ports, {
        directory: args.needed("directory"),
        origin: args.needed("origin"),
        keyFile: args.needed("key"),
        dryRun: args.isSet("dry-run")
      });
      return { detail: { ...made } };
    }
  },
  {
    words: "log inspect",
    describe: "check that a tile log fits together, and show its size, root and key",
    positional: { name: "directory", describe: "the directory of the log", many: false },
    flags: [
      set("full", "recompute everything from the entries"),
      text("vkey", "KEY", "the key that has signed the checkpoint", 'the one that "log init" left beside the log')
    ],
    examples: [["artifact-signing log inspect /srv/log --full", "read every entry"]],
    run: async (ports, args) => {
      const { logInspect } = await import("./workflow-log.mjs");
      const { inspection, warnings } = await logInspect(ports, {
        directory: args.needed("directory"),
        full: args.isSet("full"),
        vkey: args.text("vkey")
      });
      return { detail: { ...inspection }, warnings };
    }
  },
  {
    words: "key generate-log-key",
    describe: "make the private key of a log",
    positional: void 0,
    flags: [
      required(text("for", "KIND", "tiles, rekor or sigsum")),
      required(text("out", "FILE", "where it goes, readable by its owner only; never overwritten")),
      DRY_RUN
    ],
    examples: [
      ["artifact-signing key generate-log-key --for tiles --out log.pem", "an Ed25519 key"],
      [
        "artifact-signing key generate-log-key --for sigsum --out submit.key",
        "one as OpenSSH and Sigsum have it, with submit.key.pub"
      ],
      ["artifact-signing key generate-log-key --for rekor --out rekor.pem", "one on P-256, with rekor.pem.pub"]
    ],
    run: async (ports, args) => {
      const { generateLogKey } = await import("./workflow-key.mjs");
      args.needed("for");
      const made = await generateLogKey(ports, {
        for: args.choice("for", ["tiles", "rekor", "sigsum"]) ?? "tiles",
        out: args.needed("out"),
        dryRun: args.isSet("dry-run")
      });
      return { detail: { ...made } };
    }
  },
  {
    words: "key certify",
    describe: "sign the public key of a log, for policies that name its file",
    positional: {
      name: "file",
      describe: 'the public log key, as "key generate-log-key" or "log init" left it',
      many: false
    },
    flags: [required(KEY_FLAGS[0]), ...KEY_FLAGS.slice(1), FORCE, DRY_RUN],
    examples: [
      ["artifact-signing key certify rekor.pem.pub --key-file subkey.asc", "write rekor.pem.pub.asc beside it"],
      ["artifact-signing key certify log.vkey --key-file subkey.asc", "the same for a tile log"]
    ],
    run: async (ports, args) => {
      const { certifyLogKey } = await import("./workflow-certify.mjs");
      args.needed("key-file");
      return certifyLogKey(ports, {
        ...signingOptions(args),
        file: args.needed("file"),
        force: args.isSet("force"),
        dryRun: args.isSet("dry-run")
      });
    }
  },
  {
    words: "key inspect",
    describe: "show the keys in an OpenPGP key file, and what sign would say of each",
    positional: { name: "file", describe: "a public or secret key, armored or binary", many: false },
    flags: [],
    examples: [
      ["artifact-signing key inspect subkey.asc", "is the secret of the primary key absent, as it should be?"]
    ],
    run: async (ports, args) => {
      const { inspectKeyFile } = await import("./workflow-key.mjs");
      const { keys, warnings } = await inspectKeyFile(ports, args.needed("file"));
      return { detail: { keys }, warnings };
    }
  }
];

// src/cli/flags.ts
function decodeArguments(parsed, positional) {
  const shown = (name) => name === positional ? `the ${name}` : `--${name}`;
  const text2 = (name) => {
    const value = parsed[name];
    if (value === void 0) return void 0;
    if (Array.isArray(value)) throw usage(`${shown(name)} is given more than once`);
    if (typeof value !== "string") throw usage(`${shown(name)} takes a value`);
    if (value === "") throw usage(`${shown(name)} is empty`);
    return value;
  };
  const texts2 = (name) => {
    const value = parsed[name];
    const all = value === void 0 ? [] : Array.isArray(value) ? value : [value];
    return all.map((one) => {
      if (typeof one !== "string" || one === "") throw usage(`${shown(name)} is empty`);
      return one;
    });
  };
  return {
    text: text2,
    texts: texts2,
    needed: (name) => text2(name) ?? missing(shown(name)),
    isSet: (name) => parsed[name] === true,
    number: (name) => wholeNumber(name, text2(name)),
    fingerprint: (name) => {
      const value = text2(name);
      return value === void 0 ? void 0 : parseFingerprint(value);
    },
    choice: (name, choices) => {
      const value = text2(name);
      if (value === void 0 || choices.includes(value)) return value;
      throw usage(`--${name} is one of ${choices.join(", ")}`);
    }
  };
}
var usage = (message) => new Fault("usage", message);
function missing(name) {
  throw usage(`${name} is missing`);
}
function wholeNumber(name, value) {
  if (value === void 0) return void 0;
  if (!/^(?:0|[1-9]\d{0,8})$/.test(value)) throw usage(`--${name} takes a whole number`);
  return Number(value);
}

// src/cli/human.ts
function formatFindings(report) {
  return [
    ...report.warnings.map((finding) => formatFinding("warning", finding)),
    ...report.errors.map((finding) => formatFinding("error", finding))
  ].join("");
}
function formatFinding(level, { message, hint }) {
  const lines = [`artifact-signing: ${level}: ${printable(message)}
`];
  if (hint !== void 0) lines.push(`artifact-signing: hint: ${printable(hint)}
`);
  return lines.join("");
}
function formatResult(report) {
  if (report.detail !== void 0) return formatDetail(report.detail);
  return [...report.files.map(formatFile), ...report.manifests.map(formatManifest), ...report.logs.map(formatLog)].join(
    ""
  );
}
function formatDetail(detail) {
  const entries = Object.entries(detail);
  const [only] = entries.map(([, value]) => value);
  if (entries.length === 1 && typeof only === "string") return `${only}
`;
  if (entries.length === 1) return (Array.isArray(only) ? only : [only]).map((one) => `${formatValue(one)}
`).join("");
  return entries.map(([name, value]) => `${name.replaceAll("_", " ")}: ${formatValue(value)}
`).join("");
}
function formatValue(value) {
  if (typeof value !== "object" || value === null) return printable(String(value));
  return Object.entries(value).map(([name, part]) => printable(`${name} ${part}`)).join(", ");
}
var formatFile = (file) => `${file.action} ${printable(file.name)}${signed(file)}
`;
var formatManifest = (manifest) => `${manifest.action} ${printable(manifest.name)} sha256:${manifest.sha256}${signed(manifest)}
`;
var formatLog = (log) => `${log.action} ${printable(log.proof)} ${formatPlace(log)}${formatTime(log)}${printable(formatRelease(log))}${formatWitnesses(log)}
`;
function formatPlace({ origin, record, index, tree_size }) {
  if (record === void 0) return `log ${origin} index ${index} of ${tree_size}`;
  const { domain, serial, sha256, not_before } = record;
  return `recorder ${origin} certificate of ${domain} serial ${serial} sha256:${sha256} from ${not_before}, not counted`;
}
function formatWitnesses({ witnesses }) {
  if (witnesses === void 0) return "";
  if (witnesses.length === 0) return ", witnessed by nobody";
  return `, witnessed by ${printable(witnesses.map(({ name, time }) => `${name} ${time}`).join(", "))}`;
}
var formatTime = ({ time }) => time === void 0 ? "" : ` since ${time}`;
function formatRelease({ release }) {
  if (release === void 0) return "";
  const { project, version, ref, commit } = release;
  return `, ${[project, version, ref, commit].filter((part) => part !== void 0).join(" ")}`;
}
function signed({ signature }) {
  if (signature === void 0) return "";
  const { signer, primary, created, state } = signature;
  const by = signer === primary ? signer : `${signer} of ${primary}`;
  return ` signed ${created} by ${by}${state === "good" ? "" : ` (${state})`}`;
}

// src/cli/tokens.ts
var SEE_HELP = 'see "artifact-signing --help"';
function divide(argv) {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return { open: argv.slice(0, end), closed: argv.slice(end + 1) };
}
var commandIn = ({ open }, commands) => commands.find(({ words }) => words.split(" ").every((word, at) => open[at] === word))?.words ?? "";
var isFlag = (token) => token.startsWith("-") && token !== "-";
function readTokens({ open, closed }, commands) {
  const { words, given } = divideFlags(open, kindsOf(commands));
  if (given.has("version")) return { asks: "version", words };
  if (words[0] === "help") return { asks: "help", words: words.slice(1) };
  if (given.has("help")) return { asks: "help", words };
  const command = findCommand(words, commands);
  const foreign = [...given.keys()].find(
    (name) => ![...command.flags, ...COMMON_FLAGS].some((flag) => flag.name === name)
  );
  if (foreign !== void 0) throw unknownFlag(`--${foreign}`, [], `see "artifact-signing ${command.words} --help"`);
  const positionals = [...words.slice(command.words.split(" ").length), ...closed];
  checkPositionals(command, positionals);
  const { positional } = command;
  const value = positional?.many === true ? positionals : positionals[0];
  const own = positional === void 0 ? [] : [[positional.name, value]];
  return { command, values: Object.fromEntries([...given, ...own]) };
}
function divideFlags(open, kinds) {
  const words = [];
  const given = /* @__PURE__ */ new Map();
  const rest = open[Symbol.iterator]();
  for (const token of rest) {
    if (!isFlag(token)) {
      words.push(token);
      continue;
    }
    const { name, kind, value } = readFlag(token, kinds);
    if (kind === "switch") given.set(name, true);
    else add(given, name, value ?? requireValue(token, rest.next().value), kind);
  }
  return { words, given };
}
function add(given, name, value, kind) {
  const before = given.get(name);
  if (before === void 0 || before === true) given.set(name, kind === "texts" ? [value] : value);
  else if (typeof before === "string") given.set(name, [before, value]);
  else before.push(value);
}
function kindsOf(commands) {
  const flags = [...commands.flatMap((command) => command.flags), ...COMMON_FLAGS];
  return new Map([...flags.map(({ name, kind }) => [name, kind]), ["version", "switch"]]);
}
function readFlag(token, kinds) {
  const [, name = "", value] = /^--([^=]+)(?:=(.*))?$/s.exec(token) ?? [];
  const kind = kinds.get(name);
  if (kind === void 0) throw unknownFlag(token, [...kinds.keys()], SEE_HELP);
  if (kind === "switch" && value !== void 0) throw new Fault("usage", `--${name} takes no value`);
  return { name, kind, value };
}
function unknownFlag(token, known, help) {
  const [name = ""] = token.split("=");
  const near = /^-\w$/.test(name) ? void 0 : nearest(name.replace(/^-+/, ""), known);
  const hint = near === void 0 ? help : `did you mean --${near}?`;
  return new Fault("usage", `unknown flag ${quote(name)}`, { hint });
}
function requireValue(flag, value) {
  if (value === void 0) throw new Fault("usage", `${flag} takes a value`);
  if (isFlag(value))
    throw new Fault("usage", `${flag} takes a value`, { hint: `does it begin with "-"? write ${flag}=…` });
  return value;
}
function findCommand([first, second], commands) {
  if (first === void 0) throw new Fault("usage", "no command", { hint: SEE_HELP });
  const group = commands.filter(({ words }) => words.split(" ")[0] === first);
  const found = group.find(({ words }) => words === first || words === `${first} ${second}`);
  if (found !== void 0) return found;
  if (group.length === 0)
    throw unknownCommand(first, first, [...new Set(commands.map(({ words }) => words.split(" ")[0] ?? ""))]);
  const actions = group.map(({ words }) => words.split(" ")[1] ?? "");
  if (second !== void 0) throw unknownCommand(`${first} ${second}`, second, actions);
  throw new Fault("usage", `${quote(first)} needs an action`, { hint: `one of ${actions.join(", ")}` });
}
function checkPositionals({ words, positional }, values) {
  const hint = `see "artifact-signing ${words} --help"`;
  if (positional !== void 0 && values.length === 0)
    throw new Fault("usage", `the ${positional.name} is missing`, { hint });
  const [unexpected] = values.slice(positional === void 0 ? 0 : positional.many ? values.length : 1);
  if (unexpected !== void 0) throw new Fault("usage", `unexpected argument ${quote(unexpected)}`, { hint });
}
function unknownCommand(shown, word, known) {
  const near = nearest(word, known);
  const hint = near === void 0 ? `known: ${known.join(", ")}` : `did you mean ${quote(near)}?`;
  return new Fault("usage", `unknown command ${quote(shown)}`, { hint });
}

// src/cli/parse.ts
async function parseCommandLine(argv, version, commands = COMMANDS) {
  const read = readTokens(divide(argv), commands);
  if (read.asks === void 0) return { command: read.command, values: read.values };
  if (read.asks === "version") return { help: `artifact-signing ${version}
` };
  const { helpOf } = await import("./cli-help.mjs");
  return { help: await helpOf(read.words, commands) };
}

// src/cli/main.ts
async function main(argv, ports, out) {
  const speech = speechOf(argv);
  const command = commandIn(divide(argv), COMMANDS);
  const refusal = await refuseReport(ports, speech.report);
  if (refusal !== void 0)
    return finish(ports, out, { ...speech, report: void 0 }, makeReport(command, {}, refusal));
  const done = await perform(argv, command, silenced(ports, speech), out.version);
  if (typeof done !== "string") return finish(ports, out, speech, done);
  out.stdout(done);
  return 0;
}
async function perform(argv, begun, ports, version) {
  let command = begun;
  try {
    const parsed = await parseCommandLine(argv, version);
    if (parsed.help !== void 0) return parsed.help;
    command = parsed.command.words;
    const args = decodeArguments(parsed.values, parsed.command.positional?.name);
    checkValues(parsed.command, args);
    await refuseReportIn(ports.files, parsed.command, args);
    const outcome = await parsed.command.run(ports, args);
    return makeReport(command, args.isSet("dry-run") ? { ...outcome, dry_run: true } : outcome);
  } catch (error) {
    return makeReport(command, {}, asFault(error));
  }
}
function speechOf(argv) {
  const flags = divide(argv).open;
  const at = flags.findIndex((flag2) => flag2 === "--report" || flag2.startsWith("--report="));
  const flag = flags[at];
  const report = flag === "--report" ? flags[at + 1] : flag?.slice("--report=".length);
  return {
    json: flags.includes("--json"),
    quiet: flags.includes("--quiet"),
    report: report === "" || report?.startsWith("-") ? void 0 : report
  };
}
async function refuseReport({ files }, report) {
  if (report === void 0) return void 0;
  try {
    const info = await files.stat(report);
    if (info === void 0) return await refuseNowhere(files, report);
    if (info.type === "file" && await isReport(files, report)) return void 0;
  } catch (error) {
    return asFault(error);
  }
  return new Fault("usage", `${quote(report)} is there, and is no report of ours`, {
    file: report,
    hint: "give another --report: nothing is written over"
  });
}
async function refuseNowhere(files, report) {
  const directory = await files.stat(await files.resolve(path.dirname(report)));
  if (directory?.type === "directory") return void 0;
  return new Fault("not-found", `cannot write ${quote(report)}: its directory is not there`, {
    file: report,
    hint: "check the path"
  });
}
async function isReport(files, file) {
  let head = "";
  await files.readChunks(file, (chunk) => {
    if (head === "") head = Buffer.from(chunk.subarray(0, 256)).toString("latin1");
  });
  return head.includes(`"schema": "${REPORT_SCHEMA}"`);
}
async function refuseReportIn(files, { positional }, args) {
  const report = args.text("report");
  if (report === void 0) return;
  const place = await files.resolve(report);
  const paths = args.texts(positional?.name ?? "");
  const releases = paths.map((given) => isManifestName(path.basename(given)) ? path.dirname(given) : given);
  const logs = args.texts("log").flatMap((log) => tileDirectory(log) ?? []);
  for (const given of [...releases, ...args.texts("to"), ...logs]) {
    const root = await files.resolve(given);
    if (place !== root && !place.startsWith(`${root}/`)) continue;
    throw new Fault("usage", `the report ${quote(report)} would lie in ${quote(given)}`, {
      file: report,
      hint: "nobody lists it there: it would be published, or refused by the next check; keep it elsewhere"
    });
  }
}
var silenced = (ports, { quiet }) => quiet ? { ...ports, progress: { report: () => void 0, end: () => void 0 } } : ports;
var TOGETHER = [
  ["--key-file", "--passphrase-file"],
  ["--log-key", "--token-key"]
];
function checkValues(command, args) {
  const single = [...command.flags, ...COMMON_FLAGS].filter(({ kind }) => kind === "text" || kind === "number");
  const repeated = command.flags.filter(({ kind }) => kind === "texts");
  const readers = [
    ...single.filter(({ name }) => args.text(name) === "-").map(({ name }) => name),
    ...repeated.flatMap(
      ({ name }) => args.texts(name).filter((value) => value === "-").map(() => name)
    )
  ].map((name) => `--${name}`);
  if (args.text("report")?.startsWith("-")) {
    throw new Fault("usage", "--report takes a file", {
      hint: '--json prints the report; for a name with "-" write ./-…'
    });
  }
  const areTogether = TOGETHER.some((group) => readers.every((name) => group.includes(name)));
  if (readers.length > 1 && !(areTogether && new Set(readers).size === readers.length))
    throw new Fault("usage", `${readers.join(" and ")} cannot both read standard input`);
}
function asFault(error) {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Fault("io", `a defect in this program: ${message.replace(/\s+/g, " ")}`, {
    hint: "please report it, with what you did",
    cause: error
  });
}
async function writeReport({ files }, file, text2) {
  try {
    await files.clearTemporary(path.dirname(file), ABANDONED);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  await files.write(file, text2);
}
async function finish(ports, out, speech, report) {
  const text2 = `${JSON.stringify(report, void 0, 2)}
`;
  let ended = report;
  const isInPlace = !report.errors.some(({ kind, file }) => kind === "usage" && file === speech.report);
  if (speech.report !== void 0 && isInPlace) {
    try {
      await writeReport(ports, speech.report, text2);
    } catch (error) {
      ended = report.exit === 0 ? makeReport(report.command, report, asFault(error)) : report;
      out.stderr(`artifact-signing: error: ${asFault(error).message}
`);
    }
  }
  ports.progress.end();
  if (speech.json) out.stdout(ended === report ? text2 : `${JSON.stringify(ended, void 0, 2)}
`);
  else {
    if (!speech.quiet) out.stdout(formatResult(report));
    out.stderr(formatFindings(report));
    if (!speech.quiet && report.dry_run) out.stderr("artifact-signing: a dry run: nothing was written\n");
  }
  return ended.exit;
}
export {
  main
};
