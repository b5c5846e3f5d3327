// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  exportPublic,
  exportSecret,
  exportSecretSubkeys,
  type Gpg,
  isGood,
  type MadeKey,
  makeKey,
  openGpg,
  verifyStatus,
} from '../gpg.ts';
import {
  artifactSigning,
  type Call,
  type Lab,
  leftBy,
  makeSpy,
  type Outcome,
  openLab,
  piecesOf,
  type Vars,
} from './lab.ts';

const ODD = {
  '{{ 6*7 }}.whl': 'a',
  'b c.txt': 'b',
  '$HOME.tar': 'c',
  '-rf': 'd',
  'it\'s "q".txt': 'e',
  'naïve.txt': 'f',
};
const ZUUL = {
  ref: 'refs/tags/31.0.0',
  project: { name: 'openstack/nova', short_name: 'nova', canonical_name: 'opendev.org/openstack/nova' },
  projects: { 'opendev.org/openstack/nova': { commit: 'a'.repeat(40) } },
  change_message: '{{ lookup("pipe", "touch pwned") }}',
};

let lab: Lab;
let gpg: Gpg;
let key: MadeKey;
let secrets: Record<'subkey' | 'primary' | 'locked', string>;
/** Of all three keys, without what is public of them. */
let pieces: readonly string[];
let calls: readonly Call[];
let output: string;
let outcomes: ReadonlyMap<string, Outcome>;

const of = (name: string): Outcome => outcomes.get(name) ?? expect.fail(`no scenario ${name}`);
const callOf = (name: string): Call =>
  calls.find(({ args }) => args[1] === lab.at('work', name)) ?? expect.fail(`no call for ${name}`);

async function isSigned(release: string, name: string): Promise<boolean> {
  const file = lab.at('work', release, name);
  return isGood(await verifyStatus(gpg, fs.readFileSync(`${file}.asc`), fs.readFileSync(file)), key.primary);
}

async function makeSecrets() {
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  const locked = await makeKey(gpg, {
    algorithm: 'ed25519',
    passphrase: 'open sesame',
    subkeys: [{ algorithm: 'ed25519' }],
  });
  const earlier = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  lab.write('private/earlier.asc', await exportSecretSubkeys(gpg, earlier.primary));
  lab.write(
    'private/certificates.asc',
    `${await exportPublic(gpg, earlier.primary)}${await exportPublic(gpg, key.primary)}`,
  );
  const subkey = (await exportSecretSubkeys(gpg, key.primary)).toString();
  lab.write('private/subkey.asc', subkey);
  lab.write('private/certificate.asc', await exportPublic(gpg, key.primary));
  secrets = {
    subkey,
    primary: (await exportSecret(gpg, key.primary)).toString(),
    locked: (await exportSecret(gpg, locked.primary, 'open sesame')).toString(),
  };
}

/** Every scenario in one run, as talkative as Ansible can be. */
async function playAll() {
  const { dist, calls: called } = makeSpy(lab);
  const gpgKey = { private: secrets.subkey };
  const scenario = (name: string, vars: Vars, play: Vars = {}) => ({
    name,
    role: 'sign-artifacts',
    play,
    vars: { ensure_artifact_signing_dist: dist, ...vars },
  });
  const on = (name: string, vars: Vars = {}, artifacts?: Record<string, string>) =>
    scenario(name, { sign_artifacts_path: lab.release(name, artifacts), gpg_key: gpgKey, ...vars });
  fs.writeFileSync(path.join(lab.release('tampered', { 'a.txt': 'another' }), 'a.txt.asc'), 'no signature');
  const out = { sign_artifacts_published: lab.release('published') };
  artifactSigning('sign', lab.at('work/published'), '--key-file', lab.at('private/earlier.asc'), '--sums');
  const played = await lab.play(
    [
      scenario('documented', {
        gpg_artifact_path: lab.release('documented'),
        gpg_key: { ...gpgKey, comment: 'not ours' },
      }),
      scenario('documented-again', { gpg_artifact_path: lab.at('work/documented'), gpg_key: gpgKey }),
      scenario('real', {
        gpg_sign_path: lab.release('real', ODD),
        gpg_key: gpgKey,
        sign_artifacts_manifest: true,
        zuul: ZUUL,
      }),
      on('key-file', {
        sign_artifacts_key_file: lab.at('private/subkey.asc'),
        sign_artifacts_certificate: lab.at('private/certificate.asc'),
        sign_artifacts_key: key.subkeys[0],
        sign_artifacts_expect: ['*.tar.gz', '*.whl'],
      }),
      on('locked', {
        gpg_key: { private: secrets.locked, passphrase: 'open sesame' },
        sign_artifacts_allow_primary_secret: true,
      }),
      scenario('rehearsal', { sign_artifacts_path: lab.release('rehearsal'), gpg_key: gpgKey }, { check_mode: true }),
      on('primary', { gpg_key: { private: secrets.primary } }),
      on('empty', {}, {}),
      on('below', {}, { 'a.txt': 'a', 'wheels/b.whl': 'b' }),
      on('renewed', { ...out, sign_artifacts_certificate: lab.at('private/certificates.asc') }),
      on('renewed-alone', { ...out, sign_artifacts_certificate: lab.at('private/certificate.asc') }),
      {
        name: 'renewed-sums',
        role: 'publish-sha256sums',
        vars: {
          ensure_artifact_signing_dist: dist,
          publish_sha256sums_path: lab.at('work/renewed'),
          gpg_key: gpgKey,
          publish_sha256sums_certificate: lab.at('private/certificates.asc'),
          publish_sha256sums_published: lab.at('work/published'),
        },
      },
      on('one-glob', { sign_artifacts_expect: '*.deb' }),
      on('no-glob', { sign_artifacts_expect: '' }),
      on('lacking', { sign_artifacts_expect: ['*.whl', '*.deb'] }),
      on('tampered', {}, {}),
      on('crash'),
      scenario('nowhere', { gpg_key: gpgKey }),
      on('wrong-bool', { sign_artifacts_manifest: 'perhaps' }),
      on('wrong-key', { gpg_key: [secrets.subkey] }),
      on('keyless', { gpg_key: { private: '' } }),
      on('wrong-place', { sign_artifacts_key_file: secrets.subkey }),
    ],
    { args: ['-vvv', '--diff'] },
  );
  outcomes = played;
  output = played.output;
  const published = [...lab.remains()]
    .filter(([file]) => file.endsWith('.asc'))
    .map(([, content]) => content.toString());
  const open = [...published, await exportPublic(gpg)].join('');
  pieces = Object.values(secrets).flatMap((secret) => piecesOf(secret, open));
  calls = called();
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  await makeSecrets();
  await playAll();
}, 600_000);

