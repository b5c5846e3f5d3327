// SPDX-License-Identifier: Apache-2.0
/** What witnesses say: keys, cosignatures, answers to a request, and proofs that they vouch for. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { formatSignedCheckpoint, parseSignedCheckpoint, type SignedCheckpoint } from '../../src/core/checkpoint.ts';
import {
  cosignedMessage,
  formatCosignature,
  formatWitnessKey,
  parseCosignature,
  parseWitnessKey,
  vouchersOf,
} from '../../src/core/cosignature.ts';
import { formatKeyMaterial, type NoteSignature } from '../../src/core/signed-note.ts';
import { formatTlogProof, parseTlogProof } from '../../src/core/tlog-proof.ts';
import type { TileView } from '../../src/logs/tile-view.ts';
import { verifyTlogProof } from '../../src/logs/tiles.ts';
import { askWitness, parseCosignatures, parseSizeAnswer } from '../../src/logs/witness.ts';
import type { Answer } from '../../src/ports.ts';
import { date } from '../openpgp/common.ts';
import { afterSignatures } from './cut.ts';
import { entry, ofLog, proof, signed } from './documents.ts';
import { Broken, canonical, canonicalText, type Target, texts } from './target.ts';

const NOW = date('2025-01-01');
const BEFORE = date('2024-12-31');

/** Seconds at which the witnesses of the corpus have signed. */
const TIME = NOW.getTime() / 1000 - 60;

function makeWitness(name: string, octet: number) {
  const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, octet)]);
  const privateKey = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
  const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = parseWitnessKey(formatKeyMaterial({ name, type: 4, publicKey }));
  const line = (time = TIME): NoteSignature => {
    const signature = sign(null, Buffer.from(cosignedMessage(signed, time)), privateKey);
    return { name, keyId: key.keyId, signature: formatCosignature({ time, signature }) };
  };
  return { name, key, url: 'https://witness.example', line };
}
const north = makeWitness('witness.example/north', 1);
const south = makeWitness('witness.example/south', 2);

/** Signature lines as they stand in a note. */
const linesOf = (...lines: readonly NoteSignature[]): string =>
  Buffer.from(formatSignedCheckpoint({ ...signed, signatures: lines }))
    .toString()
    .split('\n\n')[1] ?? '';

/** Of what the witness has said of that checkpoint, only what it has signed. */
function checkTime(time: Date): void {
  if (time.getTime() !== TIME * 1000) throw new Broken(`vouched for at ${time.toISOString()}`);
}

const ANSWERS = texts(
  linesOf(north.line()),
  linesOf(south.line(), north.line()),
  linesOf({ ...north.line(), keyId: '0a0b0c0d' }, north.line()),
);

function checkAnswer(input: Uint8Array): void {
  const { time, line, key } = parseCosignatures(input, signed, north, NOW);
  checkTime(time);
  if (key !== north.key || line.name !== north.name) throw new Broken(`a voucher by ${line.name}`);
  const [again, ...more] = vouchersOf({ ...signed, signatures: [...signed.signatures, line] }, [north.key], NOW);
  if (again?.time.getTime() !== time.getTime() || more.length > 0) throw new Broken('its line does not vouch');
}

/** Between answers; their first line is the status. */
const NEXT = '\n~~~\n';

