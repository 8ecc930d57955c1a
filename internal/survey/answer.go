package survey

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"oogmerk/internal/onvif"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

// mostStreams is how many streams of one camera are asked about.
const mostStreams = 8

// A Fact is what a camera says of itself, as far as it can say.
type Fact string

// The facts there are.
const (
	Yes     Fact = "ja"
	No      Fact = "nee"
	Unknown Fact = "onbekend"
)

// fact is yes, unless err says that nobody knows.
func fact(yes bool, err error) Fact {
	switch {
	case err != nil:
		return Unknown
	case yes:
		return Yes
	}
	return No
}

// A Stream is one way in which a camera sends what it sees.
type Stream struct {
	Token, Name   string // of its ONVIF profile; Token is "" without one
	URL           string
	Codec         string // "h264", "h265", "mjpeg"
	Width, Height int    // 0 if the camera doesn't say; likewise Rate
	Rate          float64
	Sound         bool // it would send sound, to who asks: nobody does
	Answers       bool // it was asked what it has, and said so
}

func (s Stream) pixels() int { return s.Width * s.Height }

// An Answer is what a camera says of itself.
type Answer struct {
	Device  string // address of its ONVIF service; "" if it has none
	Is      onvif.Device
	Ahead   time.Duration // its clock, of ours
	Clock   Fact          // whether it tells the time
	Streams []Stream      // that can be recorded
	Sound   Fact          // it has a microphone
	Keeps   Fact          // it records on a card of its own
	Masks   int           // parts of its picture that it makes invisible
	Masking Fact          // whether it tells of them
	Turns   Fact          // it can be turned or zoomed
	Notices bool          // it tells that something moves
	Trust   string        // SHA-256 of the certificate that was accepted though nobody vouches for it
}

// device asks an ONVIF service everything.
func (s *Survey) device(ctx context.Context, device string, a Attempt) (Answer, error) {
	c, err := onvif.New(onvif.Options{Device: device, Username: a.Username, Password: a.Password, Trust: a.Trust, Now: s.now, Allow: s.allow})
	if err != nil {
		return Answer{}, errAddress
	}
	defer c.Close()
	answer := Answer{Device: device, Trust: a.Trust}
	if answer.Is, err = c.Device(ctx); err != nil {
		return answer, err
	}
	answer.Ahead, err = c.Clock(ctx)
	answer.Clock = fact(true, err)
	profiles, err := c.Profiles(ctx)
	if err != nil {
		return answer, err
	}
	if answer.Streams, err = s.streams(ctx, c, profiles, a); err != nil {
		return answer, err
	}
	heard, err := c.Microphones(ctx)
	answer.Sound = fact(heard > 0, err)
	if slices.ContainsFunc(answer.Streams, func(one Stream) bool { return one.Sound }) {
		answer.Sound = Yes
	}
	kept, err := c.Keeps(ctx)
	answer.Keeps = fact(kept, err)
	turns, err := c.Turns(ctx)
	answer.Turns = fact(turns, err)
	masks, err := c.Masks(ctx, profiles[0])
	answer.Masking = fact(true, err)
	for _, m := range masks {
		if m.Enabled {
			answer.Masks++
		}
	}
	answer.Notices, _ = c.Notices(ctx) // what it doesn't say, it doesn't do
	return answer, ctx.Err()
}

// streams are those of a camera that can be recorded; the largest is asked what
// it has.
func (s *Survey) streams(ctx context.Context, c *onvif.Client, profiles []onvif.Profile, a Attempt) (all []Stream, err error) {
	for _, p := range profiles[:min(len(profiles), mostStreams)] {
		if p.Codec == "" {
			continue
		}
		at, err := c.Stream(ctx, p.Token)
		if errors.Is(err, onvif.ErrLogin) {
			return nil, err
		}
		if err != nil {
			continue // a profile that nobody can get is none
		}
		all = append(all, Stream{Token: p.Token, Name: p.Name, URL: at, Codec: p.Codec, Width: p.Width, Height: p.Height, Rate: p.Rate, Sound: p.Sound})
	}
	if len(all) == 0 {
		return nil, errNoStream
	}
	main, _ := choose(all)
	i := slices.IndexFunc(all, func(one Stream) bool { return one.Token == main })
	one, err := s.stream(ctx, all[i], a)
	var strange *Untrusted
	if errors.As(err, &strange) {
		return nil, err
	}
	one.Sound = one.Sound || all[i].Sound
	all[i] = one // without an answer it stays as ONVIF told, and says so
	return all, nil
}

// least is how wide a picture must be to be of use to who watches.
const least = 320

// choose picks what to record and what to show to who watches: the largest
// picture, and the smallest that every browser can show. sub is "" if there is
// nothing lighter.
func choose(all []Stream) (main, sub string) {
	best := slices.MaxFunc(all, func(a, b Stream) int { return a.worth() - b.worth() })
	var light []Stream
	for _, s := range all {
		if s.Token != best.Token && s.Codec == "h264" && s.Width >= least && (s.pixels() < best.pixels() || best.Codec != "h264") {
			light = append(light, s)
		}
	}
	if len(light) == 0 {
		return best.Token, ""
	}
	return best.Token, slices.MinFunc(light, func(a, b Stream) int { return a.pixels() - b.pixels() }).Token
}

// worth puts streams in order: pictures of their own each cost ten times as
// much to keep.
func (s Stream) worth() int {
	if s.Codec == "mjpeg" {
		return s.pixels() / 10
	}
	return s.pixels()
}

// A Trial is what came of trying a camera.
type Trial struct {
	Site     premises.SiteID
	Username string
	Answer

	host     string // that was tried,
	password string // and with what: it leaves only with a camera there
}

// Chosen is what we would record, and show to who watches, by token.
func (t *Trial) Chosen() (main, sub string) { return choose(t.Streams) }

// Camera is the camera that was tried as it would be placed, when these streams
// are recorded and shown; sub may be "". It has no password.
func (t *Trial) Camera(main, sub string) (premises.Camera, error) {
	find := func(token string) int {
		return slices.IndexFunc(t.Streams, func(s Stream) bool { return s.Token == token })
	}
	at, light := find(main), find(sub)
	if at < 0 || sub != "" && light < 0 {
		return premises.Camera{}, Invalid("Kies een beeld uit de lijst: dit staat er niet in.")
	}
	c := premises.Camera{Site: t.Site, URL: t.Streams[at].URL, Username: t.Username, Device: t.Device, Profile: main, Steers: t.Turns == Yes, Trust: t.Trust}
	if sub != "" && light != at {
		c.Sub = t.Streams[light].URL
	}
	if t.Notices {
		c.Senses = premises.ByCamera
	}
	return c, nil
}

// Trial is what came of trying a camera, for who did that.
func (s *Survey) Trial(who people.Presence, id string) (*Trial, error) {
	return s.trials.get(who, s.now(), id)
}

// Complete gives a camera the password it was tried with, if it has the same
// name to go with it, and is at the machine that was tried in all its parts.
func (t *Trial) Complete(c premises.Camera) premises.Camera {
	for _, raw := range []string{c.URL, c.Sub, c.Device} {
		u, err := url.Parse(raw)
		if raw != "" && (err != nil || u.Hostname() != t.host) {
			return c
		}
	}
	if c.Password == "" && c.Username == t.Username {
		c.Password = t.password
	}
	return c
}
