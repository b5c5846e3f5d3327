// SPDX-License-Identifier: Apache-2.0
/** From the manifest to the log: publish-sha256sums, verify-artifacts, publish-artifacts and submit-transparency. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatKeyMaterial } from '../../src/core/signed-note.ts';
import { rekorLog } from '../core/rekor-log.ts';
import {
  exportPublic,
  exportSecretSubkeys,
  type Gpg,
  isGood,
  type MadeKey,
  makeKey,
  openGpg,
  verifyStatus,
} from '../gpg.ts';
import { type FakeSigsum, fakeSigsum } from '../logs/fake-sigsum.ts';
import { type RekorServerLab, rekorServer } from '../logs/rekor-server.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import {
  artifactSigning,
  type Call,
  type Lab,
  leftBy,
  makeLogKey,
  makeSpy,
  type Outcome,
  openLab,
  piecesOf,
  type Vars,
} from './lab.ts';

const MANIFEST = 'nova-31.0.0.SHA256SUMS';
const ZUUL = {
  ref: 'refs/tags/31.0.0',
  project: { name: 'openstack/nova', short_name: 'nova', canonical_name: 'opendev.org/openstack/nova' },
  projects: { 'opendev.org/openstack/nova': { commit: 'a'.repeat(40) } },
};

/** Nobody is believed. A fingerprint alone is nobody. */
const FAITHLESS = { verify_artifacts_policy: '', verify_artifacts_certificate: '' };

let lab: Lab;
let gpg: Gpg;
let key: MadeKey;
let logKey: string;
let rekor: RekorServerLab;
let sigsum: FakeSigsum;
/** Of logs of others. */
let secrets: readonly string[];
let calls: readonly Call[];
let output: string;
let outcomes: ReadonlyMap<string, Outcome>;
/** What `publish` has published is below /site; nothing is ever published elsewhere. */
const server = http.createServer((request, response) => {
  const [, name] = /^\/site\/([^/]+)$/.exec(request.url ?? '') ?? [];
  const file = lab.at('work/site', name ?? '');
  if (name !== undefined && fs.existsSync(file)) response.end(fs.readFileSync(file));
  else response.writeHead(404).end();
});
const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const of = (name: string): Outcome => outcomes.get(name) ?? expect.fail(`no scenario ${name}`);
const list = (...parts: readonly string[]) => fs.readdirSync(lab.at('work', ...parts)).sort();

/** What the roles have returned to Zuul, one element for each call. */
const returned = (): readonly Vars[] =>
  fs
    .readFileSync(lab.at('work/zuul/returned.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)['zuul']);

/** A signed release; what a test wants to be wrong with it comes afterwards. */
function signed(name: string): string {
  const release = lab.release(name);
  artifactSigning(
    'sign',
    release,
    '--key-file',
    lab.at('private/subkey.asc'),
    '--sums',
    '--project',
    'nova',
    '--release',
    '31.0.0',
  );
  return release;
}

async function prepare() {
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, key.primary));
  lab.write('private/certificate.asc', await exportPublic(gpg, key.primary));
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', lab.at('private/log.pem'));
  artifactSigning('log', 'init', lab.at('work/log'), '--origin', 'example.org/log', '--key', lab.at('private/log.pem'));
  logKey = fs.readFileSync(lab.at('private/log.pem'), 'utf8');
  fs.mkdirSync(lab.at('work/zuul/work/tmp'), { recursive: true });
}

/** A policy with a witness that does not know the log: nothing is published where it is said to be. */
function witnessPolicy(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const witness = {
    name: 'north',
    key: formatKeyMaterial({ name: 'witness.example/north', type: 4, publicKey: raw }),
    url: address(),
  };
  const vkey = fs.readFileSync(lab.at('work/log.state/log.vkey'), 'utf8').trim();
  const log = { name: 'tarballs', kind: 'tiles', origin: 'example.org/log', keys: [vkey] };
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: key.primary }],
    logs: [{ ...log, witnesses: [witness], quorum: 1 }],
  };
  lab.write('private/policy.yaml', JSON.stringify(policy));
  return lab.at('private/policy.yaml');
}

