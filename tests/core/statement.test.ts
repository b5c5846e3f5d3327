// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { parseArtifactName } from '../../src/core/name.ts';
import { parseSha256 } from '../../src/core/sha256.ts';
import { formatStatement, parseStatement, type Statement } from '../../src/core/statement.ts';

const STATEMENT: Statement = {
  schema: 'artifact-signing.statement/v1',
  project: 'opendev.org/openstack/nova',
  version: '31.0.0',
  ref: 'refs/tags/31.0.0',
  commit: '2f1e'.repeat(10),
  manifest: { name: parseArtifactName('nova-31.0.0.SHA256SUMS'), sha256: parseSha256('9b74'.repeat(16)), size: 1312 },
  signer: parseFingerprint('30566C450E41D7C91E442DFB231F942F608DDEFF'),
};

const TEXT =
  `{"commit":"${'2f1e'.repeat(10)}","manifest":{"name":"nova-31.0.0.SHA256SUMS","sha256":"${'9b74'.repeat(16)}","size":1312},` +
  '"project":"opendev.org/openstack/nova","ref":"refs/tags/31.0.0","schema":"artifact-signing.statement/v1",' +
  '"signer":"30566C450E41D7C91E442DFB231F942F608DDEFF","version":"31.0.0"}';

const text = (statement: Statement) => Buffer.from(formatStatement(statement)).toString();
const badFormat = expect.objectContaining({ kind: 'bad-format' });

describe('a statement', () => {
  it('is canonical JSON', () => {
    expect(text(STATEMENT)).toBe(TEXT);
    expect(parseStatement(Buffer.from(TEXT))).toEqual(STATEMENT);
  });

  it('leaves out what is not known', () => {
    const { ref: _, commit: __, ...rest } = STATEMENT;
    expect(text(rest)).not.toMatch(/ref"|commit/);
    expect(parseStatement(formatStatement(rest))).toEqual(rest);
    expect(Object.keys(parseStatement(formatStatement(rest)))).not.toContain('ref');
  });

  it('reads back what was written', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((content) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(content));
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
    const any = fc.record(
      {
        schema: fc.constant(STATEMENT.schema),
        project: line,
        version: line,
        ref: line,
        commit: fc.oneof(hex(40), hex(64)),
        manifest: fc.record({
          name: fc.constant(STATEMENT.manifest.name),
          sha256: hex(64).map(parseSha256),
          size: fc.maxSafeNat(),
        }),
        signer: fc.oneof(hex(40), hex(64)).map(parseFingerprint),
      },
      { requiredKeys: ['schema', 'project', 'version', 'manifest', 'signer'] },
    );
    fc.assert(
      fc.property(any, (statement) => {
        expect(parseStatement(formatStatement(statement))).toEqual(statement);
        expect(text(parseStatement(formatStatement(statement)))).toBe(text(statement));
      }),
    );
  });

  it.each([
    ['a key that it does not know', TEXT.replace('"version"', '"time":1,"version"')],
    ['a key in the manifest that it does not know', TEXT.replace('"size":1312', '"size":1312,"type":1')],
    ['another schema', TEXT.replace('/v1', '/v2')],
    ['no schema', TEXT.replace('"schema":"artifact-signing.statement/v1",', '')],
    ['no project', TEXT.replace('"project":"opendev.org/openstack/nova",', '')],
    ['an empty project', TEXT.replace('opendev.org/openstack/nova', '')],
    ['a project with an escape sequence', TEXT.replace('opendev.org', '\\u001b[31m')],
    ['a version with a line separator', TEXT.replace('"31.0.0"}', '"31\u2028"}')],
    ['a version that is a number', TEXT.replace('"version":"31.0.0"', '"version":31')],
    ['a ref that is null', TEXT.replace('"refs/tags/31.0.0"', 'null')],
    ['a short commit', TEXT.replace('2f1e'.repeat(10), '2f1e2f1')],
    ['a commit in upper case', TEXT.replace('2f1e'.repeat(10), '2F1E'.repeat(10))],
    ['a manifest that is a list', TEXT.replace(/"manifest":\{[^}]*\}/, '"manifest":[]')],
    ['a manifest outside of its directory', TEXT.replace('nova-31.0.0.SHA256SUMS', '../SHA256SUMS')],
    ['a digest in upper case', TEXT.replace('9b74'.repeat(16), '9B74'.repeat(16))],
    ['a size that is text', TEXT.replace('1312', '"1312"')],
    ['a negative size', TEXT.replace('1312', '-1')],
    ['a fingerprint in lower case', TEXT.replace('30566C45', '30566c45')],
    ['a short key ID', TEXT.replace('30566C450E41D7C91E442DFB231F942F608DDEFF', '231F942F608DDEFF')],
    ['white space', TEXT.replace('":', '": ')],
    ['a newline at its end', `${TEXT}\n`],
    ['another order of its keys', TEXT.replace(/("ref":[^,]*),("schema":[^,]*)/, '$2,$1')],
    ['a key of JavaScript', TEXT.replace('"version"', '"__proto__":{},"version"')],
    ['something else than an object', '[]'],
  ])('is refused with %s', (_, altered) => {
    expect(altered).not.toBe(TEXT);
    expect(() => parseStatement(Buffer.from(altered))).toThrow(badFormat);
  });

  it('is not written where it could not be read', () => {
    expect(() => formatStatement({ ...STATEMENT, version: '' })).toThrow(badFormat);
    expect(() => formatStatement({ ...STATEMENT, project: 'a\nb' })).toThrow(badFormat);
    expect(() => formatStatement({ ...STATEMENT, commit: 'HEAD' })).toThrow(badFormat);
  });
});
