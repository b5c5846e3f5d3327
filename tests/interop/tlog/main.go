// SPDX-License-Identifier: Apache-2.0

// Command tlog reads our tile logs and proofs with public implementations of the specifications, torchwood and Go's own
// sumdb/tlog, which share nothing with ours.
//
//	tlog log DIRECTORY VKEY [WITNESS...]       every entry, as a line "<index> <base64>"
//	tlog prove DIRECTORY VKEY INDEX            the proof of an entry, made here, with the entry as extra data
//	tlog proof FILE VKEY ENTRY [WITNESS...]    whether the proof shows that the entry in the file ENTRY is in the log
//
// Where keys of witnesses are given, all of them have to vouch for the checkpoint.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tlog:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "log":
		return printEntries(args[1], args[2], args[3:])
	case len(args) == 4 && args[0] == "prove":
		return prove(args[1], args[2], args[3])
	case len(args) >= 4 && args[0] == "proof":
		return verifyProof(args[1], args[2], args[3], args[4:])
	}
	return errors.New("usage: tlog log DIRECTORY VKEY [WITNESS...] | tlog prove DIRECTORY VKEY INDEX | tlog proof FILE VKEY ENTRY [WITNESS...]")
}

// policyOf wants the signature of the key, the origin that is the key's name, and a cosignature by each witness.
func policyOf(vkey string, witnesses []string) (torchwood.Policy, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	all := []torchwood.Policy{torchwood.OriginPolicy(verifier.Name()), torchwood.SingleVerifierPolicy(verifier)}
	for _, witness := range witnesses {
		cosigner, err := torchwood.NewCosignatureVerifier(witness)
		if err != nil {
			return nil, err
		}
		all = append(all, torchwood.SingleVerifierPolicy(cosigner))
	}
	return torchwood.ThresholdPolicy(len(all), all...), nil
}

type openLog struct {
	client *torchwood.Client
	signed []byte
	torchwood.Checkpoint
}

// open reads the checkpoint of a log and believes it where the key signed it.
func open(ctx context.Context, directory, vkey string, witnesses []string) (*openLog, error) {
	policy, err := policyOf(vkey, witnesses)
	if err != nil {
		return nil, err
	}
	files, err := torchwood.NewTileFS(os.DirFS(directory))
	if err != nil {
		return nil, err
	}
	signed, err := files.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return nil, err
	}
	checkpoint, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		return nil, err
	}
	client, err := torchwood.NewClient(files)
	return &openLog{client, signed, checkpoint}, err
}

// entry reads one entry, and checks its inclusion with Go's own package, too.
func (l *openLog) entry(ctx context.Context, index int64) ([]byte, tlog.RecordProof, error) {
	entry, proof, err := l.client.Entry(ctx, l.Tree, index)
	if err != nil {
		return nil, nil, err
	}
	return entry, proof, tlog.CheckRecord(proof, l.N, l.Hash, index, tlog.RecordHash(entry))
}

// printEntries authenticates every entry by the tiles, and in a small log each one by its own proof, too.
func printEntries(directory, vkey string, witnesses []string) error {
	ctx := context.Background()
	log, err := open(ctx, directory, vkey, witnesses)
	if err != nil {
		return err
	}
	count := int64(0)
	for index, entry := range log.client.AllEntries(ctx, log.Tree, 0) {
		if log.N <= 1000 || index%997 == 0 {
			single, _, err := log.entry(ctx, index)
			if err != nil {
				return fmt.Errorf("the entry %d: %w", index, err)
			}
			if !bytes.Equal(single, entry) {
				return fmt.Errorf("the entry %d is read in two ways", index)
			}
		}
		if index != count {
			return fmt.Errorf("the entry %d comes after %d others", index, count)
		}
		fmt.Println(index, base64.StdEncoding.EncodeToString(entry))
		count++
	}
	if err := log.client.Err(); err != nil {
		return err
	}
	if count != log.N {
		return fmt.Errorf("%d entries in a log of %d", count, log.N)
	}
	return nil
}

func prove(directory, vkey, number string) error {
	ctx := context.Background()
	log, err := open(ctx, directory, vkey, nil)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	entry, proof, err := log.entry(ctx, index)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(torchwood.FormatProofWithExtraData(index, entry, proof, log.signed))
	return err
}

func verifyProof(file, vkey, entryFile string, witnesses []string) error {
	policy, err := policyOf(vkey, witnesses)
	if err != nil {
		return err
	}
	proof, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return err
	}
	extra, err := torchwood.ProofExtraData(proof)
	if err != nil {
		return err
	}
	if !bytes.Equal(extra, entry) {
		return errors.New("the proof carries another entry")
	}
	return torchwood.VerifyProof(policy, tlog.RecordHash(entry), proof)
}