afterAll(async () => {
  await gpg.close();
  lab.close();
});

describe('the drop-in for the role in zuul-jobs', () => {
  it('signs where the documented variable says, and takes a secret with more fields', async () => {
    expect(of('documented')).toMatchObject({ failed: false, changed: 1 });
    expect(await isSigned('documented', 'nova-31.0.0.tar.gz')).toBe(true);
    expect(await isSigned('documented', 'nova-31.0.0.whl')).toBe(true);
  });

  it('changes nothing the second time, and leaves no signature of a signature', () => {
    expect(of('documented-again')).toMatchObject({ failed: false, changed: 0 });
    expect(fs.readdirSync(lab.at('work/documented')).sort()).toEqual([
      'nova-31.0.0.tar.gz',
      'nova-31.0.0.tar.gz.asc',
      'nova-31.0.0.whl',
      'nova-31.0.0.whl.asc',
    ]);
  });

  it('signs where the real variable says, whatever templates and shells would make of the names', async () => {
    expect(of('real')).toMatchObject({ failed: false, changed: 1 });
    for (const name of Object.keys(ODD)) expect(await isSigned('real', name), name).toBe(true);
  });

  it('shows checksums and signatures on the console', () => {
    const { console } = of('documented');
    expect(console).toMatch(/^ +[0-9a-f]{64} {2}nova-31\.0\.0\.tar\.gz$/m);
    for (const line of fs.readFileSync(lab.at('work/documented/nova-31.0.0.whl.asc'), 'utf8').trim().split('\n'))
      expect(console).toContain(line);
    expect(of('real').console).toMatch(/^ +[0-9a-f]{64} {2}\{\{ 6\*7 \}\}\.whl$/m);
    // by hand with the variables of a build: there is no console of Zuul's
    expect(of('real').console.split('Show checksums and signatures')[1]).toContain('-----BEGIN PGP SIGNATURE-----');
  });
});

describe('its own variables', () => {
  it('signs with a key file where it lies', async () => {
    expect(of('key-file')).toMatchObject({ failed: false, changed: 1 });
    expect(callOf('key-file').args).toContain(`--key-file=${lab.at('private/subkey.asc')}`);
    expect(await isSigned('key-file', 'nova-31.0.0.whl')).toBe(true);
  });

  it('sends nothing through files of Ansible, with or without a secret', () => {
    for (const name of ['locked', 'key-file']) {
      expect(of(name).console).toContain(' EXEC ');
      expect(of(name).console).not.toContain('ansible-tmp-');
    }
  });

  it('makes the manifest in the same run, named by what Zuul says', async () => {
    expect(await isSigned('real', 'nova-31.0.0.SHA256SUMS')).toBe(true);
    expect(of('real').console).toMatch(/^ +[0-9a-f]{64} {2}nova-31\.0\.0\.SHA256SUMS$/m);
  });

  it('takes text for a list of one, and no text for an empty list', () => {
    expect(callOf('one-glob').args.filter((one) => one.startsWith('--expect'))).toEqual(['--expect=*.deb']);
    expect(of('no-glob')).toMatchObject({ failed: false, changed: 1 });
  });

  it('takes what is directly in the directory, and warns of what lies below', () => {
    expect(of('below')).toMatchObject({ failed: false, changed: 1 });
    expect(of('below').console).toMatch(/^ +artifact-signing: warning: the directory "wheels" was left out$/m);
    expect(fs.readdirSync(lab.at('work/below/wheels'))).toEqual(['b.whl']);
  });

  it('takes over what an earlier key has signed, where the file of certificates has that of both', () => {
    expect(of('renewed')).toMatchObject({ failed: false, changed: 1 });
    const [ours, theirs] = ['renewed', 'published'].map((name) =>
      fs.readFileSync(lab.at('work', name, 'nova-31.0.0.whl.asc'), 'utf8'),
    );
    expect(ours).toBe(theirs);
    expect(of('renewed-sums')).toMatchObject({ failed: false, changed: 1 });
    expect(fs.readFileSync(lab.at('work/renewed/SHA256SUMS.asc'))).toEqual(
      fs.readFileSync(lab.at('work/published/SHA256SUMS.asc')),
    );
    expect(of('renewed-alone')).toMatchObject({ failed: true, changed: 0 });
    expect(of('renewed-alone').message).toMatch(/"nova-31\.0\.0\.tar\.gz\.asc" is there, in ".*\/published", and /);
  });

  it('takes a key with a passphrase and with its primary secret, where that is allowed', () => {
    expect(of('locked')).toMatchObject({ failed: false, changed: 1 });
  });

  it('writes nothing in check mode, and says that it would', () => {
    expect(of('rehearsal')).toMatchObject({ failed: false, changed: 1 });
    expect(fs.readdirSync(lab.at('work/rehearsal')).filter((name) => name.endsWith('.asc'))).toEqual([]);
  });
});

