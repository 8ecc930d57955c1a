package retention

import (
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// by is the schedule of camera a under these terms.
func by(terms ...regulation.Retention) Schedule {
	return Schedule{Place: Place{Camera: "a"}, Terms: regulation.Terms{Retentions: terms}}
}

func terms(l calendar.StorageLimit) Schedule {
	return by(regulation.Retention{Limit: l, From: regulation.Recorded, Article: "termijn"})
}

var sixDays = terms(calendar.StorageLimit{Days: 6})

func TestDecideTerm(t *testing.T) {
	for _, c := range []struct {
		terms Schedule
		hour  string // something in it
		now   string
		due   bool
	}{
		{sixDays, "2026-11-02T10:00:00Z", "2026-11-02T10:30:00Z", false},
		{sixDays, "2026-11-02T10:00:00Z", "2026-11-08T09:59:59Z", false},
		{sixDays, "2026-11-02T10:00:00Z", "2026-11-08T10:00:00Z", true},
		{sixDays, "2026-11-02T10:00:00Z", "2026-11-08T10:00:01Z", true},
		{sixDays, "2026-11-02T10:59:59Z", "2026-11-08T09:59:59Z", false}, // the last second goes with the first
		{sixDays, "2026-11-02T10:59:59Z", "2026-11-08T10:00:00Z", true},
		{sixDays, "2026-11-02T11:00:00Z", "2026-11-08T10:59:59Z", false},
		{sixDays, "2026-11-02T10:00:00Z", "2036-11-08T10:00:01Z", true},
		{sixDays, "2026-11-02T10:00:00Z", "2026-10-01T10:00:00Z", false}, // a clock that went back
		// Summer time begins on 29 March: an hour less.
		{sixDays, "2026-03-24T10:00:00Z", "2026-03-30T08:59:59Z", false},
		{sixDays, "2026-03-24T10:00:00Z", "2026-03-30T09:00:00Z", true},
		// It ends on 25 October: not an hour more.
		{sixDays, "2026-10-20T10:00:00Z", "2026-10-26T10:00:00Z", true},
		{terms(calendar.StorageLimit{Days: 28}), "2026-11-02T10:00:00Z", "2026-11-30T09:59:59Z", false},
		{terms(calendar.StorageLimit{Days: 28}), "2026-11-02T10:00:00Z", "2026-11-30T10:00:00Z", true},
		{terms(calendar.StorageLimit{Hours: 72}), "2026-11-02T10:00:00Z", "2026-11-05T09:59:59Z", false},
		{terms(calendar.StorageLimit{Hours: 72}), "2026-11-02T10:00:00Z", "2026-11-05T10:00:00Z", true},
	} {
		hour := vault.HourOf(at(t, c.hour))
		v := Decide(hour, c.terms, nil, at(t, c.now))
		if v.Due != c.due || !v.Known || v.Term.Article != "termijn" || len(v.Held) > 0 {
			t.Errorf("%s at %s under %+v: %+v", c.hour, c.now, c.terms.Terms.Retentions[0].Limit, v)
		}
		if goes, _ := first(c.terms.Terms.Retentions, hour.Start()); !v.At.Equal(goes) || v.Due == at(t, c.now).Before(v.At) {
			t.Errorf("%s at %s: due is %v, but it goes at %s", c.hour, c.now, v.Due, v.At)
		}
	}
}

// Silence is no ground for erasing, and neither is nonsense.
func TestDecideWithoutTerm(t *testing.T) {
	for _, l := range []calendar.StorageLimit{{}, {Days: -1}, {Hours: -5}, {Days: 6, Hours: -1}} {
		v := Decide(494_000, terms(l), nil, at(t, "2126-11-02T10:00:00Z"))
		if v.Known || v.Due || !v.At.IsZero() {
			t.Errorf("%+v: %+v", l, v)
		}
		if goes, _ := first(terms(l).Terms.Retentions, vault.Hour(494_000).Start()); !goes.IsZero() {
			t.Errorf("%+v: there is an instant at which footage goes", l)
		}
	}
}

func TestDecideHolds(t *testing.T) {
	hour := vault.HourOf(at(t, "2026-11-02T10:00:00Z"))
	span := func(from, to string) footage.Span {
		return footage.Span{From: at(t, "2026-11-02T"+from+"Z"), To: at(t, "2026-11-02T"+to+"Z")}
	}
	for _, c := range []struct {
		why  string
		hold Hold
		held bool
	}{
		{"a quarter of it", Hold{Camera: "a", Span: span("10:15:00", "10:30:00")}, true},
		{"all and more", Hold{Camera: "a", Span: span("09:00:00", "12:00:00")}, true},
		{"its first second", Hold{Camera: "a", Span: span("09:00:00", "10:00:01")}, true},
		{"its last second", Hold{Camera: "a", Span: span("10:59:59", "12:00:00")}, true},
		{"until it begins", Hold{Camera: "a", Span: span("09:00:00", "10:00:00")}, false},
		{"once it is over", Hold{Camera: "a", Span: span("11:00:00", "12:00:00")}, false},
		{"another camera", Hold{Camera: "b", Span: span("10:15:00", "10:30:00")}, false},
		{"lifted", Hold{Camera: "a", Span: span("10:15:00", "10:30:00"), Lifted: at(t, "2026-11-03T10:00:00Z")}, false},
	} {
		for _, now := range []string{"2026-11-02T10:30:00Z", "2026-11-08T10:00:00Z"} {
			v := Decide(hour, sixDays, []Hold{c.hold}, at(t, now))
			if held := len(v.Held) == 1; held != c.held {
				t.Errorf("%s: held is %v", c.why, held)
			}
			// A hold keeps segments; the hour's key goes when it must.
			if bare := Decide(hour, sixDays, nil, at(t, now)); v.Due != bare.Due || !v.At.Equal(bare.At) {
				t.Errorf("%s moves the term: %+v and %+v", c.why, v, bare)
			}
		}
	}
}

// What is due stays due, and so is all that came before.
func TestDecideKeepsOrder(t *testing.T) {
	for _, law := range []Schedule{sixDays, terms(calendar.StorageLimit{Days: 28}), terms(calendar.StorageLimit{Hours: 72})} {
		first := vault.Hour(480_000) // that isn't due
		for now := vault.Hour(490_000); now < 490_000+2*366*24; now++ {
			for Decide(first, law, nil, now.Start()).Due {
				first++
			}
			for _, earlier := range []vault.Hour{1, 2, 24, 1000} {
				if !Decide(first-earlier, law, nil, now.Start()).Due {
					t.Fatalf("at %s %s is not due, though a later hour is", now.Start(), (first - earlier).Start())
				}
			}
			for _, later := range []vault.Hour{1, 2, 24} {
				if Decide(first+later, law, nil, now.Start()).Due {
					t.Fatalf("at %s %s is due, though an earlier hour isn't", now.Start(), (first + later).Start())
				}
			}
		}
	}
}
