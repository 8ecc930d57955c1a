package people_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		token := s.signIn(" Pieter ")
		s.wantPresent(token, s.pieter)
		s.wantPresent("")
		s.wantPresent(strings.ToLower(token))
		last := s.last()
		if last.Act != "aanmelden" || last.Result != "gedaan" || !strings.Contains(string(last.Person), string(s.pieter)) ||
			strings.Contains(string(last.Header), string(s.pieter)) {
			t.Errorf("the logbook says %+v", last)
		}
		var kept int
		must(t, d.QueryRow("SELECT count(*) FROM seat WHERE token_hash = $1", []byte(token)).Scan(&kept))
		if kept != 0 {
			t.Error("the token itself is in the database")
		}

		// A token the browser brings along is never taken over, and its seat ends.
		again, err := s.SignIn(t.Context(), token, "samira", password)
		must(t, err)
		if again == token {
			t.Error("the token stayed the same")
		}
		s.wantPresent(token)
		s.wantPresent(again, s.samira)
	})
}

func TestFailedSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		long := strings.Repeat("ë", 100)
		for _, try := range []struct{ login, password string }{
			{"pieter", "verkeerd"}, {"niemand", password}, {"", ""}, {long, "x"}, {"pieter", strings.Repeat("x", 5000)}, {"a\x00b\xff", "x"},
		} {
			_, err := s.SignIn(t.Context(), "", try.login, try.password)
			if !errors.Is(err, people.ErrSignIn) || err.Error() != people.ErrSignIn.Error() {
				t.Errorf("%.20q: %v, want %v", try.login, err, people.ErrSignIn)
			}
			if last := s.last(); last.Act != "aanmelden" || last.Result != "geweigerd" {
				t.Errorf("%.20q: the logbook says %+v", try.login, last)
			}
		}
		var said struct{ Aanmeldnaam string }
		s.SignIn(t.Context(), "", long, "x")
		must(t, json.Unmarshal(s.last().Person, &said))
		if n := len([]rune(said.Aanmeldnaam)); n != 64 {
			t.Errorf("%d characters of a login are kept, want 64", n)
		}
	})
}

func TestGuessing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		for range 5 {
			_, err := s.SignIn(t.Context(), "", "pieter", "verkeerd")
			if !errors.Is(err, people.ErrSignIn) {
				t.Fatal(err)
			}
		}
		_, err := s.SignIn(t.Context(), "", "PIETER", password)
		if !errors.Is(err, people.ErrSignIn) || !strings.Contains(err.Error(), "30 seconden") {
			t.Errorf("after five failures: %v", err)
		}
		if last := s.last(); last.Result != "geweigerd" || !strings.Contains(string(last.Header), "pauze") {
			t.Errorf("a try during a pause isn't in the logbook, but %+v", last)
		}
		pauze := s.last().Seq
		for range 3 {
			s.SignIn(t.Context(), "", "pieter", password)
		}
		if last := s.last(); last.Seq != pauze {
			t.Errorf("each try during a pause is a line: %+v", last)
		}
		s.clock.pass(31 * time.Second)
		s.signIn("pieter")
		if last := s.last(); last.Result != "gedaan" || string(last.Header) != `{"ongehoord":4}` {
			t.Errorf("the logbook doesn't say how often nobody listened: %s", last.Header)
		}
		s.signIn("pieter")
	})
}

// One colleague isn't two at two screens.
func TestOnePersonOneSeat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		s.add("karin", "Karin")
		first, second := s.signIn("pieter"), s.signIn("karin")
		must(t, s.Join(ctx, first, "samira", password))
		r := s.present(first).Request(regulation.PlayBack, gate.Subject{Entity: s.camera.Entity()})
		r.For = "veiligheid"
		permit, err := s.gate.Enter(ctx, r)
		must(t, err)
		must(t, s.Join(ctx, second, "samira", password))
		if permit.Withdrawn() == nil {
			t.Error("she walked to another screen, and the picture stayed")
		}
		s.wantPresent(first, s.pieter)
		if len(s.present(second).All) != 2 {
			t.Errorf("at the second screen are %v", s.present(second).All)
		}
		left := s.records("afmelden")
		if len(left) != 1 || !strings.Contains(string(left[0].Person), string(s.samira)) || !strings.Contains(string(left[0].Header), "elders") {
			t.Errorf("the logbook says of her leaving: %+v", left)
		}
		// Who acts takes everyone along.
		third := s.signIn("karin")
		s.wantPresent(second)
		if len(s.present(third).All) != 1 {
			t.Errorf("at the third screen are %v", s.present(third).All)
		}
	})
}

