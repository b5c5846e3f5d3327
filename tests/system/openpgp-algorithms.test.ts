// SPDX-License-Identifier: Apache-2.0
// Who reads what we publish has other tools, and not us; and who gives us keys made them elsewhere. Keys of every
// algorithm, by every maker: what we sign, everybody who knows the format accepts, and nobody once one bit is changed.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpg, openGpg } from '../gpg.ts';
import { runCommand } from '../workflow/lab.ts';
import { ALTERATIONS, type Alteration, alter } from './alter.ts';
import { type ForeignKey, KEY_KINDS } from './foreign-keys.ts';
import { askOurs, DEBIAN, openTools, type Question, TOOLS, type Tool, type Tools } from './openpgp-tools.ts';

const ARTIFACT = Buffer.from('an artifact\n'.repeat(1000));
const CHANGES = Object.keys(ALTERATIONS) as readonly Alteration[];

let tools: Tools;
let gpg: Gpg;

beforeAll(async () => {
  tools = openTools();
  gpg = await openGpg();
});
afterAll(async () => {
  tools.close();
  await gpg.close();
});

/** Which of them accept it, in their order. */
async function readers(question: Question, among: readonly Tool[] = TOOLS): Promise<readonly Tool[]> {
  const answers = await Promise.all(among.map(async (tool) => ({ tool, ...(await tools.ask(tool, question)) })));
  return answers.filter(({ accepts }) => accepts).map(({ tool }) => tool);
}

const NAMED = KEY_KINDS.map((kind) => ({ kind, name: `${kind.algorithm} by ${kind.maker}` }));

describe.each(NAMED)('a key of $name', ({ kind: { make, modern } }) => {
  const knowing = TOOLS.filter((tool) => !modern || !DEBIAN.some((one) => one === tool));
  let key: ForeignKey;
  let file: string;

  beforeAll(async () => {
    key = await make(tools, gpg);
    file = path.join(fs.mkdtempSync(path.join(tools.directory, 'a-')), 'artifact');
    fs.writeFileSync(file, ARTIFACT);
  });

  it('makes signatures with us that everybody accepts, and nobody with one bit changed', async () => {
    const { status, report } = await runCommand(['sign', file, '--key-file', key.secret, ...key.flags]);
    expect(report.errors).toEqual([]);
    expect(status).toBe(0);
    const signer = report.files[0]?.signature?.signer ?? '';
    const signature = fs.readFileSync(`${file}.asc`);
    const question = { certificate: key.certificate, signature, artifact: ARTIFACT };
    expect(await readers(question)).toEqual(knowing);
    for (const what of CHANGES) expect(await readers(alter(what, question, signer), knowing), what).toEqual([]);
  });

  it('makes signatures elsewhere that we accept, and not with one bit changed', async () => {
    const question = { certificate: key.certificate, signature: await key.sign(file), artifact: ARTIFACT };
    expect(await askOurs(tools.directory, question)).toMatchObject({ verdict: 'good', accepts: true });
    const signer = await signerOf(question);
    for (const [what, verdict] of Object.entries(VERDICTS))
      expect(await askOurs(tools.directory, alter(what as Alteration, question, signer)), what).toMatchObject({
        verdict,
        accepts: false,
      });
  });
});

const VERDICTS: Readonly<Record<Alteration, string>> = {
  'one bit of the artifact': 'altered',
  'an octet more in the artifact': 'altered',
  "one bit of the signature's number": 'altered',
  "one bit of the signature's time": 'altered',
  // it is another key then
  'one bit of the key': 'wrong-key',
  'one bit of what binds the key': 'not-a-signing-key',
};

async function signerOf({ certificate, signature, artifact }: Question): Promise<string> {
  const directory = fs.mkdtempSync(path.join(tools.directory, 's-'));
  const [pub, file] = [path.join(directory, 'pub'), path.join(directory, 'file')];
  fs.writeFileSync(pub, certificate);
  fs.writeFileSync(file, artifact);
  fs.writeFileSync(`${file}.asc`, signature);
  const { report } = await runCommand(['verify', file, '--certificate', pub]);
  return report.files[0]?.signature?.signer ?? '';
}
