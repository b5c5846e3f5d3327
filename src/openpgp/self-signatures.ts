// SPDX-License-Identifier: Apache-2.0
/** What the owner of a key signed about it: verified here, and reduced to the facts that a certificate holds. */
import { checkSignature, isStrong } from './check.ts';
import type { KeyPart, TransferableKey, UserPart } from './keyring.ts';
import { Malformed } from './malformed.ts';
import { TAG } from './packets.ts';
import { forHash, type PublicKey } from './public-key.ts';
import { expiryOf, parseSignaturePacket, SIGNATURE_TYPE, type SignaturePacket } from './signature-packet.ts';

/** A self-signature whose mathematics are right. */
export interface SelfSignature {
  readonly created: Date;
  /** False where its digest is weak: it counts as the owner's word, and then against the key. */
  readonly strong: boolean;
  /** When the key that it speaks of expires. */
  readonly keyExpires: Date | undefined;
  /** When it expires itself. */
  readonly expires: Date | undefined;
  /** The first octet of the key flags; undefined where none are stated. */
  readonly flags: number | undefined;
  readonly primaryUserId: boolean;
  /** A binding's signature the other way round, by the subkey over the primary. */
  readonly backSignature: 'good' | 'weak' | 'missing';
}

export interface Revocation {
  /** Undefined where it cannot be read. */
  readonly created: Date | undefined;
  /** Superseded or retired: earlier signatures stand. */
  readonly soft: boolean;
  /** For people: `revoked as superseded`. */
  readonly reason: string;
}

/** A user ID, a user attribute, or the key itself (direct-key signatures), and what the owner signed about it. */
export interface Identity {
  readonly kind: 'direct' | 'user-id' | 'user-attribute';
  /** Invalid UTF-8 is replaced; may hold any character. */
  readonly userId?: string;
  readonly signatures: readonly SelfSignature[];
  /** Times of its revocations. */
  readonly revoked: readonly Date[];
}

export const earliest = (...dates: readonly (Date | undefined)[]): Date | undefined =>
  dates.reduce(
    (first, date) => (first === undefined || (date !== undefined && date < first) ? date : first),
    undefined,
  );

/** The newest of what was signed, also of several of the same second: then the later in the file. */
export const newest = <T extends { readonly created: Date }>(signatures: readonly T[]): T | undefined =>
  signatures.reduce<T | undefined>(
    (best, one) => (best === undefined || one.created >= best.created ? one : best),
    undefined,
  );

/** What signatures over keys are made over. RFC 9580 section 5.2.4. */
const over = (...keys: readonly PublicKey[]): Uint8Array[] => keys.map((key) => forHash(key.body, key.version));

