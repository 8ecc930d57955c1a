package recorder

import (
	"context"
	"sync/atomic"
	"time"

	"oogmerk/internal/media"
)

// fragmentLength is how much is lost at most when the power goes.
const fragmentLength = 500 * time.Millisecond

// An intake turns the packets of one connection into pictures for who
// watches, and fragments for the sieve. Only the goroutine that reads the
// connection uses it, until that has ended.
type intake struct {
	ctx       context.Context // of the recording: a fragment in hand outlives the connection
	now       func() time.Time
	sieve     *sieve // nil: the pictures are for who watches, and never recorded
	hub       *hub
	condition *condition

	depacketizer *media.Depacketizer
	fragmenter   *media.Fragmenter
	packets      atomic.Uint64 // came
	pictures     atomic.Uint64 // were made of them
	bad          atomic.Uint64 // packets that nothing could be made of
	lost         atomic.Uint64 // packets that never came, as far as the tape knows
}

// begin makes ready for the packets of one payload type.
func (in *intake) begin(codec media.Codec, payloadType uint8, config *media.Config) {
	in.hub.connected()
	in.depacketizer = media.NewDepacketizer(codec, payloadType, config, in.picture)
	in.depacketizer.Place(in.hub.room)
	in.beginPictures()
}

// beginPictures makes ready for pictures.
func (in *intake) beginPictures() {
	if in.sieve != nil {
		in.fragmenter = media.NewFragmenter(fragmentLength, in.fragment)
	}
}

// packet takes one RTP packet, and when it came.
func (in *intake) packet(b []byte, came time.Time) {
	in.packets.Add(1)
	// The only errors are those of picture, which has none.
	if in.depacketizer.Push(b, came) != nil {
		return
	}
	if n := in.depacketizer.Bad(); n != in.bad.Load() {
		in.bad.Store(n)
	}
}

func (in *intake) picture(au *media.AccessUnit) error {
	in.pictures.Add(1)
	if au.Key {
		in.condition.picture(au)
	}
	if in.fragmenter == nil {
		in.hub.publish(*au)
		return nil
	}
	return in.record(au)
}

// record puts au on its way to the tape, and hands it to who watches: first
// the fragment that ends with the picture before, then what au says of the time.
func (in *intake) record(au *media.AccessUnit) error {
	err := in.fragmenter.Settle(au)
	if au.Jump {
		in.sieve.tape.leap()
	}
	p := goesOn
	if in.fragmenter.Empty() {
		p = begins
	}
	in.fragmenter.Add(au, in.hub.share(*au, p))
	return err
}

func (in *intake) fragment(f *media.Fragment) error {
	var lost uint64
	if in.depacketizer != nil {
		lost = in.depacketizer.Lost()
	}
	in.sieve.take(in.ctx, f, lost-in.lost.Swap(lost))
	return nil
}

// end records what is still in hand. The connection must be closed.
func (in *intake) end() error {
	if in.fragmenter == nil {
		return nil
	}
	return in.fragmenter.Flush()
}
