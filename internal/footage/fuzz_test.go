package footage

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"oogmerk/internal/blob"
	"oogmerk/internal/media"
)

// aSegment makes a segment file in memory, with a key that we know.
func aSegment(tb testing.TB, film []*media.Fragment) (file []byte, seals *sealer, h *header) {
	tb.Helper()
	h = &header{place: place{run: [16]byte{1, 2, 3}, index: 7}, camera: cam, hour: noonH, start: noon.UnixMicro(), sealed: make([]byte, sealedSecret)}
	block := make([]byte, blob.Block)
	h.put(block)
	seals, err := newSealer(make([]byte, 32), headerSum(block))
	if err != nil {
		tb.Fatal(err)
	}
	g := &segment{header: h, sealer: seals, end: blob.Block}
	s := &Store{}
	file = block
	for _, f := range film {
		sealed, e := g.seal(s, f)
		g.add(e)
		file = append(file, sealed...)
	}
	return append(file, g.table(s)...), seals, h
}

// walkAll reads all of a file that anyone may have written.
func walkAll(file []byte, seals *sealer) error {
	r := bytes.NewReader(file)
	found, err := scanFile(r, int64(len(file)))
	if err != nil {
		return err
	}
	if found.end > int64(len(file)) {
		panic("the end lies beyond the end")
	}
	found.row(found.end)
	found.agrees()
	seals = &sealer{aead: seals.aead, sum: found.sum}
	found.opens(r, seals, false)
	_, err = readTable(r, int64(len(file)), found.header, seals)
	return err
}

// patched is good with something written over it at a place. The fuzzer makes
// the patch: whole files are too long for it to find anything in.
func patched(good []byte, at uint32, patch []byte) []byte {
	bad := bytes.Clone(good)
	copy(bad[int(at)%len(bad):], patch)
	return bad
}

// FuzzSegment reads segment files that something happened to: something else
// is written in two places, and the file ends early.
func FuzzSegment(f *testing.F) {
	file, seals, _ := aSegment(f, shoot(noon, 5, 2))
	if err := walkAll(file, seals); err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), []byte(headerMagic), uint32(blob.Block), []byte(magicTable), uint32(1))
	f.Add(uint32(146), []byte{1}, uint32(blob.Block+8), []byte{0, 0, 0, 17}, uint32(blob.Block))
	f.Add(uint32(12), []byte{0, 0, 0, 1}, uint32(len(file)-footerSize), []byte{0, 0, 0, 0, 0, 0, 16, 0}, uint32(0))
	f.Fuzz(func(t *testing.T, a uint32, first []byte, b uint32, second []byte, short uint32) {
		bad := patched(patched(file, a, first), b, second)
		putSum(bad, 0, blob.Block-4)
		if at := int(b) / blob.Block * blob.Block % len(bad); at > 0 {
			putSum(bad, at, recordHeader-4)
		}
		bad = bad[:len(bad)-int(short)%len(bad)]
		_ = walkAll(bad, seals)
		_ = walkAll(first, seals)
	})
}

// putSum gives what the fuzzer made from a place on a checksum that is right,
// so that it gets past the door.
func putSum(b []byte, from, n int) {
	b = b[from:]
	binary.BigEndian.PutUint32(b[n:], crc32.Checksum(b[:n], castagnoli))
}

// FuzzHeader: what is accepted is written back the same.
func FuzzHeader(f *testing.F) {
	file, _, _ := aSegment(f, shoot(noon, 1, 1))
	for _, at := range []uint32{8, 10, 12, 32, 40, 48, 52, 78, 80, 144, 1314} {
		f.Add(at, []byte{0, 1, 0, 0, 0, 0, 0, 2})
	}
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		block := patched(file[:blob.Block], at, patch)
		putSum(block, 0, blob.Block-4)
		h, err := parseHeader(block)
		if err != nil {
			return
		}
		again := make([]byte, blob.Block)
		h.put(again)
		if !bytes.Equal(again, block) {
			t.Error("a header was accepted that isn't written back the same")
		}
	})
}

// FuzzRecord: the same, for clear headers.
func FuzzRecord(f *testing.F) {
	file, _, _ := aSegment(f, shoot(noon, 1, 1))
	f.Add(file[blob.Block : blob.Block+recordHeader])
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < recordHeader {
			return
		}
		b = bytes.Clone(b[:recordHeader])
		putSum(b, 0, recordHeader-4)
		r, err := parseRecord(b)
		if err != nil {
			return
		}
		again := make([]byte, recordHeader)
		r.put(again)
		if !bytes.Equal(again, b) || r.size()%blob.Block != 0 || r.size() <= 0 {
			t.Errorf("a clear header was accepted that isn't one: %+v", r)
		}
	})
}

// FuzzFragment reads what may be inside a fragment.
func FuzzFragment(f *testing.F) {
	for _, fragment := range shoot(noon, 2, 2) {
		f.Add(append(appendMeta(nil, fragment), fragment.Data...), uint32(len(fragment.Samples)), fragment.Ticks(), fragment.Key())
	}
	f.Fuzz(func(t *testing.T, plain []byte, samples uint32, ticks uint64, key bool) {
		r := record{magic: magicFragment, samples: samples, ticks: ticks, start: noon.UnixMicro()}
		if key {
			r.flags = flagKey
		}
		got, err := parseFragment(&r, plain)
		if err != nil {
			return
		}
		if len(got.Samples) == 0 || got.Ticks() != ticks {
			t.Errorf("a fragment of %d samples, %d ticks was accepted", len(got.Samples), got.Ticks())
		}
		// Varints can be written in more ways than one; what they say can't.
		twice, err := parseFragment(&r, append(appendMeta(nil, got), got.Data...))
		if err != nil || !bytes.Equal(twice.Data, got.Data) {
			t.Errorf("it isn't read back: %v", err)
		}
	})
}

// FuzzTable reads what may be inside a table.
func FuzzTable(f *testing.F) {
	file, seals, h := aSegment(f, shoot(noon, 5, 2))
	found, err := scanFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		f.Fatal(err)
	}
	sealed := bytes.Clone(file[found.tableAt : found.tableAt+recordHeader+int64(found.table.length)])
	plain, err := seals.open(sealed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain, found.table.index, found.table.samples, found.table.ticks)
	f.Fuzz(func(t *testing.T, plain []byte, index, samples uint32, ticks uint64) {
		r := record{magic: magicTable, index: index, samples: samples, ticks: ticks, start: h.start}
		entries, _, err := parseTable(&r, h, seals.sum, plain)
		if err == nil && uint32(len(entries)) != index {
			t.Errorf("a table of %d fragments says it has %d", index, len(entries))
		}
	})
}