/** How a witness answers, one time after the other, and the last one for ever. */
function answersOf(input: Uint8Array): (turn: number) => Answer {
  const answers = Buffer.from(input)
    .toString('latin1')
    .split(NEXT)
    .map((text): Answer => {
      const end = text.indexOf('\n');
      const status = Number(end < 0 ? text : text.slice(0, end));
      return {
        status: Number.isInteger(status) && status >= 100 && status < 600 ? status : 500,
        body: Buffer.from(end < 0 ? '' : text.slice(end + 1), 'latin1'),
        headers: {},
      };
    });
  return (turn) => answers[Math.min(turn, answers.length - 1)] as Answer;
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const said = (...answers: readonly (readonly [number, string])[]): Uint8Array =>
  Buffer.from(answers.map(([status, body]) => `${status}\n${latin1(body)}`).join(NEXT), 'latin1');

const CONVERSATIONS = [
  said([200, linesOf(north.line())]),
  said([409, '1\n'], [200, linesOf(north.line())]),
  said([409, '2\n'], [503, ''], [409, '3\n'], [200, linesOf(south.line(), north.line())]),
  said([409, '4\n']),
];

/** No witness keeps us for longer than five questions, or has us prove what lies beyond the checkpoint. */
async function checkConversation(input: Uint8Array): Promise<void> {
  const answer = answersOf(input);
  let [turn, now] = [0, NOW.getTime()];
  const view = {
    checkpoint: signed,
    consistencyFrom: async (size: number) => {
      if (size < 0 || size > signed.size) throw new Broken(`a proof from ${size} on`);
      return [];
    },
  } as unknown as TileView;
  const unasked = () => Promise.reject(new Broken('another kind of request'));
  const post = async () => {
    if (turn === 5) throw new Broken('asked more than five times');
    return answer(turn++);
  };
  const result = await askWitness(view, north, {
    http: { get: unasked, getChunks: unasked, ask: unasked, post },
    clock: {
      now: () => new Date(now),
      sleep: async (duration) => {
        now += duration;
      },
    },
    end: new Date(NOW.getTime() + 10_000),
    notBefore: BEFORE,
    goOn: () => true,
  });
  if ('time' in result) checkTime(result.time);
  else if (result.size <= signed.size) throw new Broken(`ahead, with ${result.size}`);
}

const cosigned = (...lines: readonly NoteSignature[]): SignedCheckpoint => ({
  ...signed,
  signatures: [...signed.signatures, ...lines],
});

/** Whatever else stands there: both have vouched for the very tree that was signed, at that time. */
function checkWitnessed(input: Uint8Array): void {
  const quorum = { witnesses: [north, south], quorum: 2, now: NOW };
  const { witnesses } = verifyTlogProof(input, entry, [ofLog], quorum);
  for (const { time } of witnesses) checkTime(time);
  if (witnesses.map(({ name }) => name).join() !== `${north.name},${south.name}`) throw new Broken('others vouch');
  const { index, checkpoint } = parseTlogProof(input);
  if (index !== proof.index || checkpoint.size !== signed.size) throw new Broken('another entry, or another tree');
}

export const WITNESSES: readonly Target[] = [
  {
    name: 'witness key',
    corpus: texts(formatWitnessKey(north.key), formatWitnessKey(south.key)),
    kinds: ['usage'],
    check: canonicalText(parseWitnessKey, formatWitnessKey),
  },
  {
    name: 'cosignature',
    corpus: [north.line().signature, south.line(8_640_000_000_000).signature],
    kinds: ['bad-format'],
    check: canonical(parseCosignature, formatCosignature),
  },
  {
    name: 'size of a witness',
    corpus: texts('0\n', '7\n', '9007199254740991\n'),
    kinds: ['bad-format'],
    check: canonical(parseSizeAnswer, (size) => `${size}\n`),
    cap: 64,
  },
  {
    name: 'cosignatures in an answer',
    corpus: ANSWERS,
    kinds: ['bad-format', 'bad-signature'],
    check: checkAnswer,
  },
  {
    name: 'answers of a witness',
    corpus: CONVERSATIONS,
    kinds: ['bad-format', 'bad-signature', 'network', 'not-witnessed'],
    check: checkConversation,
  },
  {
    name: 'cosigned checkpoint',
    corpus: [
      formatSignedCheckpoint(cosigned(north.line())),
      formatSignedCheckpoint(cosigned(south.line(), north.line())),
    ],
    kinds: ['bad-format', 'bad-signature'],
    cut: afterSignatures,
    check: (input) => {
      const read = parseSignedCheckpoint(input);
      for (const { time, key } of vouchersOf(read, [north.key, south.key], NOW)) {
        checkTime(time);
        if (key !== north.key && key !== south.key) throw new Broken('somebody else vouches');
        if (cosignedMessage(read, TIME) !== cosignedMessage(signed, TIME)) throw new Broken('for another tree');
      }
    },
  },
  {
    name: 'witnessed tlog-proof',
    corpus: [formatTlogProof({ ...proof, checkpoint: cosigned(north.line(), south.line()) })],
    kinds: ['bad-format', 'bad-proof', 'bad-signature', 'wrong-key', 'not-in-log', 'not-witnessed'],
    check: checkWitnessed,
  },
];
