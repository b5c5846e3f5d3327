// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOpenSshKey } from '../../src/core/openssh-key.ts';
import { parseLogKey, publicKeyOf } from '../../src/core/signed-note.ts';
import { realPorts } from '../../src/io/ports.ts';
import { generateLogKey } from '../../src/workflow/key.ts';
import { faultOf } from '../logs/own-log.ts';

const silent = { stdout: () => undefined, stderr: () => undefined, isTerminal: false, version: '0' };
const ports = realPorts(silent, false);

let work = '';
beforeEach(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'key-'));
});
afterEach(() => fs.rmSync(work, { recursive: true }));

const generate = async (name: string, dryRun = false) =>
  generateLogKey(ports, { for: 'tiles', out: path.join(work, name), dryRun });

describe('key generate-log-key', () => {
  it('writes an Ed25519 key that only its owner can read, and no other file', async () => {
    const { file } = await generate('log.pem');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(parseLogKey(fs.readFileSync(file)).asymmetricKeyType).toBe('ed25519');
    expect(fs.readdirSync(work)).toEqual(['log.pem']);
  });

  it('writes one for Sigsum as OpenSSH does, with its public half beside it', async () => {
    const made = await generateLogKey(ports, { for: 'sigsum', out: path.join(work, 'submit.key'), dryRun: false });
    expect(fs.statSync(made.file).mode & 0o777).toBe(0o600);
    const key = parseOpenSshKey(fs.readFileSync(made.file));
    expect(made.public_key).toBe(Buffer.from(publicKeyOf(key)).toString('hex'));
    const [type, blob = ''] = fs.readFileSync(path.join(work, 'submit.key.pub'), 'utf8').split(' ');
    expect([type, Buffer.from(blob, 'base64').subarray(-32).toString('hex')]).toEqual(['ssh-ed25519', made.public_key]);
    expect(fs.readdirSync(work)).toEqual(['submit.key', 'submit.key.pub']);
  });

  it.each(['sigsum', 'rekor'] as const)('completes one for %s that was left without its public half', async (kind) => {
    const out = path.join(work, 'submit.key');
    const made = await generateLogKey(ports, { for: kind, out, dryRun: false });
    const [secret, publicHalf] = [out, `${out}.pub`].map((file) => fs.readFileSync(file, 'utf8'));
    fs.rmSync(`${out}.pub`);
    expect(await generateLogKey(ports, { for: kind, out, dryRun: false })).toEqual(made);
    expect([out, `${out}.pub`].map((file) => fs.readFileSync(file, 'utf8'))).toEqual([secret, publicHalf]);
    fs.rmSync(`${out}.pub`);
    const other = kind === 'rekor' ? 'sigsum' : 'rekor';
    await faultOf(generateLogKey(ports, { for: other, out, dryRun: false }), 'conflict');
    expect(fs.readdirSync(work)).toEqual(['submit.key']);
  });

  it('never writes over a public key either', async () => {
    fs.writeFileSync(path.join(work, 'submit.key.pub'), 'precious');
    await faultOf(
      generateLogKey(ports, { for: 'sigsum', out: path.join(work, 'submit.key'), dryRun: false }),
      'conflict',
    );
    expect(fs.readdirSync(work)).toEqual(['submit.key.pub']);
  });

  it('never writes over a file', async () => {
    fs.writeFileSync(path.join(work, 'log.pem'), 'precious');
    await faultOf(generate('log.pem'), 'conflict');
    await faultOf(generate('log.pem', true), 'conflict');
    expect(fs.readFileSync(path.join(work, 'log.pem'), 'utf8')).toBe('precious');
  });

  it('writes nothing in a dry run', async () => {
    await generate('log.pem', true);
    expect(fs.readdirSync(work)).toEqual([]);
  });

  it('does not make directories', async () => {
    await faultOf(generate('no/where/log.pem'), 'not-found');
  });
});