/** A policy that demands the tile log and two logs of others, and the secret with all of their keys. */
async function severalLogs(): Promise<Vars> {
  const log = rekorLog(2);
  rekor = await rekorServer(log);
  sigsum = await fakeSigsum();
  const keys = { rekor: makeLogKey(lab, 'rekor', 'rekor.pem'), sigsum: makeLogKey(lab, 'sigsum', 'sigsum.key') };
  const vkey = fs.readFileSync(lab.at('work/log.state/log.vkey'), 'utf8').trim();
  const two = { version: 2, url: rekor.url, origin: log.origin, keys: [log.pin], signers: [keys.rekor.open] };
  lab.write('private/sigsum-policy', `${sigsum.line}\nquorum none\n`);
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: key.primary }],
    logs: [
      { name: 'tarballs', kind: 'tiles', origin: 'example.org/log', keys: [vkey] },
      { name: 'two', kind: 'rekor', ...two },
      { name: 'others', kind: 'sigsum', policy_file: 'sigsum-policy', signers: [keys.sigsum.open] },
    ],
    require: { logs: { at_least: 3 } },
  };
  const token = makeLogKey(lab, 'sigsum', 'token.key').secret;
  secrets = [keys.rekor.secret, keys.sigsum.secret, token];
  return {
    verify_artifacts_certificate: '',
    verify_artifacts_fingerprint: '',
    submit_transparency_policy: lab.write('private/several.yaml', JSON.stringify(policy)),
    submit_transparency_logs: [`tiles:${lab.at('work/log')}`, 'two', 'others'],
    submit_transparency_keys: { tiles: logKey, rekor: keys.rekor.secret, sigsum: keys.sigsum.secret, token },
    submit_transparency_token_domain: 'example.org',
    submit_transparency_log_deadline: 41,
  };
}

async function playAll() {
  const { dist, calls: called } = makeSpy(lab);
  const trust = {
    verify_artifacts_certificate: lab.at('private/certificate.asc'),
    verify_artifacts_fingerprint: key.primary,
  };
  const sums = (name: string, vars: Vars) => ({
    name,
    role: 'publish-sha256sums',
    vars: { release_project: 'nova', release_version: '31.0.0', ...vars },
  });
  const verify = (name: string, vars: Vars) => ({
    name,
    role: 'verify-artifacts',
    vars: { ...trust, verify_artifacts_before_publication: true, ...vars },
  });
  const publish = (name: string, vars: Vars) => ({
    name,
    role: 'publish-artifacts',
    vars: { ...trust, publish_artifacts_destination: lab.at('work/site'), ...vars },
  });
  const submit = (name: string, vars: Vars) => ({
    name,
    role: 'submit-transparency',
    vars: {
      ...trust,
      submit_transparency_logs: [`tiles:${lab.at('work/log')}`],
      submit_transparency_keys: { tiles: logKey },
      zuul: { ...ZUUL, executor: { work_root: lab.at('work/zuul/work') } },
      ...vars,
    },
  });
  const release = signed('release');
  lab.write('work/unsigned/nova-31.0.0.tar.gz', 'source');
  fs.cpSync(signed('extra'), lab.at('work/changed'), { recursive: true });
  for (const file of ['work/extra/stowaway', 'work/changed/nova-31.0.0.tar.gz'])
    fs.appendFileSync(lab.at(file), 'more');
  lab.write(path.join('work', path.basename(signed('below')), 'wheels/nova.whl'), 'wheel');
  fs.rmSync(path.join(signed('unvouched'), `${MANIFEST}.asc`));
  const unanswered = {
    submit_transparency_published_url: address(),
    submit_transparency_deadline: 0,
  };
  const several = await severalLogs();
  const scenarios = [
    // by the name that both roles take; text is a list of one
    sums('sums-lacking', { publish_sha256sums_path: lab.at('work/unsigned'), sign_artifacts_expect: '*.whl' }),
    sums('sums', {
      publish_sha256sums_path: lab.at('work/unsigned'),
      gpg_key: { private: fs.readFileSync(lab.at('private/subkey.asc'), 'utf8') },
    }),
    sums('sums-again', { publish_sha256sums_path: lab.at('work/unsigned'), publish_sha256sums_published: address() }),
    sums('sums-other', { publish_sha256sums_path: lab.at('work/changed') }),
    verify('verify-extra', { verify_artifacts_path: lab.at('work/extra') }),
    verify('verify-below', { verify_artifacts_path: lab.at('work/below') }),
    verify('verify-unvouched', { verify_artifacts_path: lab.at('work/unvouched') }),
    verify('verify-address', {
      verify_artifacts_path: `${address()}${MANIFEST}`,
      verify_artifacts_before_publication: false,
    }),
    verify('verify-faithless', { release_path: release, ...FAITHLESS }),
    publish('publish-faithless', { release_path: release, ...FAITHLESS }),
    submit('submit-faithless', { release_path: release, ...FAITHLESS }),
    publish('publish', { release_path: release }),
    publish('publish-again', { release_path: release }),
    publish('publish-nowhere', { release_path: release, publish_artifacts_destination: undefined }),
    { ...submit('rehearse-submit', { release_path: release }), play: { check_mode: true } },
    {
      ...submit('rehearse-nowhere', { release_path: release, submit_transparency_logs: ['nowhere'] }),
      play: { check_mode: true },
    },
    submit('submit-later', { release_path: release, ...unanswered, submit_transparency_on_outage: 'defer' }),
    submit('submit', { release_path: release, submit_transparency_published_url: `${address()}site` }),
    submit('submit-again', {
      release_path: release,
      submit_transparency_logs: `tiles:${lab.at('work/log')}`,
      zuul: '{{ undef() }}',
      release_canonical_name: 'opendev.org/openstack/nova',
      submit_transparency_release: '31.0.0',
      submit_transparency_ref: 'refs/tags/31.0.0',
      submit_transparency_commit: 'a'.repeat(40),
    }),
    submit('submit-unwitnessed', {
      release_path: signed('unwitnessed'),
      zuul: '{{ undef() }}',
      release_canonical_name: 'opendev.org/openstack/nova',
      submit_transparency_release: '31.0.0',
      verify_artifacts_certificate: '',
      verify_artifacts_fingerprint: '',
      submit_transparency_policy: witnessPolicy(),
      submit_transparency_witness_deadline: 67,
      submit_transparency_on_outage: 'defer',
    }),
    submit('submit-several', { release_path: signed('several'), ...several }),
    submit('submit-needless', {
      release_path: release,
      submit_transparency_keys: { tiles: logKey, rekor: secrets[0] },
    }),
    submit('submit-sometimes', { release_path: release, submit_transparency_on_outage: 'sometimes' }),
  ];
  const played = await lab.play(
    scenarios.map((scenario) => ({
      host: { ansible_pipelining: scenario.name !== 'submit' },
      ...scenario,
      vars: { ensure_artifact_signing_dist: dist, ...scenario.vars },
    })),
    {
      args: ['-vvv', '--diff'],
      env: {
        ZUUL_JOBDIR: lab.at('work/zuul'),
        ANSIBLE_ACTION_PLUGINS: path.join(import.meta.dirname, 'action_plugins'),
      },
    },
  );
  outcomes = played;
  output = played.output;
  calls = called();
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await prepare();
  await playAll();
}, 600_000);

