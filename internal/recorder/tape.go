package recorder

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

const (
	// A fragment later than this after the one before leaves a gap.
	maxHole = 250 * time.Millisecond
	// A clock that was put back by no more than maxBack costs no picture: they
	// go on from where the footage ended, and last shorter until the clock has
	// caught up. maxNudge is too little to care. After one that was put back
	// further, recording goes on where there is no footage yet: what was
	// recorded at a wrong time can't be told from what is at the right one.
	maxBack  = 5 * time.Second
	maxNudge = 50 * time.Millisecond
	catchUp  = 64 // pictures last a 64th shorter
	// proof is how long a disk must go well that failed before.
	proof = 2 * time.Second
)

// A roll is what one permit allowed to record.
type roll struct {
	permit   *gate.Permit
	writer   *footage.Writer // nil after the disk failed, until it is tried again
	pictures int64
	bytes    int64
	ticks    uint64
	lost     uint64 // packets that never came
}

// covers reports whether f lies inside what r's permit allows.
func (r *roll) covers(f *media.Fragment) bool {
	if r == nil {
		return false
	}
	on := r.permit.Request().On
	return !f.Start.Before(on.From) && !f.Start.Add(f.Length()).After(on.To)
}

// A tape is where one camera's fragments go. What was recorded once is neither
// overwritten nor recorded over, whatever the clock does.
//
// Fragments come in by [tape.take], on the goroutine that reads the
// connection. Everything else is done by the camera's own goroutine, which is
// woken for it.
type tape struct {
	store  *footage.Store
	camera premises.CameraID
	gaps   *gaps
	now    func() time.Time
	wake   func()

	mu      sync.Mutex
	roll    *roll         // on which fragments go; nil without permission
	next    *roll         // takes over from roll as soon as it can
	spent   []*roll       // to be closed
	start   time.Time     // of the last fragment
	end     time.Time     // of the same: what comes now is later
	until   time.Time     // when there is footage again; zero if nothing follows
	astray  bool          // the clock was put back: it must be asked where to go on
	empty   bool          // nothing was ever recorded
	resume  bool          // nothing is recorded until a key picture
	why     string        // cause of the hole that the next fragment may leave; "" if unknown
	trouble error         // of the disk; nil when all is well
	dead    bool          // the roll's writer is no good any more
	trial   time.Time     // when it was tried again: start of the first fragment since
	ahead   time.Duration // of the camera's clock
}

// insert takes a permit to record by.
func (t *tape) insert(p *gate.Permit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &roll{permit: p, writer: t.writer(p)}
	if t.roll == nil {
		t.roll, t.resume = r, true
	} else {
		t.next = r
	}
}

// writer is a new one, that knows what there is to know.
func (t *tape) writer(p *gate.Permit) *footage.Writer {
	w := t.store.Record(p, t.camera)
	w.ClockOff(t.ahead)
	return w
}

// clock says how far the camera's clock is ahead of ours. It is kept with the
// footage from the next segment on.
func (t *tape) clock(ahead time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ahead = ahead
	for _, r := range []*roll{t.roll, t.next} {
		if r != nil && r.writer != nil {
			r.writer.ClockOff(ahead)
		}
	}
}

// permits returns the permit that is recorded by and the one that follows.
func (t *tape) permits() (now, next *gate.Permit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.roll != nil {
		now = t.roll.permit
	}
	if t.next != nil {
		next = t.next.permit
	}
	return now, next
}

// expire lays aside what isn't good at `at` any more. all: everything.
func (t *tape) expire(at time.Time, all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil && (all || over(t.next.permit, at)) {
		t.spent, t.next = append(t.spent, t.next), nil
	}
	if t.roll != nil && (all || over(t.roll.permit, at)) {
		t.advance()
	}
}

// advance lays aside the roll in hand for the next, if there is one.
func (t *tape) advance() {
	t.spent = append(t.spent, t.roll)
	t.roll, t.next, t.dead = t.next, nil, false
}

// discarded returns the rolls to be closed, oldest first.
func (t *tape) discarded() []*roll {
	t.mu.Lock()
	defer t.mu.Unlock()
	spent := t.spent
	t.spent = nil
	return spent
}

// keep takes back a roll that couldn't be closed.
func (t *tape) keep(r *roll) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spent = append(t.spent, r)
}

// withdrawn is closed when the permit that is recorded by ends early. It is
// nil if there is none.
func (t *tape) withdrawn() <-chan struct{} {
	if p, _ := t.permits(); p != nil {
		return p.Done()
	}
	return nil
}

// state returns what is wrong with the disk, and whether fragments are being
// recorded.
func (t *tape) state() (trouble error, rolling bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trouble, t.roll != nil && !t.resume && t.trouble == nil
}

// ending is when the last recorded fragment ended.
func (t *tape) ending() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end
}

// cut ends the segment in hand.
func (t *tape) cut(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.roll == nil || t.roll.writer == nil {
		return
	}
	if err := t.roll.writer.Cut(ctx); err != nil {
		t.failed(err)
	}
}

