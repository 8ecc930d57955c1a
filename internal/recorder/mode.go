package recorder

import (
	"time"

	"oogmerk/internal/regulation"
)

// What is kept around motion when a camera waits for it of itself, and the
// regulation doesn't say how much.
const (
	usualBefore = 10 * time.Second
	usualAfter  = 30 * time.Second
)

// A mode says which of a camera's pictures are recorded.
type mode struct {
	how           string // regulation.Continuous, OnMotion or LiveOnly
	before, after time.Duration
}

// modeOf is what a camera does that is set to one mode, under a regulation
// that may ask for another: whichever records less.
func modeOf(law regulation.Recording, camera string) mode {
	m := mode{how: law.Stricter(camera)}
	switch {
	case m.how != regulation.OnMotion:
	case law.Mode == regulation.OnMotion:
		m.before, m.after = time.Duration(law.Before)*time.Second, time.Duration(law.After)*time.Second
	default:
		m.before, m.after = usualBefore, usualAfter
	}
	return m
}

// mode is what c is to do now. Without any regulation there is no watching
// alone either: what remains is asking for permission, in vain.
func (c *camera) mode() mode {
	if c.recorder.InForce == nil {
		return modeOf(regulation.Recording{}, c.current().Mode)
	}
	law := c.recorder.InForce(c.recorder.now())
	if law == nil {
		return modeOf(regulation.Recording{}, "")
	}
	return modeOf(law.Terms.Recording, c.current().Mode)
}