afterAll(async () => {
  server.close();
  await rekor?.close();
  await gpg.close();
  lab.close();
});

describe('publish-sha256sums', () => {
  it('writes the manifest, signed where there is a key', async () => {
    expect(of('sums')).toMatchObject({ failed: false, changed: 1 });
    const [manifest, signature] = ['', '.asc'].map((suffix) =>
      fs.readFileSync(lab.at('work/unsigned', `${MANIFEST}${suffix}`)),
    );
    expect(isGood(await verifyStatus(gpg, signature as Buffer, manifest as Buffer), key.primary)).toBe(true);
  });

  it('confirms the one that is there, without a key', () => {
    expect(of('sums-again')).toMatchObject({ failed: false, changed: 0 });
  });

  it('refuses to edit one', () => {
    expect(of('sums-lacking')).toMatchObject({ failed: true, changed: 0 });
    expect(of('sums-lacking').message).toMatch(/ no artifact matches "\*\.whl", and that is expected$/m);
    expect(of('sums-other')).toMatchObject({ failed: true, changed: 0 });
    expect(of('sums-other').message).toMatch(
      /^artifact-signing: error: .*does not match the directory.*\nartifact-signing: hint: /,
    );
  });
});

describe('verify-artifacts', () => {
  it('refuses a file that nobody has listed', () => {
    expect(of('verify-extra')).toMatchObject({ failed: true, changed: 0 });
    expect(of('verify-extra').message).toContain('"stowaway" is there, and no manifest lists it');
    expect(of('verify-extra').message).toMatch(/exit status 3$/);
  });

  it('refuses what lies in a directory below', () => {
    expect(of('verify-below')).toMatchObject({ failed: true, changed: 0 });
    expect(of('verify-below').message).toContain('"wheels/nova.whl" is there, and no manifest lists it');
  });

  it('refuses a manifest that nobody has signed, and changes nothing by that', () => {
    expect(of('verify-unvouched')).toMatchObject({ failed: true, changed: 0 });
    expect(of('verify-unvouched').message).toMatch(/^artifact-signing: error: the manifest .* is not signed$/m);
  });
});

