// SPDX-License-Identifier: Apache-2.0
import {
  Cursor,
  Malformed,
  TAG,
  damagedSecret,
  formatMpi,
  formatPacket,
  peekTag,
  readLength,
  readPackets
} from "./shared-openpgp-packets.mjs";
import {
  PUBLIC_KEY_SIZE,
  decodeUtf8,
  ed25519Key,
  equalBytes,
  formatBase64,
  isKeyName,
  leafHash,
  noteVerifier,
  parseBase64,
  parseDecimal,
  parseHash,
  parseVerifierKey,
  parseWitnessKey,
  publicKeyOf,
  rootOf,
  sha256,
  witnessKey
} from "./shared-core-signed-note.mjs";
import {
  count,
  exactly,
  list,
  oneOf,
  optional,
  parseFingerprint,
  parsed,
  record,
  text,
  withDefault,
  wrong
} from "./shared-core-decode.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/openpgp/armor.ts
var BEGIN = /^-----BEGIN PGP ([A-Z0-9 ,/]+)-----$/;
var HEADER = /^[A-Za-z][A-Za-z0-9-]*:( .*)?$/;
var BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
var isBinary = (bytes) => ((bytes[0] ?? 0) & 128) !== 0;
function readArmor(bytes) {
  const lines = Buffer.from(bytes).toString("latin1").split("\n").map(trimEnd);
  const blocks = [];
  let surrounded = false;
  for (let at = 0; at < lines.length; ) {
    const label = BEGIN.exec(lines[at] ?? "")?.[1];
    if (label === "SIGNED MESSAGE") return { blocks: [...blocks, { label, data: new Uint8Array() }], surrounded };
    if (label === void 0) {
      surrounded ||= lines[at] !== "";
      at += 1;
      continue;
    }
    const end = lines.indexOf(`-----END PGP ${label}-----`, at);
    if (end < 0) throw new Malformed("the armor has no end");
    blocks.push({ label, data: decodeBlock(lines.slice(at + 1, end)) });
    at = end + 1;
  }
  return { blocks, surrounded };
}
function trimEnd(line) {
  let end = line.length;
  while (end > 0 && " 	\r".includes(line[end - 1] ?? "")) end -= 1;
  return line.slice(0, end);
}
function decodeBlock(lines) {
  const blank = lines.indexOf("");
  if (blank < 0 || !lines.slice(0, blank).every((line) => HEADER.test(line))) {
    throw new Malformed("the armor has no blank line between its headers and its data");
  }
  const body = lines.slice(blank + 1).filter((line) => line !== "");
  const checksum = body.at(-1)?.startsWith("=") ? body.pop() : void 0;
  const text2 = body.join("");
  const data = Buffer.from(text2, "base64");
  if (!BASE64.test(text2) || data.toString("base64") !== text2) throw new Malformed("the armor is not clean base64");
  if (checksum !== void 0 && checksum !== `=${crc24(data)}`) throw new Malformed("the armor has a wrong checksum");
  return data;
}
function formatArmor(label, data, version) {
  const body = Buffer.from(data).toString("base64").replace(/.{60}(?!$)/g, "$&\n");
  const checksum = version === 4 ? `
=${crc24(data)}` : "";
  return Buffer.from(`-----BEGIN PGP ${label}-----

${body}${checksum}
-----END PGP ${label}-----
`, "latin1");
}
var CRC24 = Uint32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 16;
  for (let bit = 0; bit < 8; bit += 1) crc = crc << 1 ^ (crc & 8388608 ? 25578747 : 0);
  return crc & 16777215;
});
function crc24(data) {
  let crc = 11994318;
  for (const octet of data) crc = crc << 8 & 16777215 ^ (CRC24[crc >> 16 ^ octet] ?? 0);
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString("base64");
}

