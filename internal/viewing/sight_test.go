package viewing_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/viewing"
)

// alone changes the example regulation: one may look alone, until one sees
// something.
const alone = `
## Artikel 9 – Alleen kijken

Wie alleen iets ziet, kijkt verder met een ander.

` + "```cedar" + `
forbid (principal, action == Action::"terugkijken", resource)
when { resource.wacht_op_samen } unless { context.aanwezigen >= 2 };
permit (principal == Persoon::"systeem", action == Action::"vasthouden", resource)
when { context has incident && context.incident.alleen_gezien };
permit (principal, action == Action::"bewerken", resource)
when { principal.functies.contains({rol: Rol::"locatiebeheerder", locatie: resource.locatie}) };
` + "```" + `

## Artikel 10 – Alleen verscherpen

` + "```cedar" + `
forbid (principal, action == Action::"bewerken", resource) when { context.filter == "verlichten" };
` + "```\n"

// lonesome opens a playback by Pieter alone, of a camera with a clip at -5 and
// one at -3 minutes.
func lonesome(t *testing.T, d *db.DB) (*school, premises.CameraID, *viewing.Playback) {
	t.Helper()
	s := found(t, d, stopped)
	text := bytes.Replace(regulationtest.Document(), []byte("context.aanwezigen >= 2"), []byte("context.aanwezigen >= 1"), 1)
	law, err := regulation.Parse("alleen.md", append(text, alone...))
	must(t, err)
	*s.law = *law
	camera := s.place("rtsp://camera.invalid/1")
	s.record(camera, ten.Add(-5*time.Minute))
	s.record(camera, ten.Add(-3*time.Minute))
	p, err := s.room.PlayBack(t.Context(), s.who(), wish(camera))
	must(t, err)
	return s, camera, p
}

func (s *school) shows(p *viewing.Playback, from, to float64) {
	s.t.Helper()
	read(s.t, p, 0, math.MaxInt64)
	must(s.t, p.Shown(s.t.Context(), from, to))
}

func endedBy(p *viewing.Playback, title string) bool {
	<-p.Ended()
	why := p.Why()
	return why != nil && why.Articles[len(why.Articles)-1].Title == title
}

// Alone until something is seen, then held at once and locked until two look.
func TestSawIncidentAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, camera, p := lonesome(t, d)
		length := p.Map()[0].To
		s.shows(p, 0.5, 2)
		i, hold, err := p.SawIncident(t.Context(), s.who(), incident.Incident{Kind: "diefstal", Description: "Een fiets."})
		must(t, err)
		want := footage.Span{From: ten.Add(-5*time.Minute + 500*time.Millisecond), To: ten.Add(-5*time.Minute + 2*time.Second)}
		if i.State != incident.Observed || !i.Waits() || i.Observer != "pieter" || i.Site != s.site || !near(i.Happened, want.From) {
			t.Errorf("reported is %+v", i)
		}
		if hold.By != people.System || !near(hold.Span.From, want.From) || !near(hold.Span.To, want.To) || hold.Kept != 1 || hold.Incident != i.ID {
			t.Errorf("held is %+v, want %+v", hold, want)
		}
		if !endedBy(p, "Alleen kijken") {
			t.Errorf("the picture goes on: %v", p.Why())
		}
		var refusal *gate.Refusal
		if _, err := s.room.PlayBack(t.Context(), s.who(), wish(camera)); !errors.As(err, &refusal) {
			t.Errorf("he may look alone again: %v", err)
		}
		// Other cameras can be looked at as before.
		other := s.place("rtsp://camera.invalid/2")
		s.record(other, ten.Add(-5*time.Minute))
		q, err := s.room.PlayBack(t.Context(), s.who(), wish(other))
		must(t, err)
		must(t, q.End(t.Context()))

		s.join()
		two, err := s.room.PlayBack(t.Context(), s.who(), wish(camera))
		must(t, err)
		s.shows(two, length, length+1) // the other clip
		if got, err := s.incidents.Get(t.Context(), i.ID); err != nil || !got.Waits() {
			t.Errorf("two saw something else, and it is %+v, %v", got, err)
		}
		s.shows(two, 0, 1.5)
		must(t, two.Shown(t.Context(), 1.5, 2.5))
		if got, err := s.incidents.Get(t.Context(), i.ID); err != nil || got.Waits() || !got.SeenTogether.Equal(ten) {
			t.Errorf("two saw it, and it is %+v, %v", got, err)
		}
		must(t, s.people.Leave(t.Context(), s.token, s.samira))
		p, err = s.room.PlayBack(t.Context(), s.who(), wish(camera))
		must(t, err)
		must(t, p.End(t.Context()))
	})
}

// By two nothing has to be looked at again, and who saw it holds it where the
// program may not.
func TestSawIncidentTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, p := open(t, d)
		i, hold, err := p.SawIncident(t.Context(), s.who(), incident.Incident{Kind: "anders", Description: "Iets.", Observer: "Samira"})
		must(t, err)
		if i.SeenAlone || i.Observer != "Samira" || hold.By != s.who().Who().ID || hold.Span != p.Wish.Span || hold.Kept != 2 {
			t.Errorf("reported is %+v, held is %+v", i, hold)
		}
		if ended(p) {
			t.Errorf("the picture stopped: %v", p.Why())
		}
		var invalid incident.Invalid
		if _, _, err := p.SawIncident(t.Context(), s.who(), incident.Incident{Kind: "anders"}); !errors.As(err, &invalid) {
			t.Errorf("without a description: %v", err)
		}
		elsewhere := s.who()
		elsewhere.Seat = "elders"
		var wrong viewing.Invalid
		if _, _, err := p.SawIncident(t.Context(), elsewhere, incident.Incident{Kind: "anders", Description: "Iets."}); !errors.As(err, &wrong) {
			t.Errorf("seen at another screen: %v", err)
		}
		if err := p.Process(t.Context(), elsewhere, viewing.Sharpen); !errors.As(err, &wrong) {
			t.Errorf("sharpened at another screen: %v", err)
		}
		must(t, p.End(t.Context()))
		if _, _, err := p.SawIncident(t.Context(), s.who(), incident.Incident{Kind: "anders", Description: "Iets."}); !errors.Is(err, viewing.ErrOver) {
			t.Errorf("seen after the end: %v", err)
		}
	})
}

func TestProcess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _, p := lonesome(t, d)
		must(t, p.Process(t.Context(), s.who(), viewing.Sharpen))
		if result, _ := s.outcome(regulation.Process); result != "gedaan" {
			t.Errorf("the logbook says %s", result)
		}
		var refusal *gate.Refusal
		if err := p.Process(t.Context(), s.who(), viewing.Brighten); !errors.As(err, &refusal) || refusal.Articles[0].Title != "Alleen verscherpen" {
			t.Errorf("brightened: %v", err)
		}
		var invalid viewing.Invalid
		for _, filter := range []string{viewing.Enlarge, "weghalen", ""} {
			if err := p.Process(t.Context(), s.who(), filter); !errors.As(err, &invalid) || !strings.Contains(string(invalid), "verscherpen") {
				t.Errorf("%q: %v", filter, err)
			}
		}
		if ended(p) {
			t.Errorf("the picture stopped: %v", p.Why())
		}
	})
}
