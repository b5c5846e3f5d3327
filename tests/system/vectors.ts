// SPDX-License-Identifier: Apache-2.0
/** Which certificate, signature and file of the packages belong together. */
import type { Crate } from './crates.ts';

export interface Vector {
  /** The package, or the folder here, and where in it the three are. */
  readonly from: Crate | 'tests/vectors';
  readonly folder: string;
  readonly certificate: string;
  readonly signature: string;
  readonly artifact: string;
}

const of =
  (from: Vector['from'], folder: string) =>
  (certificate: string, signature: string, artifact: string): Vector => ({
    from,
    folder,
    certificate,
    signature,
    artifact,
  });

const sqv = of('sequoia-sqv-1.5.0', 'data');
const sequoia = of('sequoia-openpgp-2.4.2', 'data');
const sq = of('sequoia-sq-1.5.0', 'data/examples');
const rpgp = of('pgp-0.21.0', '');
const gnupg = of('pgp-0.21.0', 'openpgp');
const pgpy = of('tests/vectors', 'pgpy');

/**
 * A key of 2018 and its subkey, bound a day after the second signature, revoked in 2019 for this reason and taken up
 * again in 2020; signatures of 2017, 2018, 2019 and 2024 by the primary key and (`.sk`) by the subkey. In a certificate
 * with `.sk`, the subkey is revoked in the place of the primary key.
 */
const REASONS = [
  'superseded',
  'key_retired',
  'uid_retired',
  'compromised',
  'unspecified',
  'no_subpacket',
  'private',
  'unknown',
];
const revoked = [
  ...['not-revoked', ...REASONS.map((reason) => `revoked-${reason}`)].flatMap((name) => [
    `${name}.pgp`,
    `${name}.sk.pgp`,
  ]),
]
  .filter((name) => name !== 'not-revoked.sk.pgp')
  .flatMap((name) =>
    ['t0', 't1-t2', 't2-t3', 't3-now'].flatMap((time) =>
      ['', '.sk']
        .filter((by) => by === '.sk' || !name.endsWith('.sk.pgp'))
        .map((by) => sqv(`revoked-key-cert-${name}`, `revoked-key-sig-${time}${by}.pgp`, 'msg.txt')),
    ),
  );

const MANIFESTO = 'a-cypherpunks-manifesto.txt';
const EMMELIE = 'emmelie-dorothea-dina-samantha-awina-ed25519.pgp';

export const VECTORS: readonly Vector[] = [
  ...revoked,
  sqv(EMMELIE, `${MANIFESTO}.ed25519.sig`, MANIFESTO),
  sqv(EMMELIE, `${MANIFESTO}.ed25519.sig`, 'msg.txt'),
  sqv(EMMELIE, `${MANIFESTO}.ed25519.sig.duplicated`, MANIFESTO),
  sqv(EMMELIE, 'a-cypherpunks-manifesto.csf', MANIFESTO),
  sqv(EMMELIE, 'a-cypherpunks-manifesto.pgp', MANIFESTO),
  sqv('mrpast.key', `${MANIFESTO}.sha1.sig`, MANIFESTO),
  sqv('keybox.kbx', 'bad-subkey.txt.sig', 'bad-subkey.txt'),
  sqv('bad-subkey-keyring.pgp', 'bad-subkey.txt.sig', 'bad-subkey.txt'),
  sqv('bad-subkey-keyring.pgp', 'no-issuer-subpacket.sig', 'bad-subkey.txt'),
  sqv('no-signing-caps.key', 'no-signing-caps.sig', 'msg.txt'),
  sqv('pqc_mldsa65.pk.pgp', 'msg_pqc_mldsa65.sig', 'msg.txt'),
  sqv('pqc_slhdsa128s.pk.pgp', 'msg_pqc_slhdsa128s.sig', 'msg.txt'),
  ...[
    [EMMELIE, `${MANIFESTO}.ed25519.sig.two-keys`, MANIFESTO],
    ['dennis-simon-anton.pgp', `${MANIFESTO}.dennis-simon-anton-v3.sig`, MANIFESTO],
    ['testy-new.pgp', `${MANIFESTO}.cleartext.sig`, MANIFESTO],
    ['testy-new.pgp', 'shattered-1.pdf.sig', 'shattered-1.pdf'],
    ['testy-new.pgp', 'shattered-1.pdf.sig', 'shattered-2.pdf'],
    ['testy-new.pgp', 'signature-with-broken-mpis.sig', MANIFESTO],
    ['testy-new.pgp', 'signed-1-eddsa-ed25519.pgp', MANIFESTO],
    ['neal.pgp', 'signed-1-sha1-neal.pgp', MANIFESTO],
  ].map(([certificate, signature, artifact]) =>
    sequoia(`keys/${certificate}`, `messages/${signature}`, `messages/${artifact}`),
  ),
  sequoia(`keys/${EMMELIE}`, 'keys/already-revoked.rev', 'messages/sig.pgp'),
  sequoia(`keys/corrupted.pgp`, 'messages/sig.pgp', 'messages/sig.pgp'),
  sequoia(`keys/bobs-cert-badly-mangled.asc`, 'messages/sig.pgp', 'messages/sig.pgp'),
  sequoia('keys/lutz.pgp', 'messages/sig.pgp', 'messages/sig.pgp'),
  ...['malformed-embedded-sig', 'malformed-notation-name'].map((name) =>
    sequoia('keys/neal.pgp', `edge-cases/${name}.pgp`, `messages/${MANIFESTO}`),
  ),
  sq('juliet.pgp', 'document.sig', 'document.txt'),
  sq('debian/debian-cd-signing-key.pgp', 'debian/SHA512SUMS.sign', 'debian/SHA512SUMS'),
  ...['1-key-1', '1-key-2', '2-keys-1', '2-keys-2'].flatMap((name) =>
    ['ed25519-cv25519-sample-1.asc', 'rsa-rsa-sample-1.asc'].map((key) =>
      gnupg(`samplekeys/${key}`, `samplemsgs/sig-${name}.asc`, 'samplemsgs/signed-data-1.txt'),
    ),
  ),
  ...['unknown_hash', 'unknown_one_pass'].map((name) =>
    rpgp('openpgp/samplekeys/rsa-rsa-sample-1.asc', `sigs/${name}.sig.asc`, 'openpgp/samplemsgs/signed-data-1.txt'),
  ),
  ...['aptapproval-test', 'ubuntu-precise'].map((name) => pgpy(`${name}.key.asc`, `${name}.sig.asc`, `${name}.subj`)),
];