// A page that asks by itself keeps nobody there.
func TestSittingIsNoUse(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	token := s.signIn("pieter")
	watch := s.present(token).Request(regulation.Watch, gate.Subject{Entity: s.camera.Entity()})
	watch.For = "veiligheid"
	permit, err := s.gate.Enter(t.Context(), watch)
	must(t, err)
	for range 30 {
		s.clock.pass(time.Minute)
		must(t, s.gate.Reconsider(t.Context()))
		if _, err := s.Sitting(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if permit.Withdrawn() != nil {
		t.Error("withdrawn within half an hour")
	}
	s.clock.pass(time.Second)
	must(t, s.gate.Reconsider(t.Context()))
	if permit.Withdrawn() == nil {
		t.Error("live pictures go on where nobody has touched anything for half an hour")
	}
	if p, err := s.Sitting(t.Context(), token); err != nil || !p.Empty() {
		t.Errorf("still there: %v, %v", p, err)
	}
	s.wantPresent(token) // and it doesn't come back to life
}

func TestJoinAndLeave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		token := s.signIn("pieter")
		var bad people.Invalid
		if err := s.Join(t.Context(), "geen", "samira", password); !errors.As(err, &bad) {
			t.Errorf("joining nobody: %v", err)
		}
		if err := s.Join(t.Context(), token, "pieter", password); !errors.As(err, &bad) {
			t.Errorf("joining yourself: %v", err)
		}
		if err := s.Join(t.Context(), token, "samira", "verkeerd"); !errors.Is(err, people.ErrSignIn) {
			t.Errorf("joining with a wrong password: %v", err)
		}
		must(t, s.Join(t.Context(), token, "samira", password))
		s.wantPresent(token, s.pieter, s.samira)
		if last := s.last(); last.Act != "erbij komen" || last.Result != "gedaan" {
			t.Errorf("the logbook says %+v", last)
		}
		joost, fatima := s.add("joost", "Joost"), s.add("fatima", "Fatima")
		s.add("vijfde", "Vijfde")
		must(t, s.Leave(t.Context(), token, s.samira))
		s.wantPresent(token, s.pieter)
		must(t, s.Join(t.Context(), token, "joost", password))
		must(t, s.Join(t.Context(), token, "samira", password))
		must(t, s.Join(t.Context(), token, "fatima", password))
		s.wantPresent(token, s.pieter, joost, s.samira, fatima)
		if err := s.Join(t.Context(), token, "vijfde", password); !errors.As(err, &bad) {
			t.Errorf("a fifth joined: %v", err)
		}
		must(t, s.Leave(t.Context(), token, s.pieter))
		s.wantPresent(token)
		if last := s.last(); last.Act != "afmelden" || !strings.Contains(string(last.Person), string(s.pieter)) {
			t.Errorf("the logbook says %+v", last)
		}
		must(t, s.Leave(t.Context(), token, s.pieter)) // it ended already
	})
}

func TestStaysEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		token := s.signIn("pieter")
		must(t, s.Join(t.Context(), token, "samira", password))
		for range 29 {
			s.clock.pass(time.Minute)
			s.wantPresent(token, s.pieter, s.samira)
		}
		s.clock.pass(time.Minute)
		s.wantPresent(token, s.pieter)
		s.clock.pass(people.IdleLimit + time.Second)
		s.wantPresent(token)

		token = s.signIn("pieter")
		for range 23 {
			s.clock.pass(20 * time.Minute)
			s.wantPresent(token, s.pieter)
		}
		s.clock.pass(20 * time.Minute)
		s.wantPresent(token) // eight hours

		token = s.signIn("pieter")
		s.clock.pass(6 * 24 * time.Hour)
		s.wantPresent(token)
	})
}

// A seat in use is written down at most once a minute.
func TestSeen(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	token := s.signIn("pieter")
	seen := func() (at int64) {
		must(t, s.db.QueryRow("SELECT seen_at FROM seat WHERE ended_at IS NULL").Scan(&at))
		return at
	}
	first := seen()
	s.clock.pass(59 * time.Second)
	s.present(token)
	if seen() != first {
		t.Error("written within a minute")
	}
	s.clock.pass(time.Second)
	s.present(token)
	if seen() == first {
		t.Error("not written after a minute")
	}
}
