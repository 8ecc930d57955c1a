package scenario

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/media"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
)

// What a camera shows in a scenario in which something moves, or nothing
// does: four pictures a second, of which one stands on its own. Where nothing
// moves a picture says little that the one before it didn't.
const (
	perSecond = 4
	stillness = 90 * time.Second // before motion and after it
	movement  = 10 * time.Second
	quiet     = 100  // bytes of a picture in which nothing moves
	busy      = 6000 // of one in which something does
)

// moves: a camera sees nothing, then something, then nothing.
func (w *world) moves(a []string) error {
	begin := w.now().Add(stillness)
	return w.show(a[0], footage.Span{From: begin, To: begin.Add(movement)}, 2*stillness+movement)
}

// keepsStill: all the while it sees nothing move.
func (w *world) keepsStill(a []string) error { return w.show(a[0], footage.Span{}, stillness) }

// show lets the recorder have what a camera sees from now on, as it does with
// what comes over a connection.
func (w *world) show(camera string, motion footage.Span, length time.Duration) error {
	id, err := w.camera(camera)
	if err != nil {
		return err
	}
	s := shot{camera, motion, fmt.Sprintf("dit zag %s om %s", camera, motion.From.Format(time.RFC3339))}
	begin := w.now()
	err = w.try(regulation.Record, func() error { return w.recorder().Play(w.ctx, id, s.pictures(begin, length)) })
	if err != nil || w.last.err != nil {
		return err
	}
	if err := w.until(begin.Add(length)); err != nil {
		return err
	}
	kept, err := w.recorded(camera)
	if err == nil && covers(kept, motion) && !motion.From.IsZero() {
		w.shots = append(w.shots, s)
	}
	w.moved = motion
	return err
}

// recorder is one that has the regulation in force say what is recorded.
func (w *world) recorder() *recorder.Recorder {
	r := recorder.New(w.gate, w.footage, w.premises, w.now)
	r.InForce = w.board.InForce
	return r
}

// pictures are what a camera sees from an instant on, with s somewhere in it.
func (s shot) pictures(from time.Time, length time.Duration) []media.AccessUnit {
	var out []media.AccessUnit
	for i := range int(length/time.Second) * perSecond {
		past := time.Duration(i) * time.Second / perSecond
		at, key := from.Add(past), i%perSecond == 0
		text, size := "stil", quiet
		if !at.Before(s.span.From) && at.Before(s.span.To) {
			text, size = s.text, busy
		}
		u := media.AccessUnit{Time: at, DTS: uint64(past.Seconds() * media.Clock), Key: key, Data: picture(key, text, size)}
		if key {
			u.Config = plain()
		}
		out = append(out, u)
	}
	return out
}

// picture is a drawn picture of some size that says a text.
func picture(key bool, text string, size int) []byte {
	kind := byte(0x41)
	if key {
		kind, size = 0x65, max(size, busy) // one that stands on its own is always large
	}
	nal := make([]byte, max(size, 1+len(text)))
	nal[0] = kind
	for i := range nal[1:] {
		nal[1+i] = '.'
	}
	copy(nal[1:], text)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
}

// plain is real parameter sets, of a picture of 160 by 120: a movie is made of
// it.
func plain() *media.Config {
	return &media.Config{Codec: media.H264, SPS: []byte("\x67\x64\x00\x0c\xac\xb4\x0a\x0c\xfc\xf8\x08\x80\x00\x00\x03\x00\x80\x00\x00\x19\x07\x8a\x15\x50"),
		PPS: []byte("\x68\xef\x02\x9c\xb0")}
}

// anOffer is what a camera offers that has sound as well: SDP.
const anOffer = "v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" +
	"m=audio 0 RTP/AVP 0\r\na=control:sound\r\nm=video 0 RTP/AVP 96\r\na=control:video\r\na=rtpmap:96 H264/90000\r\n"

// offers: a camera has picture and sound. What the recorder asks for of it, it
// records.
func (w *world) offers(a []string) error {
	if _, err := w.camera(a[0]); err != nil {
		return err
	}
	var err error
	if w.asked, _, err = recorder.Asked([]byte(anOffer)); err != nil {
		return err
	}
	return w.records(a)
}

// isSilent: of what a camera offered, only the picture was asked for.
func (w *world) isSilent([]string) error {
	if w.asked == nil {
		return errors.New("er is niets aangeboden: zet er eerst een zin over voor")
	}
	if len(w.asked) != 1 || w.asked[0] != "video" {
		return fmt.Errorf("er is gevraagd om %q", w.asked)
	}
	return nil
}

// covers reports whether all of a span is there, but for a moment.
func covers(kept []footage.Span, span footage.Span) bool {
	for _, k := range kept {
		if !k.From.After(span.From.Add(moment)) && !k.To.Before(span.To.Add(-moment)) {
			return true
		}
	}
	return false
}

// moment is less than people count by: recordings begin and end with a
// picture.
const moment = 2 * time.Second

// keptAround: camera, how long before the motion and how long after it: that,
// and no more.
func (w *world) keptAround(a []string) error {
	if w.moved.From.IsZero() {
		return errors.New("er bewoog niets: zet er eerst een zin over voor")
	}
	from, err := later(w.moved.From, "-"+a[1])
	to, toErr := later(w.moved.To, a[2])
	if err := errors.Join(err, toErr); err != nil {
		return err
	}
	kept, err := w.recorded(a[0])
	if err != nil {
		return err
	}
	for _, k := range kept {
		if k.From.Sub(from).Abs() < moment && k.To.Sub(to).Abs() < moment {
			return nil
		}
	}
	return fmt.Errorf("er is iets anders opgenomen: %s", w.around(kept))
}

// around says of stretches where they lie around the motion.
func (w *world) around(kept []footage.Span) string {
	var out []string
	for _, k := range kept {
		out = append(out, fmt.Sprintf("van %v voor de beweging tot %v erna", w.moved.From.Sub(k.From).Round(time.Second), k.To.Sub(w.moved.To).Round(time.Second)))
	}
	return fmt.Sprintf("%q", out)
}

// recorded are the stretches there are of what a camera saw, joined.
func (w *world) recorded(camera string) (out []footage.Span, err error) {
	all := footage.Span{From: w.stage.begins.AddDate(0, 0, -1), To: w.now().AddDate(0, 0, 1)}
	err = w.steal(camera, all, func(film *footage.Film) error {
		for _, p := range film.Parts() {
			if n := len(out); n > 0 && p.Span.From.Sub(out[n-1].To) < moment {
				out[n-1].To = p.Span.To
				continue
			}
			out = append(out, p.Span)
		}
		return nil
	})
	return out, err
}
