package retention

import (
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

var (
	everywhere = regulation.Retention{Key: "overal", Limit: calendar.StorageLimit{Days: 14}, From: regulation.Recorded}
	stairs     = regulation.Retention{Key: "trap", Limit: calendar.StorageLimit{Hours: 48}, Least: calendar.StorageLimit{Hours: 12},
		From: regulation.Recorded, Rooms: []string{"trappenhuis"}, Sites: []string{"woongebouw"}}
	useless = regulation.Retention{Key: "afkeuring", Limit: calendar.StorageLimit{Hours: 24}, From: regulation.Rejected}
	order   = regulation.Retention{Key: "opdracht", Limit: calendar.StorageLimit{Hours: 10}, From: regulation.Recorded,
		Scope: regulation.NewEntity(regulation.Site, "zuid")}
)

func TestDecideByPlace(t *testing.T) {
	ten := at(t, "2026-11-02T10:00:00Z")
	hour := vault.HourOf(ten)
	for what, c := range map[string]struct {
		place Place
		terms []regulation.Retention
		after time.Duration // the beginning of the hour; 0: no term
		key   string
	}{
		"the general term":                     {Place{}, []regulation.Retention{everywhere, stairs}, 14 * 24 * time.Hour, "overal"},
		"the shorter of two":                   {Place{Room: "trappenhuis", SiteKind: "woongebouw"}, []regulation.Retention{everywhere, stairs}, 48 * time.Hour, "trap"},
		"the shorter of two, the other way":    {Place{Room: "trappenhuis", SiteKind: "woongebouw"}, []regulation.Retention{stairs, everywhere}, 48 * time.Hour, "trap"},
		"the same room in another building":    {Place{Room: "trappenhuis", SiteKind: "school"}, []regulation.Retention{everywhere, stairs}, 14 * 24 * time.Hour, "overal"},
		"no term for here":                     {Place{Room: "hal", SiteKind: "woongebouw"}, []regulation.Retention{stairs}, 0, ""},
		"a term that begins with rejection":    {Place{}, []regulation.Retention{useless}, 0, ""},
		"an order for another site":            {Place{Site: "noord"}, []regulation.Retention{everywhere, order}, 14 * 24 * time.Hour, "overal"},
		"an order for this site":               {Place{Site: "zuid"}, []regulation.Retention{everywhere, order}, 10 * time.Hour, "opdracht"},
		"from before it was moved":             {Place{Room: "hal", SiteKind: "woongebouw", Rooms: []string{"hal", "trappenhuis"}, Moved: ten.Add(time.Second)}, []regulation.Retention{everywhere, stairs}, 48 * time.Hour, "trap"},
		"from after it was moved":              {Place{Room: "hal", SiteKind: "woongebouw", Rooms: []string{"hal", "trappenhuis"}, Moved: ten}, []regulation.Retention{everywhere, stairs}, 14 * 24 * time.Hour, "overal"},
		"moved where there are no other rooms": {Place{Room: "hal", SiteKind: "woongebouw", Rooms: []string{"hal"}, Moved: ten.Add(time.Hour)}, []regulation.Retention{everywhere, stairs}, 14 * 24 * time.Hour, "overal"},
	} {
		s := Schedule{Place: c.place, Terms: regulation.Terms{Retentions: c.terms}}
		v := Decide(hour, s, nil, ten.Add(c.after))
		if c.after == 0 {
			if v.Known || v.Due {
				t.Errorf("%s: %+v", what, v)
			}
			continue
		}
		if !v.At.Equal(ten.Add(c.after)) || v.Term.Key != c.key || !v.Due || Decide(hour, s, nil, ten.Add(c.after-time.Second)).Due {
			t.Errorf("%s: %+v", what, v)
		}
	}
}

func TestDecideRejected(t *testing.T) {
	ten := at(t, "2026-11-02T10:00:00Z")
	hour := vault.HourOf(ten)
	span := func(from, to time.Duration) footage.Span { return footage.Span{From: ten.Add(from), To: ten.Add(to)} }
	quick := useless
	quick.Limit = calendar.StorageLimit{Hours: 1}
	promised := everywhere
	promised.Least = calendar.StorageLimit{Hours: 12}
	for what, c := range map[string]struct {
		terms    []regulation.Retention
		rejected []Rejection
		after    time.Duration
		decides  bool
	}{
		"a minute of it":             {[]regulation.Retention{everywhere, useless}, []Rejection{{span(time.Minute, 2*time.Minute), ten.Add(2 * time.Hour)}}, 26 * time.Hour, true},
		"twice":                      {[]regulation.Retention{everywhere, useless}, []Rejection{{span(0, time.Minute), ten.Add(9 * time.Hour)}, {span(0, time.Minute), ten.Add(2 * time.Hour)}}, 26 * time.Hour, true},
		"the hour before":            {[]regulation.Retention{everywhere, useless}, []Rejection{{span(-time.Hour, 0), ten.Add(2 * time.Hour)}}, 14 * 24 * time.Hour, false},
		"the hour after":             {[]regulation.Retention{everywhere, useless}, []Rejection{{span(time.Hour, 2*time.Hour), ten.Add(2 * time.Hour)}}, 14 * 24 * time.Hour, false},
		"no term begins with it":     {[]regulation.Retention{everywhere}, []Rejection{{span(0, time.Minute), ten}}, 14 * 24 * time.Hour, false},
		"late, the ordinary first":   {[]regulation.Retention{everywhere, useless}, []Rejection{{span(0, time.Minute), ten.Add(14*24*time.Hour - time.Minute)}}, 14 * 24 * time.Hour, false},
		"while the hour goes on":     {[]regulation.Retention{everywhere, quick}, []Rejection{{span(-time.Hour, time.Minute), ten.Add(-30 * time.Minute)}}, time.Hour, true},
		"not before what's promised": {[]regulation.Retention{promised, quick}, []Rejection{{span(0, time.Minute), ten.Add(2 * time.Hour)}}, 13 * time.Hour, true},
		"without an ordinary term":   {[]regulation.Retention{useless}, []Rejection{{span(0, time.Minute), ten.Add(2 * time.Hour)}}, 26 * time.Hour, true},
	} {
		v := Decide(hour, Schedule{Terms: regulation.Terms{Retentions: c.terms}, Rejections: c.rejected}, nil, ten)
		if !v.At.Equal(ten.Add(c.after)) || v.Rejected != c.decides || !v.Known {
			t.Errorf("%s: %+v, want %s", what, v, ten.Add(c.after))
		}
	}
}
