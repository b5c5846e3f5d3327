// SPDX-License-Identifier: Apache-2.0

// Command pgp makes keys and detached signatures, and verifies them, with ProtonMail's go-crypto, which knows what the
// tools of Debian 12 do not: version 6, and the algorithms 27 and 28 (RFC 9580).
//
//	pgp generate VERSION ALGORITHM     a secret key with a signing subkey: 4 or 6; ed25519, ed448, eddsa (22), p256,
//	                                   p384, p521, rsa2048, rsa3072, rsa4096
//	pgp public KEY                     its certificate
//	pgp sign KEY FILE                  an armored detached signature
//	pgp verify CERTIFICATE SIGNATURE FILE
package main

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pgp:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "generate":
		return generate(args[1], args[2])
	case len(args) == 2 && args[0] == "public":
		return public(args[1])
	case len(args) == 3 && args[0] == "sign":
		return sign(args[1], args[2])
	case len(args) == 4 && args[0] == "verify":
		return verify(args[1], args[2], args[3])
	}
	return errors.New("usage: pgp generate VERSION ALGORITHM | public KEY | sign KEY FILE | verify CERTIFICATE SIGNATURE FILE")
}

var algorithms = map[string]packet.Config{
	"ed25519": {Algorithm: packet.PubKeyAlgoEd25519},
	"ed448":   {Algorithm: packet.PubKeyAlgoEd448, DefaultHash: crypto.SHA512},
	"eddsa":   {Algorithm: packet.PubKeyAlgoEdDSA, Curve: packet.Curve25519},
	"p256":    {Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256},
	"p384":    {Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP384, DefaultHash: crypto.SHA384},
	"p521":    {Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP521, DefaultHash: crypto.SHA512},
	"rsa2048": {Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048},
	"rsa3072": {Algorithm: packet.PubKeyAlgoRSA, RSABits: 3072},
	"rsa4096": {Algorithm: packet.PubKeyAlgoRSA, RSABits: 4096},
}

func generate(version, algorithm string) error {
	config, known := algorithms[algorithm]
	if !known || (version != "4" && version != "6") {
		return fmt.Errorf("no key of version %s and algorithm %s", version, algorithm)
	}
	config.V6Keys = version == "6"
	// a minute old, so that no clock disputes it
	config.Time = func() time.Time { return time.Now().Add(-time.Minute) }
	entity, err := openpgp.NewEntity("go-crypto", "", "go@example.org", &config)
	if err != nil {
		return err
	}
	if err := entity.AddSigningSubkey(&config); err != nil {
		return err
	}
	return armored(openpgp.PrivateKeyType, version, func(out io.Writer) error {
		return entity.SerializePrivate(out, &config)
	})
}

// armored writes what a function writes, with a checksum only where RFC 9580 section 6.1 does not forbid it.
func armored(kind, version string, write func(io.Writer) error) error {
	out, err := armor.EncodeWithChecksumOption(os.Stdout, kind, nil, version == "4")
	if err != nil {
		return err
	}
	if err := write(out); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	_, err = fmt.Println()
	return err
}

func read(name string) (openpgp.EntityList, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	keys, err := openpgp.ReadArmoredKeyRing(file)
	if err == nil && len(keys) != 1 {
		return nil, fmt.Errorf("%d keys in %s", len(keys), name)
	}
	return keys, err
}

func public(key string) error {
	keys, err := read(key)
	if err != nil {
		return err
	}
	return armored(openpgp.PublicKeyType, fmt.Sprint(keys[0].PrimaryKey.Version), keys[0].Serialize)
}

func sign(key, name string) error {
	keys, err := read(key)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	config := &packet.Config{DefaultHash: crypto.SHA512}
	return openpgp.ArmoredDetachSign(os.Stdout, keys, file, &openpgp.SignParams{Config: config})
}

func verify(certificate, signature, name string) error {
	keys, err := read(certificate)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	armored, err := os.Open(signature)
	if err != nil {
		return err
	}
	defer armored.Close()
	_, signer, err := openpgp.VerifyArmoredDetachedSignature(keys, file, armored, nil)
	if err != nil {
		return err
	}
	if signer == nil {
		return errors.New("signed by nobody")
	}
	_, err = fmt.Printf("%X\n", signer.PrimaryKey.Fingerprint)
	return err
}
