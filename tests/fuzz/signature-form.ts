// SPDX-License-Identifier: Apache-2.0
/** Signature files come in many forms, and we write one of them: OpenPGP is the format that is not ours to narrow. */
import { isDeepStrictEqual } from 'node:util';
import { equalBytes } from '../../src/core/encoding.ts';
import { formatArmor, isBinary, readArmor } from '../../src/openpgp/armor.ts';
import { formatPacket, readPackets } from '../../src/openpgp/packets.ts';
import { parseDetachedSignature } from '../../src/openpgp/signature-file.ts';
import { Broken } from './target.ts';

/** What was accepted, as we would write it. */
export function asWeWrite(input: Uint8Array): Uint8Array {
  const { version } = parseDetachedSignature(input);
  const [block] = isBinary(input) ? [{ data: input }] : readArmor(input).blocks;
  const packets = readPackets(block?.data ?? new Uint8Array()).map(({ tag, body }) => formatPacket(tag, body));
  return formatArmor('SIGNATURE', Buffer.concat(packets), version);
}

/** Whatever form it has: in ours it says the same, and ours has one form. */
export function checkForm(input: Uint8Array): void {
  const ours = asWeWrite(input);
  if (!isDeepStrictEqual(parseDetachedSignature(ours), parseDetachedSignature(Buffer.from(input))))
    throw new Broken('accepted, and written as something else');
  if (!equalBytes(asWeWrite(ours), ours)) throw new Broken('what we write is written again as something else');
}
