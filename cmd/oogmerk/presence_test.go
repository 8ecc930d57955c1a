package main

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/demo"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/viewing"
)

// A running is the whole program in this process, by the real clock.
type running struct {
	*program
	t      *testing.T
	camera premises.CameraID
	hans   gate.Request // the manager, who appoints
	stop   func() error // stops the program, and waits until it has
}

func begin(t *testing.T) *running {
	t.Helper()
	cameras, err := demo.StartCameras(1, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cameras.Close)
	p, err := build(t.Context(), place{dir: t.TempDir()}, time.Now, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.close() })
	c, err := castFor(defaultRegulation)
	if err != nil {
		t.Fatal(err)
	}
	c.hang([]string{cameras.URL(0)})
	c.begin(calendar.DateOf(time.Now()))
	if _, err := found(t.Context(), p, c.Setup); err != nil {
		t.Fatal(err)
	}
	r := &running{program: p, t: t}
	all, err := p.premises.Cameras(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	r.camera = all[0].ID
	hans, err := p.people.ByLogin(t.Context(), "hans")
	if err != nil {
		t.Fatal(err)
	}
	r.hans.Who = hans.ID.Entity()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	r.stop = sync.OnceValue(func() error { stop(); return <-ended })
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

const someWord = "een wachtwoord van niets"

// hire adds a deputy of the site manager, until an instant.
func (r *running) hire(login string, until time.Time) {
	r.t.Helper()
	samira, err := r.people.ByLogin(r.t.Context(), "samira")
	if err != nil {
		r.t.Fatal(err)
	}
	hers, err := r.people.Appointments(r.t.Context(), samira.ID, time.Now())
	if err != nil || len(hers) != 1 {
		r.t.Fatal(hers, err)
	}
	id, err := r.people.AddPerson(r.t.Context(), r.hans, people.Person{Login: login, Name: login, Confidentiality: time.Now()}, someWord)
	if err != nil {
		r.t.Fatal(err)
	}
	err = r.people.Appoint(r.t.Context(), r.hans, people.Appointment{Person: id, Role: hers[0].Role, Site: hers[0].Site, Basis: "brief", To: until})
	if err != nil {
		r.t.Fatal(err)
	}
}

// sits lets people sit down at a seat of their own; the first acts.
func (r *running) sits(logins ...string) people.Presence {
	r.t.Helper()
	words := map[string]string{"samira": "linde-locatie-26", "pieter": "linde-vervang-26"}
	word := func(login string) string {
		if w, ok := words[login]; ok {
			return w
		}
		return someWord
	}
	token, err := r.people.SignIn(r.t.Context(), "", logins[0], word(logins[0]))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, login := range logins[1:] {
		if err := r.people.Join(r.t.Context(), token, login, word(login)); err != nil {
			r.t.Fatal(err)
		}
	}
	who, err := r.people.Present(r.t.Context(), token)
	if err != nil {
		r.t.Fatal(err)
	}
	return who
}

// plays waits until there is something to play back, and does.
func (r *running) plays(who people.Presence, from time.Time) *viewing.Playback {
	r.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for {
		p, err := r.room.PlayBack(r.t.Context(), who, viewing.Wish{Camera: r.camera, Span: footage.Span{From: from, To: time.Now()}, Purpose: "veiligheid"})
		if err == nil {
			return p
		}
		if !errors.Is(err, viewing.ErrNothing) {
			r.t.Fatal(err)
		}
		select {
		case <-tick.C:
		case <-late:
			r.t.Fatal("nothing was recorded in 20 s")
		}
	}
}

// watches watches live until that ends, and returns when the last picture
// came, and why it was the last.
func (r *running) watches(who people.Presence) (last time.Time, why error) {
	live, err := r.room.Watch(r.t.Context(), who, r.camera, "veiligheid")
	if err != nil {
		return last, err
	}
	ctx, stop := context.WithTimeout(r.t.Context(), 40*time.Second)
	defer stop()
	for {
		if _, _, err := live.Next(ctx, nil); err != nil {
			return last, errors.Join(err, live.Close(r.t.Context()))
		}
		last = time.Now()
	}
}

// TestAppointmentEndsWhileLooking: when an appointment ends by itself, so do
// live pictures and playback, within two seconds.
func TestAppointmentEndsWhileLooking(t *testing.T) {
	r := begin(t)
	from := time.Now()
	until := from.Add(8 * time.Second)
	r.hire("karin", until)
	r.hire("els", until)
	film := r.plays(r.sits("samira", "els"), from)
	last, why := r.watches(r.sits("karin"))
	var refusal *gate.Refusal
	if !errors.As(why, &refusal) {
		t.Errorf("live ended with %v, want a refusal", why)
	}
	after := last.Sub(until)
	t.Logf("the last live picture came %v after the appointment ended", after)
	if last.IsZero() || after > 2*time.Second || after < -time.Second {
		t.Errorf("the last live picture came %v after the appointment ended, want at most 2 s", after)
	}
	select {
	case <-film.Ended():
	case <-time.After(2*time.Second - time.Since(until)):
		t.Error("the film goes on 2 s after the appointment ended")
	}
	if _, err := film.Movie(t.Context()); !errors.As(err, &refusal) {
		t.Errorf("asked for more film, got %v", err)
	}
}

// TestStopsWithViewers: a program that is told to stop does so soon, whoever
// is watching, and says in the logbook what came of everything.
func TestStopsWithViewers(t *testing.T) {
	r := begin(t)
	r.plays(r.sits("samira", "pieter"), time.Now())
	watched := make(chan error, 1)
	r.hire("karin", time.Time{})
	who := r.sits("karin")
	go func() {
		_, why := r.watches(who)
		watched <- why
	}()
	r.looking()
	told := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	t.Logf("stopped in %v", time.Since(told))
	if took := time.Since(told); took > 5*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	<-watched
	if left := r.unfinished(); len(left) > 0 {
		t.Errorf("of these nothing came, says the logbook: %v", left)
	}
}

// looking waits until the logbook says that somebody watches live.
func (r *running) looking() {
	r.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for {
		all, err := r.book.Records(r.t.Context(), -1, 20)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, record := range all {
			if record.Act == "uitkijken" && record.Kind == logbook.Ruling {
				return
			}
		}
		select {
		case <-tick.C:
		case <-late:
			r.t.Fatal("nobody watches")
		}
	}
}

// unfinished are the acts that were allowed and of which the logbook doesn't
// say what came.
func (r *running) unfinished() (acts []string) {
	r.t.Helper()
	all, err := r.book.Records(r.t.Context(), -1, 10000)
	if err != nil {
		r.t.Fatal(err)
	}
	done := map[int64]bool{}
	for _, record := range all { // newest first
		var header struct{ Van *int64 }
		if record.Kind == logbook.Outcome && json.Unmarshal(record.Header, &header) == nil && header.Van != nil {
			done[*header.Van] = true
		}
		if record.Kind == logbook.Ruling && record.Result == "toegestaan" && !done[record.Seq] {
			acts = append(acts, record.Act)
		}
	}
	return acts
}
