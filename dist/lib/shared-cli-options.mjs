// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

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
var FORCE = set("force", "replace an existing output that does not verify");
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
  texts("include", "GLOB", "only names that match; may be repeated"),
  texts("exclude", "GLOB", "not the names that match; may be repeated"),
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
  allowEmpty: args.isSet("allow-empty")
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

export {
  text,
  texts,
  number,
  set,
  required,
  COMMON_FLAGS,
  DRY_RUN,
  FORCE,
  PUBLISHED,
  ZUUL_VARS,
  MANIFEST,
  BEFORE,
  KEY_FLAGS,
  SELECT_FLAGS,
  NAME_FLAGS,
  TRUST_FLAGS,
  selectOptions,
  signingOptions,
  jobsOf,
  nameOptions,
  writeOptions,
  trustOptions,
  tokenOptions
};
