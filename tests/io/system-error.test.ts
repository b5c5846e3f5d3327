// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { exitStatusOf, Fault } from '../../src/core/fault.ts';
import { errorCode, faultOf } from '../../src/io/system-error.ts';
import { eachInDirectory } from './directory.ts';

const { at } = eachInDirectory();
const systemError = (code: string) => Object.assign(new Error(`${code}: words of Node`), { code });

describe('an error of the system', () => {
  it.each([
    ['ENOENT', 'not-found', 'no such file or directory'],
    ['ENOTDIR', 'not-found', 'a part of the path is not a directory'],
    ['EISDIR', 'usage', 'it is a directory'],
    ['EEXIST', 'usage', 'something else is there already'],
    ['ENAMETOOLONG', 'usage', 'the name is too long for this file system'],
    ['ELOOP', 'bad-name', 'it is a symbolic link'],
    ['ENXIO', 'bad-name', 'it is not a regular file'],
    ['EACCES', 'io', 'permission denied'],
    ['EPERM', 'io', 'the system does not permit it'],
    ['EROFS', 'io', 'the file system is read-only'],
    ['ENOSPC', 'io', 'no space left on the disk'],
    ['EDQUOT', 'io', 'the disk quota is used up'],
    ['EIO', 'io', 'the disk reports an input/output error'],
    ['EMFILE', 'io', 'EMFILE'],
  ] as const)('%s is told as %s', (code, kind, why) => {
    const cause = systemError(code);
    const fault = faultOf(cause, 'open', 'a "b"\n');
    expect(fault).toMatchObject({ kind, message: `cannot open "a \\"b\\"\\u{a}": ${why}`, file: 'a "b"\n', cause });
    expect(fault.hint ?? '').not.toMatch(/[.]$/);
  });

  it('that comes from the system itself has its code', () => {
    try {
      fs.readFileSync(at('no'));
    } catch (error) {
      expect(errorCode(error)).toBe('ENOENT');
    }
    expect(errorCode(new Error('x'))).toBeUndefined();
    expect(errorCode({ code: 'ENOENT' })).toBeUndefined();
    expect(errorCode(undefined)).toBeUndefined();
  });

  it.each([(errno: number) => `Unknown system error ${errno}`, () => 'UNKNOWN'])(
    'that Node has no name for has that of the system',
    (codeOf) => {
      const errno = -os.constants.errno.EDQUOT;
      const error = Object.assign(systemError(codeOf(errno)), { errno });
      expect(errorCode(error)).toBe('EDQUOT');
      expect(faultOf(error, 'write', 'a').message).toBe('cannot write "a": the disk quota is used up');
      expect(errorCode(Object.assign(error, { errno: -99999 }))).toBe(codeOf(errno));
      expect(errorCode(systemError('UNKNOWN'))).toBe('UNKNOWN');
    },
  );

  it('that is a Fault already stays what it is', () => {
    const fault = new Fault('changed', 'm');
    expect(faultOf(fault, 'open', 'a')).toBe(fault);
  });

  it('that is none of them is not lost', () => {
    expect(faultOf(new Error('odd'), 'open', 'a').message).toBe('cannot open "a": Error: odd');
  });

  it('is worth a retry only where one can mend it', () => {
    expect(['ENOSPC', 'EACCES'].map((code) => exitStatusOf(faultOf(systemError(code), 'v', 'f').kind))).toEqual([1, 1]);
    expect(exitStatusOf(faultOf(systemError('ENOENT'), 'v', 'f').kind)).toBe(2);
  });
});
