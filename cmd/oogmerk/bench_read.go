package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// readBack opens all that was recorded between two instants and counts the
// pictures that were kept, and those that must have been sent.
func (p *program) readBack(ctx context.Context, film media.Clip, from, to time.Time) (kept, sent int, err error) {
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return 0, 0, err
	}
	pictures := len(film.Pictures)
	step := media.Duration(film.Ticks()) / time.Duration(pictures)
	for _, c := range cameras {
		n := counter{total: benchLaps * pictures, step: step, last: from}
		if err := p.eachPicture(ctx, c.ID, from, to, n.count); err != nil {
			return 0, 0, fmt.Errorf("couldn't read back %s: %w", c.Name, err)
		}
		n.count(to, -1)
		kept, sent = kept+n.kept, sent+n.sent
	}
	return kept, sent, nil
}

// A counter counts pictures that were kept, and by the numbers in them those
// that must have been sent.
type counter struct {
	total      int           // numbers there are
	step       time.Duration // between two pictures
	kept, sent int
	last       time.Time // when the one before was taken
	number     int       // and its number
}

// count counts the picture of an instant with its number. The end of the
// stretch is a picture without one.
func (c *counter) count(at time.Time, number int) {
	by := int((at.Sub(c.last) + c.step/2) / c.step) // by the clock, roughly
	switch {
	case number < 0:
		c.sent += max(by-1, 0)
		return
	case c.kept == 0:
		c.sent += max(by-1, 0) + 1
	default:
		next := ((number-c.number)%c.total + c.total) % c.total
		rounds := (by - next + c.total/2) / c.total // it was away for longer than the numbers last
		c.sent += next + max(rounds, 0)*c.total
	}
	c.kept++
	c.last, c.number = at, number
}

// number is what fill put in a picture, -1 if that isn't there.
func number(picture []byte) int {
	n := -1
	media.NALs(picture, func(nal []byte) {
		for _, head := range fillers {
			if digits, ok := bytes.CutPrefix(nal, head); ok && len(digits) > 4 && digits[0]&0x80 != 0 {
				n = 0
				for _, b := range digits[:4] {
					n = n<<7 | int(b&0x7f)
				}
			}
		}
	})
	return n
}

// eachPicture shows see what camera saw between two instants: when, and the
// number in it.
func (p *program) eachPicture(ctx context.Context, camera premises.CameraID, from, to time.Time, see func(time.Time, int)) (err error) {
	// A film begins with a key picture and has whole fragments only, so it
	// must begin early and end late.
	span := footage.Span{From: from.Add(-benchWarmUp), To: to.Add(benchTail)}
	permit, err := p.gate.Enter(ctx, gate.Request{Act: regulation.PlayBack, Who: people.System.Entity(), For: benchPurpose,
		On: footage.Subject(camera, span)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, permit.Close(ctx, "gedaan", nil)) }()
	film, err := p.footage.Read(ctx, permit, camera, span)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, film.Close()) }()
	if faults := film.Faults(); len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	for i := range film.Parts() {
		f, err := film.Open(ctx, i)
		if err != nil {
			return err
		}
		at, data := f.Start, f.Data
		for _, s := range f.Samples {
			if !at.Before(from) && at.Before(to) {
				see(at, number(data[:s.Size]))
			}
			at, data = at.Add(media.Duration(uint64(s.Duration))), data[s.Size:]
		}
	}
	return nil
}
