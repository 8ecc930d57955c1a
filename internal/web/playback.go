package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/viewing"
)

// A playbackPage is what playback.html shows.
type playbackPage struct {
	ID       string
	Camera   premises.Camera
	Wish     viewing.Wish
	Purpose  string
	Incident *incident.Incident
	Strip    strip
	Lanes    []lane // the strip, as the only one of a timeline
	Codec    string // what a browser must be able to play
	Map      string // JSON: the stretches of the film
	Mark     string // who watches: over the picture
	Ended    bool
	Why      *stopped
	Observer string   // who acts
	Notice   string   // key of what to say first, "" for nothing
	Again    string   // the form, filled in as it was
	Hold     holdForm // for what is on the screen
	Still    stillPart
}

// Plain reports whether every browser can play it: then it needn't be asked.
func (p playbackPage) Plain() bool { return strings.HasPrefix(p.Codec, "avc1.") }

// playback finds the one in the address, if this seat started it.
func (v *visit) playback() (*viewing.Playback, error) {
	p, ok := v.Room.Find(v.who.Seat, v.r.PathValue("id"))
	if !ok {
		return nil, missing
	}
	return p, nil
}

// playbackPage is GET /terugkijken/{id}.
func (s *site) playbackPage(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	page := playbackPage{ID: p.ID, Wish: p.Wish, Purpose: v.purpose(string(p.Wish.Purpose)), Mark: v.mark(), Observer: v.who.Who().Name, Notice: v.sightNotice(), Again: formFrom(p.Wish).path()}
	if page.Camera, err = s.Premises.Camera(v.ctx(), p.Wish.Camera); err != nil {
		return err
	}
	if page.Hold, err = v.holdOf(p); err != nil {
		return err
	}
	for _, i := range page.Hold.Incidents {
		if i.ID == p.Wish.Incident {
			page.Incident = &i.Incident
		}
	}
	if page.Strip, err = v.strip(page.Camera, p.Wish.Span); err != nil {
		return err
	}
	page.Strip.plays(p.Map())
	page.Still = v.stillOf(p)
	page.Lanes, page.Codec = []lane{{page.Camera, page.Strip}}, p.Codec()
	if page.Map, err = stretches(p.Map()); err != nil {
		return err
	}
	select {
	case <-p.Ended():
		page.Ended = true
		if why := p.Why(); why != nil {
			r := v.stopped(why, page.Again)
			page.Why = &r
		}
	default:
	}
	return v.show("playback", view{title: "playback.title", with: []any{page.Camera.Name}, dark: true, nav: "/terugkijken",
		js: []string{"zoom.js", "codec.js", "film.js", "playback.js", "sharpen.js", "still.js"}, data: page})
}

// mark is who watches.
func (v *visit) mark() string {
	var all []string
	for _, a := range v.who.All {
		all = append(all, a.Person.Name)
	}
	return strings.Join(all, " · ")
}

// formFrom is the form that asks for w.
func formFrom(w viewing.Wish) lookbackForm {
	return lookbackForm{Camera: string(w.Camera), Day: dayOf(w.Span.From).String(), From: exact(w.Span.From), To: exact(w.Span.To),
		Purpose: string(w.Purpose), Incident: w.Incident}
}

// A shownStretch is a [viewing.Stretch] for the script: seconds of film, and
// milliseconds since 1970.
type shownStretch struct {
	From  float64 `json:"van"`
	To    float64 `json:"tot"`
	Shows int64   `json:"toont"`
}

func stretches(all []viewing.Stretch) (string, error) {
	out := []shownStretch{}
	for _, s := range all {
		out = append(out, shownStretch{s.From, s.To, s.Shows.UnixMilli()})
	}
	text, err := json.Marshal(out)
	return string(text), err
}