// src/openpgp/public-key.ts
import { createHash, createPublicKey } from "node:crypto";
var CURVES = [
  { oid: "2a8648ce3d030107", name: "P-256", length: 32, bits: 256 },
  { oid: "2b81040022", name: "P-384", length: 48, bits: 384 },
  { oid: "2b81040023", name: "P-521", length: 66, bits: 512 }
];
var ED25519_LEGACY = "2b06010401da470f01";
var hex = (bytes) => Buffer.from(bytes).toString("hex");
var base64url = (bytes) => Buffer.from(bytes).toString("base64url");
function readPublicKey(bytes) {
  const cursor = new Cursor(bytes);
  const version = cursor.number(1);
  if (version !== 4 && version !== 6) throw new Malformed(`version ${version} keys are not supported`);
  const created = cursor.date();
  const algorithm = cursor.number(1);
  const stated = version === 6 ? cursor.number(4) : void 0;
  const start = cursor.taken;
  const { name, material } = readMaterial(algorithm, cursor, stated);
  if (stated !== void 0 && cursor.taken - start !== stated) throw new Malformed("a key packet has a wrong length");
  const body = bytes.subarray(0, cursor.taken);
  return {
    key: { version, created, algorithm, name, material, body, ...identify(version, body) },
    length: body.length
  };
}
function forHash(body, version) {
  const head = version === 4 ? Buffer.from([153, 0, 0]) : Buffer.from([155, 0, 0, 0, 0]);
  if (version === 4) head.writeUInt16BE(body.length, 1);
  else head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
function identify(version, body) {
  if (version === 4 && body.length > 65535) throw new Malformed("a key packet is too long");
  const hash2 = createHash(version === 4 ? "sha1" : "sha256").update(forHash(body, version));
  const fingerprint = hash2.digest("hex").toUpperCase();
  return { fingerprint, keyId: version === 4 ? fingerprint.slice(-16) : fingerprint.slice(0, 16) };
}
var other = (name, signs) => ({ name, material: { kind: "other", signs } });
function readMaterial(algorithm, cursor, stated) {
  switch (algorithm) {
    case 1:
    case 2:
    case 3:
      return readRsa(cursor, algorithm !== 2);
    case 16:
      return other(`Elgamal ${readMpis(cursor, 3)}`, false);
    case 17:
      return other(`DSA ${readMpis(cursor, 4)}`, true);
    case 18:
      cursor.take(cursor.number(1));
      cursor.mpi();
      cursor.take(cursor.number(1));
      return other("ECDH", false);
    case 19:
      return readEcdsa(cursor);
    case 22:
      return readLegacyEddsa(cursor);
    case 25:
    case 26:
      cursor.take(algorithm === 25 ? 32 : 56);
      return other(algorithm === 25 ? "X25519" : "X448", false);
    case 27:
      return eddsa("Ed25519", "Ed25519 (algorithm 27)", cursor.take(32), 256);
    case 28:
      return eddsa("Ed448", "Ed448 (algorithm 28)", cursor.take(57), 512);
    default:
      cursor.take(stated ?? cursor.left);
      return other(`algorithm ${algorithm}`, true);
  }
}
function readMpis(cursor, count2) {
  const [first] = Array.from({ length: count2 }, () => cursor.mpi());
  return bitLength(first ?? new Uint8Array());
}
var bitLength = (bytes) => bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
function readRsa(cursor, signs) {
  const n = cursor.mpi();
  const e = cursor.mpi();
  const bits = bitLength(n);
  if (!signs) return other(`RSA ${bits} for encryption`, false);
  const jwk = { kty: "RSA", n: base64url(n), e: base64url(e) };
  return { name: `RSA ${bits}`, material: { kind: "rsa", bits, length: n.length, jwk } };
}
function readEcdsa(cursor) {
  const oid = hex(cursor.take(cursor.number(1)));
  const point = cursor.mpi();
  const curve = CURVES.find((known) => known.oid === oid);
  if (curve === void 0) return other("ECDSA on another curve than P-256, P-384 and P-521", true);
  const { name, bits, length } = curve;
  if (point.length !== 1 + 2 * length || point[0] !== 4) throw new Malformed("an ECDSA key is damaged");
  const [x, y] = [point.subarray(1, 1 + length), point.subarray(1 + length)];
  const jwk = { kty: "EC", crv: name, x: base64url(x), y: base64url(y) };
  return { name: `ECDSA ${name}`, material: { kind: "ecdsa", bits, length, jwk } };
}
function readLegacyEddsa(cursor) {
  const oid = hex(cursor.take(cursor.number(1)));
  const point = cursor.mpi();
  if (oid !== ED25519_LEGACY) return other("EdDSA on another curve than Ed25519", true);
  if (point.length !== 33 || point[0] !== 64) throw new Malformed("an Ed25519 key is damaged");
  return eddsa("Ed25519", "Ed25519", point.subarray(1), 256);
}
function eddsa(crv, name, point, bits) {
  const jwk = { kty: "OKP", crv, x: base64url(point) };
  return { name, material: { kind: "eddsa", bits, length: point.length, jwk } };
}
function weaknessOf({ name, material }) {
  if (material.kind === "rsa" && material.bits < 2048) return `it is ${name}, and less than 2048 bits are too few`;
  if (material.kind === "other" && material.signs) return `${name} is not accepted`;
  return void 0;
}
var imported = /* @__PURE__ */ new WeakMap();
function keyObject(key) {
  const known = imported.get(key);
  if (known !== void 0) return known;
  if (key.material.kind === "other") throw new Malformed(`${key.name} cannot verify`);
  const made = createPublicKey({ key: key.material.jwk, format: "jwk" });
  imported.set(key, made);
  return made;
}

// src/openpgp/hashes.ts
import { createHash as createHash2 } from "node:crypto";
var hash = (id, name, bits, salt, digestInfo) => ({
  id,
  name,
  bits,
  strong: bits >= 256,
  salt,
  digestInfo: Buffer.from(digestInfo, "hex")
});
var HASHES = [
  hash(1, "md5", 128, 0, "3020300c06082a864886f70d020505000410"),
  hash(2, "sha1", 160, 0, "3021300906052b0e03021a05000414"),
  hash(3, "ripemd160", 160, 0, "3021300906052b2403020105000414"),
  hash(8, "sha256", 256, 16, "3031300d060960864801650304020105000420"),
  hash(9, "sha384", 384, 24, "3041300d060960864801650304020205000430"),
  hash(10, "sha512", 512, 32, "3051300d060960864801650304020305000440"),
  hash(11, "sha224", 224, 16, "302d300d06096086480165030402040500041c"),
  hash(12, "sha3-256", 256, 16, "3031300d060960864801650304020805000420"),
  hash(14, "sha3-512", 512, 32, "3051300d060960864801650304020a05000440")
];
var hashById = (id) => HASHES.find((known) => known.id === id);
var signingHash = (name) => {
  const found = HASHES.find((known) => known.name === name);
  if (found === void 0) throw new TypeError(`no such hash: ${name}`);
  return found;
};
function afterData(part) {
  const trailer = Buffer.from([part.version, 255, 0, 0, 0, 0]);
  trailer.writeUInt32BE(part.hashed.length, 2);
  return Buffer.concat([part.hashed, trailer]);
}
function beginDigest(part) {
  if (part.hash.name === "sha256" && part.salt === void 0) {
    return { update: () => {
    }, finish: (sha2562) => sha2562.copy().update(afterData(part)).digest() };
  }
  const own = createHash2(part.hash.name);
  if (part.salt !== void 0) own.update(part.salt);
  return { update: (chunk) => void own.update(chunk), finish: () => own.update(afterData(part)).digest() };
}

// src/openpgp/signature-packet.ts
var SIGNATURE_TYPE = {
  binary: 0,
  text: 1,
  genericCertification: 16,
  positiveCertification: 19,
  subkeyBinding: 24,
  primaryKeyBinding: 25,
  directKey: 31,
  keyRevocation: 32,
  subkeyRevocation: 40,
  certificationRevocation: 48
};
var SUB = {
  created: 2,
  lifetime: 3,
  keyLifetime: 9,
  revoker: 12,
  issuerKeyId: 16,
  notation: 20,
  primaryUserId: 25,
  keyFlags: 27,
  reason: 29,
  embedded: 32,
  issuerFingerprint: 33
};
var UNDERSTOOD = /* @__PURE__ */ new Set([
  2,
  3,
  4,
  5,
  6,
  7,
  9,
  11,
  12,
  16,
  21,
  22,
  23,
  24,
  25,
  26,
  27,
  28,
  29,
  30,
  31,
  32,
  33,
  35,
  39
]);
var SINGLE = [SUB.created, SUB.lifetime, SUB.keyLifetime, SUB.keyFlags, SUB.issuerFingerprint];
function parseSignaturePacket(bytes) {
  const cursor = new Cursor(bytes);
  const version = cursor.number(1);
  if (version !== 4 && version !== 6) throw new Malformed(`version ${version} signatures are not supported`);
  const [type, algorithm, hashId] = [cursor.number(1), cursor.number(1), cursor.number(1)];
  const countOctets = version === 6 ? 4 : 2;
  const hashedSubpackets = readSubpackets(cursor.take(cursor.number(countOctets)));
  const hashed = bytes.subarray(0, cursor.taken);
  const unhashed = readSubpackets(cursor.take(cursor.number(countOctets)));
  const digestPrefix = cursor.take(2);
  const hash2 = hashById(hashId);
  const salt = version === 6 ? cursor.take(cursor.number(1)) : void 0;
  if (salt !== void 0 && hash2 !== void 0 && salt.length !== hash2.salt) {
    throw new Malformed("the salt has a wrong length");
  }
  const facts = { ...readHashed(hashedSubpackets), ...readIssuer(version, hashedSubpackets, unhashed) };
  const embedded = [...hashedSubpackets, ...unhashed].filter((sub) => sub.type === SUB.embedded).map((sub) => sub.body);
  return { version, type, algorithm, hash: hash2, hashed, digestPrefix, salt, numbers: cursor.rest(), embedded, ...facts };
}
function signedPart(signature, hash2) {
  return { version: signature.version, hash: hash2, hashed: signature.hashed, salt: signature.salt };
}
function expiryOf({ created, lifetime }) {
  return lifetime === void 0 || lifetime === 0 ? void 0 : new Date(created.getTime() + lifetime * 1e3);
}
function readSubpackets(bytes) {
  const cursor = new Cursor(bytes);
  const subpackets = [];
  while (cursor.left > 0) {
    const content = new Cursor(cursor.take(readLength(cursor, true)));
    const type = content.number(1);
    subpackets.push({ type: type & 127, critical: (type & 128) !== 0, body: content.rest() });
  }
  return subpackets;
}
function readHashed(subpackets) {
  for (const type of SINGLE) {
    if (subpackets.filter((sub) => sub.type === type).length > 1)
      throw new Malformed(`subpacket ${type} is there twice`);
  }
  const find = (type) => subpackets.find((sub) => sub.type === type)?.body;
  const seconds = (type) => {
    const body = find(type);
    return body && whole(body, (cursor) => cursor.number(4));
  };
  const created = seconds(SUB.created);
  if (created === void 0) throw new Malformed("it does not say when it was made");
  return {
    created: new Date(created * 1e3),
    lifetime: seconds(SUB.lifetime),
    keyLifetime: seconds(SUB.keyLifetime),
    keyFlags: find(SUB.keyFlags)?.[0],
    primaryUserId: (find(SUB.primaryUserId)?.[0] ?? 0) !== 0,
    revocationReason: find(SUB.reason)?.[0],
    revokers: subpackets.filter((sub) => sub.type === SUB.revoker).map((sub) => toFingerprint(sub.body.subarray(2))),
    unknownCritical: subpackets.filter((sub) => sub.critical).flatMap(nameUnknown)[0]
  };
}
function readIssuer(version, hashed, unhashed) {
  const find = (type) => [...hashed, ...unhashed].find((sub) => sub.type === type)?.body;
  const issuer = find(SUB.issuerFingerprint);
  const keyId = find(SUB.issuerKeyId);
  if (issuer !== void 0 && (issuer[0] !== version || issuer.length !== (version === 4 ? 21 : 33))) {
    throw new Malformed("its issuer is of another version than the signature");
  }
  return {
    issuerFingerprint: issuer && toFingerprint(issuer.subarray(1)),
    issuerKeyId: keyId && Buffer.from(keyId).toString("hex").toUpperCase()
  };
}
function nameUnknown({ type, body }) {
  if (type === SUB.notation) return [`the notation "${notationName(body)}"`];
  return UNDERSTOOD.has(type) ? [] : [`subpacket ${type}`];
}
function notationName(body) {
  const cursor = new Cursor(body);
  cursor.take(4);
  const length = cursor.number(2);
  cursor.take(2);
  return Buffer.from(cursor.take(length)).toString("latin1").replace(/[^ -~]|["\\]/g, "?");
}
function whole(bytes, read) {
  const cursor = new Cursor(bytes);
  const value = read(cursor);
  if (cursor.left > 0) throw new Malformed("a subpacket has a wrong length");
  return value;
}
var toFingerprint = (bytes) => Buffer.from(bytes).toString("hex").toUpperCase();

// src/openpgp/keyring.ts
var KEYRING_CAP = 1024 * 1024;
var MAX_PARTS = 300;
function readKeyring(bytes) {
  if (bytes.length === 0) throw new Fault("unreadable", "the key file is empty");
  if (bytes.length > KEYRING_CAP) throw new Fault("unreadable", "the key file is larger than 1 MiB");
  try {
    const keys = readBlocks(bytes).flatMap((block) => group(readPackets(block)));
    const secret = keys.some((key) => [key.primary, ...key.subkeys].some((part) => part.secret !== void 0));
    return { keys, secret };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Fault("unreadable", `the key file cannot be read: ${error.message}`, {
      hint: 'export the key again, with "gpg --export" or "gpg --export-secret-subkeys"'
    });
  }
}
function readBlocks(bytes) {
  if (isBinary(bytes)) return [bytes];
  const { blocks } = readArmor(bytes);
  if (blocks.length === 0) throw new Malformed("there is no OpenPGP key in it");
  const foreign = blocks.find(({ label }) => label !== "PUBLIC KEY BLOCK" && label !== "PRIVATE KEY BLOCK");
  if (foreign !== void 0) throw new Malformed(`there is a PGP ${foreign.label} in it`);
  return blocks.map(({ data }) => data);
}
var isIgnored = ({ tag }) => tag === TAG.marker || tag === TAG.trust || tag === TAG.padding || tag >= 40 && tag <= 63;
function group(packets) {
  const keys = [];
  let current = { signatures: [], unread: [] };
  for (const packet of packets) {
    if (isIgnored(packet)) continue;
    if (packet.tag === TAG.signature && keys.length > 0) {
      addSignature(current, packet.body);
    } else {
      current = { signatures: [], unread: [] };
      addPart(keys, packet, current);
    }
  }
  if (keys.length === 0) throw new Malformed("there is no OpenPGP key in it");
  keys.forEach(refuseCrowd);
  return keys;
}
function refuseCrowd({ primary, users, subkeys }) {
  if (users.length + subkeys.length > MAX_PARTS)
    throw new Malformed(`a key has more than ${MAX_PARTS} user IDs and subkeys`);
  const revocations = [primary, ...users, ...subkeys].flatMap(({ signatures: signatures2 }) => signatures2).filter(({ type }) => type === SIGNATURE_TYPE.subkeyRevocation);
  if (revocations.length > MAX_PARTS) throw new Malformed(`a key has more than ${MAX_PARTS} revocations of subkeys`);
}
function addSignature({ signatures: signatures2, unread }, body) {
  try {
    signatures2.push(parseSignaturePacket(body));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    unread.push(body);
  }
}
function addPart(keys, packet, own) {
  if (packet.tag === TAG.publicKey || packet.tag === TAG.secretKey) {
    keys.push({ primary: { ...readKeyPart(packet), ...own }, users: [], subkeys: [] });
    return;
  }
  const key = keys.at(-1);
  if (key === void 0) throw new Malformed("it does not begin with a primary key");
  if (packet.tag === TAG.publicSubkey || packet.tag === TAG.secretSubkey) {
    key.subkeys.push({ ...readKeyPart(packet), ...own });
  } else if (packet.tag === TAG.userId || packet.tag === TAG.userAttribute) {
    key.users.push({ tag: packet.tag, body: packet.body, ...own });
  } else {
    throw new Malformed(`there is a packet of type ${packet.tag} in it, which does not belong to a key`);
  }
}
function readKeyPart(packet) {
  const { key, length } = readPublicKey(packet.body);
  if (packet.tag === TAG.secretKey || packet.tag === TAG.secretSubkey) return { key, secret: packet };
  if (length !== packet.body.length) throw new Malformed("a key packet has a wrong length");
  return { key };
}

// src/openpgp/check.ts
import {
  constants,
  createHash as createHash3,
  createVerify,
  publicDecrypt,
  timingSafeEqual,
  verify
} from "node:crypto";
function isStrong(hash2, key) {
  if (hash2 === void 0 || !hash2.strong) return false;
  return key.material.kind === "rsa" || key.material.kind !== "other" && hash2.bits >= key.material.bits;
}
function beginEvidence(part, key) {
  const digest = beginDigest(part);
  const ecdsa = key.material.kind === "ecdsa" ? createVerify(part.hash.name) : void 0;
  if (part.salt !== void 0) ecdsa?.update(part.salt);
  return {
    update(chunk) {
      digest.update(chunk);
      ecdsa?.update(chunk);
    },
    finish: (sha2562) => ({ part, digest: digest.finish(sha2562), ecdsa: ecdsa?.update(afterData(part)) })
  };
}
var isFitting = (key, signature, evidence) => belongsTo(key, signature, evidence) && holds(() => fits(key, signature, evidence));
async function isFittingInThread(key, signature, evidence) {
  if (key.material.kind !== "eddsa") return isFitting(key, signature, evidence);
  if (!belongsTo(key, signature, evidence)) return false;
  return new Promise((resolve) => {
    const asked = holds(() => {
      const answer = (error, isGood) => resolve(error === null && isGood);
      verify(null, evidence.digest, keyObject(key), readNumbers(key, signature), answer);
      return true;
    });
    if (!asked) resolve(false);
  });
}
function belongsTo(key, signature, { part, digest }) {
  const { hash: hash2 } = signature;
  if (hash2 === void 0 || key.algorithm !== signature.algorithm || key.version !== signature.version) return false;
  if (hash2 !== part.hash || !same(signature.hashed, part.hashed) || !same(signature.salt, part.salt)) return false;
  return digest.subarray(0, 2).equals(signature.digestPrefix);
}
function fits(key, signature, { part, digest, ecdsa }) {
  const imported3 = keyObject(key);
  const numbers = readNumbers(key, signature);
  if (ecdsa !== void 0) return ecdsa.verify({ key: imported3, dsaEncoding: "ieee-p1363" }, numbers);
  if (key.material.kind === "eddsa") return verify(null, digest, imported3, numbers);
  return checkRsa(imported3, numbers, part.hash, digest);
}
var NONE = new Uint8Array();
var same = (one2 = NONE, two = NONE) => Buffer.compare(one2, two) === 0;
function checkSignature(key, signature, ...data) {
  const { hash: hash2 } = signature;
  if (hash2 === void 0) return false;
  return holds(() => {
    const sha2562 = createHash3("sha256");
    const evidence = beginEvidence(signedPart(signature, hash2), key);
    for (const part of data) {
      sha2562.update(part);
      evidence.update(part);
    }
    return isFitting(key, signature, evidence.finish(sha2562));
  });
}
function holds(check) {
  try {
    return check();
  } catch {
    return false;
  }
}
function checkRsa(key, numbers, hash2, digest) {
  const found = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, numbers);
  const tail = Buffer.concat([Buffer.from([0]), hash2.digestInfo, digest]);
  const padding = Buffer.alloc(found.length - 2 - tail.length, 255);
  const expected = Buffer.concat([Buffer.from([0, 1]), padding, tail]);
  return padding.length >= 8 && timingSafeEqual(found, expected);
}
function readNumbers(key, signature) {
  const { material } = key;
  if (material.kind === "other") throw new Malformed("a signature of an unknown kind");
  if (key.algorithm === 27 || key.algorithm === 28) return signature.numbers;
  const cursor = new Cursor(signature.numbers);
  const count2 = material.kind === "rsa" ? 1 : 2;
  const numbers = Array.from({ length: count2 }, () => pad(cursor.mpi(), material.length));
  if (cursor.left > 0) throw new Malformed("the signature is followed by something else");
  return Buffer.concat(numbers);
}
function pad(number, length) {
  if (number.length > length) throw new Malformed("a number is too long for its key");
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}

// src/openpgp/self-signatures.ts
var earliest = (...dates) => dates.reduce(
  (first, date) => first === void 0 || date !== void 0 && date < first ? date : first,
  void 0
);
var newest = (signatures2) => signatures2.reduce(
  (best, one2) => best === void 0 || one2.created >= best.created ? one2 : best,
  void 0
);
var over = (...keys) => keys.map((key) => forHash(key.body, key.version));
function overUser(primary, { tag, body }) {
  const head = Buffer.from([tag === TAG.userId ? 180 : 209, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 1);
  return [...over(primary), head, body];
}
function isBy(signature, key) {
  if (signature.issuerFingerprint !== void 0) return signature.issuerFingerprint === key.fingerprint;
  return signature.issuerKeyId === void 0 || signature.issuerKeyId === key.keyId;
}
var isGenuine = (signature, key, data) => isBy(signature, key) && checkSignature(key, signature, ...data);
function selfSignatures(primary, signatures2, type, subject, data) {
  const [from, to] = typeof type === "number" ? [type, type] : type;
  return signatures2.filter((signature) => signature.type >= from && signature.type <= to).filter((signature) => signature.unknownCritical === void 0 && isGenuine(signature, primary.key, data)).map((signature) => ({
    created: signature.created,
    strong: isStrong(signature.hash, primary.key),
    keyExpires: expiryOf({ created: subject.created, lifetime: signature.keyLifetime }),
    expires: expiryOf(signature),
    flags: signature.keyFlags,
    primaryUserId: signature.primaryUserId,
    backSignature: "missing"
  }));
}
var readDirect = (primary) => ({
  kind: "direct",
  signatures: selfSignatures(primary, primary.signatures, SIGNATURE_TYPE.directKey, primary.key, over(primary.key)),
  revoked: []
});
function readIdentity(primary, user) {
  const types = [SIGNATURE_TYPE.genericCertification, SIGNATURE_TYPE.positiveCertification];
  const data = overUser(primary.key, user);
  const revoked = user.signatures.filter(({ type }) => type === SIGNATURE_TYPE.certificationRevocation).filter((signature) => isGenuine(signature, primary.key, data)).map(({ created }) => created);
  const signatures2 = selfSignatures(primary, user.signatures, types, primary.key, data);
  if (user.tag !== TAG.userId) return { kind: "user-attribute", signatures: signatures2, revoked };
  return { kind: "user-id", userId: Buffer.from(user.body).toString("utf8"), signatures: signatures2, revoked };
}
function readBindings(primary, part) {
  const data = over(primary.key, part.key);
  return part.signatures.flatMap((signature) => {
    const binding = selfSignatures(primary, [signature], SIGNATURE_TYPE.subkeyBinding, part.key, data);
    return binding.map((facts) => ({ ...facts, ...judgeBack(part.key, signature, data, facts) }));
  });
}
function judgeBack(subkey, binding, data, facts) {
  const genuine = binding.embedded.flatMap(parseQuietly).filter(({ type, unknownCritical }) => type === SIGNATURE_TYPE.primaryKeyBinding && unknownCritical === void 0).filter((signature) => isGenuine(signature, subkey, data));
  const best = genuine.find(({ hash: hash2 }) => isStrong(hash2, subkey)) ?? genuine[0];
  if (best === void 0) return { backSignature: "missing", expires: facts.expires };
  const backSignature = isStrong(best.hash, subkey) ? "good" : "weak";
  return { backSignature, expires: earliest(facts.expires, expiryOf(best)) };
}
function parseQuietly(body) {
  try {
    return [parseSignaturePacket(body)];
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
function readRevokers(primary) {
  const named2 = primary.signatures.filter(({ revokers }) => revokers.length > 0).filter((signature) => isGenuine(signature, primary.key, over(primary.key))).flatMap(({ revokers }) => revokers);
  return new Set(named2.flatMap((revoker) => [revoker, revoker.slice(-16)]));
}
var REASONS = {
  1: "revoked as superseded",
  2: "revoked as compromised",
  3: "revoked as retired"
};
function readRevocations({ primary, users, subkeys }, part, revokers) {
  const type = part === primary ? SIGNATURE_TYPE.keyRevocation : SIGNATURE_TYPE.subkeyRevocation;
  const data = part === primary ? over(primary.key) : over(primary.key, part.key);
  const own = new Set(part.signatures);
  const everything = [primary, ...users, ...subkeys];
  const read = everything.flatMap(({ signatures: signatures2 }) => signatures2).filter((signature) => signature.type === type).flatMap((signature) => {
    const { created, revocationReason: code, issuerFingerprint, issuerKeyId } = signature;
    const named2 = revokers.has(issuerFingerprint ?? "") || revokers.has(issuerKeyId ?? "");
    if (named2 && own.has(signature)) return [{ created, soft: false, reason: "revoked by a designated revoker" }];
    const unknown = signature.hash === void 0 && isBy(signature, primary.key) && own.has(signature);
    if (!unknown && !isGenuine(signature, primary.key, data)) return [];
    return [{ created, soft: code === 1 || code === 3, reason: REASONS[code ?? 0] ?? "revoked" }];
  });
  const unread = (part === primary ? everything : [part]).flatMap((one2) => one2.unread).filter((body) => body[body[0] === 3 ? 2 : 1] === type).map(() => ({ created: void 0, soft: false, reason: "revoked by a signature that cannot be read" }));
  return [...read, ...unread];
}

// src/openpgp/certificate.ts
function readCertificates(bytes) {
  const { keys, secret } = readKeyring(bytes);
  if (secret) {
    throw new Fault("unreadable", "this is a secret key where a public key is wanted", {
      hint: 'export the public key with "gpg --armor --export FINGERPRINT", and keep the secret one away from here'
    });
  }
  return mergeCertificates(keys.map(toCertificate));
}
function toCertificate(transferable) {
  const { primary, users, subkeys } = transferable;
  const identities = [readDirect(primary), ...users.map((user) => readIdentity(primary, user))];
  const revokers = readRevokers(primary);
  const readKey = (part, isPrimary) => ({
    fingerprint: part.key.fingerprint,
    algorithm: part.key.name,
    created: part.key.created,
    isPrimary,
    publicKey: part.key,
    bindings: isPrimary ? [] : readBindings(primary, part),
    revocations: readRevocations(transferable, part, revokers)
  });
  return {
    fingerprint: primary.key.fingerprint,
    version: primary.key.version,
    userIds: listUserIds(identities),
    identities,
    keys: [readKey(primary, true), ...subkeys.map((part) => readKey(part, false))]
  };
}
function mergeCertificates(certificates) {
  const groups = Map.groupBy(certificates, ({ fingerprint }) => fingerprint);
  return [...groups.values()].flatMap(
    ([first, ...more]) => first === void 0 ? [] : [more.length === 0 ? first : mergeAll(first, more)]
  );
}
function mergeAll(first, more) {
  const all = [first, ...more];
  const keys = Map.groupBy(
    all.flatMap((one2) => one2.keys),
    ({ fingerprint }) => fingerprint
  );
  const [primary, ...subkeys] = [...keys.values()].map(mergeKeys);
  const identities = Map.groupBy(
    all.flatMap((one2) => one2.identities),
    // attributes, such as pictures, are not told apart
    (identity) => identity.kind === "user-attribute" ? identity : `${identity.kind} ${identity.userId}`
  );
  const merged = [...identities.values()].map(mergeIdentities);
  return { ...first, keys: [primary, ...subkeys], identities: merged, userIds: listUserIds(merged) };
}
var mergeKeys = (same2) => ({
  ...same2[0],
  bindings: same2.flatMap(({ bindings }) => bindings),
  revocations: same2.flatMap(({ revocations }) => revocations)
});
var mergeIdentities = (same2) => ({
  ...same2[0],
  signatures: same2.flatMap(({ signatures: signatures2 }) => signatures2),
  revoked: same2.flatMap(({ revoked }) => revoked)
});
function isStanding({ signatures: signatures2, revoked }) {
  const word2 = newest(signatures2);
  return word2 !== void 0 && !revoked.some((date) => date >= word2.created);
}
function listUserIds(identities) {
  const rank2 = ({ signatures: signatures2 }) => [newest(signatures2)?.primaryUserId ? 1 : 0, newest(signatures2)?.created.getTime() ?? 0];
  return identities.filter((identity) => identity.kind === "user-id" && isStanding(identity)).toSorted((a, b) => rank2(b)[0] - rank2(a)[0] || rank2(b)[1] - rank2(a)[1]).flatMap(({ userId }) => userId === void 0 ? [] : [userId]);
}

// src/openpgp/key-state.ts
var CLOCK_SKEW = 5 * 60 * 1e3;
var DAY = 24 * 60 * 60 * 1e3;
var SIGNS = 2;
var HINTS = {
  expired: 'extend the key ("gpg --quick-set-expire", for the subkey too) and export it again, or use its successor',
  revoked: "make a new signing subkey and publish the new certificate",
  superseded: "use the key that replaced it",
  "not-yet-valid": "check the clock of this machine and of the one that made the key",
  "not-a-signing-key": 'make a signing subkey: "gpg --quick-add-key FINGERPRINT rsa4096 sign"',
  "weak-algorithm": "use RSA of 3072 bits or more, or Ed25519, and self-signatures with SHA-256 or stronger",
  unreadable: "export the key again from where it is complete"
};
var day = (date) => date.toISOString().slice(0, 10);
var judged = (state, reason, expires) => {
  const hint = HINTS[state];
  return { state, reason, ...expires === void 0 ? {} : { expires }, ...hint === void 0 ? {} : { hint } };
};
function keyState(certificate2, key, times) {
  const [primary] = certificate2.keys;
  const known = { ...times, ...key.isPrimary ? {} : { binding: word(key.bindings, times.now) } };
  const claim = primaryClaim(certificate2, times.now);
  return judgePurpose(key, known.binding) ?? judgeStrength(primary, key) ?? judgeRevocations([...primary.revocations, ...key.revocations], times.at) ?? ("state" in claim ? claim : judgeClaim(primary, key, claim, known));
}
function judgePurpose({ publicKey }, binding) {
  if (publicKey.material.kind === "other" && !publicKey.material.signs)
    return judged("not-a-signing-key", "cannot sign");
  const flags = binding?.flags;
  if (flags !== void 0 && (flags & SIGNS) === 0) return judged("not-a-signing-key", "is not meant for signing");
  return void 0;
}
function judgeStrength(primary, key) {
  const weak = weaknessOf(key.publicKey);
  if (weak !== void 0) return judged("weak-algorithm", `is too weak: ${weak}`);
  const primaryWeak = weaknessOf(primary.publicKey);
  if (primaryWeak === void 0) return void 0;
  return judged("weak-algorithm", `has a primary key that is too weak: ${primaryWeak}`);
}
function judgeRevocations(revocations, at) {
  const tell = ({ reason, created }) => `was ${reason}${created === void 0 ? "" : ` on ${day(created)}`}`;
  const hard = revocations.find(({ soft: soft2 }) => !soft2);
  if (hard !== void 0) return judged("revoked", tell(hard));
  const soft = revocations.find(({ created }) => created === void 0 || created <= at);
  return soft && judged("superseded", tell(soft));
}
function judgeClaim(primary, key, claim, { at, now, warnDays = 30, binding }) {
  const broken = key.isPrimary ? judgeFlags(claim.flags) : judgeBinding(key, binding);
  if (broken !== void 0) return broken;
  const born = key.created > primary.created ? key.created : primary.created;
  if (at < born) return judged("not-yet-valid", `was made later, at ${born.toISOString()}`);
  const expires = earliest(claim.expires, binding?.keyExpires, binding?.expires);
  if (expires === void 0) return judged("good", "is good");
  if (at >= expires) return judged("expired", `expired on ${day(expires)}`, expires);
  if (now >= expires)
    return judged("expired-after-signing", `expired on ${day(expires)}, after the signature`, expires);
  const soon = expires.getTime() - now.getTime() <= warnDays * DAY;
  return soon ? judged("expires-soon", `expires on ${day(expires)}`, expires) : judged("good", "is good", expires);
}
function judgeBinding(key, binding) {
  if (binding === void 0) {
    return key.bindings.length > 0 ? judged("not-yet-valid", "is bound to its primary key only in the future") : judged("not-a-signing-key", "is not bound to its primary key by a valid signature");
  }
  if (!binding.strong) return judged("weak-algorithm", "is bound to its primary key by a weak digest, such as SHA-1");
  const broken = judgeFlags(binding.flags);
  if (broken !== void 0) return broken;
  if (binding.backSignature === "good") return void 0;
  return binding.backSignature === "weak" ? judged("weak-algorithm", "has a back-signature with a weak digest, such as SHA-1") : judged("not-a-signing-key", "has no valid back-signature");
}
var judgeFlags = (flags) => ((flags ?? 0) & SIGNS) === 0 ? judged("not-a-signing-key", "is not meant for signing") : void 0;
var word = (signatures2, now) => newest(signatures2.filter(({ created }) => created.getTime() <= now.getTime() + CLOCK_SKEW));
function primaryClaim({ version, identities }, now) {
  const signed = identities.filter(
    ({ kind, signatures: signatures2 }) => signatures2.length > 0 && (version === 4 || kind === "direct")
  );
  if (signed.length === 0) return judged("unreadable", "has no valid self-signature");
  const standing = signed.filter(isStanding);
  if (standing.length === 0) return judged("revoked", "has no user ID that is not revoked");
  const wordOf = ({ signatures: signatures2 }) => word(signatures2, now);
  const words = standing.flatMap((identity) => wordOf(identity) ?? []);
  if (words.length === 0) return judged("not-yet-valid", "has a primary key that is valid only in the future");
  const strong = words.filter((one2) => one2.strong);
  const best = newest(strong);
  if (best === void 0) return judged("weak-algorithm", "has self-signatures with a weak digest only, such as SHA-1");
  const stated = statedExpiry(strong) ?? statedExpiry(words);
  const flags = newest(strong.filter((one2) => one2.flags !== void 0))?.flags;
  return { expires: earliest(stated, best.expires), flags };
}
function statedExpiry(words) {
  const stating = words.filter(({ keyExpires }) => keyExpires !== void 0);
  const last = newest(stating)?.created.getTime();
  return earliest(...stating.filter(({ created }) => created.getTime() === last).map(({ keyExpires }) => keyExpires));
}

// src/openpgp/signature-file.ts
var SIGNATURE_CAP = 64 * 1024;
function parseDetachedSignature(bytes) {
  if (bytes.length === 0) throw refuse("the signature file is empty");
  if (bytes.length > SIGNATURE_CAP) throw refuse("the signature file is larger than 64 KiB");
  try {
    return readSignature(isBinary(bytes) ? bytes : unarmor(bytes));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw refuse(`the signature cannot be read: ${error.message}`);
  }
}
var refuse = (message, hint) => new Fault("bad-signature", message, { hint });
var NONE2 = "the signature file holds no OpenPGP signature";
var INLINE_HINT = 'make a detached signature: "gpg --armor --detach-sign FILE"';
function unarmor(bytes) {
  const { blocks, surrounded } = readArmor(bytes);
  const [block] = blocks;
  if (block === void 0 || block.data.length === 0 && block.label === "SIGNATURE") throw refuse(NONE2);
  if (block.label === "SIGNED MESSAGE")
    throw refuse("it is a clear-signed message, not a detached signature", INLINE_HINT);
  if (block.label === "MESSAGE") throw refuse("it is a message, not a detached signature", INLINE_HINT);
  if (block.label !== "SIGNATURE") throw refuse(`it is a PGP ${block.label}, not a signature`);
  if (blocks.length > 1) throw refuse("the signature file holds more than one signature");
  if (surrounded) throw refuse("there is something else around the signature");
  return block.data;
}
function readSignature(bytes) {
  const tag = peekTag(bytes);
  if (MESSAGE_TAGS.has(tag))
    throw refuse("it is a message that holds its own data, not a detached signature", INLINE_HINT);
  if (tag !== TAG.signature) throw refuse("it is not a signature");
  const [only, ...more] = readPackets(bytes);
  if (only === void 0) throw refuse(NONE2);
  if (more.length === 0) return describe(parseSignaturePacket(only.body));
  const several = more.every((packet) => packet.tag === TAG.signature);
  throw refuse(
    several ? "the signature file holds more than one signature" : "there is something behind the signature"
  );
}
var MESSAGE_TAGS = /* @__PURE__ */ new Set([
  TAG.onePassSignature,
  TAG.compressedData,
  TAG.literalData,
  1,
  3,
  9,
  18
]);
function describe(packet) {
  const { version, type, created, issuerFingerprint, issuerKeyId, hash: hash2 } = packet;
  if (type === SIGNATURE_TYPE.text) {
    throw refuse("it is a signature over text, which does not fix every octet", 'sign without "--textmode"');
  }
  if (type !== SIGNATURE_TYPE.binary) throw refuse("it is a signature over something else than a file");
  return {
    version,
    created,
    ...issuerFingerprint === void 0 ? {} : { issuer: issuerFingerprint },
    ...issuerKeyId === void 0 ? {} : { issuerKeyId },
    ...hash2 === void 0 ? {} : { hash: hash2.name },
    packet
  };
}

// src/openpgp/detached.ts
function beginVerification(signature, certificates, options) {
  const { packet } = signature;
  const gather = ({ key }) => packet.hash === void 0 || judgeForm(packet, key) !== void 0 ? void 0 : beginEvidence(signedPart(packet, packet.hash), key);
  const running = findSuspects(signature, certificates).map((suspect) => ({ suspect, evidence: gather(suspect) }));
  return {
    update(chunk) {
      for (const { evidence } of running) evidence?.update(chunk);
    },
    finish(sha2562) {
      const judged2 = running.map(({ suspect, evidence }) => {
        const fits2 = evidence !== void 0 && isFitting(suspect.key, packet, evidence.finish(sha2562));
        return judge(signature, suspect, options, fits2);
      });
      return decide(signature, judged2.flat());
    }
  };
}
async function judgeSignature(signature, certificates, options, evidence) {
  const [suspect] = findSuspects(signature, certificates);
  if (suspect === void 0) return decide(signature, []);
  const fits2 = await isFittingInThread(suspect.key, signature.packet, evidence);
  return decide(signature, judge(signature, suspect, options, fits2));
}
var decide = (signature, verdicts) => verdicts.find(({ kind }) => kind === "good") ?? verdicts[0] ?? wrongKey(signature);
function findSuspects({ issuer, issuerKeyId }, certificates) {
  const isNamed = ({ fingerprint, publicKey: { keyId } }) => issuer === void 0 ? keyId === issuerKeyId : fingerprint === issuer;
  const claims = mergeCertificates(certificates).flatMap(
    (certificate2) => certificate2.keys.filter(isNamed).map((key) => ({ certificate: certificate2, key }))
  );
  return [...Map.groupBy(claims, ({ key }) => key.fingerprint).values()].flatMap(
    (group2) => group2[0] === void 0 ? [] : [{ key: group2[0].key.publicKey, claims: group2 }]
  );
}
function wrongKey({ issuer, issuerKeyId, created }) {
  const who = issuer ?? issuerKeyId;
  const message = who === void 0 ? "the signature names no key" : `it is signed by the key ${who}, which is not trusted here`;
  return {
    kind: "wrong-key",
    message,
    hint: "compare the fingerprint with the one that the project publishes",
    created
  };
}
function judge(signature, { key, claims }, options, fits2) {
  const { packet } = signature;
  const refuse3 = judgeForm(packet, key) ?? (fits2 ? judgeTime(packet, options) : ALTERED);
  return claims.map((claim) => {
    const facts = { key: claim.key.fingerprint, primary: claim.certificate.fingerprint, created: packet.created };
    return refuse3 === void 0 ? judgeKey(packet, claim, options, facts) : { ...refuse3, ...facts };
  });
}
var bad = (kind, message, hint) => ({
  kind,
  message,
  ...hint === void 0 ? {} : { hint }
});
function judgeForm({ hash: hash2, unknownCritical }, key) {
  const weak = weaknessOf(key);
  if (weak !== void 0) return bad("weak-algorithm", `the key ${key.fingerprint} is too weak: ${weak}`);
  if (key.material.kind === "other") return bad("not-a-signing-key", `the key ${key.fingerprint} cannot sign`);
  if (!isStrong(hash2, key)) {
    return bad("weak-algorithm", `the signature's digest (${hash2?.name ?? "unknown"}) is too weak for ${key.name}`);
  }
  if (unknownCritical === void 0) return void 0;
  return bad("bad-signature", `the signature demands to understand ${unknownCritical}`);
}
var ALTERED = bad(
  "altered",
  "the file or its signature was altered",
  "fetch both again from where they were published"
);
function judgeTime(packet, { now }) {
  const { created } = packet;
  if (created.getTime() > now.getTime() + CLOCK_SKEW) {
    return bad(
      "not-yet-valid",
      `the signature is dated ahead, at ${created.toISOString()}`,
      "check the clock of this machine and of the one that signed"
    );
  }
  const ends = expiryOf(packet);
  return ends !== void 0 && ends <= now ? bad("expired", `the signature expired at ${ends.toISOString()}`) : void 0;
}
function judgeKey(packet, claim, options, facts) {
  const { certificate: certificate2, key } = claim;
  const { state, reason, hint, expires } = keyState(certificate2, key, { at: packet.created, ...options });
  if (state !== "good" && state !== "expires-soon" && state !== "expired-after-signing") {
    const message = `the key ${key.fingerprint} ${reason}`;
    return {
      ...bad(state, state === "expired" ? `${message}, before the signature was made` : message, hint),
      ...facts
    };
  }
  const [userId] = certificate2.userIds;
  return {
    kind: "good",
    state,
    ...facts,
    ...expires === void 0 ? {} : { expires },
    ...userId === void 0 ? {} : { userId }
  };
}

// src/openpgp/candidates.ts
var isHere = (secret) => secret?.state === "clear" || secret?.state === "protected";
function refusePrimarySecret({ parts }, { allowPrimarySecret }) {
  const primary = parts.find(({ key, secret }) => key.isPrimary && isHere(secret));
  if (primary === void 0 || allowPrimarySecret) return;
  throw new Fault(
    "primary-secret-present",
    `the key file holds the secret of the primary key ${primary.key.fingerprint}`,
    {
      hint: 'keep that one offline: export the subkeys only, with "gpg --armor --export-secret-subkeys FINGERPRINT"'
    }
  );
}
function candidatesOf({ certificate: certificate2, parts }, options) {
  const { select, now, warnDays, allowPrimarySecret } = options;
  const all = parts.map((part) => ({
    ...part,
    judgement: keyState(certificate2, part.key, { at: now, now, warnDays })
  }));
  const selected = all.filter(({ key }) => key.fingerprint === select);
  const subkeys = all.filter(({ key }) => !key.isPrimary);
  const primaries = all.filter(({ key, secret }) => key.isPrimary && isHere(secret) && allowPrimarySecret);
  if (selected.some(({ key }) => !key.isPrimary)) return selected;
  const signs = ({ judgement }) => judgement.state !== "not-a-signing-key";
  if (selected.length > 0 && primaries.some(signs)) return primaries;
  if (subkeys.some(signs)) return subkeys;
  return primaries.some(signs) || subkeys.length === 0 ? all.filter(({ key }) => key.isPrimary) : subkeys;
}
var RANKS = [
  "good",
  "expires-soon",
  "expired",
  "not-yet-valid",
  "superseded",
  "revoked",
  "weak-algorithm",
  "unreadable",
  "not-a-signing-key"
];
var rank = ({ judgement: { state } }) => Math.max(1, RANKS.indexOf(state));
var isModern = ({ key: { publicKey } }) => publicKey.version === 6 || publicKey.algorithm === 27 || publicKey.algorithm === 28;
function choose(candidates, { allowRfc9580 }) {
  const burden = (one2) => (isHere(one2.secret) ? 0 : 2) + (isModern(one2) && !allowRfc9580 ? 1 : 0);
  const [best] = candidates.toSorted(
    (a, b) => rank(a) - rank(b) || burden(a) - burden(b) || b.key.created.getTime() - a.key.created.getTime()
  );
  if (best === void 0) throw new Fault("not-a-signing-key", "the key file holds no signing key");
  const { key, secret, judgement } = best;
  if (judgement.state !== "good" && judgement.state !== "expires-soon") {
    const what = key.isPrimary ? "primary key" : "subkey";
    throw new Fault(judgement.state, `the ${what} ${key.fingerprint} ${judgement.reason}`, { hint: judgement.hint });
  }
  if (!isHere(secret)) {
    const where = secret?.state === "elsewhere" ? "is on a card, or protected in an unknown way" : "is not in the key file";
    throw new Fault("unreadable", `the secret of the signing key ${key.fingerprint} ${where}`, {
      hint: 'export it with "gpg --armor --export-secret-subkeys FINGERPRINT" where gpg --list-secret-keys shows it without ">" and "#"'
    });
  }
  if (isModern(best) && !allowRfc9580) {
    throw new Fault(
      "usage",
      `the key ${key.fingerprint} makes RFC 9580 signatures, which gpg and older tools cannot check`,
      {
        hint: "use an RSA key or Ed25519 as algorithm 22, or allow RFC 9580 with --allow-rfc9580"
      }
    );
  }
  return best;
}

// src/openpgp/private-key.ts
import { createPrivateKey, createSign, sign } from "node:crypto";

// src/openpgp/remainder.ts
var LIMB_BYTES = 3;
var LIMB_BITS = LIMB_BYTES * 8;
var LIMB_MASK = 2 ** LIMB_BITS - 1;
function remainder(dividend, divisor) {
  const size = Math.ceil(divisor.length / LIMB_BYTES) + 1;
  const modulus = new Int32Array(size);
  for (let at = 0; at < divisor.length; at += 1) {
    const place = divisor.length - 1 - at;
    modulus[Math.floor(place / LIMB_BYTES)] = get(modulus, Math.floor(place / LIMB_BYTES)) | (divisor[at] ?? 0) << 8 * (place % LIMB_BYTES);
  }
  const value = new Int32Array(size);
  const less = new Int32Array(size);
  for (const octet of dividend) {
    for (let bit = 7; bit >= 0; bit -= 1) step(value, less, modulus, octet >> bit & 1);
  }
  const result = Uint8Array.from(divisor, (_, at) => {
    const place = divisor.length - 1 - at;
    return get(value, Math.floor(place / LIMB_BYTES)) >> 8 * (place % LIMB_BYTES);
  });
  for (const secret of [modulus, value, less]) secret.fill(0);
  return result;
}
var get = (limbs, at) => limbs[at] ?? 0;
function step(value, less, modulus, bit) {
  let carry = bit;
  let borrow = 0;
  for (let at = 0; at < value.length; at += 1) {
    const doubled = get(value, at) << 1 | carry;
    carry = doubled >> LIMB_BITS;
    value[at] = doubled & LIMB_MASK;
    const difference = (doubled & LIMB_MASK) - get(modulus, at) + borrow;
    borrow = difference >> 31;
    less[at] = difference & LIMB_MASK;
  }
  for (let at = 0; at < value.length; at += 1) value[at] = get(value, at) & borrow | get(less, at) & ~borrow;
}

// src/openpgp/private-key.ts
function memorySigner(key, numbers, rsa) {
  const { material } = key;
  if (material.kind === "other") throw new Malformed(`${key.name} cannot sign`);
  if (material.kind === "rsa") return rsaSigner(importRsa(material.jwk, numbers), rsa);
  if (material.kind === "ecdsa") return ecdsaSigner(importEc(material.jwk.crv, numbers), material);
  return eddsaSigner(importEddsa(material.jwk.crv, numbers), key.algorithm);
}
function rsaSigner(key, rsa) {
  return {
    takes: "digest",
    hashes: ["sha256", "sha384", "sha512"],
    async sign(hash2, digest) {
      return { s: await rsa(key, Buffer.concat([signingHash(hash2).digestInfo, digest])) };
    }
  };
}
function eddsaSigner(key, algorithm) {
  return {
    takes: "digest",
    hashes: algorithm === 28 ? ["sha512"] : ["sha256", "sha384", "sha512"],
    async sign(_hash, digest) {
      const value = await signInThread(digest, key);
      return algorithm === 22 ? halves(value) : { RS: value };
    }
  };
}
var signInThread = (digest, key) => new Promise((resolve, reject) => {
  sign(null, digest, key, (error, value) => error === null ? resolve(value) : reject(error));
});
function ecdsaSigner(key, { bits }) {
  const [first, ...more] = ["sha256", "sha384", "sha512"].filter((hash2) => signingHash(hash2).bits >= bits);
  return {
    takes: "data",
    hashes: [first ?? "sha512", ...more],
    begin(hash2) {
      const stream = createSign(hash2);
      return {
        update: (chunk) => void stream.update(chunk),
        sign: async () => halves(stream.sign({ key, dsaEncoding: "ieee-p1363" }))
      };
    }
  };
}
var halves = (value) => ({
  r: value.subarray(0, value.length / 2),
  s: value.subarray(value.length / 2)
});
function importRsa(jwk, { d, p, q, u }) {
  if (!d || !p || !q || !u) throw new Malformed("a number is missing");
  const exponents = [remainder(d, minusOne(q)), remainder(d, minusOne(p))];
  const [n, e] = [Buffer.from(jwk.n ?? "", "base64url"), Buffer.from(jwk.e ?? "", "base64url")];
  const numbers = [new Uint8Array([0]), n, e, d, q, p, ...exponents, u].map(integer);
  return imported2("pkcs1", der(48, ...numbers), ...numbers, ...exponents);
}
function minusOne(prime) {
  const copy = Uint8Array.from(prime);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) & 254;
  return copy;
}
function importEc(name, { d }) {
  const curve = CURVES.find((known) => known.name === name);
  if (!d || curve === void 0) throw new Malformed("a number is missing");
  const secret = Buffer.concat([Buffer.alloc(Math.max(0, curve.length - d.length)), d.subarray(-curve.length)]);
  const oid = der(160, der(6, Buffer.from(curve.oid, "hex")));
  const octets = der(4, secret);
  return imported2("sec1", der(48, integer(new Uint8Array([1])), octets, oid), secret, octets);
}
var EDDSA_OID = { Ed25519: "2b6570", Ed448: "2b6571" };
function importEddsa(name, { seed }) {
  if (!seed) throw new Malformed("a number is missing");
  const oid = der(48, der(6, Buffer.from(EDDSA_OID[name === "Ed448" ? "Ed448" : "Ed25519"], "hex")));
  const inner = der(4, seed);
  const octets = der(4, inner);
  return imported2("pkcs8", der(48, integer(new Uint8Array([0])), oid, octets), inner, octets);
}
function imported2(type, key, ...wipe) {
  try {
    return createPrivateKey({ key, format: "der", type });
  } finally {
    for (const secret of [key, ...wipe]) secret.fill(0);
  }
}
function der(tag, ...content) {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = length < 128 ? [length] : length < 256 ? [129, length] : [130, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), ...content]);
}
function integer(bytes) {
  const first = bytes.findIndex((octet) => octet !== 0);
  const stripped = first < 0 ? new Uint8Array([0]) : bytes.subarray(first);
  return der(2, new Uint8Array((stripped[0] ?? 0) >= 128 ? 1 : 0), stripped);
}

// src/openpgp/secret-packet.ts
async function readSecretPacket(packet) {
  const { key, length } = readPublicKey(packet.body);
  const behind = packet.body.subarray(length);
  if (isDummy(behind)) return { state: "absent", withSecret: async () => refuse2() };
  if (behind[0] === 0 && NUMBERS.has(key.algorithm)) return readClear(key, behind.subarray(1));
  const { readProtectedPacket } = await import("./openpgp-library.mjs");
  return readProtectedPacket(packet);
}
function refuse2() {
  throw damagedSecret();
}
var DUMMY = [101, 71, 78, 85, 1];
function isDummy([usage = 0, , type, , ...mode]) {
  if (usage !== 254 && usage !== 255) return false;
  const found = [type, ...mode];
  return found.length === DUMMY.length && DUMMY.every((octet, at) => found[at] === octet);
}
function readClear(key, secret) {
  const octets = key.version === 4 ? secret.subarray(0, -2) : secret;
  if (key.version === 4) checkSum(octets, secret.subarray(-2));
  return {
    state: "clear",
    async withSecret(_passphrase, use) {
      const copy = Uint8Array.from(octets);
      let numbers = {};
      try {
        numbers = readNumbers2(key, copy);
        return use(numbers);
      } catch {
        return refuse2();
      } finally {
        for (const number of [copy, ...Object.values(numbers)]) number.fill(0);
      }
    }
  };
}
function checkSum(octets, sum) {
  const expected = octets.reduce((total, octet) => total + octet & 65535, 0);
  if (sum.length !== 2 || expected !== new Cursor(sum).number(2)) throw damagedSecret();
}
var RSA = (cursor) => ({ d: cursor.mpi(), p: cursor.mpi(), q: cursor.mpi(), u: cursor.mpi() });
var ECDSA = (cursor) => ({ d: cursor.mpi() });
var NATIVE = (cursor, length) => ({ seed: cursor.take(length) });
var LEGACY = (cursor, length) => {
  const number = cursor.mpi();
  const seed = new Uint8Array(length);
  seed.set(number, length - number.length);
  return { seed };
};
var NEVER = () => {
  throw new Malformed("such a key does not sign");
};
var NUMBERS = /* @__PURE__ */ new Map([
  [1, RSA],
  [2, NEVER],
  [3, RSA],
  [16, NEVER],
  [18, NEVER],
  [19, ECDSA],
  [22, LEGACY],
  [25, NEVER],
  [26, NEVER],
  [27, NATIVE],
  [28, NATIVE]
]);
function readNumbers2({ algorithm, material }, octets) {
  const cursor = new Cursor(octets);
  const numbers = (NUMBERS.get(algorithm) ?? NEVER)(cursor, material.kind === "other" ? 0 : material.length);
  if (cursor.left > 0) throw new Malformed("the secret numbers are followed by something else");
  return numbers;
}

// src/openpgp/signature.ts
import { createHash as createHash4, randomBytes } from "node:crypto";

// src/openpgp/signature-draft.ts
function draftSignature(key, hash2, created, salt) {
  const subpackets = Buffer.concat([
    formatSubpacket(SUB.created | CRITICAL, uint32(Math.floor(created.getTime() / 1e3))),
    ...key.version === 4 ? [formatSubpacket(SUB.issuerKeyId, Buffer.from(key.keyId, "hex"))] : [],
    formatSubpacket(
      // of versions that came after it, who cannot read it cannot read the signature
      SUB.issuerFingerprint | (key.version === 4 ? 0 : CRITICAL),
      Buffer.concat([Uint8Array.of(key.version), Buffer.from(key.fingerprint, "hex")])
    )
  ]);
  const head = Uint8Array.of(key.version, SIGNATURE_TYPE.binary, key.algorithm, hash2.id);
  const count2 = (length) => uint32(length).subarray(key.version === 4 ? 2 : 0);
  const hashed = Buffer.concat([head, count2(subpackets.length), subpackets]);
  const salted = salt === void 0 ? [] : [Uint8Array.of(salt.length), salt];
  return {
    hashed,
    finish(digest, numbers) {
      const parts = [hashed, count2(0), digest.subarray(0, 2), ...salted, ...formatNumbers(numbers)];
      return formatArmor("SIGNATURE", formatPacket(TAG.signature, Buffer.concat(parts)), key.version);
    }
  };
}
var CRITICAL = 128;
var formatSubpacket = (type, body) => Buffer.concat([Uint8Array.of(body.length + 1, type), body]);
function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
function formatNumbers(numbers) {
  if ("RS" in numbers) return [numbers.RS];
  return "r" in numbers ? [formatMpi(numbers.r), formatMpi(numbers.s)] : [formatMpi(numbers.s)];
}

// src/openpgp/signature.ts
function beginSignature({ key, signer: signer2 }, options) {
  const { created, digestAlgo } = options;
  if (created < key.created) {
    throw new Fault("not-yet-valid", `the key ${key.fingerprint} was made later, at ${key.created.toISOString()}`, {
      hint: "check the clock of this machine and of the one that made the key"
    });
  }
  const running = begin(key.publicKey, signer2, created, chooseHash(key.publicKey, signer2, digestAlgo));
  return {
    update: running.update,
    async finish(sha2562, certificates) {
      const { armored, evidence } = await running.finish(sha2562);
      const verdict = await judgeSignature(parseDetachedSignature(armored), certificates, { now: created }, evidence);
      return { armored, verdict };
    }
  };
}
function chooseHash(key, { hashes }, wanted) {
  if (wanted === void 0 || hashes.includes(wanted)) return wanted ?? hashes[0];
  throw new Fault("usage", `${key.name} cannot sign with ${wanted}`, { hint: `use ${hashes.join(" or ")}` });
}
function begin(key, signer2, created, name) {
  const hash2 = signingHash(name);
  const salt = key.version === 6 ? randomBytes(hash2.salt) : void 0;
  const draft = draftSignature(key, hash2, created, salt);
  const part = { version: key.version, hash: hash2, hashed: draft.hashed, salt };
  const gathering = beginEvidence(part, key);
  const stream = signer2.takes === "data" ? signer2.begin(name) : void 0;
  if (salt !== void 0) stream?.update(salt);
  return {
    update(chunk) {
      gathering.update(chunk);
      stream?.update(chunk);
    },
    async finish(sha2562) {
      const evidence = gathering.finish(sha2562);
      stream?.update(afterData(part));
      const numbers = await makeNumbers(signer2, stream, name, evidence.digest);
      return { armored: draft.finish(evidence.digest, numbers), evidence };
    }
  };
}
function makeNumbers(signer2, stream, hash2, digest) {
  if (signer2.takes === "digest") return signer2.sign(hash2, digest);
  if (stream === void 0) throw new TypeError("a signer that takes data was not begun");
  return stream.sign();
}
async function selfTest(key, signer2) {
  const { armored, evidence } = await begin(key, signer2, key.created, signer2.hashes[0]).finish(createHash4("sha256"));
  return isFitting(key, parseDetachedSignature(armored).packet, evidence);
}

// src/openpgp/secret-key.ts
async function inspectKeys(bytes) {
  const opened = await Promise.all(readKeyring(bytes).keys.map(openParts));
  return opened.map(({ certificate: certificate2, parts }) => ({
    certificate: certificate2,
    secrets: new Map(parts.map(({ key, secret }) => [key.fingerprint, secret?.state ?? "none"]))
  }));
}
async function openSigningKey(bytes, options) {
  const { keys, secret } = readKeyring(bytes);
  if (!secret) {
    throw new Fault("unreadable", "this is a public key where a secret key is wanted", {
      hint: 'export it with "gpg --armor --export-secret-subkeys FINGERPRINT"'
    });
  }
  const opened = await openParts(selectTransferable(keys, options.select));
  refusePrimarySecret(opened, options);
  const chosen = choose(candidatesOf(opened, options), options);
  return unlock(opened.certificate, chosen, options);
}
async function openParts(transferable) {
  const certificate2 = toCertificate(transferable);
  const packets = /* @__PURE__ */ new Map();
  for (const { key, secret } of [transferable.primary, ...transferable.subkeys]) {
    if (secret !== void 0) packets.set(key.fingerprint, await readSecretPacket(secret));
  }
  return { certificate: certificate2, parts: certificate2.keys.map((key) => ({ key, secret: packets.get(key.fingerprint) })) };
}
function selectTransferable(keys, select) {
  const secret = keys.filter(({ primary, subkeys }) => [primary, ...subkeys].some((part) => part.secret !== void 0));
  const has = (part) => select === void 0 || part.key.fingerprint === select;
  const fitting = secret.filter(({ primary, subkeys }) => [primary, ...subkeys].some(has));
  const [first, second] = fitting;
  if (first === void 0) {
    throw new Fault("wrong-key", `the key file holds no key ${select}`, {
      hint: `it holds ${secret.map(({ primary }) => primary.key.fingerprint).join(", ")}`
    });
  }
  if (second !== void 0 && select === void 0) {
    throw new Fault("usage", `the key file holds ${fitting.length} secret keys`, {
      hint: `say which one signs: ${fitting.map(({ primary }) => primary.key.fingerprint).join(", ")}`
    });
  }
  return first;
}
async function unlock(certificate2, chosen, { passphrase, rsa }) {
  const { key, secret, judgement } = chosen;
  const text2 = typeof passphrase === "object" ? firstLine(passphrase) : passphrase;
  const signer2 = await secret?.withSecret(text2, (numbers) => memorySigner(key.publicKey, numbers, rsa));
  if (signer2 === void 0 || !await selfTest(key.publicKey, signer2).catch(() => false)) throw damagedSecret();
  const { state, expires } = judgement;
  return {
    primary: certificate2.fingerprint,
    fingerprint: key.fingerprint,
    algorithm: key.algorithm,
    version: key.publicKey.version,
    state: state === "expires-soon" ? state : "good",
    ...expires === void 0 ? {} : { expires },
    signer: signer2,
    key,
    certificate: certificate2
  };
}
var firstLine = (bytes) => Buffer.from(bytes).toString("utf8").split(/\r?\n/, 1)[0] ?? "";

// src/core/p256.ts
import { createPublicKey as createPublicKey2, generateKeyPairSync, sign as sign2, verify as verify2 } from "node:crypto";
var P256_SIGNATURE_CAP = 72;
var isP256 = (key) => key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
function readSpki(spki) {
  try {
    const key = publicOf(createPublicKey2({ key: Buffer.from(spki), format: "der", type: "spki" }));
    return equalBytes(key.export({ format: "der", type: "spki" }), spki) ? key : void 0;
  } catch {
    return void 0;
  }
}
function parseP256Key(text2) {
  const key = readSpki(decode(text2));
  if (key !== void 0 && isP256(key)) return p256Key(key);
  throw new Fault("usage", `not a public key on P-256: ${quote(text2.slice(0, 120))}`, {
    hint: "write the lines of its PEM file between BEGIN PUBLIC KEY and END PUBLIC KEY, as one"
  });
}
function decode(text2) {
  try {
    return parseBase64(text2);
  } catch {
    return new Uint8Array();
  }
}
var formatP256Key = ({ spki }) => formatBase64(spki);
function p256Key(key) {
  const spki = key.export({ format: "der", type: "spki" });
  return {
    spki,
    pem: key.export({ format: "pem", type: "spki" }).toString(),
    hint: Buffer.from(sha256(spki), "hex").toString("base64"),
    verify: (message, signature) => verify2("sha256", message, key, signature)
  };
}
var p256Signer = (key) => ({
  key: p256Key(publicOf(createPublicKey2(key))),
  sign: (message) => sign2("sha256", message, key)
});
var publicOf = (key) => createPublicKey2({ key: key.export({ format: "jwk" }), format: "jwk" });
var generateP256KeyPem = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

// src/workflow/trust.ts
import path from "node:path";

// src/core/certificate-chain.ts
import { X509Certificate } from "node:crypto";
var MAX_LENGTH = 10;
var CHAIN_CAP = 64 * 1024;
var BLOCK = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;
function chainOf(certificates) {
  if (certificates.length > MAX_LENGTH)
    throw new Fault("bad-format", `a chain of more than ${MAX_LENGTH} certificates`);
  const [first, ...issuers] = certificates.map(parseCertificate);
  if (first === void 0) throw new Fault("bad-format", "there is no certificate");
  return [first, ...issuers];
}
var formatChain = (chain) => chain.map(String).join("");
function parseChain(bytes) {
  const chain = chainOf(blocksIn(bytes));
  if (equalBytes(Buffer.from(formatChain(chain)), bytes)) return chain;
  throw new Fault(
    "bad-format",
    "certificates that are not written one behind the other, in PEM of 64 characters a line"
  );
}
var parseAuthorities = (bytes) => chainOf(blocksIn(bytes));
function blocksIn(bytes) {
  if (bytes.length > CHAIN_CAP) throw new Fault("bad-format", `the chain is larger than ${CHAIN_CAP} bytes`);
  const blocks = Buffer.from(bytes).toString("latin1").match(BLOCK) ?? [];
  return blocks.map((block) => Buffer.from(block.replace(/-----[^-]+-----/g, ""), "base64"));
}
function parseCertificate(der2) {
  const certificate2 = attempt("bad-format", "not a certificate", () => new X509Certificate(der2));
  if (equalBytes(certificate2.raw, der2)) return certificate2;
  throw new Fault("bad-format", "a certificate with something behind it");
}
function checkChain(chain, authorities) {
  for (const [index, issuer] of chain.slice(1).entries()) {
    const issued = chain[index];
    if (issued === void 0 || !isIssuedBy(issued, issuer))
      throw new Fault("bad-proof", `the certificate ${index + 1} of the chain is not issued by the next one`);
  }
  const last = chain.at(-1) ?? chain[0];
  if (authorities?.every((one2) => !equalBytes(one2.raw, last.raw) && !isIssuedBy(last, one2)))
    throw new Fault("bad-proof", "the chain does not lead to an authority that the policy names");
}
var isIssuedBy = (issued, issuer) => attempt(
  "bad-proof",
  "a certificate with a key that cannot be read",
  () => issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey)
);
function hostNames({ subjectAltName }) {
  const names = (subjectAltName ?? "").split(", ").map((name) => /^DNS:([A-Za-z0-9.*_-]+)$/.exec(name)?.[1]);
  return names.map((name) => {
    if (name !== void 0) return name.toLowerCase();
    throw new Fault("bad-proof", "the certificate is not for names of hosts alone");
  });
}
function attempt(kind, message, body) {
  try {
    return body();
  } catch (cause) {
    throw new Fault(kind, message, { cause });
  }
}

// src/core/pending.ts
var PENDING_DAYS = 7;
var MINUTE = 6e4;
var HOUR = 60 * MINUTE;
var DAY2 = 24 * HOUR;
var ageOf = ({ since }, now) => Math.max(0, now.getTime() - since.getTime());
var isOverdue = (submission, now, days) => ageOf(submission, now) > days * DAY2;
function describeAge(submission, now) {
  const age = ageOf(submission, now);
  const [unit, size] = age >= DAY2 ? ["day", DAY2] : age >= HOUR ? ["hour", HOUR] : ["minute", MINUTE];
  const count2 = Math.floor(age / size);
  return `${count2} ${unit}${count2 === 1 ? "" : "s"}`;
}

// src/core/address.ts
var httpAddress = (value, path2) => {
  const url = text(value, path2);
  const parsedUrl = URL.canParse(url) ? new URL(url) : void 0;
  if (parsedUrl === void 0 || !/^https?:\/\/[^?#]+$/.test(url))
    throw wrong(path2, "is not an http(s) address without query and fragment");
  if (parsedUrl.username !== "" || parsedUrl.password !== "") throw wrong(path2, "holds a name or a password");
  return url.replace(/\/+$/, "");
};
var hostAndPort = (value, path2) => {
  const [, inBrackets, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):([1-9][0-9]{0,4})$/i.exec(text(value, path2)) ?? [];
  const host2 = inBrackets ?? plain;
  const port = Number(digits);
  if (host2 === void 0 || port > 65535) throw wrong(path2, "is not host:port, as in recorder.example.org:443");
  return { host: host2, port };
};

// src/core/rget.ts
var LINE_CAP = 64 * 1024;
var SPACES = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;
function recordRoot(manifest) {
  return rootOf(linesOf(manifest).map((line, index) => leafHash(digestIn(line, index))));
}
function linesOf(manifest) {
  const lines = Buffer.from(manifest).toString().split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
function digestIn(line, index) {
  if (Buffer.byteLength(line) >= LINE_CAP)
    throw new Fault("bad-manifest", `line ${index + 1}: rget reads no line of ${LINE_CAP} bytes`);
  const [digits = ""] = /^[0-9a-f]*/i.exec(line.replace(SPACES, "")) ?? [];
  return digits.length % 2 === 0 ? Buffer.from(digits, "hex") : Buffer.alloc(0);
}
function recordPrefix(manifest) {
  const digits = Buffer.from(recordRoot(manifest)).toString("hex");
  return `${digits.slice(0, 32)}.${digits.slice(32)}`;
}
var GITHUB = [
  /^api\.github\.com\/repos\/([\w.-]+)\/([\w.-]+)\/(?:zipball|tarball)\/([\w.+-]+)$/,
  /^github\.com\/([\w.-]+)\/([\w.-]+)\/releases\/download\/([\w.+-]+)\/[\w.-]+$/,
  /^github\.com\/([\w.-]+)\/([\w.-]+)\/archive\/([\w.+-]+)\.(?:zip|tar\.gz)$/
];
var labelOf = (version) => version.replace(/[.+]/g, "-");
function projectDomain(url) {
  const path2 = url.replace(/^https:\/\//, "");
  for (const pattern of GITHUB) {
    const [, organization, repository, tag] = pattern.exec(path2) ?? [];
    if (tag !== void 0) return `${labelOf(tag)}.${repository}.${organization}.github.com`;
  }
  return void 0;
}
function recordNames(manifest, project, recorder2) {
  const prefix = recordPrefix(manifest);
  const names = {
    domain: `${prefix}.${project}.${recorder2}`.toLowerCase(),
    bare: `${prefix}.${recorder2}`.toLowerCase()
  };
  const problem = domainProblem(names.domain);
  if (problem === void 0) return names;
  throw new Fault("bad-name", `no certificate can name the record domain ${quote(names.domain)}: ${problem}`, {
    hint: 'an underscore, an empty part or a long one comes from the project, its version or the "project_domain" of the policy'
  });
}
function domainProblem(name) {
  if (name.length > 253) return `it has ${name.length} characters, where a name can have 253`;
  for (const label of name.split(".")) {
    if (label.length > 63) return `${quote(label)} has ${label.length} characters, where a label can have 63`;
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(label)) return `${quote(label)} is no label`;
  }
  return void 0;
}

// src/core/policy-recorder.ts
var FIELD = /\{(project|version)\}/g;
var PUBLIC = /(?:^|\.)merklecounty\.com$/;
var recorder = (value, path2) => {
  const { ca_file: caFile, project_domain: projectDomain2, url, ...log } = fields(value, path2);
  const authorities = caFile === void 0 ? void 0 : [];
  return { ...log, url: url ?? `https://${log.recorder}`, projectDomain: projectDomain2, caFile, authorities };
};
function fillProjectDomain(template2, project, version) {
  const values = { project: labelOf(project.slice(project.lastIndexOf("/") + 1)), version: labelOf(version) };
  return template2.replace(FIELD, (_, field) => values[field]);
}
var host = (value, path2) => {
  const name = text(value, path2).toLowerCase();
  const problem = domainProblem(name);
  if (problem !== void 0) throw wrong(path2, `is no name of a host: ${problem}`);
  if (PUBLIC.test(name))
    throw wrong(path2, "is the public recorder, which is gone", "a recorder is one that you run yourself");
  return name;
};
var template = (value, path2) => {
  const written = text(value, path2);
  const problem = domainProblem(written.replace(FIELD, "x"));
  if (problem === void 0) return written;
  throw wrong(path2, `is no name of a host: ${problem}`, "its only fields are {project} and {version}");
};
var fields = exactly({
  name: text,
  kind: oneOf(["recorder"]),
  recorder: host,
  url: optional(httpAddress),
  address: optional(hostAndPort),
  project_domain: optional(template),
  ca_file: optional(text)
});

// src/core/sigsum-policies.ts
var SIGSUM_POLICIES = {
  "sigsum-generic-2025-1": `# This is a Sigsum trust policy that has been vetted by the Sigsum project
# See https://git.glasklar.is/sigsum/project/documentation/-/blob/main/policy-maintenance.md

# https://git.glasklar.is/glasklar/services/sigsum-logs/-/blob/main/instances/seasalp.md (accessed 2025-12-04)
log 0ec7e16843119b120377a73913ac6acbc2d03d82432e2c36b841b09a95841f25 https://seasalp.glasklar.is

# https://ginkgo.tlog.mullvad.net/about (accessed 2025-12-04)
log f00c159663d09bbda6131ee1816863b6adcacfe80b0b288000b11aba8fe38314 https://ginkgo.tlog.mullvad.net

# https://git.glasklar.is/glasklar/services/witnessing/-/blob/main/witness.glasklar.is/about.md (accessed 2025-12-04)
witness witness.glasklar.is            b2106db9065ec97f25e09c18839216751a6e26d8ed8b41e485a563d3d1498536

# https://witness.mullvad.net/about (accessed 2025-12-04)
witness witness.mullvad.net            15d6d0141543247b74bab3c1076372d9c894f619c376d64b29aa312cc00f61ad

# https://github.com/tillitis/tillitis.se-tillitis-witness-1/blob/main/about.md (accessed 2025-12-04)
witness tillitis.se/tillitis-witness-1 076be8c9ee7ea60916f0df3608c945d7730082ecb37749dad2c9ed339fea770c

# Requiring 2 of 3 is intended to give reasonable balance between security and availability.
group quorum-rule 2 witness.glasklar.is witness.mullvad.net tillitis.se/tillitis-witness-1

quorum quorum-rule
`,
  "sigsum-test-2025-3": `# Policy using two sigsum test logs at test.sigsum.org/barreleye and serviceberry.tlog.stagemole.eu

log 4644af2abd40f4895a003bca350f9d5912ab301a49c77f13e5b6d905c20a5fe6 https://test.sigsum.org/barreleye
log 47e481606d8acba747a6b053d6c2d191605fb122175d410a1202a91430abce39 https://serviceberry.tlog.stagemole.eu

# Test witness operated by Niels Möller running on a Glasklar Teknik server
witness poc.sigsum.org/nisse                       1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c

# Test witness operated by Rasmus Dahlberg - https://www.rgdd.se/poc-witness/about
witness rgdd.se/poc-witness                        28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806

# Test witness operated by Elias Rudberg - https://witness1.smartit.nu/witness1/about.txt
witness witness1.smartit.nu/witness1               f4855a0f46e8a3e23bb40faf260ee57ab8a18249fa402f2ca2d28a60e1a3130e

# Staging witness operated by Filippo Valsorda - https://navigli.sunlight.geomys.org/
witness witness.navigli.sunlight.geomys.org        dcbf728e02d479f5a7e20dc09adf525833ed6e797526517aeb07fc6854849fc6

# Test witness operated by Florian Larysch - https://remora.n621.de/
witness remora.n621.de                             ebcdeb78e7fdb2ef9227b2c1ef11e94600b55b4d6d9a57877e31ee89e59adc36

# Test witness operated by Mullvad VPN AB - https://witness.stagemole.eu/about
witness witness.stagemole.eu                       4a921b7caef58ae670cdc11ef4184f1c058f7b9259a9107a969f69fa54aa496f

# Test witness operated by Tillitis AB - new key since October 2025
witness tillitis.se/test-witness-1                 636582aec12f32c18a21733db9e3f718058ee7aaec6dbe4eb81781e0f4300c6e

# Test witness operated by Google TrustFabric team - https://transparency.dev/witnesses/
witness transparency.dev/DEV:witness-little-garden 2b6eb0ec483503544cde4e8fc1ce6d1921db21dffccc186865f808f7625443cc

# Group of 3 witnesses that are all run by Glasklar employees
group glasklar-test-witnesses 2 poc.sigsum.org/nisse rgdd.se/poc-witness witness1.smartit.nu/witness1

# Requiring 4 of 6 is intended to give reasonable reliability.
group quorum-rule 4 glasklar-test-witnesses witness.navigli.sunlight.geomys.org remora.n621.de witness.stagemole.eu tillitis.se/test-witness-1 transparency.dev/DEV:witness-little-garden

quorum quorum-rule
`,
  "sigsum-test1-2025": `# Policy using the sigsum test log at test.sigsum.org/barreleye

log 4644af2abd40f4895a003bca350f9d5912ab301a49c77f13e5b6d905c20a5fe6 https://test.sigsum.org/barreleye

witness poc.sigsum.org/nisse         1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c
witness rgdd.se/poc-witness          28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806
witness witness1.smartit.nu/witness1 f4855a0f46e8a3e23bb40faf260ee57ab8a18249fa402f2ca2d28a60e1a3130e

# Requiring 2 of 3 is intended to give reasonable reliability.
group quorum-rule 2 poc.sigsum.org/nisse rgdd.se/poc-witness witness1.smartit.nu/witness1

quorum quorum-rule
`,
  "sigsum-test2-2025": `# Policy using the sigsum test log at test.sigsum.org/barreleye

log 4644af2abd40f4895a003bca350f9d5912ab301a49c77f13e5b6d905c20a5fe6 https://test.sigsum.org/barreleye

# Test witness operated by Niels Möller running on a Glasklar Teknik server
witness poc.sigsum.org/nisse            1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c

# Test witness operated by Rasmus Dahlberg
witness rgdd.se/poc-witness             28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806

# Test witness operated by Elias Rudberg
witness witness1.smartit.nu/witness1    f4855a0f46e8a3e23bb40faf260ee57ab8a18249fa402f2ca2d28a60e1a3130e

# Test witness operated by Filippo Valsorda
witness navigli.sunlight.geomys.org/dev b20196b937a30d19f0cb7dfa2d5388bc8ddde9cc3df4c24fcf63db27a573d3f2

# See about page: https://remora.n621.de/
witness remora.n621.de                  ebcdeb78e7fdb2ef9227b2c1ef11e94600b55b4d6d9a57877e31ee89e59adc36

# Test witness operated by Grégoire Détrez
witness witness.stagemole.eu            4a921b7caef58ae670cdc11ef4184f1c058f7b9259a9107a969f69fa54aa496f

# Test witness operated by Tillitis AB
witness tillitis.se/test-witness-1      5c35281928e9da396beede5f22a2251a589e6ac6de52a4de85de8634ffccaf6d

# Group of 3 witnesses that are all run by Glasklar employees
group glasklar-test-witnesses 2 poc.sigsum.org/nisse rgdd.se/poc-witness witness1.smartit.nu/witness1

# Requiring 4 of 5 is intended to give reasonable reliability.
group quorum-rule 4 glasklar-test-witnesses navigli.sunlight.geomys.org/dev remora.n621.de witness.stagemole.eu tillitis.se/test-witness-1

quorum quorum-rule
`
};

// src/core/sigsum-leaf.ts
import { sign as sign3, verify as verify3 } from "node:crypto";

// src/core/sigsum-ascii.ts
var SIGNATURE_SIZE = 64;
function asciiLines(text2, what) {
  const bad3 = (why) => new Fault("bad-format", `${what} ${why}`);
  const lines = text2.split("\n");
  if (lines.pop() !== "") throw bad3("does not end with a newline");
  let at = 0;
  const keyOf = (line) => line?.slice(0, Math.max(line.indexOf("="), 0));
  return {
    take: (key, count2) => {
      const line = lines[at];
      if (keyOf(line) !== key) throw bad3(`has no line ${quote(key)} where it belongs`);
      const values = (line ?? "").slice(key.length + 1).split(" ");
      if (values.length !== count2)
        throw bad3(`has ${values.length} values for ${quote(key)}, where there have to be ${count2}`);
      at += 1;
      return values;
    },
    isNext: (key) => keyOf(lines[at]) === key,
    end: () => {
      const more = lines[at];
      if (more !== void 0) throw bad3(`has a line that does not belong there: ${quote(more.slice(0, 80))}`);
    },
    bad: bad3
  };
}
function parseHex(text2, size) {
  if (text2.length === 2 * size && /^[0-9a-f]*$/.test(text2)) return Buffer.from(text2, "hex");
  throw new Fault("bad-format", `not ${size} bytes in lower-case hexadecimal digits: ${quote(text2.slice(0, 80))}`);
}
var formatHex = (bytes) => Buffer.from(bytes).toString("hex");
var parseHexHash = (text2) => parseHash(parseHex(text2, 32));
var parseHexSignature = (text2) => parseHex(text2, SIGNATURE_SIZE);
var takeHash = (lines, key) => parseHexHash(one(lines, key));
var takeNumber = (lines, key) => parseDecimal(one(lines, key));
var takeSignature = (lines, key) => parseHexSignature(one(lines, key));
var one = (lines, key) => lines.take(key, 1)[0] ?? "";

// src/core/sigsum-leaf.ts
var REQUEST_CAP = 1024;
var NAMESPACE = Buffer.from("sigsum.org/v1/tree-leaf\0");
var digestOf = (bytes) => parseHash(Buffer.from(sha256(bytes), "hex"));
var keyHashOf = (publicKey) => sha256(publicKey);
var signedBytes = (message) => Buffer.concat([NAMESPACE, digestOf(message)]);
function signLeaf(file, key) {
  const message = digestOf(file);
  return { message, signature: sign3(null, signedBytes(message), key), publicKey: publicKeyOf(key) };
}
function verifyLeaf({ message, signature, publicKey }) {
  if (!verify3(null, signedBytes(message), ed25519Key(publicKey), signature))
    throw new Fault("bad-signature", "the leaf is not signed by its key");
}
var hashOfLeaf = ({ message, signature, publicKey }) => leafHash(Buffer.concat([digestOf(message), signature, digestOf(publicKey)]));
function parseAddLeaf(bytes) {
  const lines = asciiLines(decodeUtf8(bytes, REQUEST_CAP, "the request"), "the request");
  const leaf = {
    message: takeHash(lines, "message"),
    signature: takeSignature(lines, "signature"),
    publicKey: parseHex(lines.take("public_key", 1)[0] ?? "", PUBLIC_KEY_SIZE)
  };
  lines.end();
  verifyLeaf(leaf);
  return leaf;
}
var formatAddLeaf = ({ message, signature, publicKey }) => Buffer.from(`message=${formatHex(message)}
signature=${formatHex(signature)}
public_key=${formatHex(publicKey)}
`);
var isLeafOf = ({ message }, file) => equalBytes(message, digestOf(file));
var TOKEN_NAMESPACE = Buffer.from("sigsum.org/v1/submit-token\0");
var formatToken = (domain, key, logKey) => `${domain} ${formatHex(sign3(null, Buffer.concat([TOKEN_NAMESPACE, logKey]), key))}`;

// src/core/sigsum-policy.ts
var SIGSUM_POLICY_CAP = 64 * 1024;
var MAX_LOGS = 32;
var MAX_NAMES = 128;
var NOBODY = { kind: "group", threshold: 0, members: [] };
var NONE3 = "none";
var bad2 = (why, hint) => new Fault("bad-format", why, { hint });
function parseSigsumPolicy(bytes) {
  const text2 = decodeUtf8(bytes, SIGSUM_POLICY_CAP, "the Sigsum policy");
  const draft = {
    logs: [],
    witnesses: [],
    names: /* @__PURE__ */ new Map([[NONE3, NOBODY]]),
    memberOf: /* @__PURE__ */ new Map(),
    quorum: void 0
  };
  for (const [index, line] of text2.split("\n").entries()) takeLine(draft, line.replace(/\r$/, ""), index + 1);
  const { logs, witnesses, quorum } = draft;
  if (quorum === void 0)
    throw bad2('the Sigsum policy has no line "quorum"', 'write "quorum none" where no witness is needed');
  if (logs.length === 0) throw bad2("the Sigsum policy names no log");
  return { logs, witnesses, quorum };
}
function takeLine(draft, line, number) {
  try {
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) throw bad2("holds a control character");
    const [keyword = "#", ...values] = line.split(/[ \t]+/).filter((field) => field !== "");
    if (!keyword.startsWith("#")) statement(draft, keyword, values);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw bad2(`line ${number} of the Sigsum policy ${error.message}`, error.hint);
  }
}
function statement(draft, keyword, values) {
  if (keyword === "log") addLog(draft, values);
  else if (keyword === "witness") addWitness(draft, values);
  else if (keyword === "group") addGroup(draft, values);
  else if (keyword === "quorum") setQuorum(draft, values);
  else throw bad2(`begins with ${quote(keyword.slice(0, 40))}`, "lines begin with log, witness, group or quorum");
}
function addLog({ logs }, values) {
  const [hex2, url] = counted(values, 1, 2, "log <public key> [<address>]");
  const publicKey = parsePublicKey(hex2);
  const keyHash = keyHashOf(publicKey);
  if (logs.some((log) => log.keyHash === keyHash)) throw bad2("names a log that was named before");
  if (logs.length === MAX_LOGS) throw bad2(`names more than ${MAX_LOGS} logs`);
  logs.push({ key: noteVerifier(sigsumOrigin(keyHash), publicKey), keyHash, url: url && parseAddress(url) });
}
var sigsumOrigin = (keyHash) => `sigsum.org/v1/tree/${keyHash}`;
function addWitness({ witnesses, names }, values) {
  const [name, hex2, url] = counted(values, 2, 3, "witness <name> <public key> [<address>]");
  const publicKey = parsePublicKey(hex2);
  const keyHash = keyHashOf(publicKey);
  if (witnesses.some((witness3) => witness3.keyHash === keyHash)) throw bad2("has the key of another witness");
  if (url !== void 0) parseAddress(url);
  const witness2 = { name, key: witnessKey(name, publicKey), keyHash };
  define(names, name, { kind: "witness", witness: witness2 });
  witnesses.push(witness2);
}
function addGroup({ names, memberOf }, values) {
  const form = "group <name> any|all|<number> <member>…";
  const [name, threshold, ...members] = counted(values, 3, Number.POSITIVE_INFINITY, form);
  const group2 = {
    kind: "group",
    threshold: parseThreshold(threshold, members.length),
    members: members.map((member) => {
      const found = names.get(member);
      if (found === void 0 || member === NONE3)
        throw bad2(`has a member that no earlier line names: ${quote(member)}`);
      const other2 = memberOf.get(member);
      if (other2 !== void 0) throw bad2(`has the member ${quote(member)}, which is one of the group ${quote(other2)}`);
      memberOf.set(member, name);
      return found;
    })
  };
  define(names, name, group2);
}
function setQuorum(draft, values) {
  const [name] = counted(values, 1, 1, "quorum <name>");
  const found = draft.names.get(name);
  if (found === void 0) throw bad2(`demands what no earlier line names: ${quote(name)}`);
  if (draft.quorum !== void 0) throw bad2("is the second one with a quorum");
  draft.quorum = found;
}
function define(names, name, what) {
  if (names.has(name)) throw bad2(`gives the name ${quote(name)} a second time`);
  if (names.size > MAX_NAMES) throw bad2(`is one witness or group more than ${MAX_NAMES}`);
  names.set(name, what);
}
function counted(values, least, most, form) {
  if (values.length < least || values.length > most)
    throw bad2(`has ${values.length} values`, `such a line is "${form}"`);
  return values;
}
function parsePublicKey(hex2) {
  if (/^[0-9a-f]{64}$/i.test(hex2)) return Buffer.from(hex2, "hex");
  throw bad2("has no public key of 64 hexadecimal digits", "sigsum-key to-hex shows a key like this");
}
function parseThreshold(text2, members) {
  if (text2 === "any") return 1;
  if (text2 === "all") return members;
  const threshold = /^[0-9]+$/.test(text2) ? parseDecimal(text2) : Number.NaN;
  if (threshold >= 1 && threshold <= members) return threshold;
  throw bad2(
    `demands ${quote(text2)} of ${members} members`,
    "write any, all, or a number from 1 up to that of the members"
  );
}
function parseAddress(text2) {
  const url = URL.canParse(text2) ? new URL(text2) : void 0;
  if (url === void 0 || !/^https?:\/\/[^?#]+$/i.test(text2)) throw bad2(`has no http(s) address: ${quote(text2)}`);
  if (url.username !== "" || url.password !== "") throw bad2("has an address with a name or a password");
  return text2.replace(/\/+$/, "");
}

// src/core/policy-sigsum.ts
var MAX_SIGNERS = 32;
var UNREAD = { logs: [], witnesses: [], quorum: NOBODY };
var sigsumLog = (value, path2) => {
  const { name, kind, policy, policy_file: policyFile, signers } = fields2(value, path2);
  if (policy === void 0 === (policyFile === void 0))
    throw wrong(path2, 'needs a "policy" by its name, or a "policy_file"', "one of them, and not both");
  return { name, kind, policy: policy ?? UNREAD, policyFile, signers };
};
var named = parsed((name) => {
  const policy = Object.hasOwn(SIGSUM_POLICIES, name) ? SIGSUM_POLICIES[name] : void 0;
  if (policy !== void 0) return parseSigsumPolicy(Buffer.from(policy));
  throw new Fault("bad-format", `no Sigsum policy of this name is known: ${quote(name)}`, {
    hint: `known are ${Object.keys(SIGSUM_POLICIES).join(", ")}; for another one, give its "policy_file"`
  });
});
var signer = parsed((hex2) => {
  if (/^[0-9a-f]{64}$/i.test(hex2)) return Buffer.from(hex2, "hex");
  throw new Fault("bad-format", "not a public key of 64 hexadecimal digits", {
    hint: '"key generate-log-key" tells it, and "sigsum-key to-hex"'
  });
});
var signersOf = (value, path2) => {
  const signers = list(signer)(value, path2);
  if (signers.length === 0) throw wrong(path2, "is empty: whose submissions should be believed?");
  if (signers.length > MAX_SIGNERS) throw wrong(path2, `holds more than ${MAX_SIGNERS} keys`);
  const keys = signers.map((one2) => Buffer.from(one2).toString("hex"));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0) throw wrong(`${path2}[${twice}]`, "is there twice");
  return signers;
};
var fields2 = exactly({
  name: text,
  kind: oneOf(["sigsum"]),
  policy: optional(named),
  policy_file: optional(text),
  signers: signersOf
});

// src/core/rekor-key.ts
import { verify as verify4 } from "node:crypto";
var ED25519 = Uint8Array.of(1);
function parseRekorKey(text2, version, origin) {
  const spki = parseBase64(text2);
  const key = readSpki(spki);
  const ecdsa = key !== void 0 && isP256(key);
  if (key === void 0 || !(ecdsa || version === 2 && key.asymmetricKeyType === "ed25519")) {
    const what = version === 1 ? "a public key on P-256" : "an Ed25519 key or a public key on P-256";
    throw new Fault("usage", `not ${what}: ${quote(text2.slice(0, 120))}`, {
      hint: "write the lines of its PEM file between BEGIN PUBLIC KEY and END PUBLIC KEY, as one"
    });
  }
  const logId = ecdsa ? sha256(spki) : sha256(`${origin}
`, ED25519, rawKey(key));
  const verifyBytes = (message, signature) => verify4(ecdsa ? "sha256" : null, message, key, signature);
  return {
    name: origin,
    keyId: logId.slice(0, 8),
    logId,
    spki,
    verify: (note, signature) => verifyBytes(Buffer.from(note), signature),
    verifyBytes
  };
}
var rawKey = (key) => Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");

// src/core/policy-logs.ts
var mostProofs = (logs) => new Set(logs.map(({ kind, name }) => kind === "rekor" ? `rekor ${name}` : kind)).size;
var MAX_WITNESSES = 32;
function hasWitnesses(log) {
  if (log.kind === "rekor" || log.kind === "recorder") return false;
  return (log.kind === "sigsum" ? log.policy.witnesses : log.witnesses).length > 0;
}
var trustedLog = (value, path2) => {
  const kind = oneOf(["tiles", "rekor", "sigsum", "recorder"])(record(value, path2)["kind"], `${path2}.kind`);
  return { tiles: tileLog, rekor: rekorLog, sigsum: sigsumLog, recorder }[kind](value, path2);
};
var tileLog = (value, path2) => {
  const trusted = tileLogFields(value, path2);
  trusted.keys.forEach(({ name }, index) => {
    if (name !== trusted.origin)
      throw wrong(`${path2}.keys[${index}]`, `is not named like the origin, ${trusted.origin}`);
  });
  const { witnesses, quorum } = trusted;
  if (quorum === void 0 && witnesses.length > 0)
    throw wrong(`${path2}.quorum`, "is missing: how many of the witnesses have to vouch?");
  if (quorum !== void 0 && quorum > witnesses.length)
    throw wrong(`${path2}.quorum`, `asks for ${quorum} witnesses of ${witnesses.length}`);
  const own = trusted.keys.map(({ publicKey }) => formatBase64(publicKey));
  for (const [index, { key }] of witnesses.entries()) {
    if (own.includes(formatBase64(key.publicKey)))
      throw wrong(`${path2}.witnesses[${index}].key`, "is the key of the log, which cannot be its own witness");
  }
  return { ...trusted, quorum: quorum ?? 0 };
};
var witness = exactly({
  name: text,
  key: parsed(parseWitnessKey),
  url: optional(httpAddress)
});
var witnessesOf = (value, path2) => {
  const witnesses = list(witness)(value, path2);
  if (witnesses.length > MAX_WITNESSES) throw wrong(path2, `holds more than ${MAX_WITNESSES} witnesses`);
  refuseTwice(
    witnesses.map(({ name }) => name),
    path2
  );
  const keys = witnesses.map(({ key }) => formatBase64(key.publicKey));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0) throw wrong(`${path2}[${twice}].key`, "is the key of another witness, too");
  return witnesses;
};
var tileLogFields = exactly({
  name: text,
  kind: oneOf(["tiles"]),
  origin: text,
  keys: (value, path2) => {
    const keys = list(parsed(parseVerifierKey))(value, path2);
    if (keys.length === 0) throw wrong(path2, "is empty: a log without a pinned key proves nothing");
    return keys;
  },
  witnesses: withDefault(witnessesOf, []),
  quorum: optional(count)
});
var someKeys = (decode2, why) => (value, path2) => {
  const keys = list(decode2)(value, path2);
  if (keys.length === 0) throw wrong(path2, `is empty: ${why}`);
  return keys;
};
var rekorFields = exactly({
  name: text,
  kind: oneOf(["rekor"]),
  version: (value, path2) => {
    if (value === 1 || value === 2) return value;
    throw wrong(path2, "is neither 1 nor 2");
  },
  url: optional(httpAddress),
  read_url: optional(httpAddress),
  origin: (value, path2) => {
    const origin = text(value, path2);
    if (!isKeyName(origin)) throw wrong(path2, "holds a space, a plus or a control character");
    return origin;
  },
  keys: someKeys(text, "a log without a pinned key proves nothing"),
  signers: someKeys(parsed(parseP256Key), "which of our keys has signed what is in the log?")
});
var rekorLog = (value, path2) => {
  const { read_url: readUrl, ...log } = rekorFields(value, path2);
  if (readUrl !== void 0 && log.version === 1) throw wrong(`${path2}.read_url`, "is for version 2 only");
  const keys = log.keys.map(
    (key, index) => parsed((input) => parseRekorKey(input, log.version, log.origin))(key, `${path2}.keys[${index}]`)
  );
  refuseTwice(
    keys.map(({ logId }) => logId),
    `${path2}.keys`
  );
  return { ...log, readUrl, keys };
};
function refuseSharedKeys(logs) {
  refuseTwice(
    logs.flatMap((log) => log.kind === "rekor" ? log.keys.map(({ spki }) => formatBase64(spki)) : []),
    "logs"
  );
}
function refuseTwice(names, path2) {
  const seen = /* @__PURE__ */ new Set();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== void 0) throw wrong(path2, `holds ${quote(twice)} twice`);
}

// src/core/policy.ts
var POLICY_SCHEMA = "artifact-signing.policy/v1";
function decodePolicy(value) {
  const raw = document(value, "");
  const required = raw.require.logs;
  const names = raw.logs.map((log) => log.name);
  refuseTwice(names, "logs");
  refuseTwice(
    raw.logs.flatMap((log) => log.kind === "sigsum" ? [] : [log.kind === "recorder" ? log.recorder : log.origin]),
    "logs"
  );
  refuseSharedKeys(raw.logs);
  const recorders = raw.logs.flatMap(({ kind, name }) => kind === "recorder" ? [name] : []);
  const of = required.of ?? names.filter((name) => !recorders.includes(name));
  const known = new Set(names);
  for (const [index, name] of of.entries()) {
    if (!known.has(name)) throw wrong(`require.logs.of[${index}]`, `names no log of this policy: ${quote(name)}`);
    if (recorders.includes(name))
      throw wrong(`require.logs.of[${index}]`, "names a recorder, whose certificates are evidence and never count");
  }
  refuseTwice(of, "require.logs.of");
  if (required.at_least > of.length)
    throw wrong("require.logs.at_least", `asks for ${required.at_least} logs of ${of.length}`);
  const most = mostProofs(raw.logs.filter(({ name }) => of.includes(name)));
  if (required.at_least > most)
    throw wrong(
      "require.logs.at_least",
      `asks for ${required.at_least} logs, and beside a manifest there is room for proofs of ${most} of them`
    );
  return {
    certificates: raw.certificates,
    logs: raw.logs,
    require: {
      signatures: raw.require.signatures,
      logs: { atLeast: required.at_least, of, pendingDays: required.pending_days }
    },
    expiredAfterSigning: raw.expired_after_signing
  };
}
var simplePolicy = (certificates) => ({
  certificates,
  logs: [],
  require: { signatures: 1, logs: { atLeast: 0, of: [], pendingDays: PENDING_DAYS } },
  expiredAfterSigning: "logged"
});
var time = (value, path2) => {
  const written = text(value, path2);
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/.test(written)) {
    throw wrong(path2, "is neither a day (2026-04-01) nor a time in UTC (2026-04-01T12:00:00Z)");
  }
  const date = new Date(written);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(written.slice(0, 10)))
    throw wrong(path2, "is no day of the calendar");
  return date;
};
var certificate = (value, path2) => {
  const pinned = exactly({
    file: text,
    fingerprint: parsed(parseFingerprint),
    from: optional(time),
    until: optional(time)
  })(value, path2);
  if (pinned.from !== void 0 && pinned.until !== void 0 && pinned.from >= pinned.until) {
    throw wrong(`${path2}.until`, 'is not later than "from"');
  }
  return pinned;
};
var signatures = (value, path2) => {
  if (value === 0 || value === 1) return value;
  throw wrong(path2, "is neither 0 nor 1");
};
var NO_LOGS = { at_least: 0, of: void 0, pending_days: PENDING_DAYS };
var requiredLogs = exactly({
  at_least: count,
  of: optional(list(text)),
  pending_days: withDefault(count, PENDING_DAYS)
});
var document = exactly({
  schema: (value, path2) => {
    if (value !== POLICY_SCHEMA) throw wrong(path2, `is not ${POLICY_SCHEMA}`);
    return POLICY_SCHEMA;
  },
  certificates: (value, path2) => {
    const certificates = list(certificate)(value, path2);
    if (certificates.length === 0) throw wrong(path2, "is empty: whose signatures should be believed?");
    return certificates;
  },
  logs: withDefault(list(trustedLog), []),
  require: withDefault(
    exactly({
      signatures: withDefault(signatures, 1),
      logs: withDefault(requiredLogs, NO_LOGS)
    }),
    { signatures: 1, logs: NO_LOGS }
  ),
  expired_after_signing: withDefault(oneOf(["refuse", "logged", "accept"]), "logged")
});

