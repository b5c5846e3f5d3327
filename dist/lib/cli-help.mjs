// SPDX-License-Identifier: Apache-2.0

// src/cli/help-text.ts
var TEXTS = {
  "": "artifact-signing <command>\n\nSign, sum, verify, publish and log the artifacts of a release.\n\nCommands:\n  artifact-signing sign <path..>        write a detached signature beside each artifact\n  artifact-signing sums <directory>     write the manifest of a directory, and sign it\n  artifact-signing verify <path..>      check a directory, files, or what is published at a URL; offline\n                                        unless given a URL\n  artifact-signing publish <directory>  check a release and copy it to the directory from which it is served\n  artifact-signing submit <path>        log a published release, and store the proof beside its manifest\n  artifact-signing log <action>         init, inspect\n  artifact-signing key <action>         generate-log-key, certify, inspect\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n\nExit status: 0 done and true, 1 could not finish, 2 used wrongly, 3 refused, 4 a log or a key misbehaved.\n",
  "log": "artifact-signing log <action>\n\ninit, inspect\n\nCommands:\n  artifact-signing log init <directory>     make an empty tile log\n  artifact-signing log inspect <directory>  check that a tile log fits together, and show its size, root and\n                                            key\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n",
  "key": "artifact-signing key <action>\n\ngenerate-log-key, certify, inspect\n\nCommands:\n  artifact-signing key generate-log-key  make the private key of a log\n  artifact-signing key certify <file>    sign the public key of a log, for policies that name its file\n  artifact-signing key inspect <file>    show the keys in an OpenPGP key file, and what sign would say of each\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n",
  "sign": `artifact-signing sign <path..>

write a detached signature beside each artifact

Positionals:
  path  artifacts, or directories that hold them                              [array] [required] [default: []]

Options:
  --version               Show version number                                                        [boolean]
  --help                  Show help                                                                  [boolean]
  --json                  print exactly one JSON report on standard output                           [boolean]
  --report                FILE: write the same report to FILE, whole or not at all                    [string]
  --quiet                 no progress, no result on standard output                                  [boolean]
  --key-file              FILE|-: the secret key, armored or binary, as "gpg --export-secret-subkeys" writes
                          it (required)                                                               [string]
  --passphrase-file       FILE|-: a file whose first line is the passphrase of the key; if both are "-", the
                          key follows that line                                                       [string]
  --key                   FINGERPRINT: which key signs: a subkey, or a primary key whose newest good subkey
                          signs                                                                       [string]
  --certificate           FILE: the certificate that every signature has to verify against; the public part of
                          the key where none is given                                                 [string]
  --allow-primary-secret  take a key file that holds the secret of the primary key, too              [boolean]
  --allow-rfc9580         sign with version 6 keys and with algorithm 27, which gpg 2.2 cannot check [boolean]
  --digest-algo           NAME: sha256, sha384 or sha512 (default: sha256)                            [string]
  --warn-days             DAYS: warn when the key expires within so many days (default: 30)           [string]
  --recursive             directories below, too                                                     [boolean]
  --include               GLOB: only names that match, also of files that are named; may be repeated   [array]
  --exclude               GLOB: not the names that match, also of files that are named; may be repeated[array]
  --expect                GLOB: an artifact has to match; may be repeated                              [array]
  --allow-empty           nothing to do is no error                                                  [boolean]
  --published             DIR|URL: look first at what is published there: the same bytes take over their
                          signatures, other bytes are refused                                         [string]
  --force                 replace an existing output that does not verify, or was made with a key that has
                          expired since                                                              [boolean]
  --jobs                  N: on how many threads RSA signatures are made (default: the number of processors)
                                                                                                      [string]
  --sums                  write the manifest, too, in the same read of each artifact                 [boolean]
  --name                  TEMPLATE: the manifest's name (default: {project}-{version}.SHA256SUMS, or
                          SHA256SUMS)                                                                 [string]
  --project               NAME: the project                                                           [string]
  --release               VERSION: the version                                                        [string]
  --zuul-vars             FILE|-: Zuul's variables as JSON or YAML: the zuul dictionary, or an inventory
                                                                                                      [string]
  --dry-run               say what would be done, and write nothing                                  [boolean]

Examples:
  artifact-signing sign artifacts --key-file subkey.asc    sign everything in a directory
  artifact-signing sign artifacts --key-file subkey.asc    and write nova-31.0.0.SHA256SUMS
  --sums --project nova --release 31.0.0
`,
  "sums": `artifact-signing sums <directory>

write the manifest of a directory, and sign it

Positionals:
  directory  the directory                                                                 [string] [required]

Options:
  --version               Show version number                                                        [boolean]
  --help                  Show help                                                                  [boolean]
  --json                  print exactly one JSON report on standard output                           [boolean]
  --report                FILE: write the same report to FILE, whole or not at all                    [string]
  --quiet                 no progress, no result on standard output                                  [boolean]
  --name                  TEMPLATE: the manifest's name (default: {project}-{version}.SHA256SUMS, or
                          SHA256SUMS)                                                                 [string]
  --project               NAME: the project                                                           [string]
  --release               VERSION: the version                                                        [string]
  --zuul-vars             FILE|-: Zuul's variables as JSON or YAML: the zuul dictionary, or an inventory
                                                                                                      [string]
  --key-file              FILE|-: the secret key, armored or binary, as "gpg --export-secret-subkeys" writes
                          it                                                                          [string]
  --passphrase-file       FILE|-: a file whose first line is the passphrase of the key; if both are "-", the
                          key follows that line                                                       [string]
  --key                   FINGERPRINT: which key signs: a subkey, or a primary key whose newest good subkey
                          signs                                                                       [string]
  --certificate           FILE: the certificate that every signature has to verify against; the public part of
                          the key where none is given                                                 [string]
  --allow-primary-secret  take a key file that holds the secret of the primary key, too              [boolean]
  --allow-rfc9580         sign with version 6 keys and with algorithm 27, which gpg 2.2 cannot check [boolean]
  --digest-algo           NAME: sha256, sha384 or sha512 (default: sha256)                            [string]
  --warn-days             DAYS: warn when the key expires within so many days (default: 30)           [string]
  --recursive             directories below, too                                                     [boolean]
  --include               GLOB: only names that match, also of files that are named; may be repeated   [array]
  --exclude               GLOB: not the names that match, also of files that are named; may be repeated[array]
  --expect                GLOB: an artifact has to match; may be repeated                              [array]
  --allow-empty           nothing to do is no error                                                  [boolean]
  --published             DIR|URL: look first at what is published there: the same bytes take over their
                          signatures, other bytes are refused                                         [string]
  --force                 replace an existing output that does not verify, or was made with a key that has
                          expired since                                                              [boolean]
  --dry-run               say what would be done, and write nothing                                  [boolean]

Examples:
  artifact-signing sums artifacts --project nova           write and sign nova-31.0.0.SHA256SUMS
  --release 31.0.0 --key-file subkey.asc
`,
  "verify": "artifact-signing verify <path..>\n\ncheck a directory, files, or what is published at a URL; offline unless given a URL\n\nPositionals:\n  path  a directory, files, or the URL of a manifest or file                  [array] [required] [default: []]\n\nOptions:\n  --version             Show version number                                                          [boolean]\n  --help                Show help                                                                    [boolean]\n  --json                print exactly one JSON report on standard output                             [boolean]\n  --report              FILE: write the same report to FILE, whole or not at all                      [string]\n  --quiet               no progress, no result on standard output                                    [boolean]\n  --policy              FILE: the trust policy                                                        [string]\n  --certificate         FILE: instead of a policy: believe the certificates in FILE                   [string]\n  --fingerprint         FINGERPRINT: with --certificate: believe only this one, by its primary key    [string]\n  --manifest            NAME: the manifest, where there is more than one                              [string]\n  --allow-extra         files that no manifest lists are no error                                    [boolean]\n  --before-publication  the gate before the upload: demand no log yet                                [boolean]\n\nExamples:\n  artifact-signing verify site --policy trust.yaml         a whole release\n  artifact-signing verify nova-31.0.0.tar.gz               one file and the .asc beside it\n  --certificate nova.asc\n",
  "publish": "artifact-signing publish <directory>\n\ncheck a release and copy it to the directory from which it is served\n\nPositionals:\n  directory  the directory that holds the release                                          [string] [required]\n\nOptions:\n  --version             Show version number                                                          [boolean]\n  --help                Show help                                                                    [boolean]\n  --json                print exactly one JSON report on standard output                             [boolean]\n  --report              FILE: write the same report to FILE, whole or not at all                      [string]\n  --quiet               no progress, no result on standard output                                    [boolean]\n  --to                  DIR: where the release goes; what is there stays, unless a bundle or a pending\n                        submission has more by now (required)                                         [string]\n  --policy              FILE: the trust policy                                                        [string]\n  --certificate         FILE: instead of a policy: believe the certificates in FILE                   [string]\n  --fingerprint         FINGERPRINT: with --certificate: believe only this one, by its primary key    [string]\n  --manifest            NAME: the manifest, where there is more than one                              [string]\n  --before-publication  the gate before the upload: demand no log yet                                [boolean]\n  --dry-run             say what would be done, and write nothing                                    [boolean]\n\nExamples:\n  artifact-signing publish artifacts --to                  the upload of a new release\n  /srv/tarballs/nova --policy trust.yaml\n  --before-publication\n",
  "submit": `artifact-signing submit <path>

log a published release, and store the proof beside its manifest

Positionals:
  path  the manifest, or the directory that holds it                                       [string] [required]

Options:
  --version           Show version number                                                            [boolean]
  --help              Show help                                                                      [boolean]
  --json              print exactly one JSON report on standard output                               [boolean]
  --report            FILE: write the same report to FILE, whole or not at all                        [string]
  --quiet             no progress, no result on standard output                                      [boolean]
  --log               tiles:DIR|NAME: a tile log by its directory, one of another kind by its name in the
                      policy; may be repeated                                                          [array]
  --resume            finish what is pending there: release and logs are as they were given then     [boolean]
  --log-key           FILE|-: the private key for a log; what is in it tells for which; may be repeated[array]
  --token-domain      DOMAIN: who submits, for public Sigsum logs: a domain whose TXT record holds the token
                      key                                                                             [string]
  --token-key         FILE|-: with --token-domain: the private key; if --log-key is "-", too, it is the last
                      one that comes                                                                  [string]
  --policy            FILE: the trust policy                                                          [string]
  --certificate       FILE: instead of a policy: believe the certificates in FILE                     [string]
  --fingerprint       FINGERPRINT: with --certificate: believe only this one, by its primary key      [string]
  --manifest          NAME: the manifest, where there is more than one                                [string]
  --project           NAME: the project's canonical name                                              [string]
  --release           VERSION: the version                                                            [string]
  --ref               REF: the ref that was built, as in refs/tags/31.0.0                             [string]
  --commit            SHA: the commit that was built                                                  [string]
  --zuul-vars         FILE|-: Zuul's variables as JSON or YAML: the zuul dictionary, or an inventory  [string]
  --published-url     URL: the directory in which the release is published: fetched first, and nothing is
                      logged that differs                                                             [string]
  --deadline          SECONDS: how long mirrors may lag behind (default: 300)                         [string]
  --witness-deadline  SECONDS: how long the witnesses of a tile log may take (default: 60)            [string]
  --log-deadline      SECONDS: how long a log of others may take, with its witnesses (default: 300)   [string]
  --dry-run           say what would be done, and write nothing                                      [boolean]

Examples:
  artifact-signing submit site --log tiles:/srv/log        log a release
  --log-key log.pem --policy trust.yaml --zuul-vars
  zuul.json
  artifact-signing submit … --dry-run                      print what each log would get
  artifact-signing submit site --resume --log              finish every submission that is pending in a
  tiles:/srv/log --log-key log.pem --policy trust.yaml     directory, if there is one
`,
  "log init": "artifact-signing log init <directory>\n\nmake an empty tile log\n\nPositionals:\n  directory  the directory that will be served; nothing secret lies in it                  [string] [required]\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n  --origin   NAME: the log's name for ever, such as tarballs.example.org/log (required)               [string]\n  --key      FILE|-: the log's private key, outside the directory (required)                          [string]\n  --dry-run  say what would be done, and write nothing                                               [boolean]\n\nExamples:\n  artifact-signing log init /srv/log --origin              print the key that policies pin\n  tarballs.example.org/log --key log.pem\n",
  "log inspect": 'artifact-signing log inspect <directory>\n\ncheck that a tile log fits together, and show its size, root and key\n\nPositionals:\n  directory  the directory of the log                                                      [string] [required]\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n  --full     recompute everything from the entries                                                   [boolean]\n  --vkey     KEY: the key that has signed the checkpoint (default: the one that "log init" left beside the\n             log)                                                                                     [string]\n\nExamples:\n  artifact-signing log inspect /srv/log --full  read every entry\n',
  "key generate-log-key": "artifact-signing key generate-log-key\n\nmake the private key of a log\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n  --for      KIND: tiles, rekor or sigsum (required)                                                  [string]\n  --out      FILE: where it goes, readable by its owner only; never overwritten (required)            [string]\n  --dry-run  say what would be done, and write nothing                                               [boolean]\n\nExamples:\n  artifact-signing key generate-log-key --for tiles --out  an Ed25519 key\n  log.pem\n  artifact-signing key generate-log-key --for sigsum       one as OpenSSH and Sigsum have it, with\n  --out submit.key                                         submit.key.pub\n  artifact-signing key generate-log-key --for rekor --out  one on P-256, with rekor.pem.pub\n  rekor.pem\n",
  "key certify": 'artifact-signing key certify <file>\n\nsign the public key of a log, for policies that name its file\n\nPositionals:\n  file  the public log key, as "key generate-log-key" or "log init" left it                [string] [required]\n\nOptions:\n  --version               Show version number                                                        [boolean]\n  --help                  Show help                                                                  [boolean]\n  --json                  print exactly one JSON report on standard output                           [boolean]\n  --report                FILE: write the same report to FILE, whole or not at all                    [string]\n  --quiet                 no progress, no result on standard output                                  [boolean]\n  --key-file              FILE|-: the secret key, armored or binary, as "gpg --export-secret-subkeys" writes\n                          it (required)                                                               [string]\n  --passphrase-file       FILE|-: a file whose first line is the passphrase of the key; if both are "-", the\n                          key follows that line                                                       [string]\n  --key                   FINGERPRINT: which key signs: a subkey, or a primary key whose newest good subkey\n                          signs                                                                       [string]\n  --certificate           FILE: the certificate that every signature has to verify against; the public part of\n                          the key where none is given                                                 [string]\n  --allow-primary-secret  take a key file that holds the secret of the primary key, too              [boolean]\n  --allow-rfc9580         sign with version 6 keys and with algorithm 27, which gpg 2.2 cannot check [boolean]\n  --digest-algo           NAME: sha256, sha384 or sha512 (default: sha256)                            [string]\n  --warn-days             DAYS: warn when the key expires within so many days (default: 30)           [string]\n  --force                 replace an existing output that does not verify, or was made with a key that has\n                          expired since                                                              [boolean]\n  --dry-run               say what would be done, and write nothing                                  [boolean]\n\nExamples:\n  artifact-signing key certify rekor.pem.pub --key-file    write rekor.pem.pub.asc beside it\n  subkey.asc\n  artifact-signing key certify log.vkey --key-file         the same for a tile log\n  subkey.asc\n',
  "key inspect": "artifact-signing key inspect <file>\n\nshow the keys in an OpenPGP key file, and what sign would say of each\n\nPositionals:\n  file  a public or secret key, armored or binary                                          [string] [required]\n\nOptions:\n  --version  Show version number                                                                     [boolean]\n  --help     Show help                                                                               [boolean]\n  --json     print exactly one JSON report on standard output                                        [boolean]\n  --report   FILE: write the same report to FILE, whole or not at all                                 [string]\n  --quiet    no progress, no result on standard output                                               [boolean]\n\nExamples:\n  artifact-signing key inspect subkey.asc  is the secret of the primary key absent, as it should be?\n"
};
var helpText = async (words) => TEXTS[words.join(" ")];

// src/cli/help.ts
async function helpOf(words, commands) {
  return helpText(topicOf(words, commands), commands);
}
function topicOf([first = "", second = ""], commands) {
  if (commands.some(({ words }) => words === `${first} ${second}`)) return [first, second];
  return commands.some(({ words }) => words.split(" ")[0] === first) ? [first] : [];
}
var helpTopics = (commands) => {
  const all = commands.map(({ words }) => words.split(" "));
  const groups = new Set(all.filter((words) => words.length > 1).map(([group = ""]) => group));
  return [[], ...[...groups].map((group) => [group]), ...all];
};
export {
  helpOf,
  helpTopics
};
