package recorder

import (
	"strings"
	"sync"
	"time"
	"unicode"

	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

// The states a camera can be in.
const (
	Recording   = "neemt op"
	Connecting  = "verbindt"
	Forbidden   = "mag niet opnemen"
	Unreachable = "onbereikbaar"
	Unstored    = "kan niet bewaren" // the disk takes nothing
	Stopped     = "gestopt"
	Waiting     = "wacht op beweging"
	Live        = "alleen live" // and nothing is recorded
)

// A Status is how a camera is doing.
type Status struct {
	State         string // one of the above
	Since         time.Time
	Detail        string        // the error in one line
	Refusal       *gate.Refusal // which article stops it
	Width, Height int
	Codec         string        // "avc1.64001f"
	Lost          uint64        // packets that never came, of this connection
	Garbage       uint64        // packets that nothing could be made of, of this connection
	Picture       time.Time     // when the last key picture came; zero if none did
	ClockOff      time.Duration // the camera's clock is ahead of ours, as far as is known
}

// Status returns how a camera is doing.
func (r *Recorder) Status(id premises.CameraID) Status {
	c := r.camera(id)
	if c == nil {
		return Status{State: Stopped}
	}
	return c.condition.get()
}

// A condition shows how a camera is doing.
type condition struct {
	mu     sync.Mutex
	now    func() time.Time
	status Status
	config *media.Config // of the last key picture
	still  stillness
}

func (s *condition) get() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// set changes the state, and when it began if it is another.
func (s *condition) set(state, detail string, refusal *gate.Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.State != state {
		s.status.State, s.status.Since = state, s.now()
	}
	s.status.Detail, s.status.Refusal = detail, refusal
}

// picture notes what a key picture says of itself.
func (s *condition) picture(au *media.AccessUnit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Picture = au.Time
	s.still.see(len(au.Data), au.Time)
	c := au.Config
	if c == nil || c == s.config {
		return
	}
	s.config = c
	s.status.Codec = c.String()
	s.status.Width, s.status.Height = 0, 0
	if w, h, err := c.Size(); err == nil {
		s.status.Width, s.status.Height = w, h
	}
}

// frozen is since when the camera sends the same picture; zero if it doesn't.
func (s *condition) frozen(after time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.still.frozen(after)
}

// reconnected says that what comes now says nothing of what came before.
func (s *condition) reconnected() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.still = stillness{}
}

// clock notes how far the camera's clock is ahead of ours.
func (s *condition) clock(ahead time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.ClockOff = ahead
}

// count notes what went wrong on the connection.
func (s *condition) count(lost, garbage uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Lost, s.status.Garbage = lost, garbage
}

// oneLine is err's text, short and without control characters: a camera may
// have had a say in it.
func oneLine(err error) string {
	const most = 300
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(err.Error(), "?"))
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
