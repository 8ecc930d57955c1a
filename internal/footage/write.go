package footage

import (
	"context"
	"crypto/hpke"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

const (
	segmentLength = time.Minute
	// A segment that begins with a key picture can be decoded without the one
	// before, so one that is nearly full ends at a key picture if it can.
	nearlyFull = segmentLength - 4*time.Second

	queueLength = 32                     // fragments: about 16 s
	patience    = 500 * time.Millisecond // how long Write waits for room in the queue
	keyPatience = 3 * time.Second        // and, once an hour, for the database
)

// ErrBehind is returned when the disk is slower than the camera for so long
// that the fragment couldn't be queued. It was not kept.
var ErrBehind = errors.New("the disk can't keep up")

var errWriterClosed = errors.New("the writer was closed")

// Writer records one camera for as long as its permit is good. It is for one
// goroutine. After an error of the disk nothing more is kept: close it, and
// begin a new one.
type Writer struct {
	store  *Store
	permit *gate.Permit
	camera premises.CameraID
	count  *counts
	run    *run           // whose next segment key comes; nil before the first fragment
	ahead  hpke.PublicKey // of the hour after it; nil if it couldn't be fetched
	hand   *segment       // being written; nil between segments
	before *place         // the segment that was cut last
	disk   *diskline      // nil before the first fragment
	broken error
	clock  time.Duration // see ClockOff
}

// Record starts recording camera.
func (s *Store) Record(p *gate.Permit, camera premises.CameraID) *Writer {
	return &Writer{store: s, permit: p, camera: camera, count: s.health.of(camera)}
}

// ClockOff says how far the camera's clock is ahead of ours. It is noted with
// the segments that begin from now on.
func (w *Writer) ClockOff(ahead time.Duration) { w.clock = ahead }

// Write seals f and hands it to the disk. It returns as soon as the fragment
// is queued; an error of the disk (full) is returned by a later call. The
// permit must allow [regulation.Record] for f's span. f.Data may be reused.
func (w *Writer) Write(ctx context.Context, f *media.Fragment) error {
	span := Span{From: f.Start, To: f.Start.Add(f.Length())}
	if err := w.permit.Allows(Subject(w.camera, span), regulation.Record); err != nil {
		return err
	}
	if err := checkFragment(f); err != nil {
		return fmt.Errorf("couldn't keep a fragment of camera %s: %w", w.camera, err)
	}
	if err := w.write(ctx, f); err != nil {
		return fmt.Errorf("couldn't record camera %s: %w", w.camera, err)
	}
	return nil
}

func (w *Writer) write(ctx context.Context, f *media.Fragment) error {
	if w.broken == nil && w.store.full() {
		w.broken = ErrFull
	}
	if err := w.failed(); err != nil {
		return err
	}
	if w.hand != nil && w.hand.full(f) {
		if err := w.cut(ctx); err != nil {
			return err
		}
	}
	if w.hand == nil {
		if err := w.begin(ctx, f); err != nil {
			return err
		}
	}
	block, e := w.hand.seal(w.store, f)
	if err := w.queue(ctx, job{kind: jobFragment, block: block, entry: e}); err != nil {
		return err
	}
	w.hand.add(e) // the table must not promise what wasn't queued
	w.count.wrote(len(f.Data))
	w.store.queued(len(w.disk.jobs))
	return nil
}

// failed returns why nothing can be kept any more.
func (w *Writer) failed() error {
	if w.broken == nil && w.disk != nil {
		w.broken = w.disk.failed()
	}
	return w.broken
}

// begin begins a segment, and a run if the hour is a new one.
func (w *Writer) begin(ctx context.Context, f *media.Fragment) error {
	hour := vault.HourOf(f.Start)
	if w.run == nil || w.run.hour != hour {
		if err := w.newRun(ctx, hour); err != nil {
			return err
		}
	}
	if w.disk == nil {
		w.disk = w.store.startDisk()
	}
	h := &header{place: place{w.run.id, w.run.next}, camera: w.camera, hour: hour, start: f.Start.UnixMicro(), sealed: w.run.sealed,
		ahead: w.clock.Milliseconds()}
	if w.before != nil {
		h.before, h.chained = *w.before, true
	}
	key, err := w.run.key()
	if err != nil {
		return err
	}
	block := w.store.buffers.Get(blob.Block)[:blob.Block]
	clear(block)
	h.put(block)
	seals, err := newSealer(key, headerSum(block))
	if err != nil {
		return err
	}
	w.hand = &segment{header: h, sealer: seals, end: blob.Block}
	return w.queue(ctx, job{kind: jobBegin, block: block, header: h})
}

func (w *Writer) newRun(ctx context.Context, hour vault.Hour) error {
	if err := validCamera(w.camera); err != nil {
		return err
	}
	public, err := w.publicKey(ctx, hour)
	if err != nil {
		return err
	}
	next, err := newRun(public, w.camera, hour)
	if err != nil {
		return err
	}
	if w.run != nil {
		w.run.wipe()
	}
	w.run = next
	return nil
}

// publicKey returns the key of hour, and has that of the next one fetched
// ahead if it can: a database that is away when the hour changes is no reason
// to stop recording.
func (w *Writer) publicKey(ctx context.Context, hour vault.Hour) (public hpke.PublicKey, err error) {
	ctx, done := context.WithTimeout(ctx, keyPatience)
	defer done()
	if public = w.ahead; public == nil || w.run == nil || hour != w.run.hour+1 {
		if public, err = w.store.publicKey(ctx, w.camera, hour); err != nil {
			return nil, err
		}
	}
	if w.ahead, err = w.store.publicKey(ctx, w.camera, hour+1); err != nil {
		w.ahead = nil // asked for again when it is needed
	}
	return public, nil
}

// queue hands j to the disk, and waits a moment if there is no room. What
// doesn't fit then is an error, never a silence; a nonce that was used for it
// isn't used again, because nothing more is written.
func (w *Writer) queue(ctx context.Context, j job) error {
	select {
	case w.disk.jobs <- j:
		return nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case w.disk.jobs <- j:
		return nil
	case <-timer.C:
		w.broken = ErrBehind
	case <-ctx.Done():
		w.broken = ctx.Err()
	}
	w.store.buffers.Put(j.block)
	return w.broken
}

// Cut ends the segment in hand: the next fragment starts a new one.
func (w *Writer) Cut(ctx context.Context) error {
	err := w.failed()
	if err == nil {
		err = w.cut(ctx)
	}
	if err != nil {
		return fmt.Errorf("couldn't end a segment of camera %s: %w", w.camera, err)
	}
	return nil
}

func (w *Writer) cut(ctx context.Context) error {
	if w.hand == nil {
		return nil
	}
	done := w.hand
	w.hand, w.before = nil, &done.header.place
	return w.queue(ctx, job{kind: jobEnd, block: done.table(w.store)})
}

// Close ends the segment in hand and waits until it is on disk and indexed.
// It returns again what broke the writer, if something did.
func (w *Writer) Close(ctx context.Context) error {
	if errors.Is(w.broken, errWriterClosed) {
		return nil
	}
	why := w.failed()
	w.broken = errWriterClosed
	if w.run != nil {
		w.run.wipe()
	}
	if w.disk == nil {
		return why
	}
	err := w.finish(ctx)
	if why == nil {
		why = w.disk.failed()
	}
	if err = errors.Join(why, err); err != nil {
		return fmt.Errorf("couldn't end the recording of camera %s: %w", w.camera, err)
	}
	return nil
}

// finish queues the end of the segment in hand, however long that takes, and
// waits for the disk and the index.
func (w *Writer) finish(ctx context.Context) error {
	if w.hand != nil {
		j := job{kind: jobEnd, block: w.hand.table(w.store)}
		select {
		case w.disk.jobs <- j:
		case <-ctx.Done():
			w.store.buffers.Put(j.block)
		}
		w.hand = nil
	}
	close(w.disk.jobs)
	select {
	case <-w.disk.done:
		return w.store.commit(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}