// src/workflow/trust.ts
var POLICY_CAP = 256 * 1024;
async function loadTrust(ports, { policy, certificate: certificate2, fingerprint }) {
  if (policy !== void 0 && (certificate2 ?? fingerprint) !== void 0) {
    throw new Fault("usage", "--policy stands alone: it names its own certificates");
  }
  if (policy !== void 0) return loadPolicy(ports, policy);
  if (certificate2 !== void 0) return trustCertificate(ports, certificate2, fingerprint);
  throw new Fault("usage", "whom should be believed is not said", {
    hint: "give --policy FILE, or --certificate FILE with --fingerprint"
  });
}
async function loadCertificates(ports, file) {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  return inFile(file, async () => readCertificates(bytes));
}
async function trustCertificate(ports, file, fingerprint) {
  const all = await loadCertificates(ports, file);
  const certificates = fingerprint === void 0 ? all : [pick(all, fingerprint, file)];
  const pins = certificates.map(
    (one2) => ({ file, fingerprint: one2.fingerprint, from: void 0, until: void 0 })
  );
  return { policy: simplePolicy(pins), certificates };
}
async function loadPolicy(ports, file) {
  const bytes = await ports.files.readGiven(file, POLICY_CAP);
  const policy = await inFile(
    file,
    async () => decodePolicy(await ports.yaml.parse(decodeUtf8(bytes, POLICY_CAP, "it")))
  );
  const certificates = [];
  const files = /* @__PURE__ */ new Map();
  for (const pin of policy.certificates) {
    const at = path.resolve(path.dirname(file), pin.file);
    const held = files.get(at) ?? await loadCertificates(ports, at);
    files.set(at, held);
    certificates.push(pick(held, pin.fingerprint, at));
  }
  return { policy: { ...policy, logs: await readLogFiles(ports, file, policy.logs) }, certificates };
}
async function readLogFiles(ports, policyFile, logs) {
  return Promise.all(
    logs.map(async (log) => {
      const place = (file) => path.resolve(path.dirname(policyFile), file);
      if (log.kind === "recorder" && log.caFile !== void 0) {
        const at2 = place(log.caFile);
        const bytes2 = await ports.files.readGiven(at2, CHAIN_CAP);
        return { ...log, authorities: await inFile(at2, async () => parseAuthorities(bytes2)) };
      }
      if (log.kind !== "sigsum" || log.policyFile === void 0) return log;
      const at = place(log.policyFile);
      const bytes = await ports.files.readGiven(at, SIGSUM_POLICY_CAP);
      return { ...log, policy: await inFile(at, async () => parseSigsumPolicy(bytes)) };
    })
  );
}
function pick(certificates, fingerprint, file) {
  const found = certificates.find((one2) => one2.fingerprint === fingerprint);
  if (found !== void 0) return found;
  throw new Fault("wrong-key", `${quote(file)} holds no certificate with the fingerprint ${fingerprint}`, {
    file,
    hint: `it holds ${certificates.map((one2) => one2.fingerprint).join(", ")}; pin the primary key's fingerprint`
  });
}
async function inFile(file, body) {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.file !== void 0) throw error;
    throw new Fault(error.kind, `${quote(file)}: ${error.message}`, {
      file,
      hint: error.hint,
      evidence: error.evidence,
      cause: error
    });
  }
}
var EXPIRED_HINT = {
  refuse: 'the policy says "expired_after_signing: refuse"',
  logged: 'no witness or timestamp that the policy pins proves that the signature is older; "expired_after_signing: accept" would take it'
};
var isTimeAsked = ({ expiredAfterSigning }, verdict) => expiredAfterSigning === "logged" && verdict.kind === "good" && verdict.state === "expired-after-signing";
function judge2(policy, file, verdict, since) {
  if (verdict.kind !== "good")
    return {
      refusal: {
        kind: verdict.kind,
        file,
        message: verdict.message,
        ...verdict.hint === void 0 ? {} : { hint: verdict.hint }
      }
    };
  const signature = {
    file,
    signer: verdict.key,
    primary: verdict.primary,
    created: verdict.created.toISOString(),
    state: verdict.state
  };
  if (!policy.certificates.some((pin) => covers(pin, verdict.primary, verdict.created))) {
    return {
      signature,
      refusal: {
        kind: "wrong-key",
        file,
        message: `${quote(file)} was made at ${signature.created}, outside the window of its certificate`
      }
    };
  }
  const proven = isTimeAsked(policy, verdict) && isBefore(since, verdict.expires);
  if (verdict.state === "expired-after-signing" && policy.expiredAfterSigning !== "accept" && !proven) {
    const message2 = `${quote(file)} was made by a key that has expired since`;
    return {
      signature,
      refusal: { kind: "expired-after-signing", file, message: message2, hint: EXPIRED_HINT[policy.expiredAfterSigning] }
    };
  }
  if (verdict.state !== "expires-soon") return { signature };
  const message = `the key ${verdict.key} expires on ${verdict.expires?.toISOString().slice(0, 10)}`;
  return { signature, warning: { kind: "expires-soon", message, hint: "extend or rotate it in time" } };
}
var isBefore = (since, expires) => since !== void 0 && expires !== void 0 && since < expires;
var covers = (pin, primary, created) => pin.fingerprint === primary && (pin.from === void 0 || created >= pin.from) && (pin.until === void 0 || created < pin.until);