describe('an address in the place of a path', () => {
  it('is asked', () => {
    expect(of('verify-address').message).toMatch(/^artifact-signing: error: the manifest "[^"]+" is not there$/m);
    expect(calls.filter(({ args }) => args.includes(`--published=${address()}`))).toHaveLength(1);
  });
});

describe('whom to believe', () => {
  it.each([
    ['verify', 'set verify_artifacts_policy, or verify_artifacts_certificate'],
    [
      'publish',
      'set publish_artifacts_policy, or publish_artifacts_certificate; those of verify-artifacts are their defaults',
    ],
    [
      'submit',
      'set submit_transparency_policy, or submit_transparency_certificate; those of verify-artifacts are their defaults',
    ],
  ])('is asked for by the names of the variables: %s', (name, hint) => {
    expect(of(`${name}-faithless`)).toMatchObject({ failed: true, changed: 0 });
    expect(of(`${name}-faithless`).message.trim()).toBe(`whom should be believed is not said\n${hint}`);
  });
});

describe('publish-artifacts', () => {
  it('publishes everything, once', () => {
    expect(of('publish')).toMatchObject({ failed: false, changed: 1 });
    expect(of('publish-again')).toMatchObject({ failed: false, changed: 0 });
    expect(list('site')).toEqual(list('release').filter((name) => !name.endsWith('.tlog-proof')));
  });

  it('wants to know where to', () => {
    expect(of('publish-nowhere').message).toMatch(/publish_artifacts_destination/);
  });
});

