package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

// parse reads a line and checks that its hash is over its bytes.
func parse(text []byte) (store.AuditRecord, error) {
	at := len(text) - hashTail
	if at < 0 || string(text[at:at+len(hashField)]) != hashField {
		return store.AuditRecord{}, errors.New("it does not end with its hash")
	}
	hash := string(text[at+len(hashField) : len(text)-len(`"}`)])
	sum := sha256.Sum256(text[:at])
	if hex.EncodeToString(sum[:]) != hash {
		return store.AuditRecord{}, errors.New("its hash is of other bytes: the line was changed")
	}
	var ln line
	if err := json.Unmarshal(text, &ln); err != nil {
		return store.AuditRecord{}, fmt.Errorf("it is not JSON: %w", err)
	}
	return row(ln, hash), nil
}

// Report is what Verify found.
type Report struct {
	Files int
	Lines int64
	// First and Last are sequence numbers. First is above 1 where old files were
	// removed.
	First, Last int64
	// LastHash is the end of the chain; From and To are the times of its ends.
	LastHash string
	From, To time.Time
}

// Broken is where a log is not what was written.
type Broken struct {
	File string
	// Line counts from 1 within File.
	Line int
	Why  string
}

// Error names the place.
func (b *Broken) Error() string { return fmt.Sprintf("%s:%d: %s", b.File, b.Line, b.Why) }

// Verify checks the chain through all files of the log at path. Where known is
// not empty, it holds records of the table, and each must be in the files as it
// is in the table: a chain that was written anew from some place on is right in
// itself. The error is a *Broken where the log was tampered with.
func Verify(path string, known []store.AuditRecord) (Report, error) {
	files, err := oldFiles(path)
	if err != nil {
		return Report{}, err
	}
	files = append(files, path)
	want := map[int64]string{}
	var newest int64
	for _, k := range known {
		want[k.Seq] = k.Hash
		newest = max(newest, k.Seq)
	}
	rep := Report{Files: len(files), LastHash: Zero}
	for _, f := range files {
		n := 0
		err := eachLine(f, func(text []byte) error {
			n++
			broken := func(format string, args ...any) error {
				return &Broken{File: filepath.Base(f), Line: n, Why: fmt.Sprintf(format, args...)}
			}
			r, err := parse(text)
			switch {
			case err != nil:
				return broken("%s", err)
			case rep.Lines > 0 && r.Seq != rep.Last+1:
				return broken("line %d follows line %d: lines are missing or were added", r.Seq, rep.Last)
			case rep.Lines > 0 && r.Prev != rep.LastHash:
				return broken("line %d does not go on with the chain", r.Seq)
			case rep.Lines == 0 && r.Seq == 1 && r.Prev != Zero:
				return broken("the first line does not begin the chain")
			case want[r.Seq] != "" && want[r.Seq] != r.Hash:
				return broken("line %d is another one in the table", r.Seq)
			}
			if rep.Lines == 0 {
				rep.First, rep.From = r.Seq, r.Time
			}
			rep.Lines++
			rep.Last, rep.LastHash, rep.To = r.Seq, r.Hash, r.Time
			return nil
		})
		if err != nil {
			return rep, err
		}
	}
	if newest > rep.Last {
		return rep, &Broken{File: filepath.Base(path), Line: 0, Why: fmt.Sprintf("it ends with line %d, and the table has lines up to %d: the end was cut off", rep.Last, newest)}
	}
	return rep, nil
}
