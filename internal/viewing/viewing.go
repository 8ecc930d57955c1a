// Package viewing is what happens at the screen: watching live and playing
// back, by as many people as the regulation wants.
package viewing

import (
	"context"
	"io"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
)

// A Room is where people watch.
type Room struct{}

// NewRoom returns a room.
func NewRoom(g *gate.Gate, f *footage.Store, r *recorder.Recorder, now func() time.Time) *Room {
	panic("unwritten")
}

// Watch starts watching a camera live, if the regulation allows it.
func (r *Room) Watch(ctx context.Context, who people.Presence, camera premises.CameraID, purpose regulation.Purpose) (*Live, error) {
	panic("unwritten")
}

// A Live is someone watching a camera. Media Source Extensions want an
// initialisation segment first, then one moof+mdat a picture.
type Live struct{}

// Codec is what the browser is told: "avc1.64001f". Next returns the next
// message: first the initialisation segment, then pictures. It fails with a
// *gate.Refusal once the permit is withdrawn.
func (l *Live) Codec() string                            { panic("unwritten") }
func (l *Live) Next(ctx context.Context) ([]byte, error) { panic("unwritten") }

// Answer starts sending the same pictures by WebRTC instead (WHEP): it takes
// the browser's offer and returns our answer, and sends until the permit ends
// or the peer goes.
func (l *Live) Answer(ctx context.Context, offer string) (answer string, err error) {
	panic("unwritten")
}

// Close stops watching, and writes how long was watched.
func (l *Live) Close(ctx context.Context) error { panic("unwritten") }

// A Wish is what someone wants to play back, and why.
type Wish struct {
	Camera   premises.CameraID
	Span     footage.Span // at most two hours
	Purpose  regulation.Purpose
	Incident string // its id, "" if none
}

// PlayBack asks the gate, once, for the whole wish. The error is a
// *gate.Refusal if the regulation says no.
func (r *Room) PlayBack(ctx context.Context, who people.Presence, w Wish) (*Playback, error) {
	panic("unwritten")
}

// Find returns the playback with this id that seat started, ended or not.
func (r *Room) Find(seat, id string) (*Playback, bool) { panic("unwritten") }

// A Playback is a session that was allowed. It ends when the people at the
// seat end it, when the regulation no longer allows it, or when nobody has
// reported what is shown for fifteen seconds.
type Playback struct {
	ID   string
	Wish Wish
}

// Start is the instant of the first picture at zero seconds in the movie;
// Seconds its length. Gaps in the footage take no time in the movie: Map says
// which stretch of the movie shows which stretch of time.
func (p *Playback) Map() []Stretch { panic("unwritten") }

// A Stretch of the movie, in seconds from its beginning, and the time it shows.
type Stretch struct {
	From, To float64
	Shows    time.Time
}

// Movie returns the playback as an MP4 that can be read anywhere. Every read
// checks the permit.
func (p *Playback) Movie(ctx context.Context) (io.ReadSeeker, error) { panic("unwritten") }

// ETag of the movie.
func (p *Playback) ETag() string { panic("unwritten") }

// Shown reports what the screen really showed since the last report: stretches
// of the movie in seconds. What was never sent to the browser isn't believed.
func (p *Playback) Shown(ctx context.Context, from, to float64) error { panic("unwritten") }

// Ended is closed when the playback ends; Why says why: nil if the people
// ended it themselves.
func (p *Playback) Ended() <-chan struct{} { panic("unwritten") }
func (p *Playback) Why() *gate.Refusal     { panic("unwritten") }

// End ends the session and writes down what was seen.
func (p *Playback) End(ctx context.Context) error { panic("unwritten") }