describe('a refusal', () => {
  it.each([
    ['primary', 'primary'],
    ['empty', 'empty'],
    ['lacking', 'no artifact matches "*.deb", and'],
    ['one-glob', 'no artifact matches "*.deb", and'],
    ['tampered', 'a.txt.asc'],
  ])('of "%s" shows error and hint of the executable, and signs nothing', (name, words) => {
    const { failed, message, changed } = of(name);
    expect({ failed, changed }).toEqual({ failed: true, changed: 0 });
    expect(message).toMatch(
      /^artifact-signing: error: [^\n]*\n(artifact-signing: [^\n]*\n)*artifact-signing sign: exit status [23]$/,
    );
    expect(message).toContain(words);
    expect(fs.readdirSync(lab.at('work', name)).filter((file) => file.endsWith('.asc') && name !== 'tampered')).toEqual(
      [],
    );
  });

  it('says so when the executable dies without a report', () => {
    expect(of('crash').message).toBe(
      'artifact-signing left no report\nout of luck\nartifact-signing sign: exit status 7',
    );
  });

  it('names the variable that is not set', () => {
    expect(of('nowhere').message).toContain('set sign_artifacts_path, or release_path for all roles');
  });

  it.each([
    ['wrong-bool', 'sign_artifacts_manifest'],
    ['wrong-key', 'gpg_key'],
  ])('comes from the argument specs for "%s", before anything runs', (name, variable) => {
    const { failed, message } = of(name);
    expect(failed).toBe(true);
    expect(message).toMatch(/^Validation of arguments failed/);
    expect(message).toContain(variable);
    expect(calls.filter(({ args }) => args[1] === lab.at('work', name))).toEqual([]);
  });
});

describe('the key', () => {
  it('is refused in the place of its path', () => {
    expect(of('wrong-place').message).toContain('holds the secret itself');
  });

  it('is asked for by the names of the variables', () => {
    expect(of('keyless')).toMatchObject({ failed: true, changed: 0 });
    expect(of('keyless').message.trim()).toBe(
      'a secret is needed, and none is given\nset gpg_key.private, or sign_artifacts_key_file',
    );
  });

  it('comes through standard input, with its passphrase: in the directory of the run there is no file for it', () => {
    const { args, mode, names } = callOf('locked');
    expect(args).toEqual(expect.arrayContaining(['--key-file=-', '--passphrase-file=-']));
    expect({ mode, names }).toEqual({ mode: '700', names: [] });
    expect(callOf('real').names).toEqual(['zuul.json']);
  });

  it('is in no argument and in no environment', () => {
    const seen = JSON.stringify(calls.map(({ args, env }) => [args, env]));
    expect(leaks(seen)).toEqual([]);
  });

  it('P24 is nowhere in the output, not even with -vvv --diff', () => {
    expect(output).toContain('EXEC');
    expect(leaks(output)).toEqual([]);
  });

  it('is nowhere on the disk after successes, refusals and a crash', () => {
    const found = [...lab.remains()].filter(([, content]) => leaks(content.toString('latin1')).length > 0);
    expect(calls.length).toBeGreaterThan(5);
    expect(leftBy(calls)).toEqual([]);
    expect(found.map(([file]) => file)).toEqual([]);
  });

  it('would be found by this search', () => {
    expect(leaks(`x ${secrets.subkey.split('\n')[2]?.slice(0, 40)} x`)).not.toEqual([]);
    expect(leaks(Buffer.from(`ab${secrets.subkey}`).toString('base64'))).not.toEqual([]);
  });
});

const leaks = (text: string): readonly string[] => [...pieces, 'open sesame'].filter((piece) => text.includes(piece));
