package transparency

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// export is an export of four entries; the last says that who was erased from
// the second.
func export(t testing.TB) (*memoryLog, []byte) {
	m := newMemoryLog(t, 0)
	var lines bytes.Buffer
	for seq := range int64(4) {
		h := Header{At: time.UnixMicro(seq).UTC(), Kind: "besluit", Act: "uitkijken", Object: "Camera::\"1\"", Result: "toegestaan"}
		if seq == 3 {
			h.Act, h.More = ErasureAct, json.RawMessage(`{"regel":1,"waarom":"termijn"}`)
		}
		body, err := h.Body()
		if err != nil {
			t.Fatal(err)
		}
		header := Body{Salt: bytes.Repeat([]byte{byte(seq)}, SaltSize), Text: body}
		person := Body{Salt: bytes.Repeat([]byte{byte(seq + 9)}, SaltSize), Text: fmt.Appendf(nil, `{"wie":"Persoon::\"%d\""}`, seq)}
		if seq == 2 {
			person.Text = nil // names nobody
		}
		header.Recommit(HeaderPart)
		person.Recommit(PersonPart)
		m.leaves = append(m.leaves, LeafData(header.Commitment, person.Commitment))
		if seq == 1 {
			person = Body{Erased: true, Commitment: person.Commitment}
		}
		if err := WriteExportEntry(&lines, seq, header, person); err != nil {
			t.Fatal(err)
		}
	}
	leaves := m.leaves
	m.leaves = nil
	for _, leaf := range leaves {
		m.addLeaf(leaf)
	}
	_, signed := m.checkpoint()
	var out bytes.Buffer
	if err := WriteExportHead(&out, signed); err != nil {
		t.Fatal(err)
	}
	return m, append(out.Bytes(), lines.Bytes()...)
}

func verifyBytes(m *memoryLog, export []byte) (faults []string, err error) {
	_, _, err = VerifyExport(bytes.NewReader(export), m.verifier(), nil, func(f string) { faults = append(faults, f) })
	return faults, err
}

func TestVerifyExport(t *testing.T) {
	m, good := export(t)
	if faults, err := verifyBytes(m, good); err != nil || len(faults) > 0 {
		t.Fatalf("%v %v\n%s", faults, err, good)
	}
	text := string(good)
	lines := strings.SplitAfter(text, "\n")
	for name, bad := range map[string]string{
		"empty":                   "",
		"cut off in a line":       text[:len(text)-5],
		"last entry missing":      strings.Join(lines[:len(lines)-2], ""),
		"an entry twice":          text + lines[len(lines)-2],
		"an entry missing":        strings.Replace(text, lines[7], "", 1),
		"another act":             strings.Replace(text, "uitkijken", "meekijken", 1),
		"another person":          strings.Replace(text, "Persoon::", "Persoom::", 1),
		"another salt":            strings.Replace(text, "CQkJ", "CQkK", 1),
		"another checkpoint":      strings.Replace(text, "\n4\n", "\n5\n", 1),
		"no salt":                 strings.Replace(text, `"salt_person":"CQ`, `"salt_persom":"CQ`, 1),
		"erasure undone":          strings.Replace(text, `"person":null`, `"person":"{}"`, 1),
		"a carriage return":       strings.Replace(text, "\n4\n", "\r\n4\n", 1),
		"erasure nobody wrote of": strings.Replace(text, `\"regel\":1`, `\"regel\":0`, 1),
	} {
		if bad == text {
			t.Errorf("%s: nothing was altered", name)
		}
		if faults, err := verifyBytes(m, []byte(bad)); err == nil && len(faults) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

// An erasure must be told of by a later entry, and be done.
func TestErasures(t *testing.T) {
	salt := make([]byte, SaltSize)
	body := func(part Part, text string) Body {
		b := Body{Salt: salt, Text: []byte(text)}
		b.Recommit(part)
		return b
	}
	entry := func(h Header) Body {
		h.At = time.Unix(0, 0)
		text, err := h.Body()
		if err != nil {
			t.Fatal(err)
		}
		return body(HeaderPart, string(text))
	}
	plain, who, gone := entry(Header{Act: "uitkijken"}), body(PersonPart, "{}"), Body{Erased: true}
	erases := func(seq int) Body { return entry(Header{Act: ErasureAct, More: fmt.Appendf(nil, `{"regel":%d}`, seq)}) }
	for name, c := range map[string]struct {
		headers, persons []Body
		want             string
	}{
		"well":         {[]Body{plain, erases(0)}, []Body{gone, who}, ""},
		"silent":       {[]Body{plain, plain}, []Body{gone, who}, "no later entry"},
		"foretold":     {[]Body{erases(1), plain}, []Body{who, gone}, "no later entry"},
		"not done":     {[]Body{plain, erases(0)}, []Body{who, who}, "but it wasn't"},
		"vague":        {[]Body{plain, entry(Header{Act: ErasureAct})}, []Body{who, who}, "doesn't say of which"},
		"unsalted":     {[]Body{plain}, []Body{{Erased: true, Text: []byte("{}")}}, "nothing vouches"},
		"headless":     {[]Body{{Erased: true}}, []Body{who}, "header part is missing"},
		"not a header": {[]Body{body(HeaderPart, "[]")}, []Body{who}, "isn't JSON as it should be"},
		"timeless":     {[]Body{body(HeaderPart, "{}")}, []Body{who}, "has no time"},
	} {
		var faults []string
		a := &Audit{Fault: func(f string) { faults = append(faults, f) }}
		for i, header := range c.headers {
			a.Bodies(int64(i), header, c.persons[i])
		}
		a.End(Checkpoint{Root: (&Frontier{}).Root()})
		if c.want == "" && len(faults) > 0 || !contains(faults, c.want) {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

func FuzzVerifyExport(f *testing.F) {
	m, good := export(f)
	v := m.verifier()
	f.Add(good)
	f.Add([]byte(strings.Replace(string(good), "null", `""`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		faults := 0
		c, signed, err := VerifyExport(bytes.NewReader(text), v, nil, func(string) { faults++ })
		if err == nil && faults == 0 && (c.Size != 4 || !bytes.HasPrefix(text, signed)) {
			t.Errorf("%q is in order", text)
		}
		var lines []string
		for line := range bytes.Lines(text) {
			a := &Audit{Fault: func(f string) { lines = append(lines, f) }}
			_ = a.line(line) // mustn't panic
		}
	})
}

func FuzzSplitBundle(f *testing.F) {
	f.Add(AppendToBundle(AppendToBundle(nil, make([]byte, LeafSize)), nil))
	f.Add([]byte{0, 1})
	f.Fuzz(func(t *testing.T, bundle []byte) {
		entries, err := splitBundle(bundle)
		var again []byte
		for _, entry := range entries {
			again = AppendToBundle(again, entry)
		}
		if err == nil && !bytes.Equal(again, bundle) {
			t.Errorf("%x became %x", bundle, again)
		}
	})
}