// film is GET /terugkijken/{id}/film.mp4: any part of it, in any order, for as
// long as it may be seen.
func (s *site) film(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	if over(p) {
		return mistake{key: "wrong.over", status: http.StatusGone}
	}
	movie, err := p.Movie(v.ctx())
	if err != nil {
		return err
	}
	// What is under way to the browser stops too when the playback ends.
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-p.Ended():
			_ = http.NewResponseController(v.w).SetWriteDeadline(longAgo) // a connection without deadlines is read to its end by nobody
		case <-done:
		}
	}()
	v.w.Header().Set("Content-Type", "video/mp4")
	v.w.Header().Set("ETag", p.ETag())
	if asked := v.r.Header.Get("Range"); asked != "" {
		v.r.Header.Set("Range", inParts(asked))
	}
	http.ServeContent(v.w, v.r, "", time.Time{}, movie)
	return nil
}

// filmPart is how much of a film is answered at once. A browser asks for the
// rest when it needs it: until then the connection is free for another film,
// and what nobody will look at isn't decrypted.
const filmPart = 1 << 20

// inParts ends a range without an end: "bytes=0-".
func inParts(asked string) string {
	from, open := strings.CutPrefix(asked, "bytes=")
	from, ends := strings.CutSuffix(from, "-")
	at, err := strconv.ParseInt(from, 10, 62)
	if !open || !ends || err != nil || at < 0 || at > math.MaxInt64-filmPart {
		return asked
	}
	return fmt.Sprintf("bytes=%d-%d", at, at+filmPart-1)
}

func over(p *viewing.Playback) bool {
	select {
	case <-p.Ended():
		return true
	default:
		return false
	}
}

// shown is POST /terugkijken/{id}/getoond: what the screen really showed.
func (s *site) shown(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	if err := v.readForm(); err != nil {
		return err
	}
	from, to, err := readShown(v.form("van"), v.form("tot"))
	if err != nil {
		return err
	}
	if over(p) {
		return mistake{key: "wrong.over", status: http.StatusGone}
	}
	if err := p.Shown(v.ctx(), from, to); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// readShown reads a stretch of film, in seconds.
func readShown(from, to string) (float64, float64, error) {
	f, err1 := strconv.ParseFloat(from, 64)
	t, err2 := strconv.ParseFloat(to, 64)
	if err := errors.Join(err1, err2); err != nil || !(f >= 0 && t >= f) || math.IsInf(t, 0) {
		return 0, 0, mistake{key: "wrong.shown"}
	}
	return f, t, nil
}

// endPlayback is POST /terugkijken/{id}/einde.
func (s *site) endPlayback(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	if err := p.End(v.ctx()); err != nil {
		return err
	}
	return v.goTo(formFrom(p.Wish).path())
}

const beatEvery = time.Second

// state is GET /terugkijken/{id}/toestand, server-sent events: "hier" every
// second while the playback may go on; "einde" once, with the reason, when it
// may not. A page that hears nothing for a while shows nothing either.
func (s *site) state(v *visit) error {
	p, err := v.playback()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(v.w)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		select {
		case <-p.Ended():
			part, err := v.endPart(p)
			if err != nil {
				return err
			}
			return event(v.w, out, "einde", part)
		case <-v.ctx().Done():
			return nil
		default:
		}
		if err := event(v.w, out, "hier", "1"); err != nil {
			return nil // whoever listened is gone
		}
		select {
		case <-p.Ended():
		case <-v.ctx().Done():
		case <-beat.C:
		}
	}
}

// endPart says why a playback ended.
func (v *visit) endPart(p *viewing.Playback) (string, error) {
	name, data := "ended", any(nil)
	v.now = v.Now() // the page may have listened for long
	if why := p.Why(); why != nil {
		again := formFrom(p.Wish).path()
		if part, err := v.gonePart(why, again); part != "" || err != nil {
			return part, err
		}
		name, data = "stopped", v.stopped(why, again)
	}
	text, err := v.render("playback", name, data)
	return string(text), err
}

// event writes one server-sent event. Its data is one line.
func event(w http.ResponseWriter, out *http.ResponseController, name string, data any) error {
	line, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, line); err != nil {
		return err
	}
	return out.Flush()
}
