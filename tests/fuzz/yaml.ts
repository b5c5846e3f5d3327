// SPDX-License-Identifier: Apache-2.0
/** YAML, and what is decoded from it: trust policies and Zuul's variables. */
import { formatCanonicalJson } from '../../src/core/canonical-json.ts';
import { decodePolicy } from '../../src/core/policy.ts';
import { decodeZuulVars } from '../../src/core/zuul-vars.ts';
import { libraryYaml } from '../../src/io/yaml.ts';
import { inYaml } from './cut.ts';
import { Broken, ofText, type Target, texts } from './target.ts';

const yaml = libraryYaml();

const POLICY = `schema: artifact-signing.policy/v1
certificates:
  - file: keys/2026.2.asc            # relative to the policy
    fingerprint: 30566C45 0E41D7C9 1E442DFB 231F942F 608DDEFF
    from: 2026-04-01
    until: 2026-11-30T00:00:00Z
logs:
  - {name: tarballs, kind: tiles, origin: example.com/foo, keys: [example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k]}
  - name: sigsum
    kind: sigsum
    policy: sigsum-test1-2025
    signers: [99ed58583e8750b20548e69df4a4e1a592379a9a66c51cd32e42fbe4e1bde78a]
  - name: ct
    kind: recorder
    recorder: recorder.example.org
    url: https://[::1]:8443/
    address: '[::1]:443'
    project_domain: '{version}.{project}.example.org'
    ca_file: ca.pem
require:
  signatures: 1
  logs: {at_least: 1, of: [tarballs]}
expired_after_signing: logged
`;

const WITNESS = 'witness.example.net/north+99056a11+BHJ1kNeEWp9mcugpL+yH8sQExcEJ4SUWIuqjkM9Svx5M';
const ON_P256 =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKDONZkPFUuxIyp1zIcOPlGJHcvVzEDOrQtawL54ZmDkTlrXtO8xa02fxm2J9k0mI5X7nfh1sG5bnLMQ2RYZs7A==';

/** A log of every kind. In JSON: nothing of it can be cut off. */
const EVERY_KIND = JSON.stringify({
  schema: 'artifact-signing.policy/v1',
  certificates: [{ file: 'c.asc', fingerprint: '30566C450E41D7C91E442DFB231F942F608DDEFF' }],
  logs: [
    {
      name: 'witnessed',
      kind: 'tiles',
      origin: 'example.com/foo',
      keys: ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
      witnesses: [{ name: 'north', key: WITNESS, url: 'https://witness.example.net/north' }],
      quorum: 1,
    },
    { name: 'ours', kind: 'sigsum', policy_file: 'keys/policy', signers: ['99ed'.repeat(16)] },
    {
      ...{ name: 'first', kind: 'rekor', version: 1, url: 'https://one.example.org', origin: 'one.example.org' },
      ...{ keys: [ON_P256], signers: [ON_P256] },
    },
    {
      ...{ name: 'second', kind: 'rekor', version: 2, read_url: 'https://t.example.org', origin: 'two.example.org' },
      ...{ keys: ['MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244='], signers: [ON_P256] },
    },
  ],
  require: { logs: { at_least: 3, of: ['witnessed', 'ours', 'second'] } },
});

const VARS = `all:
  hosts: {}
  vars:
    ansible_user: &user zuul
    again: *user
    zuul:
      message: !unsafe 'e30='
      newrev: 1111111111111111111111111111111111111111
      project: {canonical_name: opendev.org/openstack/nova, short_name: nova}
      projects:
        opendev.org/openstack/nova:
          commit: 2f1e2f1e2f1e2f1e2f1e2f1e2f1e2f1e2f1e2f1e
      ref: refs/tags/31.0.0
`;

const MIXED = `%YAML 1.2
---
plain: text   # a comment
'single': "double \\u00e9 \\
  folded"
literal: |-
  two
   lines
folded: >+
  one
  line

? explicit
: [1, -2, 3.5e3, 0x1f, .inf, ~, null, true, No, {a: b, "c": 'd'}]
anchors: [&a {x: 1}, *a, &b text, *b]
tags: [!!str 1, !unsafe x, !!binary aGk=, !!set {a, b}]
? ''
: - - nested
    - sequences
...
`;

/** The same value again from what it is in JSON. */
async function checkYaml(text: string): Promise<void> {
  const value = await yaml.parse(text);
  const json = JSON.stringify(value);
  if (JSON.stringify(await yaml.parse(json)) !== json) throw new Broken(`reads otherwise as JSON: ${json}`);
}

async function checkPolicy(text: string): Promise<void> {
  const { certificates, logs, require } = decodePolicy(await yaml.parse(text));
  if (certificates.length === 0) throw new Broken('a policy that pins nobody');
  if (require.logs.atLeast > require.logs.of.length) throw new Broken('a policy that nothing can meet');
  const keys = logs.flatMap((log) => (log.kind === 'recorder' ? [] : [log.kind === 'tiles' ? log.keys : log.signers]));
  if (keys.some(({ length }) => length === 0)) throw new Broken('a log without a key');
  const counted = logs.filter(({ name }) => require.logs.of.includes(name));
  if (counted.some(({ kind }) => kind === 'recorder')) throw new Broken('a recorder that counts');
}

async function checkVars(text: string): Promise<void> {
  const { canonicalName, shortName, commit } = decodeZuulVars(await yaml.parse(text));
  formatCanonicalJson({ canonicalName: canonicalName.toWellFormed(), shortName: shortName.toWellFormed() });
  if (commit !== undefined && !/^[0-9a-f]{40,64}$/.test(commit)) throw new Broken(`no commit: ${commit}`);
}

export const YAML: readonly Target[] = [
  {
    name: 'YAML',
    corpus: texts(MIXED, VARS, POLICY),
    kinds: ['bad-format'],
    cut: inYaml,
    check: ofText(checkYaml),
    // As much as a policy may have. A long scalar, measured up to 8 MiB, takes linear work; but from about 1 MiB on an octet
    // costs two to three times what it costs below, since the garbage collector has to move what it keeps: with more room
    // for what is new, the step comes later. Held against what is below the step, that was told as 36 times. The 2 MiB of
    // Zuul's variables take half a second, and are held against an eighth of them in "growing.ts", as the executor writes them.
    largest: 256 * 1024,
  },
  {
    name: 'policy',
    corpus: texts(POLICY, EVERY_KIND),
    kinds: ['bad-format'],
    cut: inYaml,
    check: ofText(checkPolicy),
    isSmall: true,
  },
  {
    name: "Zuul's variables",
    corpus: texts(VARS, '{"project":{"canonical_name":"o/n","short_name":"n"},"ref":"refs/heads/master"}'),
    kinds: ['bad-format'],
    cut: inYaml,
    check: ofText(checkVars),
    isSmall: true,
  },
];
