package demo

import (
	"context"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/pion/rtp"

	"oogmerk/internal/media"
)

// startTime is the RTP timestamp that a camera begins with: it begins anew at
// 0 half a minute later, as it may with any camera.
const startTime = 1<<32 - 30*media.Clock

// resting is how many pictures a camera that rests sends over and over: the
// first of its film, in which next to nothing moves.
const resting = 10

// A player sends a film over and over.
type player struct {
	camera       *camera
	stream       *gortsplib.ServerStream
	video, sound *description.Media

	picture int    // which is next,
	passed  uint64 // and where the round began that it is of, in ticks
	begin   uint64 // ticks of the film at which we began
	frame   int    // which frame of sound is next
	heard   uint64 // the sound's ticks before it
	seq     [2]uint16
	sent    int64
	time    time.Time // now
}

// play sends until ctx ends. It begins at another key picture each lap.
func (p *player) play(ctx context.Context) {
	f := p.camera.film
	p.picture = f.keys[p.camera.lap*7%len(f.keys)]
	p.begin = f.pictures[p.picture].at
	step := f.step()
	// Cameras of one school don't send at the same instant either.
	first := time.NewTimer(time.Duration(p.camera.share * float64(step)))
	defer first.Stop()
	var began time.Time
	select {
	case <-ctx.Done():
		return
	case began = <-first.C:
	}
	p.time = began
	p.until(step / 2)
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			p.time = now
			// Half a picture early rather than a whole one late.
			p.until(now.Sub(began) + step/2)
		}
	}
}

// until sends everything that is due so long after the beginning.
func (p *player) until(passed time.Duration) {
	f := p.camera.film
	due := uint64(passed.Microseconds()) * media.Clock / 1e6
	for p.now() <= due {
		p.sendPicture(&f.pictures[p.picture])
		switch p.picture++; {
		case p.picture == len(f.pictures):
			p.picture, p.passed = 0, p.passed+f.ticks
		case p.camera.rests.Load() && p.picture >= resting:
			p.picture, p.passed = 0, p.passed+f.pictures[p.picture].at
		}
	}
	if f.sound == nil {
		return
	}
	for rate := uint64(f.sound.Rate); p.heard*media.Clock <= due*rate; {
		p.sendSound(f.samples[p.frame])
		p.heard += uint64(f.sound.Frames[p.frame].Duration)
		p.frame = (p.frame + 1) % len(f.samples)
	}
}

// now is when the next picture is due, in ticks since the beginning.
func (p *player) now() uint64 { return p.passed + p.camera.film.pictures[p.picture].at - p.begin }

func (p *player) sendPicture(pic *picture) {
	at := startTime + uint32(p.now()) + uint32(pic.shift)
	for _, packet := range pic.packets {
		q := *packet
		q.Timestamp = at
		p.send(0, p.video, &q)
	}
}

func (p *player) sendSound(q rtp.Packet) {
	q.Timestamp = uint32(p.heard)
	p.send(1, p.sound, &q)
}

// send sends one packet, unless the camera hangs or loses it.
func (p *player) send(track int, m *description.Media, q *rtp.Packet) {
	q.SequenceNumber = p.seq[track]
	p.seq[track]++
	p.sent++
	oneOf := p.camera.loses.Load()
	if p.camera.hangs.Load() || oneOf > 0 && p.sent%oneOf == 0 {
		return
	}
	// It fails when the camera was just turned off, or for one client that
	// is too slow, whom the server then hangs up on.
	_ = p.stream.WritePacketRTPWithNTP(m, q, p.camera.clock(p.time))
}