export {
  KEYRING_CAP,
  keyState,
  SIGNATURE_CAP,
  parseDetachedSignature,
  beginVerification,
  beginSignature,
  inspectKeys,
  openSigningKey,
  chainOf,
  formatChain,
  parseChain,
  checkChain,
  hostNames,
  isOverdue,
  describeAge,
  P256_SIGNATURE_CAP,
  isP256,
  parseP256Key,
  formatP256Key,
  p256Signer,
  generateP256KeyPem,
  recordPrefix,
  projectDomain,
  recordNames,
  fillProjectDomain,
  asciiLines,
  formatHex,
  parseHexHash,
  parseHexSignature,
  takeHash,
  takeNumber,
  takeSignature,
  digestOf,
  keyHashOf,
  signLeaf,
  verifyLeaf,
  hashOfLeaf,
  parseAddLeaf,
  formatAddLeaf,
  isLeafOf,
  formatToken,
  sigsumOrigin,
  hasWitnesses,
  loadTrust,
  loadCertificates,
  inFile,
  isTimeAsked,
  judge2 as judge
};
/**
 * The policies that Sigsum itself publishes, by their names, byte for byte as sigsum-go 0.14.1 has them in pkg/policy/builtin. A name
 * stands for one text for ever: other logs and witnesses get another name.
 *
 * @license BSD-2-Clause, for the policies of Sigsum
 *
 * Copyright 2021 The Sigsum Project Authors
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following
 * conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
 *
 * 2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in
 *    the documentation and/or other materials provided with the distribution.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT
 * NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE
 * COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
 * (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
 * INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR
 * OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
