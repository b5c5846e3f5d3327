// SPDX-License-Identifier: Apache-2.0
/** The table of commands. Help, decoding and the reference in the documents are made from it. */
import { Fault } from '../core/fault.ts';
import type { Outcome } from '../core/report.ts';
import type { Ports } from '../ports.ts';
import type { Arguments, Flag, Positional } from './flags.ts';
import {
  BEFORE,
  DRY_RUN,
  FORCE,
  jobsOf,
  KEY_FLAGS,
  MANIFEST,
  NAME_FLAGS,
  nameOptions,
  number,
  PUBLISHED,
  required,
  SELECT_FLAGS,
  selectOptions,
  set,
  signingOptions,
  TRUST_FLAGS,
  text,
  texts,
  tokenOptions,
  trustOptions,
  writeOptions,
  ZUUL_VARS,
} from './options.ts';

export interface Command {
  /** One word, or two: `log init`. */
  readonly words: string;
  readonly describe: string;
  readonly positional: Positional | undefined;
  readonly flags: readonly Flag[];
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly run: (ports: Ports, args: Arguments) => Promise<Outcome>;
}

export const COMMANDS: readonly Command[] = [
  {
    words: 'sign',
    describe: 'write a detached signature beside each artifact',
    positional: { name: 'path', describe: 'artifacts, or directories that hold them', many: true },
    flags: [
      required(KEY_FLAGS[0] as Flag),
      ...KEY_FLAGS.slice(1),
      ...SELECT_FLAGS,
      PUBLISHED,
      FORCE,
      number('jobs', 'N', 'on how many threads RSA signatures are made', 'the number of processors'),
      set('sums', 'write the manifest, too, in the same read of each artifact'),
      ...NAME_FLAGS,
      DRY_RUN,
    ],
    examples: [
      ['artifact-signing sign artifacts --key-file subkey.asc', 'sign everything in a directory'],
      [
        'artifact-signing sign artifacts --key-file subkey.asc --sums --project nova --release 31.0.0',
        'and write nova-31.0.0.SHA256SUMS',
      ],
    ],
    run: async (ports, args) => {
      const { sign } = await import('../workflow/sign.ts');
      args.needed('key-file');
      const [idle] = args.isSet('sums') ? [] : NAME_FLAGS.filter(({ name }) => args.text(name) !== undefined);
      if (idle !== undefined) throw new Fault('usage', `--${idle.name} is about the manifest, which --sums writes`);
      return sign(ports, {
        ...selectOptions(args),
        ...signingOptions(args, jobsOf(args, ports)),
        ...writeOptions(args),
        paths: args.texts('path'),
        sums: args.isSet('sums') ? nameOptions(args) : undefined,
      });
    },
  },
  {
    words: 'sums',
    describe: 'write the manifest of a directory, and sign it',
    positional: { name: 'directory', describe: 'the directory', many: false },
    flags: [...NAME_FLAGS, ...KEY_FLAGS, ...SELECT_FLAGS, PUBLISHED, FORCE, DRY_RUN],
    examples: [
      [
        'artifact-signing sums artifacts --project nova --release 31.0.0 --key-file subkey.asc',
        'write and sign nova-31.0.0.SHA256SUMS',
      ],
    ],
    run: async (ports, args) => {
      const { sums } = await import('../workflow/sums.ts');
      return sums(ports, {
        ...selectOptions(args),
        ...signingOptions(args),
        ...writeOptions(args),
        ...nameOptions(args),
        directory: args.needed('directory'),
      });
    },
  },
  {
    words: 'verify',
    describe: 'check a directory, files, or what is published at a URL; offline unless given a URL',
    positional: { name: 'path', describe: 'a directory, files, or the URL of a manifest or file', many: true },
    flags: [...TRUST_FLAGS, MANIFEST, set('allow-extra', 'files that no manifest lists are no error'), BEFORE],
    examples: [
      ['artifact-signing verify site --policy trust.yaml', 'a whole release'],
      ['artifact-signing verify nova-31.0.0.tar.gz --certificate nova.asc', 'one file and the .asc beside it'],
    ],
    run: async (ports, args) => {
      const { verify } = await import('../workflow/verify.ts');
      return verify(ports, {
        ...trustOptions(args),
        paths: args.texts('path'),
        manifest: args.text('manifest'),
        allowExtra: args.isSet('allow-extra'),
        beforePublication: args.isSet('before-publication'),
      });
    },
  },
  {
    words: 'publish',
    describe: 'check a release and copy it to the directory from which it is served',
    positional: { name: 'directory', describe: 'the directory that holds the release', many: false },
    flags: [
      required(
        text(
          'to',
          'DIR',
          'where the release goes; what is there stays, unless a bundle or a pending submission has more by now',
        ),
      ),
      ...TRUST_FLAGS,
      MANIFEST,
      BEFORE,
      DRY_RUN,
    ],
    examples: [
      [
        'artifact-signing publish artifacts --to /srv/tarballs/nova --policy trust.yaml --before-publication',
        'the upload of a new release',
      ],
    ],
    run: async (ports, args) => {
      const { publish } = await import('../workflow/publish.ts');
      return publish(ports, {
        ...trustOptions(args),
        directory: args.needed('directory'),
        to: args.needed('to'),
        manifest: args.text('manifest'),
        beforePublication: args.isSet('before-publication'),
        dryRun: args.isSet('dry-run'),
      });
    },
  },
  {
    words: 'submit',
    describe: 'log a published release, and store the proof beside its manifest',
    positional: { name: 'path', describe: 'the manifest, or the directory that holds it', many: false },
    flags: [
      texts(
        'log',
        'tiles:DIR|NAME',
        'a tile log by its directory, one of another kind by its name in the policy; may be repeated',
      ),
      set('resume', 'finish what is pending there: release and logs are as they were given then'),
      texts('log-key', 'FILE|-', 'the private key for a log; what is in it tells for which; may be repeated'),
      text(
        'token-domain',
        'DOMAIN',
        'who submits, for public Sigsum logs: a domain whose TXT record holds the token key',
      ),
      text(
        'token-key',
        'FILE|-',
        'with --token-domain: the private key; if --log-key is "-", too, it is the last one that comes',
      ),
      ...TRUST_FLAGS,
      MANIFEST,
      text('project', 'NAME', "the project's canonical name"),
      text('release', 'VERSION', 'the version'),
      text('ref', 'REF', 'the ref that was built, as in refs/tags/31.0.0'),
      text('commit', 'SHA', 'the commit that was built'),
      ZUUL_VARS,
      text(
        'published-url',
        'URL',
        'the directory in which the release is published: fetched first, and nothing is logged that differs',
      ),
      number('deadline', 'SECONDS', 'how long mirrors may lag behind', '300'),
      number('witness-deadline', 'SECONDS', 'how long the witnesses of a tile log may take', '60'),
      number('log-deadline', 'SECONDS', 'how long a log of others may take, with its witnesses', '300'),
      DRY_RUN,
    ],
    examples: [
      [
        'artifact-signing submit site --log tiles:/srv/log --log-key log.pem --policy trust.yaml --zuul-vars zuul.json',
        'log a release',
      ],
      ['artifact-signing submit … --dry-run', 'print what each log would get'],
      [
        'artifact-signing submit site --resume --log tiles:/srv/log --log-key log.pem --policy trust.yaml',
        'finish every submission that is pending in a directory, if there is one',
      ],
    ],
    run: async (ports, args) => {
      const { submit } = await import('../workflow/submit.ts');
      const { resume } = await import('../workflow/resume.ts');
      const verb = args.isSet('resume') ? resume : submit;
      return verb(ports, {
        ...trustOptions(args),
        path: args.needed('path'),
        manifest: args.text('manifest'),
        logs: args.texts('log'),
        logKeys: args.texts('log-key'),
        token: tokenOptions(args),
        project: args.text('project'),
        release: args.text('release'),
        ref: args.text('ref'),
        commit: args.text('commit'),
        zuulVars: args.text('zuul-vars'),
        publishedUrl: args.text('published-url'),
        deadline: args.number('deadline') ?? 300,
        witnessDeadline: args.number('witness-deadline') ?? 60,
        logDeadline: args.number('log-deadline') ?? 300,
        dryRun: args.isSet('dry-run'),
      });
    },
  },
  {
    words: 'log init',
    describe: 'make an empty tile log',
    positional: {
      name: 'directory',
      describe: 'the directory that will be served; nothing secret lies in it',
      many: false,
    },
    flags: [
      required(text('origin', 'NAME', "the log's name for ever, such as tarballs.example.org/log")),
      required(text('key', 'FILE|-', "the log's private key, outside the directory")),
      DRY_RUN,
    ],
    examples: [
      [
        'artifact-signing log init /srv/log --origin tarballs.example.org/log --key log.pem',
        'print the key that policies pin',
      ],
    ],
    run: async (ports, args) => {
      const { logInit } = await import('../workflow/log.ts');
      const made = await logInit(ports, {
        directory: args.needed('directory'),
        origin: args.needed('origin'),
        keyFile: args.needed('key'),
        dryRun: args.isSet('dry-run'),
      });
      return { detail: { ...made } };
    },
  },
  {
    words: 'log inspect',
    describe: 'check that a tile log fits together, and show its size, root and key',
    positional: { name: 'directory', describe: 'the directory of the log', many: false },
    flags: [
      set('full', 'recompute everything from the entries'),
      text('vkey', 'KEY', 'the key that has signed the checkpoint', 'the one that "log init" left beside the log'),
    ],
    examples: [['artifact-signing log inspect /srv/log --full', 'read every entry']],
    run: async (ports, args) => {
      const { logInspect } = await import('../workflow/log.ts');
      const { inspection, warnings } = await logInspect(ports, {
        directory: args.needed('directory'),
        full: args.isSet('full'),
        vkey: args.text('vkey'),
      });
      return { detail: { ...inspection }, warnings };
    },
  },
  {
    words: 'key generate-log-key',
    describe: 'make the private key of a log',
    positional: undefined,
    flags: [
      required(text('for', 'KIND', 'tiles, rekor or sigsum')),
      required(text('out', 'FILE', 'where it goes, readable by its owner only; never overwritten')),
      DRY_RUN,
    ],
    examples: [
      ['artifact-signing key generate-log-key --for tiles --out log.pem', 'an Ed25519 key'],
      [
        'artifact-signing key generate-log-key --for sigsum --out submit.key',
        'one as OpenSSH and Sigsum have it, with submit.key.pub',
      ],
      ['artifact-signing key generate-log-key --for rekor --out rekor.pem', 'one on P-256, with rekor.pem.pub'],
    ],
    run: async (ports, args) => {
      const { generateLogKey } = await import('../workflow/key.ts');
      args.needed('for');
      const made = await generateLogKey(ports, {
        for: args.choice('for', ['tiles', 'rekor', 'sigsum']) ?? 'tiles',
        out: args.needed('out'),
        dryRun: args.isSet('dry-run'),
      });
      return { detail: { ...made } };
    },
  },
  {
    words: 'key certify',
    describe: 'sign the public key of a log, for policies that name its file',
    positional: {
      name: 'file',
      describe: 'the public log key, as "key generate-log-key" or "log init" left it',
      many: false,
    },
    flags: [required(KEY_FLAGS[0] as Flag), ...KEY_FLAGS.slice(1), FORCE, DRY_RUN],
    examples: [
      ['artifact-signing key certify rekor.pem.pub --key-file subkey.asc', 'write rekor.pem.pub.asc beside it'],
      ['artifact-signing key certify log.vkey --key-file subkey.asc', 'the same for a tile log'],
    ],
    run: async (ports, args) => {
      const { certifyLogKey } = await import('../workflow/certify.ts');
      args.needed('key-file');
      return certifyLogKey(ports, {
        ...signingOptions(args),
        file: args.needed('file'),
        force: args.isSet('force'),
        dryRun: args.isSet('dry-run'),
      });
    },
  },
  {
    words: 'key inspect',
    describe: 'show the keys in an OpenPGP key file, and what sign would say of each',
    positional: { name: 'file', describe: 'a public or secret key, armored or binary', many: false },
    flags: [],
    examples: [
      ['artifact-signing key inspect subkey.asc', 'is the secret of the primary key absent, as it should be?'],
    ],
    run: async (ports, args) => {
      const { inspectKeyFile } = await import('../workflow/key.ts');
      const { keys, warnings } = await inspectKeyFile(ports, args.needed('file'));
      return { detail: { keys }, warnings };
    },
  },
];