// broken takes away the writer that failed, if there is one, to be closed.
func (t *tape) broken() *footage.Writer {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.dead || t.roll == nil {
		return nil
	}
	w := t.roll.writer
	t.roll.writer, t.dead = nil, false
	return w
}

// mend tries the disk again, if it failed.
func (t *tape) mend() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.roll != nil && t.roll.writer == nil {
		t.roll.writer, t.trial = t.writer(t.roll.permit), time.Time{}
	}
}

// leap says that our clock leapt, or the camera's.
func (t *tape) leap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.why = causeClock
}

// idle says that what began at `at` isn't to be recorded, and why. It reports
// whether nothing was until then either, for another reason.
func (t *tape) idle(at time.Time, cause string) (further bool) {
	return t.gaps.open(t.ending(), at, cause, "")
}

// skip says that what comes next doesn't follow on what was recorded.
func (t *tape) skip() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resume = true
}

// take records f. It never fails: what can't be recorded is a gap with a
// cause.
func (t *tape) take(ctx context.Context, f *media.Fragment, lost uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.resume && !f.Key() {
		return
	}
	t.resume = true // until f is recorded
	if !t.fit(f) {
		return
	}
	r := t.choose(f)
	switch {
	case r == nil:
		t.refuse()
		return
	case r.writer == nil:
		return
	}
	if err := t.write(ctx, r, f); err != nil {
		t.failed(err)
		return
	}
	t.resume = false
	t.recorded(r, f, lost)
}

// fit sees to it that f is recorded where nothing is yet, or reports that it
// can't be.
func (t *tape) fit(f *media.Fragment) bool {
	if t.astray {
		return false
	}
	back := t.end.Sub(f.Start)
	if back > maxBack || !t.until.IsZero() && f.Start.Add(f.Length()).After(t.until) {
		t.astray, t.dead = true, true
		t.wake()
		return false
	}
	if back <= 0 {
		return true
	}
	f.Start = t.end
	if back > maxNudge {
		for i := range f.Samples {
			f.Samples[i].Duration -= f.Samples[i].Duration / catchUp
		}
	}
	return true
}

// place says where to go on.
func (t *tape) place(free footage.Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.start, t.end, t.until = free.From, free.From, free.To
	t.astray = false
}

// reached is when the last recorded fragment ended, and when there is footage
// again; zero if nothing follows.
func (t *tape) reached() (end, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end, t.until
}

// strayed reports whether it must be asked where to go on.
func (t *tape) strayed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.astray
}

// choose returns what f is to be recorded on. It changes to the next roll at
// a key picture, if there is time to wait for that.
func (t *tape) choose(f *media.Fragment) *roll {
	if t.next.covers(f) && (f.Key() || !t.roll.covers(f)) {
		t.advance()
		t.wake()
	}
	if t.roll.covers(f) {
		return t.roll
	}
	return nil
}

// refuse is for a fragment that no permit covers: our clock leapt out of its
// span, or it ended and another wasn't given yet.
func (t *tape) refuse() {
	if t.why == "" {
		t.why = causeForbidden
	}
	t.wake()
}

// write writes f, in a new segment if it doesn't follow on what is there.
func (t *tape) write(ctx context.Context, r *roll, f *media.Fragment) error {
	if t.hole(f) {
		if err := r.writer.Cut(ctx); err != nil {
			return err
		}
	}
	return r.writer.Write(ctx, f)
}

// hole reports whether something is missing before f.
func (t *tape) hole(f *media.Fragment) bool { return f.Start.Sub(t.end) > maxHole }

// failed is for what the writer couldn't write. It says so one fragment late,
// so that the last one may be lost too.
func (t *tape) failed(err error) {
	if errors.Is(err, gate.ErrNoPermit) {
		t.refuse()
		return
	}
	t.trouble, t.dead = err, true
	t.gaps.open(t.start, t.now(), diskCause(err), oneLine(err))
	t.wake()
}

func diskCause(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return causeDiskFull
	}
	return causeDisk
}

// recorded keeps the accounts of a fragment that was written.
func (t *tape) recorded(r *roll, f *media.Fragment, lost uint64) {
	t.note(f)
	t.empty, t.why = false, ""
	t.start, t.end = f.Start, f.Start.Add(f.Length())
	r.pictures += int64(len(f.Samples))
	r.bytes += int64(len(f.Data))
	r.ticks += f.Ticks()
	r.lost += lost
}

// note opens a gap if f comes too late after the one before, and ends the one
// that lasts: at once, or, after trouble with the disk, when that has shown
// for a while that it is well.
func (t *tape) note(f *media.Fragment) {
	from := f.Start
	switch {
	case t.trouble != nil:
		if t.trial.IsZero() {
			t.trial = f.Start
		}
		if f.Start.Sub(t.trial) < proof {
			return
		}
		t.trouble, from = nil, t.trial
	case t.hole(f) && !t.empty && !t.gaps.lasts():
		t.gaps.open(t.end, t.end, cmp.Or(t.why, causeNoPicture), "")
	}
	if t.empty || t.gaps.lasts() {
		t.gaps.end(from)
		t.wake()
	}
}