function overUser(primary: PublicKey, { tag, body }: UserPart): Uint8Array[] {
  const head = Buffer.from([tag === TAG.userId ? 0xb4 : 0xd1, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 1);
  return [...over(primary), head, body];
}

/** Whether the signature may be by this key; one that names nobody is tried. */
function isBy(signature: SignaturePacket, key: PublicKey): boolean {
  if (signature.issuerFingerprint !== undefined) return signature.issuerFingerprint === key.fingerprint;
  return signature.issuerKeyId === undefined || signature.issuerKeyId === key.keyId;
}

const isGenuine = (signature: SignaturePacket, key: PublicKey, data: readonly Uint8Array[]): boolean =>
  isBy(signature, key) && checkSignature(key, signature, ...data);

/** Signatures with something critical that is not understood are as if they were not there. */
function selfSignatures(
  primary: KeyPart,
  signatures: readonly SignaturePacket[],
  type: number | readonly [number, number],
  subject: PublicKey,
  data: readonly Uint8Array[],
): SelfSignature[] {
  const [from, to] = typeof type === 'number' ? [type, type] : type;
  return signatures
    .filter((signature) => signature.type >= from && signature.type <= to)
    .filter((signature) => signature.unknownCritical === undefined && isGenuine(signature, primary.key, data))
    .map((signature) => ({
      created: signature.created,
      strong: isStrong(signature.hash, primary.key),
      keyExpires: expiryOf({ created: subject.created, lifetime: signature.keyLifetime }),
      expires: expiryOf(signature),
      flags: signature.keyFlags,
      primaryUserId: signature.primaryUserId,
      backSignature: 'missing' as const,
    }));
}

/** Direct-key signatures. */
export const readDirect = (primary: KeyPart): Identity => ({
  kind: 'direct',
  signatures: selfSignatures(primary, primary.signatures, SIGNATURE_TYPE.directKey, primary.key, over(primary.key)),
  revoked: [],
});

export function readIdentity(primary: KeyPart, user: UserPart): Identity {
  const types = [SIGNATURE_TYPE.genericCertification, SIGNATURE_TYPE.positiveCertification] as const;
  const data = overUser(primary.key, user);
  const revoked = user.signatures
    .filter(({ type }) => type === SIGNATURE_TYPE.certificationRevocation)
    .filter((signature) => isGenuine(signature, primary.key, data))
    .map(({ created }) => created);
  const signatures = selfSignatures(primary, user.signatures, types, primary.key, data);
  if (user.tag !== TAG.userId) return { kind: 'user-attribute', signatures, revoked };
  return { kind: 'user-id', userId: Buffer.from(user.body).toString('utf8'), signatures, revoked };
}

/** What binds a subkey to its primary. */
export function readBindings(primary: KeyPart, part: KeyPart): SelfSignature[] {
  const data = over(primary.key, part.key);
  return part.signatures.flatMap((signature) => {
    const binding = selfSignatures(primary, [signature], SIGNATURE_TYPE.subkeyBinding, part.key, data);
    return binding.map((facts) => ({ ...facts, ...judgeBack(part.key, signature, data, facts) }));
  });
}

/** The embedded signature by which the subkey agrees: without it, anybody could claim a foreign subkey as his own. */
function judgeBack(
  subkey: PublicKey,
  binding: SignaturePacket,
  data: readonly Uint8Array[],
  facts: SelfSignature,
): Pick<SelfSignature, 'backSignature' | 'expires'> {
  const genuine = binding.embedded
    .flatMap(parseQuietly)
    .filter(({ type, unknownCritical }) => type === SIGNATURE_TYPE.primaryKeyBinding && unknownCritical === undefined)
    .filter((signature) => isGenuine(signature, subkey, data));
  const best = genuine.find(({ hash }) => isStrong(hash, subkey)) ?? genuine[0];
  if (best === undefined) return { backSignature: 'missing', expires: facts.expires };
  const backSignature = isStrong(best.hash, subkey) ? 'good' : 'weak';
  return { backSignature, expires: earliest(facts.expires, expiryOf(best)) };
}

function parseQuietly(body: Uint8Array): SignaturePacket[] {
  try {
    return [parseSignaturePacket(body)];
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}

/** Who else may revoke, section 5.2.3.23, by fingerprint and by key ID; their certificates are not at hand. */
export function readRevokers(primary: KeyPart): ReadonlySet<string> {
  const named = primary.signatures
    .filter(({ revokers }) => revokers.length > 0)
    .filter((signature) => isGenuine(signature, primary.key, over(primary.key)))
    .flatMap(({ revokers }) => revokers);
  return new Set(named.flatMap((revoker) => [revoker, revoker.slice(-16)]));
}

/** Section 5.2.3.31. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'revoked as superseded',
  2: 'revoked as compromised',
  3: 'revoked as retired',
};

/**
 * Revocations of a primary key or a subkey, wherever in the certificate they stand. They count with a weak digest, and
 * with something critical that is unknown, too; and what cannot be verified here is believed, since only an owner loses
 * by it: it takes his file to put one there.
 */
export function readRevocations(
  { primary, users, subkeys }: TransferableKey,
  part: KeyPart,
  revokers: ReadonlySet<string>,
): Revocation[] {
  const type = part === primary ? SIGNATURE_TYPE.keyRevocation : SIGNATURE_TYPE.subkeyRevocation;
  const data = part === primary ? over(primary.key) : over(primary.key, part.key);
  const own = new Set(part.signatures);
  const everything = [primary, ...users, ...subkeys];
  const read = everything
    .flatMap(({ signatures }) => signatures)
    .filter((signature) => signature.type === type)
    .flatMap((signature): Revocation[] => {
      const { created, revocationReason: code, issuerFingerprint, issuerKeyId } = signature;
      const named = revokers.has(issuerFingerprint ?? '') || revokers.has(issuerKeyId ?? '');
      if (named && own.has(signature)) return [{ created, soft: false, reason: 'revoked by a designated revoker' }];
      const unknown = signature.hash === undefined && isBy(signature, primary.key) && own.has(signature);
      if (!unknown && !isGenuine(signature, primary.key, data)) return [];
      return [{ created, soft: code === 1 || code === 3, reason: REASONS[code ?? 0] ?? 'revoked' }];
    });
  const unread = (part === primary ? everything : [part])
    .flatMap((one) => one.unread)
    // Version 3 has the length of what is hashed before the type.
    .filter((body) => body[body[0] === 3 ? 2 : 1] === type)
    .map(() => ({ created: undefined, soft: false, reason: 'revoked by a signature that cannot be read' }));
  return [...read, ...unread];
}