describe('submit-transparency', () => {
  it('logs nothing in check mode, and returns nothing to Zuul', () => {
    expect(of('rehearse-submit')).toMatchObject({ failed: false });
    expect(of('rehearse-nowhere')).toMatchObject({ failed: true, changed: 0 });
    expect(of('rehearse-nowhere').message).toContain('not a log: "nowhere"');
    const rehearsed = calls.filter(({ args }) => args.includes('--dry-run'));
    expect(rehearsed.map(({ args }) => args[0])).toEqual(['submit', 'submit']);
    expect(returned()).toHaveLength(3);
  });

  it('warns, also in Zuul, where what is published does not answer and that may be deferred', () => {
    expect(of('submit-later')).toMatchObject({ failed: false, changed: 0 });
    const warning = `"${MANIFEST}" is not published`;
    expect(of('submit-later').console).toMatch(new RegExp(`^ +artifact-signing: warning: .*${warning}`, 'm'));
    expect(returned()[0]).toEqual({ warnings: [expect.stringMatching(`^artifact-signing: .*${warning}`)] });
  });

  it('P14 logs the release and returns it to Zuul, once', () => {
    expect(of('submit')).toMatchObject({ failed: false, changed: 1 });
    expect(list('release')).toContain(`${MANIFEST}.tlog-proof`);
    const about = {
      manifest: MANIFEST,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      signer: key.subkeys[0],
      primary: key.primary,
    };
    const url = (name: string) => `${address()}site/${name}`;
    const artifact = (name: string, metadata: Vars) => ({ name, url: url(name), metadata: { ...about, ...metadata } });
    expect(returned()[1]).toEqual({
      artifacts: [
        artifact(MANIFEST, { type: 'sha256sums', size: fs.statSync(lab.at('work/release', MANIFEST)).size }),
        artifact(`${MANIFEST}.asc`, { type: 'openpgp_signature' }),
        artifact(`${MANIFEST}.tlog-proof`, {
          type: 'transparency_receipt',
          log_kind: 'tiles',
          log_origin: 'example.org/log',
          log_index: 0,
          log_entry: leafHashes()[0],
          tree_size: 1,
        }),
      ],
    });
  });

  it('finds the same entry by hand, and then has nothing to do with Zuul', () => {
    expect(of('submit-again')).toMatchObject({ failed: false, changed: 0 });
    expect(returned()).toHaveLength(3);
  });

  it('asks the witnesses that the policy names, and may defer where they do not vouch', () => {
    expect(of('submit-unwitnessed')).toMatchObject({ failed: false });
    expect(of('submit-unwitnessed').console).toMatch(/the witness "north" does not vouch: it answers 404/);
    expect(list('unwitnessed')).toContain(`${MANIFEST}.submission.json`);
    expect(list('unwitnessed')).not.toContain(`${MANIFEST}.tlog-proof`);
    expect(calls.filter(({ args }) => args.join(' ').includes('--witness-deadline'))).toHaveLength(1);
  });

  it('hands the keys of several logs over at once, and returns what each of them calls the entry', () => {
    expect(of('submit-several')).toMatchObject({ failed: false, changed: 1 });
    const [call] = calls.filter(({ args }) => args.includes('--log=others'));
    const given = call?.args.filter((one) => /^--(?:log-key|token|log-deadline)/.test(one));
    expect(given).toEqual(['--log-deadline=41', '--token-domain=example.org', '--log-key=-', '--token-key=-']);
    expect(sigsum.token).toMatch(/^example\.org [0-9a-f]{128}$/);
    const artifacts = (returned()[2]?.['artifacts'] ?? []) as readonly { name: string; metadata: Vars }[];
    expect(artifacts.slice(2).map(({ name, metadata }) => [name, metadata['log_name'], metadata['log_index']])).toEqual(
      [
        [`${MANIFEST}.tlog-proof`, 'tarballs', 2],
        [`${MANIFEST}.sigstore.json`, 'two', 0],
        [`${MANIFEST}.proof`, 'others', 3],
      ],
    );
    const leaf = createHash('sha256')
      .update(Buffer.of(0))
      .update(sigsum.leaves[3] ?? '');
    expect(artifacts[2]?.metadata['log_entry']).toBe(leafHashes()[2]);
    expect(artifacts[4]?.metadata['log_entry']).toBe(leaf.digest('hex'));
    for (const { metadata } of artifacts) expect(metadata['sha256']).toBe(artifacts[0]?.metadata['sha256']);
  });

  it('refuses a key that is for none of the logs', () => {
    expect(of('submit-needless')).toMatchObject({ failed: true, changed: 0 });
    expect(of('submit-needless').message).toMatch(/the key "-" is for none of these logs/);
  });

  it('refuses an unknown word for what to do in an outage', () => {
    expect(of('submit-sometimes').message).toMatch(/submit_transparency_on_outage/);
  });

  it("keeps Zuul's variables in Zuul's own memory, and the key of the log out of everything", () => {
    const [, call] = calls.filter(({ args }) => args[0] === 'submit' && !args.includes('--dry-run'));
    expect(call).toMatchObject({ mode: '700', names: ['zuul.json'], args: expect.arrayContaining(['--log-key=-']) });
    expect(path.dirname(call?.directory ?? '')).toBe(lab.at('work/zuul/work/tmp'));
    const pieces = [
      ...[logKey, ...secrets].flatMap((secret) => piecesOf(secret, '')),
      ...piecesOf(fs.readFileSync(lab.at('private/subkey.asc'), 'utf8'), publicText()),
    ];
    const places = [
      output,
      JSON.stringify(calls),
      ...[...lab.remains().values()].map((content) => content.toString('latin1')),
    ];
    expect(pieces.length).toBeGreaterThan(50);
    expect(pieces.filter((piece) => places.some((place) => place.includes(piece)))).toEqual([]);
    expect(fs.readdirSync(lab.at('work/zuul/work/tmp'))).toEqual([]);
    expect(leftBy(calls)).toEqual([]);
  });
});

/** RFC 6962, section 2.1: of the entries in the tile log. */
const leafHashes = (): readonly string[] => {
  const vkey = fs.readFileSync(lab.at('work/log.state/log.vkey'), 'utf8').trim();
  const { entries } = readLog(directoryGet(lab.at('work/log')), vkey);
  return entries.map((one) => createHash('sha256').update(Buffer.of(0)).update(one).digest('hex'));
};

const publicText = () =>
  [...lab.remains()]
    .filter(([file]) => file.endsWith('.asc'))
    .map(([, content]) => content.toString())
    .join('') + fs.readFileSync(lab.at('private/certificate.asc'), 'utf8');
