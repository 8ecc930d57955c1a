package transparency

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine is the longest line of an export that is read, in bytes.
const maxLine = 16 << 20

// exportLine is one entry in an export.
type exportLine struct {
	Seq          int64   `json:"seq"`
	SaltHeader   []byte  `json:"salt_header"`
	Header       *string `json:"header"`
	SaltPerson   []byte  `json:"salt_person"`
	Person       *string `json:"person"`                  // null once erased
	CommitPerson []byte  `json:"commit_person,omitempty"` // only once erased
}

// WriteExportHead writes what an export begins with.
func WriteExportHead(w io.Writer, signed []byte) error {
	_, err := fmt.Fprintf(w, "%s\n", signed)
	return err
}

// WriteExportEntry writes the next entry.
func WriteExportEntry(w io.Writer, seq int64, header, person Body) error {
	text := string(header.Text)
	line := exportLine{Seq: seq, SaltHeader: header.Salt, Header: &text}
	if person.Erased {
		line.CommitPerson = person.Commitment[:]
	} else {
		who := string(person.Text)
		line.SaltPerson, line.Person = person.Salt, &who
	}
	b, err := Marshal(line)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// VerifyExport verifies an export against its checkpoint, which v must have
// signed, and against an earlier checkpoint if after isn't nil. It calls
// fault with a line for each thing that is wrong, and returns the signed
// checkpoint. The error is for what can't be read at all.
func VerifyExport(r io.Reader, v Verifier, after *Checkpoint, fault func(string)) (Checkpoint, []byte, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	lines.Split(splitLines)
	signed, err := readExportHead(lines)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	c, err := OpenCheckpoint(signed, v)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	audit := &Audit{Fault: fault, After: after}
	for lines.Scan() {
		if err := audit.line(lines.Bytes()); err != nil {
			return Checkpoint{}, nil, fmt.Errorf("couldn't read entry %d of the export: %w", audit.Size(), err)
		}
	}
	if err := lines.Err(); err != nil {
		return Checkpoint{}, nil, fmt.Errorf("couldn't read the export after entry %d: %w", audit.Size(), err)
	}
	audit.End(c)
	return c, signed, nil
}

// readExportHead reads the signed checkpoint: a text, an empty line,
// signatures, an empty line.
func readExportHead(lines *bufio.Scanner) ([]byte, error) {
	var signed []byte
	for empty := 0; lines.Scan(); {
		if len(lines.Bytes()) == 0 {
			if empty++; empty == 2 {
				return signed, nil
			}
		}
		if signed = append(append(signed, lines.Bytes()...), '\n'); len(signed) > maxLine {
			break
		}
	}
	return nil, errors.Join(errors.New("not an export of a logbook: it begins with a signed checkpoint and an empty line"), lines.Err())
}

// line verifies one line of an export.
func (a *Audit) line(text []byte) error {
	var l exportLine
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	switch {
	case l.Seq != a.Size():
		return fmt.Errorf("it calls itself entry %d", l.Seq)
	case l.Header == nil:
		return errors.New("it has no header")
	case l.Person == nil && len(l.CommitPerson) != HashSize:
		return fmt.Errorf("its person part was erased, but it has no commitment of %d bytes", HashSize)
	case l.Person != nil && l.CommitPerson != nil:
		return errors.New("it has both a person part and a commitment for an erased one")
	}
	header := Body{Salt: l.SaltHeader, Text: []byte(*l.Header)}
	header.Recommit(HeaderPart)
	person := Body{Erased: l.Person == nil, Salt: l.SaltPerson}
	if person.Erased {
		person.Commitment = Hash(l.CommitPerson)
	} else {
		person.Text = []byte(*l.Person)
		person.Recommit(PersonPart)
	}
	a.Bodies(l.Seq, header, person)
	a.Leaf(LeafHash(LeafData(header.Commitment, person.Commitment)))
	return nil
}

// splitLines is bufio.ScanLines, but leaves a carriage return where it is:
// what is signed and hashed is bytes.
func splitLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF // the last line has no end: cut off
	}
	return 0, nil, nil
}
