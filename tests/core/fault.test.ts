// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { exitStatusOf, FAULT_KINDS, Fault, KEY_STATES, naming, quote } from '../../src/core/fault.ts';

describe('a fault', () => {
  it('has one exit status for each kind, 1 to 4', () => {
    const byStatus = Map.groupBy(FAULT_KINDS, exitStatusOf);
    expect([...byStatus.keys()].sort()).toEqual([1, 2, 3, 4]);
    expect(byStatus.get(1)).toEqual(['io', 'network', 'changed', 'locked', 'pending']);
    expect(byStatus.get(2)).toEqual(['usage', 'not-found', 'empty', 'unreadable', 'bad-format']);
    expect(byStatus.get(4)).toEqual(['log-misbehaved']);
  });

  it('has a kind for every state of a key that stands in the way of publishing, and refuses it', () => {
    const usable = ['good', 'expires-soon'];
    const own = KEY_STATES.filter((state) => !usable.includes(state) && state !== 'unreadable');
    expect(own.map((state) => exitStatusOf(state as (typeof FAULT_KINDS)[number]))).toEqual(own.map(() => 3));
  });

  it('carries what it is about, the hint and the evidence apart from the message', () => {
    const cause = new Error('inner');
    const fault = new Fault('altered', 'm', { file: 'f', hint: 'h', evidence: ['e'], cause });
    expect(fault).toMatchObject({ kind: 'altered', message: 'm', file: 'f', hint: 'h', evidence: ['e'], cause });
    expect(new Fault('io', 'm')).toMatchObject({ file: undefined, hint: undefined, evidence: [] });
  });
});

describe('a message about a file', () => {
  it.each([
    ['it was altered', '"a": it was altered'],
    ['"a" was altered', '"a" was altered'],
    ['"/r/a" was altered', '"/r/a" was altered'],
    ['"/r/ba" was altered', '"a": "/r/ba" was altered'],
  ])('names it, and not twice: %s', (message, expected) => {
    expect(naming('a', message)).toBe(expected);
  });
});

describe('a quoted name', () => {
  it.each([
    ['plain.tar.gz', '"plain.tar.gz"'],
    ['with space and ü', '"with space and ü"'],
    ['a"b', '"a\\"b"'],
    ['a\\b', '"a\\\\b"'],
    ['a\nb\r\0', '"a\\u{a}b\\u{d}\\u{0}"'],
    ['\u001b[31mred', '"\\u{1b}[31mred"'],
    ['\u009b31m', '"\\u{9b}31m"'],
    ['a\u2028b\u2029', '"a\\u{2028}b\\u{2029}"'],
    ['gpj.\u202eexe', '"gpj.\\u{202e}exe"'],
    ['a\u200bb', '"a\\u{200b}b"'],
    ['tag \u{e0041}', '"tag \\u{e0041}"'],
  ])('%j stands as %s', (name, quoted) => {
    expect(quote(name)).toBe(quoted);
  });

  it('is shown from its beginning where it is longer than any path', () => {
    expect(quote('a'.repeat(512))).toBe(`"${'a'.repeat(512)}"`);
    expect(quote('a'.repeat(513))).toBe(`"${'a'.repeat(512)}"…`);
    expect(quote(`${'a'.repeat(511)}\u{1f600}`)).toBe(`"${'a'.repeat(511)}\ufffd"…`);
  });
});
