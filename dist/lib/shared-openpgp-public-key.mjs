// SPDX-License-Identifier: Apache-2.0
import {
  Cursor,
  Malformed,
  TAG,
  readLength,
  readPackets
} from "./shared-openpgp-packets.mjs";
import {
  Fault,
  naming,
  quote
} from "./shared-core-fault.mjs";

// src/core/encoding.ts
function parseDecimal(text) {
  const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new Fault("bad-format", `not a whole number in its shortest decimal form: ${quote(text.slice(0, 40))}`);
}
function parseBase64(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") === text) return bytes;
  throw new Fault("bad-format", `not base64 in its canonical form: ${quote(text.slice(0, 80))}`);
}
var formatBase64 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
function decodeUtf8(bytes, cap, what) {
  if (bytes.length > cap) throw new Fault("bad-format", `${what} is larger than ${cap} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault("bad-format", `${what} is not valid UTF-8`, { cause });
  }
}
var equalBytes = (a, b) => Buffer.compare(a, b) === 0;

// src/core/sha256.ts
import { createHash } from "node:crypto";
function parseSha256(text) {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Fault("bad-format", `not a SHA-256 digest: ${quote(text.slice(0, 80))}`);
  return text;
}
function sha256(...parts) {
  const hash2 = createHash("sha256");
  for (const part of parts) hash2.update(part);
  return hash2.digest("hex");
}

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
  const text = body.join("");
  const data = Buffer.from(text, "base64");
  if (!BASE64.test(text) || data.toString("base64") !== text) throw new Malformed("the armor is not clean base64");
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
import { createHash as createHash2, createPublicKey } from "node:crypto";
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
  const hash2 = createHash2(version === 4 ? "sha1" : "sha256").update(forHash(body, version));
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
function readMpis(cursor, count) {
  const [first] = Array.from({ length: count }, () => cursor.mpi());
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
import { createHash as createHash3 } from "node:crypto";
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
  const own = createHash3(part.hash.name);
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
  const revocations = [primary, ...users, ...subkeys].flatMap(({ signatures }) => signatures).filter(({ type }) => type === SIGNATURE_TYPE.subkeyRevocation);
  if (revocations.length > MAX_PARTS) throw new Malformed(`a key has more than ${MAX_PARTS} revocations of subkeys`);
}
function addSignature({ signatures, unread }, body) {
  try {
    signatures.push(parseSignaturePacket(body));
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
  createHash as createHash4,
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
  const imported2 = keyObject(key);
  const numbers = readNumbers(key, signature);
  if (ecdsa !== void 0) return ecdsa.verify({ key: imported2, dsaEncoding: "ieee-p1363" }, numbers);
  if (key.material.kind === "eddsa") return verify(null, digest, imported2, numbers);
  return checkRsa(imported2, numbers, part.hash, digest);
}
var NONE = new Uint8Array();
var same = (one = NONE, two = NONE) => Buffer.compare(one, two) === 0;
function checkSignature(key, signature, ...data) {
  const { hash: hash2 } = signature;
  if (hash2 === void 0) return false;
  return holds(() => {
    const sha2562 = createHash4("sha256");
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
  const count = material.kind === "rsa" ? 1 : 2;
  const numbers = Array.from({ length: count }, () => pad(cursor.mpi(), material.length));
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
var newest = (signatures) => signatures.reduce(
  (best, one) => best === void 0 || one.created >= best.created ? one : best,
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
function selfSignatures(primary, signatures, type, subject, data) {
  const [from, to] = typeof type === "number" ? [type, type] : type;
  return signatures.filter((signature) => signature.type >= from && signature.type <= to).filter((signature) => signature.unknownCritical === void 0 && isGenuine(signature, primary.key, data)).map((signature) => ({
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
  const signatures = selfSignatures(primary, user.signatures, types, primary.key, data);
  if (user.tag !== TAG.userId) return { kind: "user-attribute", signatures, revoked };
  return { kind: "user-id", userId: Buffer.from(user.body).toString("utf8"), signatures, revoked };
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
  const named = primary.signatures.filter(({ revokers }) => revokers.length > 0).filter((signature) => isGenuine(signature, primary.key, over(primary.key))).flatMap(({ revokers }) => revokers);
  return new Set(named.flatMap((revoker) => [revoker, revoker.slice(-16)]));
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
  const read = everything.flatMap(({ signatures }) => signatures).filter((signature) => signature.type === type).flatMap((signature) => {
    const { created, revocationReason: code, issuerFingerprint, issuerKeyId } = signature;
    const named = revokers.has(issuerFingerprint ?? "") || revokers.has(issuerKeyId ?? "");
    if (named && own.has(signature)) return [{ created, soft: false, reason: "revoked by a designated revoker" }];
    const unknown = signature.hash === void 0 && isBy(signature, primary.key) && own.has(signature);
    if (!unknown && !isGenuine(signature, primary.key, data)) return [];
    return [{ created, soft: code === 1 || code === 3, reason: REASONS[code ?? 0] ?? "revoked" }];
  });
  const unread = (part === primary ? everything : [part]).flatMap((one) => one.unread).filter((body) => body[body[0] === 3 ? 2 : 1] === type).map(() => ({ created: void 0, soft: false, reason: "revoked by a signature that cannot be read" }));
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
    all.flatMap((one) => one.keys),
    ({ fingerprint }) => fingerprint
  );
  const [primary, ...subkeys] = [...keys.values()].map(mergeKeys);
  const identities = Map.groupBy(
    all.flatMap((one) => one.identities),
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
  signatures: same2.flatMap(({ signatures }) => signatures),
  revoked: same2.flatMap(({ revoked }) => revoked)
});
function isStanding({ signatures, revoked }) {
  const word = newest(signatures);
  return word !== void 0 && !revoked.some((date) => date >= word.created);
}
function listUserIds(identities) {
  const rank = ({ signatures }) => [newest(signatures)?.primaryUserId ? 1 : 0, newest(signatures)?.created.getTime() ?? 0];
  return identities.filter((identity) => identity.kind === "user-id" && isStanding(identity)).toSorted((a, b) => rank(b)[0] - rank(a)[0] || rank(b)[1] - rank(a)[1]).flatMap(({ userId }) => userId === void 0 ? [] : [userId]);
}

// src/workflow/trust.ts
async function loadCertificates(ports, file) {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  return inFile(file, async () => readCertificates(bytes));
}
async function inFile(given, body) {
  const file = given === "-" ? "standard input" : given;
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
function judge(policy, file, verdict, since) {
  if (verdict.kind !== "good")
    return {
      refusal: {
        kind: verdict.kind,
        file,
        message: naming(file, verdict.message),
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
  parseDecimal,
  parseBase64,
  formatBase64,
  decodeUtf8,
  equalBytes,
  parseSha256,
  sha256,
  isBinary,
  readArmor,
  formatArmor,
  CURVES,
  readPublicKey,
  weaknessOf,
  signingHash,
  afterData,
  SIGNATURE_TYPE,
  SUB,
  parseSignaturePacket,
  signedPart,
  expiryOf,
  KEYRING_CAP,
  readKeyring,
  isStrong,
  beginEvidence,
  isFitting,
  isFittingInThread,
  earliest,
  newest,
  toCertificate,
  mergeCertificates,
  isStanding,
  loadCertificates,
  inFile,
  isTimeAsked,
  judge
};
