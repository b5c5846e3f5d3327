// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatVerifierKey, generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import { realPorts } from '../../src/io/ports.ts';
import { openTileLog } from '../../src/logs/tiles.ts';
import { logInit, logInspect, readLogKey } from '../../src/workflow/log.ts';
import { entries, faultOf, ORIGIN } from '../logs/own-log.ts';
import { snapshot } from './lab.ts';

const silent = { stdout: () => undefined, stderr: () => undefined, isTerminal: false, version: '0' };
const ports = realPorts(silent, false);
const pem = generateLogKeyPem();
const vkey = formatVerifierKey(noteSigner(ORIGIN, parseLogKey(Buffer.from(pem))).verifier);

let work = '';
const at = (...parts: readonly string[]) => path.join(work, ...parts);
beforeEach(() => {
  work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'log-')));
  fs.writeFileSync(at('key.pem'), pem);
});
afterEach(() => fs.rmSync(work, { recursive: true }));

const init = async (options: Partial<Parameters<typeof logInit>[1]> = {}) =>
  logInit(ports, { directory: at('log'), origin: ORIGIN, keyFile: at('key.pem'), dryRun: false, ...options });
const inspectAll = async (full = false, key?: string) => logInspect(ports, { directory: at('log'), full, vkey: key });
const inspect = async (full = false, key?: string) => (await inspectAll(full, key)).inspection;
const append = async (count: number) =>
  (await openTileLog(ports, at('log'), parseLogKey(Buffer.from(pem)))).append(entries(0, count));

describe('log init', () => {
  it('makes an empty log, and tells the key to pin', async () => {
    const made = await init();
    expect(made).toEqual({
      directory: at('log'),
      origin: ORIGIN,
      size: 0,
      root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      vkey,
    });
    expect(fs.readdirSync(at('log'))).toEqual(['checkpoint']);
    expect(fs.readdirSync(at('log.state')).sort()).toEqual(['checkpoint', 'lock', 'log.vkey']);
  });

  it('makes nothing in a dry run, and refuses there what it would refuse', async () => {
    expect((await init({ dryRun: true })).vkey).toBe(vkey);
    expect(fs.readdirSync(work)).toEqual(['key.pem']);
    await faultOf(init({ dryRun: true, origin: 'two words' }), 'usage');
    await init();
    await faultOf(init({ dryRun: true, origin: 'example.org/other' }), 'conflict');
  });

  it('takes a directory that holds something else', async () => {
    fs.mkdirSync(at('log'));
    fs.writeFileSync(at('log', 'index.html'), 'hello');
    await init();
    expect((await inspect()).size).toBe(0);
  });

  it.each(['log/SHA256SUMS', 'nova-1.SHA256SUMS'])(
    'refuses a directory of releases, and one in it: %s',
    async (name) => {
      fs.mkdirSync(at('log'));
      fs.writeFileSync(at(name), 'a manifest');
      const before = snapshot(work);
      const { message } = await faultOf(init(), 'usage');
      expect(message).toBe(`"${path.dirname(at(name))}" holds a release: "${path.basename(name)}"`);
      await faultOf(init({ dryRun: true }), 'usage');
      expect(snapshot(work)).toEqual(before);
    },
  );

  it('refuses an address for a name', async () => {
    for (const origin of ['https://example.org/log', 'HTTP://example.org'])
      expect((await faultOf(init({ origin }), 'usage')).message).toBe(`the name of a log has no scheme: "${origin}"`);
    expect(fs.existsSync(at('log'))).toBe(false);
  });

  it('refuses a directory that holds a log, and leaves that as it was', async () => {
    await init();
    await append(1);
    const before = snapshot(work);
    await faultOf(init(), 'conflict');
    await faultOf(init({ origin: 'example.org/other' }), 'conflict');
    expect(snapshot(work)).toEqual(before);
  });

  it('confirms the log that it has just made, as long as that is empty, and no other', async () => {
    const made = await init();
    const before = snapshot(work);
    expect(await init()).toEqual(made);
    fs.writeFileSync(at('other.pem'), generateLogKeyPem());
    await faultOf(init({ keyFile: at('other.pem') }), 'conflict');
    await faultOf(init({ origin: 'example.org/other' }), 'conflict');
    fs.rmSync(at('other.pem'));
    expect(snapshot(work)).toEqual(before);
  });

  it('refuses a log that was set back to its beginning', async () => {
    await init();
    const empty = fs.readFileSync(at('log', 'checkpoint'));
    await append(1);
    fs.rmSync(at('log', 'tile'), { recursive: true });
    fs.writeFileSync(at('log', 'checkpoint'), empty);
    await faultOf(init(), 'conflict');
  });

  it.each([
    ['in it', ['log', 'key.pem'], undefined],
    ['below it', ['log', 'private', 'key.pem'], undefined],
    ['in it by another name of the directory', ['log', 'key.pem'], ['alias', 'key.pem']],
  ])('refuses a key that lies %s', async (_, real, given) => {
    fs.mkdirSync(path.dirname(at(...real)), { recursive: true });
    fs.copyFileSync(at('key.pem'), at(...real));
    fs.symlinkSync(at('log'), at('alias'));
    const fault = await faultOf(init({ keyFile: at(...(given ?? real)) }), 'usage');
    expect(fault.message).toContain('inside');
    expect(fs.existsSync(at('log', 'checkpoint'))).toBe(false);
  });

  it('refuses a key outside that is a link into it, and takes one beside it', async () => {
    fs.mkdirSync(at('log'));
    fs.copyFileSync(at('key.pem'), at('log', 'key.pem'));
    fs.symlinkSync(at('log', 'key.pem'), at('link.pem'));
    await faultOf(init({ keyFile: at('link.pem') }), 'usage');
    fs.copyFileSync(at('key.pem'), at('log.pem'));
    fs.rmSync(at('log', 'key.pem'));
    await init({ keyFile: at('log.pem') });
  });

  it('refuses a key that is none', async () => {
    fs.writeFileSync(at('key.pem'), 'hello');
    const { message, file } = await faultOf(init(), 'unreadable');
    expect([message, file]).toEqual([`"${at('key.pem')}": not a private key in PEM`, at('key.pem')]);
    await faultOf(init({ keyFile: at('nowhere') }), 'not-found');
    expect(fs.existsSync(at('log'))).toBe(false);
  });
});

