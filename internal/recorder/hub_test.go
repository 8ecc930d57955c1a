package recorder

import (
	"bytes"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
)

// newFeed is a feed of h without the permit that Next wants.
func newFeed(t *testing.T, h *hub) *Feed {
	t.Helper()
	f := &Feed{hub: h, ready: make(chan struct{}, 1), gone: make(chan struct{})}
	if err := h.join(f); err != nil {
		t.Fatal(err)
	}
	return f
}

// all takes what waits in f, as the keys and first bytes of pictures: "K1 2 3".
func all(f *Feed) string {
	var out bytes.Buffer
	for {
		au, ok := f.take()
		if !ok {
			return out.String()
		}
		if au.Key {
			out.WriteByte('K')
		}
		out.WriteByte('0' + au.Data[0])
	}
}

// shoot publishes a picture that begins with byte n.
func shoot(h *hub, n byte, key bool, size int) {
	data := bytes.Repeat([]byte{n}, size)
	h.publish(media.AccessUnit{Time: time.Unix(100+int64(n), 0), DTS: uint64(n) * media.Clock, Key: key, Data: data})
	clear(data) // as the next picture would
}

func TestWatchersBeginWithTheGOPInHand(t *testing.T) {
	h := newHub()
	shoot(h, 1, false, 10) // of a GOP whose key picture nobody saw
	f := newFeed(t, h)
	shoot(h, 2, false, 10)
	if got := all(f); got != "" {
		t.Errorf("before the first key picture a watcher got %q", got)
	}
	shoot(h, 3, true, 10)
	shoot(h, 4, false, 10)
	late := newFeed(t, h)
	shoot(h, 5, false, 10)
	for name, f := range map[string]*Feed{"early": f, "late": late} {
		if got := all(f); got != "K345" {
			t.Errorf("the %s watcher got %q, want K345", name, got)
		}
	}
	shoot(h, 6, true, 10)
	if got := all(newFeed(t, h)); got != "K6" {
		t.Errorf("a watcher after the next key picture got %q, want K6", got)
	}
}

func TestWatchersOfALongGOPBeginWithItsBeginning(t *testing.T) {
	h := newHub()
	shoot(h, 1, true, maxGOP/2)
	shoot(h, 2, false, maxGOP/2)
	shoot(h, 3, false, 10) // too much to keep
	shoot(h, 4, false, 10)
	f := newFeed(t, h)
	shoot(h, 5, false, 10)
	if got := all(f); got != "K12" {
		t.Errorf("a watcher got %q, want K12 and nothing that builds on what is missing", got)
	}
	shoot(h, 6, true, 10)
	if got := all(f); got != "K6" {
		t.Errorf("then it got %q, want K6", got)
	}
	if h.memory.used > maxGOP {
		t.Errorf("%d bytes are kept", h.memory.used)
	}
}

func TestSlowWatchersGoOnAtTheNextKeyPicture(t *testing.T) {
	h := newHub()
	slow, quick := newFeed(t, h), newFeed(t, h)
	shoot(h, 1, true, 10)
	for range maxPictures + 50 {
		shoot(h, 2, false, 10)
		all(quick)
	}
	if n := len(slow.queue); n != maxPictures {
		t.Errorf("%d pictures wait for a slow watcher, want %d", n, maxPictures)
	}
	shoot(h, 3, true, 10)
	shoot(h, 4, false, 10)
	for name, f := range map[string]*Feed{"slow": slow, "quick": quick} {
		if got := all(f); got != "K34" {
			t.Errorf("the %s watcher got %q, want K34", name, got)
		}
	}
}

func TestTicksGoOnOverAReconnection(t *testing.T) {
	h := newHub()
	f := newFeed(t, h)
	h.publish(media.AccessUnit{Time: time.Unix(100, 0), DTS: 1000, Key: true, Data: []byte{1}})
	h.reconnected()
	if got := all(newFeed(t, h)); got != "" {
		t.Errorf("while there is no connection, a watcher gets %q", got)
	}
	h.publish(media.AccessUnit{Time: time.Unix(102, 0), DTS: 7, Key: true, Data: []byte{2}})
	h.publish(media.AccessUnit{Time: time.Unix(103, 0), DTS: 7 + media.Clock, Data: []byte{3}})
	for _, want := range []uint64{1000, 1000 + 2*media.Clock, 1000 + 3*media.Clock} {
		if au, ok := f.take(); !ok || au.DTS != want {
			t.Errorf("DTS %d, want %d", au.DTS, want)
		}
	}
}

func TestHubCountsWhoWatches(t *testing.T) {
	h := newHub()
	f, g := newFeed(t, h), newFeed(t, h)
	if h.seen() || len(h.arrived) > 0 {
		t.Error("who looks for motion is in a hurry")
	}
	person := &Feed{hub: h, act: regulation.Watch, ready: make(chan struct{}, 1), gone: make(chan struct{})}
	if err := h.join(person); err != nil {
		t.Fatal(err)
	}
	if !h.seen() || len(h.arrived) == 0 {
		t.Error("nobody knows that somebody looks")
	}
	for _, f := range []*Feed{f, person} {
		f.Close()
		f.Close()
	}
	if n := h.watching.Load(); n != 1 || h.seen() {
		t.Errorf("%d watch, and somebody looks: %v; want 1 who doesn't", n, h.seen())
	}
	h.close()
	select {
	case <-g.gone:
	default:
		t.Error("a feed goes on after its camera stopped")
	}
	if err := h.join(&Feed{}); err == nil {
		t.Error("one can join a camera that stopped")
	}
}
