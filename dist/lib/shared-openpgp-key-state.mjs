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
  Fault,
  naming,
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
    }, finish: (sha256) => sha256.copy().update(afterData(part)).digest() };
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
    finish: (sha256) => ({ part, digest: digest.finish(sha256), ecdsa: ecdsa?.update(afterData(part)) })
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
var same = (one = NONE, two = NONE) => Buffer.compare(one, two) === 0;
function checkSignature(key, signature, ...data) {
  const { hash: hash2 } = signature;
  if (hash2 === void 0) return false;
  return holds(() => {
    const sha256 = createHash3("sha256");
    const evidence = beginEvidence(signedPart(signature, hash2), key);
    for (const part of data) {
      sha256.update(part);
      evidence.update(part);
    }
    return isFitting(key, signature, evidence.finish(sha256));
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
  const word2 = newest(signatures);
  return word2 !== void 0 && !revoked.some((date) => date >= word2.created);
}
function listUserIds(identities) {
  const rank2 = ({ signatures }) => [newest(signatures)?.primaryUserId ? 1 : 0, newest(signatures)?.created.getTime() ?? 0];
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
function keyState(certificate, key, times) {
  const [primary] = certificate.keys;
  const known = { ...times, ...key.isPrimary ? {} : { binding: word(key.bindings, times.now) } };
  const claim = primaryClaim(certificate, times.now);
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
var word = (signatures, now) => newest(signatures.filter(({ created }) => created.getTime() <= now.getTime() + CLOCK_SKEW));
function primaryClaim({ version, identities }, now) {
  const signed = identities.filter(
    ({ kind, signatures }) => signatures.length > 0 && (version === 4 || kind === "direct")
  );
  if (signed.length === 0) return judged("unreadable", "has no valid self-signature");
  const standing = signed.filter(isStanding);
  if (standing.length === 0) return judged("revoked", "has no user ID that is not revoked");
  const wordOf = ({ signatures }) => word(signatures, now);
  const words = standing.flatMap((identity) => wordOf(identity) ?? []);
  if (words.length === 0) return judged("not-yet-valid", "has a primary key that is valid only in the future");
  const strong = words.filter((one) => one.strong);
  const best = newest(strong);
  if (best === void 0) return judged("weak-algorithm", "has self-signatures with a weak digest only, such as SHA-1");
  const stated = statedExpiry(strong) ?? statedExpiry(words);
  const flags = newest(strong.filter((one) => one.flags !== void 0))?.flags;
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
    finish(sha256) {
      const judged2 = running.map(({ suspect, evidence }) => {
        const fits2 = evidence !== void 0 && isFitting(suspect.key, packet, evidence.finish(sha256));
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
    (certificate) => certificate.keys.filter(isNamed).map((key) => ({ certificate, key }))
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
  const { certificate, key } = claim;
  const { state, reason, hint, expires } = keyState(certificate, key, { at: packet.created, ...options });
  if (state !== "good" && state !== "expires-soon" && state !== "expired-after-signing") {
    const message = `the key ${key.fingerprint} ${reason}`;
    return {
      ...bad(state, state === "expired" ? `${message}, before the signature was made` : message, hint),
      ...facts
    };
  }
  const [userId] = certificate.userIds;
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
function candidatesOf({ certificate, parts }, options) {
  const { select, now, warnDays, allowPrimarySecret } = options;
  const all = parts.map((part) => ({
    ...part,
    judgement: keyState(certificate, part.key, { at: now, now, warnDays })
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
  const burden = (one) => (isHere(one.secret) ? 0 : 2) + (isModern(one) && !allowRfc9580 ? 1 : 0);
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
  const count = (length) => uint32(length).subarray(key.version === 4 ? 2 : 0);
  const hashed = Buffer.concat([head, count(subpackets.length), subpackets]);
  const salted = salt === void 0 ? [] : [Uint8Array.of(salt.length), salt];
  return {
    hashed,
    finish(digest, numbers) {
      const parts = [hashed, count(0), digest.subarray(0, 2), ...salted, ...formatNumbers(numbers)];
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
function beginSignature({ key, signer }, options) {
  const { created, digestAlgo } = options;
  if (created < key.created) {
    throw new Fault("not-yet-valid", `the key ${key.fingerprint} was made later, at ${key.created.toISOString()}`, {
      hint: "check the clock of this machine and of the one that made the key"
    });
  }
  const running = begin(key.publicKey, signer, created, chooseHash(key.publicKey, signer, digestAlgo));
  return {
    update: running.update,
    async finish(sha256, certificates) {
      const { armored, evidence } = await running.finish(sha256);
      const verdict = await judgeSignature(parseDetachedSignature(armored), certificates, { now: created }, evidence);
      return { armored, verdict };
    }
  };
}
function chooseHash(key, { hashes }, wanted) {
  if (wanted === void 0 || hashes.includes(wanted)) return wanted ?? hashes[0];
  throw new Fault("usage", `${key.name} cannot sign with ${wanted}`, { hint: `use ${hashes.join(" or ")}` });
}
function begin(key, signer, created, name) {
  const hash2 = signingHash(name);
  const salt = key.version === 6 ? randomBytes(hash2.salt) : void 0;
  const draft = draftSignature(key, hash2, created, salt);
  const part = { version: key.version, hash: hash2, hashed: draft.hashed, salt };
  const gathering = beginEvidence(part, key);
  const stream = signer.takes === "data" ? signer.begin(name) : void 0;
  if (salt !== void 0) stream?.update(salt);
  return {
    update(chunk) {
      gathering.update(chunk);
      stream?.update(chunk);
    },
    async finish(sha256) {
      const evidence = gathering.finish(sha256);
      stream?.update(afterData(part));
      const numbers = await makeNumbers(signer, stream, name, evidence.digest);
      return { armored: draft.finish(evidence.digest, numbers), evidence };
    }
  };
}
function makeNumbers(signer, stream, hash2, digest) {
  if (signer.takes === "digest") return signer.sign(hash2, digest);
  if (stream === void 0) throw new TypeError("a signer that takes data was not begun");
  return stream.sign();
}
async function selfTest(key, signer) {
  const { armored, evidence } = await begin(key, signer, key.created, signer.hashes[0]).finish(createHash4("sha256"));
  return isFitting(key, parseDetachedSignature(armored).packet, evidence);
}

// src/openpgp/secret-key.ts
async function inspectKeys(bytes) {
  const opened = await Promise.all(readKeyring(bytes).keys.map(openParts));
  return opened.map(({ certificate, parts }) => ({
    certificate,
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
  const certificate = toCertificate(transferable);
  const packets = /* @__PURE__ */ new Map();
  for (const { key, secret } of [transferable.primary, ...transferable.subkeys]) {
    if (secret !== void 0) packets.set(key.fingerprint, await readSecretPacket(secret));
  }
  return { certificate, parts: certificate.keys.map((key) => ({ key, secret: packets.get(key.fingerprint) })) };
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
async function unlock(certificate, chosen, { passphrase, rsa }) {
  const { key, secret, judgement } = chosen;
  const text = typeof passphrase === "object" ? firstLine(passphrase) : passphrase;
  const signer = await secret?.withSecret(text, (numbers) => memorySigner(key.publicKey, numbers, rsa));
  if (signer === void 0 || !await selfTest(key.publicKey, signer).catch(() => false)) throw damagedSecret();
  const { state, expires } = judgement;
  return {
    primary: certificate.fingerprint,
    fingerprint: key.fingerprint,
    algorithm: key.algorithm,
    version: key.publicKey.version,
    state: state === "expires-soon" ? state : "good",
    ...expires === void 0 ? {} : { expires },
    signer,
    key,
    certificate
  };
}
var firstLine = (bytes) => Buffer.from(bytes).toString("utf8").split(/\r?\n/, 1)[0] ?? "";

// src/workflow/trust.ts
async function loadCertificates(ports, file) {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  return inFile(file, async () => readCertificates(bytes));
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
  KEYRING_CAP,
  keyState,
  SIGNATURE_CAP,
  parseDetachedSignature,
  beginVerification,
  beginSignature,
  inspectKeys,
  openSigningKey,
  loadCertificates,
  inFile,
  isTimeAsked,
  judge2 as judge
};
