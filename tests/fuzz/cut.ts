// SPDX-License-Identifier: Apache-2.0
/**
 * Which beginnings of what is right are right as well: the file was cut short, and nothing in it says so. Where that matters,
 * somebody else has to miss what is gone: a signature covers a manifest, a log signs how large its tree is, a quorum counts.
 */
import type { Target } from './target.ts';

/** Whether a part, from the beginning to somewhere before the end, is right as well; undefined where it may be. */
export type Cut = (part: Buffer, whole: Buffer) => boolean | undefined;

/** A text of which nothing is demanded, or which says less the shorter it is. */
export const anywhere: Cut = () => undefined;

/** The end of the last line of a text only, which those who copy it leave behind. */
export const lastLineEnd: Cut = (part, whole) =>
  isText(whole) && part.length === whole.length - 1 && whole.at(-1) === 0x0a;

/** Packets of OpenPGP begin with the highest bit set. */
export const isText = ([first = 0]: Buffer): boolean => (first & 0x80) === 0;

/** Lines each of which says something of its own, from so many on. */
export const afterLines =
  (least: number): Cut =>
  (part) =>
    part.at(-1) === 0x0a && part.toString().split('\n').length > least;

/** Signatures of a note, of which there is one at least. */
export const afterSignatures: Cut = (part) => /\n\n(?:— .+\n)+$/.test(part.toString());

/** A digit less is another number. */
export const afterDigits: Cut = (part) => /^\d+$/.test(part.toString());

/** YAML: lines of a block look whole wherever they end. In JSON, which is YAML, too, nothing does. */
export const inYaml: Cut = (part) => (part[0] === 0x7b ? false : undefined);

/** What was taken for whole and is not, or the other way round: where it was cut. */
export async function wrongCuts(
  { corpus, cut }: Target,
  isAccepted: (part: Buffer) => Promise<boolean>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [index, input] of corpus.entries()) {
    const whole = Buffer.from(input);
    for (let end = 0; end < whole.length; end += 1) {
      const part = whole.subarray(0, end);
      const [accepted, expected] = [await isAccepted(part), cut === undefined ? false : cut(part, whole)];
      if (accepted !== (expected ?? accepted))
        wrong.push(`${accepted ? 'accepted' : 'refused'}: ${end} of ${whole.length} bytes of example ${index}`);
    }
  }
  return wrong;
}
