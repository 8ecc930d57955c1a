package recorder

import (
	"bytes"
	"testing"
	"time"

	"oogmerk/internal/media"
)

// memories are one of Go's, and one of its own where the system has that.
func memories() map[string]*memory {
	own := &memory{}
	own.reserve()
	return map[string]*memory{"Go's": {}, "its own": own}
}

// What was put stays where it is, one behind the other, with room where that
// was asked for.
func TestMemoryKeepsWhatWasPut(t *testing.T) {
	for name, m := range memories() {
		var kept [][]byte
		for i := range 3000 {
			room := 0
			if i%50 == 0 {
				room = before
			}
			p := m.put(bytes.Repeat([]byte{byte(i)}, 500), room)
			if len(p) != room+500 {
				t.Fatalf("%s: got %d bytes, want %d", name, len(p), room+500)
			}
			clear(p[:room]) // it may be written to
			kept = append(kept, p[room:])
		}
		for i, p := range kept {
			if !bytes.Equal(p, bytes.Repeat([]byte{byte(i)}, 500)) {
				t.Fatalf("%s: picture %d was overwritten", name, i)
			}
		}
		if m.put(make([]byte, memorySize), 0) != nil {
			t.Errorf("%s holds more than it may", name)
		}
		m.forget()
		if p := m.put([]byte("again"), 0); string(p) != "again" || m.used != 5 {
			t.Errorf("%s isn't used again: %q", name, p)
		}
		m.used = maxGOP
		m.forget() // gives much back
		if p := m.put([]byte("anew"), 0); string(p) != "anew" {
			t.Errorf("%s can't be used after it gave back what it had: %q", name, p)
		}
	}
}

// Fragments are the same whether their pictures are copied or stay where who
// watches has them, also when a GOP is longer than what is kept of it.
func TestFragmentsOfKeptPictures(t *testing.T) {
	h := newHub()
	h.connected()
	var plain, kept [][]byte
	var padded int
	gather := func(into *[][]byte) func(*media.Fragment) error {
		return func(f *media.Fragment) error {
			if len(f.Padded) >= len(f.Data)+before {
				padded++
				clear(f.Padded[:len(f.Padded)-len(f.Data)]) // as who seals may
			}
			*into = append(*into, bytes.Clone(f.Data))
			return nil
		}
	}
	in := &intake{hub: h, sieve: &sieve{}, fragmenter: media.NewFragmenter(fragmentLength, gather(&kept))}
	other := media.NewFragmenter(fragmentLength, gather(&plain))
	for i := range 400 {
		au := &media.AccessUnit{Time: time.Unix(100, 0).Add(time.Duration(i) * 40 * time.Millisecond), DTS: uint64(i) * media.Clock / 25,
			Key: i%300 == 0, Data: bytes.Repeat([]byte{byte(i)}, 100+i%7*40_000), Config: &media.Config{Codec: media.H264}}
		there := *au
		if i%3 > 0 { // put together where it will be kept
			there.Data = append(h.room(nil), au.Data...)
		}
		if err := in.record(&there); err != nil {
			t.Fatal(err)
		}
		if err := other.Push(au); err != nil {
			t.Fatal(err)
		}
		if i == 250 && !h.cut {
			t.Fatal("the GOP isn't longer than what is kept of it")
		}
	}
	if len(kept) == 0 || padded != len(kept) {
		t.Errorf("%d of %d fragments have room before them", padded, len(kept))
	}
	for i := range plain {
		if i >= len(kept) || !bytes.Equal(kept[i], plain[i]) {
			t.Fatalf("fragment %d isn't the same", i)
		}
	}
	f := newFeed(t, h)
	if got := len(f.queue); got != 100 {
		t.Errorf("a watcher begins with %d pictures, want the 100 since the last key picture", got)
	}
	for i, au := range f.queue {
		if au.Data[0] != byte(300+i) {
			t.Fatalf("picture %d of the GOP was overwritten", i)
		}
	}
}

// Where there is no room for a picture, none is put together in what is kept.
func TestNoRoomIsNotOldRoom(t *testing.T) {
	h := newHub()
	h.connected()
	old := h.room(nil)
	h.memory.used = len(h.memory.b) - 100
	if got := h.room(old); h.memory.mapped && cap(got) > 0 {
		t.Errorf("a picture would be put together in %d bytes that are taken", cap(got))
	}
	own := make([]byte, 0, 10)
	h.memory = &memory{}
	if got := h.room(own); cap(got) != 10 {
		t.Error("without memory of the system's, a picture isn't put together in the depacketizer's own")
	}
}
