package transparency

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Checkpoint says what a log held at one moment, as C2SP tlog-checkpoint.
type Checkpoint struct {
	Origin string // the name of the log
	Size   int64  // how many entries
	Root   Hash   // of the tree of all of them
}

// Sign returns the signed note that says c.
func (c Checkpoint) Sign(s *Signer) ([]byte, error) {
	root := base64.StdEncoding.EncodeToString(c.Root[:])
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, root)}, s.signer)
	if err != nil {
		return nil, fmt.Errorf("couldn't sign the checkpoint: %w", err)
	}
	return signed, nil
}

// OpenCheckpoint reads a checkpoint that v signed. Other signatures, of
// witnesses, are let be.
func OpenCheckpoint(signed []byte, v Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint isn't signed by %s: %w", v.Name(), err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, fmt.Errorf("the checkpoint is of %q, and the key of %q", c.Origin, v.Name())
	}
	return c, nil
}

// parseCheckpoint reads what was signed. Lines after the third are for
// extensions, which we have none of.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, errors.New("not a checkpoint: it has an origin, a size and a root, each on a line")
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: the size %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: the root %w", err)
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// parseDecimal reads a number that was written in the one right way.
func parseDecimal(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q isn't a number of zero or more", s)
	}
	return n, nil
}

// parseHash reads a hash in base64, likewise.
func parseHash(s string) (Hash, error) {
	b, err := parseBase64(s)
	if err != nil || len(b) != HashSize {
		return Hash{}, fmt.Errorf("%q isn't the base64 of %d bytes", s, HashSize)
	}
	return Hash(b), nil
}

func parseBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || base64.StdEncoding.EncodeToString(b) != s {
		return nil, fmt.Errorf("%q isn't base64", s)
	}
	return b, nil
}
