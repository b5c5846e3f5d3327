// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodePolicy } from '../../src/core/policy.ts';
import { fillProjectDomain } from '../../src/core/policy-recorder.ts';
import { refusal } from '../refusal.ts';

const certificates = [{ file: 'a.asc', fingerprint: '30566C450E41D7C91E442DFB231F942F608DDEFF' }];
const tiles = {
  name: 'tarballs',
  kind: 'tiles',
  origin: 'example.com/foo',
  keys: ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
};
const least = { name: 'ct', kind: 'recorder', recorder: 'recorder.example.org' };
const decode = (log: Readonly<Record<string, unknown>>, require: unknown = undefined, ...more: readonly unknown[]) =>
  decodePolicy({ schema: 'artifact-signing.policy/v1', certificates, logs: [tiles, log, ...more], require });

describe('a policy with a recorder', () => {
  it('needs its host alone', () => {
    expect(decode({ ...least, recorder: 'Recorder.Example.org' }).logs[1]).toEqual({
      ...{ name: 'ct', kind: 'recorder', recorder: 'recorder.example.org', url: 'https://recorder.example.org' },
      ...{ address: undefined, projectDomain: undefined, caFile: undefined, authorities: undefined },
    });
  });

  it('may say where it is, and whom to believe: nobody, until the file is read', () => {
    const more = {
      url: 'http://[::1]:8080/',
      address: '[::1]:8443',
      ca_file: 'ca.pem',
      project_domain: '{version}.a.b',
    };
    expect(decode({ ...least, ...more }).logs[1]).toMatchObject({
      ...{ url: 'http://[::1]:8080', address: { host: '::1', port: 8443 }, projectDomain: '{version}.a.b' },
      ...{ caFile: 'ca.pem', authorities: [] },
    });
    expect(decode({ ...least, address: 'edge-1.example.org:443' }).logs[1]).toMatchObject({
      address: { host: 'edge-1.example.org', port: 443 },
    });
  });

  it('counts all logs but the recorder', () => {
    expect(decode(least, { logs: { at_least: 1 } }).require.logs).toMatchObject({ atLeast: 1, of: ['tarballs'] });
    const { message } = refusal('bad-format', () => decode(least, { logs: { at_least: 2 } }));
    expect(message).toBe('require.logs.at_least: asks for 2 logs of 1');
  });

  it('is refused where it counts the recorder', () => {
    const { message } = refusal('bad-format', () => decode(least, { logs: { at_least: 1, of: ['tarballs', 'ct'] } }));
    expect(message).toBe('require.logs.of[1]: names a recorder, whose certificates are evidence and never count');
  });

  it('is refused where it has the same recorder twice', () => {
    const again = { ...least, name: 'other', recorder: 'RECORDER.example.org' };
    expect(refusal('bad-format', () => decode(least, undefined, again)).message).toContain(
      '"recorder.example.org" twice',
    );
  });

  it.each([
    ['no host', { recorder: undefined }, 'logs[1].recorder: is missing'],
    [
      'the public recorder',
      { recorder: 'Recorder.merklecounty.com' },
      'logs[1].recorder: is the public recorder, which',
    ],
    ['an address as a host', { recorder: 'https://r.org' }, 'logs[1].recorder: is no name of a host'],
    ['a host with a port', { recorder: 'r.org:443' }, 'logs[1].recorder: is no name of a host'],
    ['a long host', { recorder: `${'a'.repeat(64)}.org` }, 'logs[1].recorder: is no name of a host'],
    ['no address', { url: 'ftp://r.org' }, 'logs[1].url: is not an http(s) address'],
    ['a host without a port', { address: 'r.org' }, 'logs[1].address: is not host:port, as in recorder'],
    ['port 0', { address: 'r.org:0' }, 'logs[1].address: is not host:port'],
    ['port 65536', { address: 'r.org:65536' }, 'logs[1].address: is not host:port'],
    ['an IPv6 address without brackets', { address: '::1:443' }, 'logs[1].address: is not host:port'],
    ['another field', { project_domain: '{ref}.a.org' }, 'logs[1].project_domain: is no name of a host: "{ref}" is no'],
    ['an empty label', { project_domain: '{version}..org' }, 'logs[1].project_domain: is no name of a host: "" is no'],
    ['keys', { keys: ['x'] }, 'logs[1].keys: is not a key that belongs here'],
  ])('is refused with %s', (_, wrong, why) => {
    expect(refusal('bad-format', () => decode({ ...least, ...wrong })).message).toContain(why);
  });
});

describe('a project domain', () => {
  it.each([
    ['{version}.{project}.example.org', 'opendev.org/openstack/nova', '31.0.0', '31-0-0.nova.example.org'],
    ['{project}-{version}.example.org', 'nova', '1.0+b', 'nova-1-0-b.example.org'],
    ['{project}.{project}', 'a/zuul.web', '1', 'zuul-web.zuul-web'],
    ['releases.example.org', 'a/b', '1', 'releases.example.org'],
    ['{version}.{project}', 'a/b', '{project}', '{project}.b'],
  ])('is made by %s', (template, project, version, domain) => {
    expect(fillProjectDomain(template, project, version)).toBe(domain);
  });
});
