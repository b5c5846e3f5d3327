// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CHAIN_CAP,
  chainOf,
  checkChain,
  formatChain,
  hostNames,
  parseAuthorities,
  parseChain,
} from '../../src/core/certificate-chain.ts';
import { refusal } from '../refusal.ts';
import { makeAuthority, makeCertificate, makeParty, toPem } from './certificates.ts';

const authority = makeAuthority();
const leaf = authority.issue(makeParty('leaf'), ['a.example.org']);
const whole = [leaf, authority.middle, authority.root];
const bytes = (text: string) => Buffer.from(text);
const trust = (...all: readonly Buffer[]) => all.map((der) => new X509Certificate(der));

describe('a chain of certificates', () => {
  it('is read, and written, as OpenSSL writes it', () => {
    const text = toPem(...whole);
    const chain = parseChain(bytes(text));
    expect(chain.map(({ raw }) => raw)).toEqual(whole);
    expect(formatChain(chain)).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['another kind of block', toPem(leaf).replaceAll('CERTIFICATE', 'PUBLIC KEY')],
    ['other line ends', toPem(leaf).replaceAll('\n', '\r\n')],
    ['other lines', toPem(leaf).replace(/\n(?=[A-Za-z0-9+/=]+\n-----END)/, '')],
    ['a space', toPem(leaf).replace('\n', ' \n')],
    ['an empty line between', toPem(leaf, authority.middle).replace('\n-----BEGIN', '\n\n-----BEGIN')],
    ['a cut certificate', toPem(leaf.subarray(0, -3))],
    ['a certificate with an octet behind it', toPem(Buffer.concat([leaf, Buffer.of(0)]))],
    ['no certificate', toPem(Buffer.from('some text'))],
    ['PEM within PEM', toPem(bytes(toPem(leaf)))],
    ['too many', toPem(...Array<Buffer>(11).fill(leaf))],
  ])('is refused where it is %s', (_, text) => {
    refusal('bad-format', () => parseChain(bytes(text)));
  });

  it('is refused by its size before it is read', () => {
    const { message } = refusal('bad-format', () => parseChain(Buffer.alloc(CHAIN_CAP + 1, 'a')));
    expect(message).toBe(`the chain is larger than ${CHAIN_CAP} bytes`);
    expect(refusal('bad-format', () => parseChain(Buffer.alloc(CHAIN_CAP, 'a'))).message).toBe(
      'there is no certificate',
    );
  });

  it('of authorities may have words between them', () => {
    const text = `# ours\r\n${toPem(authority.root).replaceAll('\n', '\r\n')}\nand\n${toPem(authority.middle)}`;
    expect(parseAuthorities(bytes(text)).map(({ raw }) => raw)).toEqual([authority.root, authority.middle]);
    refusal('bad-format', () => parseAuthorities(bytes('# none\n')));
    refusal('bad-format', () => parseAuthorities(bytes(toPem(Buffer.concat([authority.root, Buffer.of(0)])))));
  });
});

describe('who has issued a chain', () => {
  const check = (certificates: readonly Buffer[], authorities?: readonly X509Certificate[]) =>
    checkChain(chainOf(certificates), authorities);

  it.each([
    ['the whole chain', whole],
    ['a chain without its authority', whole.slice(0, 2)],
  ])('is known: %s', (_, chain) => {
    check(chain);
    check(chain, trust(authority.root));
    check(chain, trust(makeAuthority('Other').root, authority.root));
  });

  it('may be an authority in the middle', () => check([leaf], trust(authority.middle)));

  it.each([
    ['an authority of the same name', whole.slice(0, 2), trust(makeAuthority().root)],
    ['nobody', whole, []],
  ])('is refused where it is %s', (_, chain, authorities) => {
    expect(refusal('bad-proof', () => check(chain, authorities)).message).toContain('does not lead to an authority');
  });

  it.each([
    ['in another order', [leaf, authority.root, authority.middle]],
    ['with a gap', [leaf, authority.root]],
    ['twice the same', [leaf, leaf]],
    ['with one of the same name in it', [leaf, makeAuthority().middle]],
  ])('is refused where certificates stand %s', (_, chain) => {
    expect(refusal('bad-proof', () => check(chain)).message).toMatch(/is not issued by the next one/);
  });

  it('is refused where the issuer is no authority', () => {
    const [between, subject] = [makeParty('between'), makeParty('x')];
    const chain = [makeCertificate({ subject, issuer: between }), authority.issue(between, []), authority.middle];
    expect(refusal('bad-proof', () => check(chain)).message).toContain('the certificate 1 of the chain');
  });
});

describe('the names in a certificate', () => {
  const namesOf = (...names: readonly string[]) =>
    hostNames(new X509Certificate(authority.issue(makeParty('x'), names)));

  it('are in lower case, in their order', () => {
    expect(namesOf('B.example.org', '*.a_b.example.org')).toEqual(['b.example.org', '*.a_b.example.org']);
  });

  it.each([
    ['there is none', []],
    ['one is an address', ['a.org', 'IP:127.0.0.1']],
    ['one would read as two', ['a.org, DNS:b.org']],
    ['one is empty', ['a.org', '']],
  ])('are refused where %s', (_, names) => {
    expect(refusal('bad-proof', () => namesOf(...names)).message).toBe(
      'the certificate is not for names of hosts alone',
    );
  });
});
