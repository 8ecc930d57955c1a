package recorder

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// assess says whether camera has a privacy assessment, and has the gate look
// again.
func (s *school) assess(id premises.CameraID, assessment string) {
	s.t.Helper()
	s.exec(`UPDATE camera SET assessment = $2 WHERE id = $1`, string(id), assessment)
	if err := s.gate.Reconsider(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

func TestRecordsOnlyWhatTheRegulationAllows(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	id := s.place("c1", raw.url(), "", "")
	s.start()
	s.state(id, Recording)

	s.assess(id, "")
	status := s.state(id, Forbidden)
	if status.Refusal == nil || len(status.Refusal.Articles) != 1 || status.Detail != "artikel "+status.Refusal.Articles[0].Number {
		t.Errorf("status %+v, want the article that forbids", status)
	}
	s.eventually("a gap", func() bool { return s.causes(id) == "geen toestemming…" })
	if detail := s.gaps(id)[0].Detail; detail != status.Detail {
		t.Errorf("the gap's detail is %q, want %q", detail, status.Detail)
	}
	held := s.recorded(id)

	s.assess(id, "toets 2")
	s.recorder.Ask()
	s.state(id, Recording)
	s.eventually("more footage", func() bool { return s.recorded(id) > held })
	s.eventually("a gap that ended", func() bool { return s.causes(id) == "geen toestemming" })
	s.end()
	// The next question doesn't wait until the answer to the last is written.
	want := []string{"besluit geweigerd", "besluit toegestaan", "besluit toegestaan", "intrekking beëindigd", "uitkomst beëindigd", "uitkomst gedaan"}
	got := strings.Split(s.entries(id), ", ")
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the logbook says %q, want %q in some order", got, want)
	}
}

func TestRefusalsDontFloodTheLogbook(t *testing.T) {
	a := asking{refused: nil}
	if a.pause() != askBroken {
		t.Errorf("after no answer the next question comes in %v", a.pause())
	}
	a.refused = &gate.Refusal{}
	for a.times = 1; a.times < 10; a.times++ {
		want := askSoon
		if a.times > askSoonFor {
			want = askLater
		}
		if a.pause() != want {
			t.Errorf("after refusal %d the next question comes in %v, want %v", a.times, a.pause(), want)
		}
	}
}

func TestPermitsFollowOnEachOtherWithoutALostPicture(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	id := s.place("c1", raw.url(), "", "")
	s.recorder.span, s.recorder.ahead = 3*time.Second, 2*time.Second
	s.start()
	s.eventually("four permits", func() bool { return strings.Count(s.entries(id), "besluit toegestaan") >= 4 })
	s.end()
	if got := s.causes(id); got != "gestopt…" || raw.connections() != 1 {
		t.Errorf("gaps %q and %d connections, want none but the end, and one", got, raw.connections())
	}
	segments := s.segments(id)
	if len(segments) < 3 {
		t.Fatalf("%d segments, want one a permit", len(segments))
	}
	for i := range segments[1:] {
		if hole := segments[i+1].Span.From.Sub(segments[i].Span.To); hole < 0 || hole > 10*time.Millisecond {
			t.Errorf("%v between segments %d and %d", hole, i, i+1)
		}
	}
	if n := strings.Count(s.entries(id), "besluit toegestaan"); n != strings.Count(s.entries(id), "uitkomst gedaan") {
		t.Errorf("not every permit has its outcome: %s", s.entries(id))
	}
}

func TestClockMayLeapDaysAhead(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.start()
	s.eventually("footage", func() bool { return s.recorded(id) > time.Second })
	const leap = 6*24*time.Hour + time.Hour
	s.offset.Add(int64(leap))
	s.eventually("footage of after the leap", func() bool {
		list := s.segments(id)
		return s.now().Sub(list[len(list)-1].Span.To) < 3*time.Second
	})
	s.eventually("one gap that ended", func() bool { return s.causes(id) == "klok" })
	s.end()
	s.recorded(id)
	if gap := s.gaps(id)[0].Span; gap.To.Sub(gap.From) < leap-2*time.Second || gap.To.Sub(gap.From) > leap+3*time.Second {
		t.Errorf("the gap lasts %v, want %v", gap.To.Sub(gap.From), leap)
	}
}

func TestClockPutBackALittleIsCaughtUpWith(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.start()
	s.eventually("footage", func() bool { return s.recorded(id) > time.Second })
	before := s.recorded(id)
	s.offset.Add(int64(-2 * time.Second))
	s.eventually("two seconds more", func() bool { return s.recorded(id) > before+2*time.Second })
	if got := s.causes(id); got != "" {
		t.Errorf("gaps %q, want none", got)
	}
}

// watch lets a colleague look live.
func (s *school) watch(id premises.CameraID) *gate.Permit {
	s.t.Helper()
	now := db.Micros(s.now())
	s.exec(`INSERT INTO person (id, login, name, password, confidentiality_at, created_at) VALUES ('p', 'p', 'P', '', 0, 0) ON CONFLICT DO NOTHING`)
	s.exec(`INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at) VALUES ('a', 'p', 'bevoegd_medewerker', 's', 'p', '', $1) ON CONFLICT DO NOTHING`, now-1)
	p, err := s.gate.Enter(context.Background(), gate.Request{Act: regulation.Watch, Who: people.PersonID("p").Entity(),
		On: gate.Subject{Entity: id.Entity()}, For: "veiligheid"})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func TestLiveBeginsAtOnceAndEndsWithThePermit(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.start()
	s.state(id, Recording)
	ctx, done := context.WithTimeout(t.Context(), 9*time.Second)
	defer done()
	p := s.watch(id)
	f, err := s.recorder.Live(ctx, p, id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var last uint64
	for i := range 30 {
		au, err := f.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 && (!au.Key || au.Config == nil) {
			t.Error("the first picture isn't a key picture")
		}
		if i > 0 && au.DTS != last+1800 {
			t.Errorf("picture %d is at %d, want %d", i, au.DTS, last+1800)
		}
		last = au.DTS
	}
	s.exec(`UPDATE appointment SET to_at = $1`, db.Micros(s.now()))
	if err := s.gate.Reconsider(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Next(ctx); !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("after the permit was withdrawn: %v, want %v", err, gate.ErrNoPermit)
	}
}

func TestLiveWantsAPermitToWatch(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	id := s.place("c1", startRaw(t).url(), "", "")
	s.start()
	s.state(id, Recording)
	p := s.watch(id)
	other := premises.CameraID("c2")
	for name, try := range map[string]func() (*Feed, error){
		"no permit":           func() (*Feed, error) { return s.recorder.Live(t.Context(), nil, id) },
		"the zero permit":     func() (*Feed, error) { return s.recorder.Live(t.Context(), &gate.Permit{}, id) },
		"another camera":      func() (*Feed, error) { return s.recorder.Live(t.Context(), p, other) },
		"a permit that ended": func() (*Feed, error) { p.Close(t.Context(), "gedaan", nil); return s.recorder.Live(t.Context(), p, id) },
	} {
		if f, err := try(); !errors.Is(err, gate.ErrNoPermit) || f != nil {
			t.Errorf("with %s: %v, want %v", name, err, gate.ErrNoPermit)
		}
	}
}

func TestStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	raw := startRaw(t)
	id := s.place("c1", raw.url(), "", "")
	s.exec(`UPDATE camera SET added_at = 0`)
	s.start()
	s.eventually("footage", func() bool { return s.recorded(id) > time.Second })
	s.end()
	if got := s.causes(id); got != "herstart, gestopt…" {
		t.Errorf("gaps %q, want herstart until the first picture, and gestopt", got)
	}
	for _, g := range s.segments(id) {
		if g.State != "closed" {
			t.Errorf("segment %s is %s after the end", g.ID, g.State)
		}
	}
	s.offset.Add(int64(5 * time.Second)) // the time it takes to start again
	s.hire()
	s.start()
	s.state(id, Recording)
	s.eventually("gaps that ended", func() bool { return s.causes(id) == "herstart, gestopt, herstart" })
	gaps := s.gaps(id)
	if hole := gaps[2].Span.From.Sub(gaps[1].Span.To); hole < 0 || hole > 250*time.Millisecond {
		t.Errorf("%v between the gaps", hole)
	}
	s.recorded(id)
}

func TestFollowsTheRegister(t *testing.T) {
	t.Parallel()
	s := newSchool(t, "")
	first, second := startRaw(t), startRaw(t)
	s.start()
	id := s.place("c1", first.url(), "", "")
	s.recorder.Ask()
	s.state(id, Recording)

	s.exec(`UPDATE camera SET url = $1`, second.url())
	s.recorder.Ask()
	s.eventually("a picture from the new address", func() bool {
		return second.connections() == 1 && s.recorder.Status(id).State == Recording
	})

	s.exec(`UPDATE camera SET removed_at = $1`, db.Micros(s.now()))
	s.recorder.Ask()
	s.eventually("an end", func() bool { return strings.HasSuffix(s.causes(id), "gestopt…") })
	if state := s.recorder.Status(id).State; state != Stopped {
		t.Errorf("a camera that was removed is %s", state)
	}
	s.eventually("an outcome", func() bool { return s.entries(id) == "besluit toegestaan, uitkomst gedaan" })
}