describe('log inspect', () => {
  it('tells what the log is, and from what it knows', async () => {
    await init();
    await append(300);
    const { root, ...rest } = await inspect();
    expect(rest).toEqual({ directory: at('log'), origin: ORIGIN, size: 300, vkey, checked: 'edge', signature: 'good' });
    expect(fs.readFileSync(at('log', 'checkpoint'), 'utf8').split('\n')[2]).toBe(root);
    expect(await inspect(true)).toEqual({ ...rest, root, checked: 'entries' });
    expect((await inspectAll()).warnings).toEqual([]);
  });

  it('says that the signature was not checked where no key is known, and checks it where one is given', async () => {
    await init();
    fs.rmSync(at('log.state'), { recursive: true });
    expect(await inspect()).toMatchObject({ signature: 'not-checked' });
    expect(await inspect()).not.toHaveProperty('vkey');
    expect(await inspect(false, vkey)).toMatchObject({ signature: 'good', vkey });
    const other = formatVerifierKey(noteSigner(ORIGIN, parseLogKey(Buffer.from(generateLogKeyPem()))).verifier);
    const { message } = await faultOf(inspect(false, other), 'wrong-key');
    expect(message).toBe(`the key is not that of the log "${ORIGIN}" in "${at('log')}"`);
    await faultOf(inspect(false, 'no key'), 'usage');
  });

  it('warns where nothing remembers how large the log has been', async () => {
    await init();
    fs.rmSync(at('log.state'), { recursive: true });
    expect((await inspectAll()).warnings).toEqual([]);
    await append(3);
    fs.rmSync(at('log.state'), { recursive: true });
    expect((await inspectAll()).warnings).toMatchObject([{ kind: 'missing', file: at('log.state') }]);
  });

  it('sees at once what is wrong at the right edge, and the rest when everything is read', async () => {
    await init();
    await append(300);
    const damaged = at('log', 'tile', 'entries', '000');
    fs.writeFileSync(damaged, fs.readFileSync(damaged).fill(0x61, 100, 101));
    await inspect();
    await faultOf(inspect(true), 'log-misbehaved');
    fs.rmSync(at('log', 'tile', '0', '001.p', '44'));
    await faultOf(inspect(), 'log-misbehaved');
  });

  it('finds no log where none is', async () => {
    await faultOf(inspect(), 'not-found');
  });
});

describe('the key of a log', () => {
  it('is read from a file, and refused inside what is served', async () => {
    expect((await readLogKey(ports, at('key.pem'))).asymmetricKeyType).toBe('ed25519');
    await faultOf(readLogKey(ports, at('key.pem'), work), 'usage');
  });
});
