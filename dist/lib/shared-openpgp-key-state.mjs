// SPDX-License-Identifier: Apache-2.0
import {
  damagedSecret
} from "./shared-openpgp-secret.mjs";
import {
  CURVES,
  SIGNATURE_TYPE,
  SUB,
  afterData,
  beginEvidence,
  earliest,
  expiryOf,
  formatArmor,
  isBinary,
  isFitting,
  isFittingInThread,
  isStanding,
  isStrong,
  mergeCertificates,
  newest,
  parseSignaturePacket,
  readArmor,
  readKeyring,
  readPublicKey,
  signedPart,
  signingHash,
  toCertificate,
  weaknessOf
} from "./shared-openpgp-public-key.mjs";
import {
  Cursor,
  Malformed,
  TAG,
  formatMpi,
  formatPacket,
  peekTag,
  readPackets
} from "./shared-openpgp-packets.mjs";
import {
  Fault
} from "./shared-core-fault.mjs";

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
  const own = earliest(binding?.keyExpires, binding?.expires);
  const expires = earliest(own, claim.expires);
  if (expires === void 0) return judged("good", "is good");
  const when = `on ${day(expires)}${key.isPrimary || expires === own ? "" : ", with its primary key"}`;
  if (at >= expires) return judged("expired", `expired ${when}`, expires);
  if (now >= expires) return judged("expired-after-signing", `expired ${when}, after the signature`, expires);
  const soon = expires.getTime() - now.getTime() <= warnDays * DAY;
  return soon ? judged("expires-soon", `expires ${when}`, expires) : judged("good", "is good", expires);
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
var NONE = "the signature file holds no OpenPGP signature";
var INLINE_HINT = 'make a detached signature: "gpg --armor --detach-sign FILE"';
function unarmor(bytes) {
  const { blocks, surrounded } = readArmor(bytes);
  const [block] = blocks;
  if (block === void 0 || block.data.length === 0 && block.label === "SIGNATURE") throw refuse(NONE);
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
  if (only === void 0) throw refuse(NONE);
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
  const { version, type, created, issuerFingerprint, issuerKeyId, hash } = packet;
  if (type === SIGNATURE_TYPE.text) {
    throw refuse("it is a signature over text, which does not fix every octet", 'sign without "--textmode"');
  }
  if (type !== SIGNATURE_TYPE.binary) throw refuse("it is a signature over something else than a file");
  return {
    version,
    created,
    ...issuerFingerprint === void 0 ? {} : { issuer: issuerFingerprint },
    ...issuerKeyId === void 0 ? {} : { issuerKeyId },
    ...hash === void 0 ? {} : { hash: hash.name },
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
        const fits = evidence !== void 0 && isFitting(suspect.key, packet, evidence.finish(sha256));
        return judge(signature, suspect, options, fits);
      });
      return decide(signature, judged2.flat());
    }
  };
}
async function judgeSignature(signature, certificates, options, evidence) {
  const [suspect] = findSuspects(signature, certificates);
  if (suspect === void 0) return decide(signature, []);
  const fits = await isFittingInThread(suspect.key, signature.packet, evidence);
  return decide(signature, judge(signature, suspect, options, fits));
}
function decide(signature, verdicts) {
  const good = verdicts.filter((verdict) => verdict.kind === "good");
  return good.find(({ state }) => state !== "expired-after-signing") ?? good[0] ?? verdicts[0] ?? wrongKey(signature);
}
function findSuspects({ issuer, issuerKeyId }, certificates) {
  const isNamed = ({ fingerprint, publicKey: { keyId } }) => issuer === void 0 ? keyId === issuerKeyId : fingerprint === issuer;
  const claims = mergeCertificates(certificates).flatMap(
    (certificate) => certificate.keys.filter(isNamed).map((key) => ({ certificate, key }))
  );
  return [...Map.groupBy(claims, ({ key }) => key.fingerprint).values()].flatMap(
    (group) => group[0] === void 0 ? [] : [{ key: group[0].key.publicKey, claims: group }]
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
function judge(signature, { key, claims }, options, fits) {
  const { packet } = signature;
  const refuse3 = judgeForm(packet, key) ?? (fits ? judgeTime(packet, options) : ALTERED);
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
function judgeForm({ hash, unknownCritical }, key) {
  const weak = weaknessOf(key);
  if (weak !== void 0) return bad("weak-algorithm", `the key ${key.fingerprint} is too weak: ${weak}`);
  if (key.material.kind === "other") return bad("not-a-signing-key", `the key ${key.fingerprint} cannot sign`);
  if (!isStrong(hash, key)) {
    return bad("weak-algorithm", `the signature's digest (${hash?.name ?? "unknown"}) is too weak for ${key.name}`);
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
    async sign(hash, digest) {
      return { s: await rsa(key, Buffer.concat([signingHash(hash).digestInfo, digest])) };
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
  const [first, ...more] = ["sha256", "sha384", "sha512"].filter((hash) => signingHash(hash).bits >= bits);
  return {
    takes: "data",
    hashes: [first ?? "sha512", ...more],
    begin(hash) {
      const stream = createSign(hash);
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
  return imported("pkcs1", der(48, ...numbers), ...numbers, ...exponents);
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
  return imported("sec1", der(48, integer(new Uint8Array([1])), octets, oid), secret, octets);
}
var EDDSA_OID = { Ed25519: "2b6570", Ed448: "2b6571" };
function importEddsa(name, { seed }) {
  if (!seed) throw new Malformed("a number is missing");
  const oid = der(48, der(6, Buffer.from(EDDSA_OID[name === "Ed448" ? "Ed448" : "Ed25519"], "hex")));
  const inner = der(4, seed);
  const octets = der(4, inner);
  return imported("pkcs8", der(48, integer(new Uint8Array([0])), oid, octets), inner, octets);
}
function imported(type, key, ...wipe) {
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
        numbers = readNumbers(key, copy);
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
function readNumbers({ algorithm, material }, octets) {
  const cursor = new Cursor(octets);
  const numbers = (NUMBERS.get(algorithm) ?? NEVER)(cursor, material.kind === "other" ? 0 : material.length);
  if (cursor.left > 0) throw new Malformed("the secret numbers are followed by something else");
  return numbers;
}

// src/openpgp/signature.ts
import { createHash, randomBytes } from "node:crypto";

// src/openpgp/signature-draft.ts
function draftSignature(key, hash, created, salt) {
  const subpackets = Buffer.concat([
    formatSubpacket(SUB.created | CRITICAL, uint32(Math.floor(created.getTime() / 1e3))),
    ...key.version === 4 ? [formatSubpacket(SUB.issuerKeyId, Buffer.from(key.keyId, "hex"))] : [],
    formatSubpacket(
      // of versions that came after it, who cannot read it cannot read the signature
      SUB.issuerFingerprint | (key.version === 4 ? 0 : CRITICAL),
      Buffer.concat([Uint8Array.of(key.version), Buffer.from(key.fingerprint, "hex")])
    )
  ]);
  const head = Uint8Array.of(key.version, SIGNATURE_TYPE.binary, key.algorithm, hash.id);
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
  const hash = signingHash(name);
  const salt = key.version === 6 ? randomBytes(hash.salt) : void 0;
  const draft = draftSignature(key, hash, created, salt);
  const part = { version: key.version, hash, hashed: draft.hashed, salt };
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
function makeNumbers(signer, stream, hash, digest) {
  if (signer.takes === "digest") return signer.sign(hash, digest);
  if (stream === void 0) throw new TypeError("a signer that takes data was not begun");
  return stream.sign();
}
async function selfTest(key, signer) {
  const { armored, evidence } = await begin(key, signer, key.created, signer.hashes[0]).finish(createHash("sha256"));
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

export {
  keyState,
  SIGNATURE_CAP,
  parseDetachedSignature,
  beginVerification,
  beginSignature,
  inspectKeys,
  openSigningKey
};
