package premises_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// seat is somebody's browser at a workstation, or at none.
func (s *school) seat(station string) regulation.Entity {
	s.t.Helper()
	id := fmt.Sprintf("stoel%d", s.seats)
	s.seats++
	_, err := s.db.ExecContext(s.t.Context(), `INSERT INTO seat (id, token_hash, created_at, seen_at, station)
		VALUES ($1, $2, 0, 0, $3)`, id, []byte(id), station)
	must(s.t, err)
	return regulation.NewEntity(regulation.Seat, id)
}

// whereabouts is what the law hears of the workstation of a seat.
func (s *school) whereabouts(seat, on regulation.Entity) regulation.Attribute {
	s.t.Helper()
	_, q, err := s.gate.Ask(s.t.Context(), gate.Request{Act: regulation.Watch, Who: wim, Where: seat, On: gate.Subject{Entity: on}})
	must(s.t, err)
	return q.Context["werkplek"]
}

func TestWorkstation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		yard := s.yard(site)
		indoors, err := s.AddCamera(ctx, by(wim), hall(site))
		must(t, err)
		id, _, err := s.AddWorkstation(ctx, by(wim), premises.Workstation{Site: site, Room: yard.Room, Name: "Loge", Kind: "publiek"})
		must(t, err)
		all, err := s.Workstations(ctx, site)
		want := premises.Workstation{ID: id, Site: site, Room: yard.Room, Name: "Loge", Kind: "publiek"}
		if err != nil || len(all) != 1 || all[0] != want {
			t.Fatalf("the workstations are %+v, %v", all, err)
		}
		place := func(same bool) regulation.Attribute {
			return regulation.Struct(regulation.Context{"soort": regulation.String("publiek"), "ruimte": regulation.String("terrein"),
				"locatie": site.Entity(), "zelfde_ruimte": regulation.Boolean(same)})
		}
		seat := s.seat(id)
		if got := s.whereabouts(seat, yard.ID.Entity()); got == nil || !got.Equal(place(true)) {
			t.Errorf("beside the camera: %v", got)
		}
		if got := s.whereabouts(seat, indoors.Entity()); got == nil || !got.Equal(place(false)) {
			t.Errorf("away from the camera: %v", got)
		}
		if got := s.whereabouts(s.seat(""), yard.ID.Entity()); got != nil {
			t.Errorf("at no workstation: %v", got)
		}
		var invalid premises.Invalid
		if err := s.RemoveRoom(ctx, by(wim), premises.Room{ID: yard.Room, Site: site}); !errors.As(err, &invalid) {
			t.Errorf("a room that isn't empty went: %v", err)
		}
		must(t, s.RemoveWorkstation(ctx, by(wim), all[0]))
		if got := s.whereabouts(seat, yard.ID.Entity()); got != nil {
			t.Errorf("at a workstation that is gone: %v", got)
		}
	})
}

func TestEnrolDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		room, err := s.AddRoom(ctx, by(wim), premises.Room{Site: site, Name: "Kamer", Kind: "bekijkruimte"})
		must(t, err)
		add := func() (string, string) {
			t.Helper()
			id, code, err := s.AddWorkstation(ctx, by(wim), premises.Workstation{Site: site, Room: room, Name: "Scherm", Kind: "bekijkplek"})
			must(t, err)
			return id, code
		}
		id, code := add()
		if _, other := add(); len(code) != 14 || other == code {
			t.Errorf("the codes are %q and %q", code, other)
		}
		token, err := s.EnrolDevice(ctx, " "+strings.ToLower(strings.ReplaceAll(code, "-", " ")))
		must(t, err)
		w, is, err := s.StationOf(ctx, token)
		if err != nil || !is || w.ID != id || !w.Enrolled {
			t.Errorf("the computer is %+v, %v, %v", w, is, err)
		}
		var invalid premises.Invalid
		_, late := add()
		s.now = s.now.Add(premises.CodeValid)
		for _, bad := range []string{code, late, "", "AAAA-AAAA-AAAA"} {
			if _, err := s.EnrolDevice(ctx, bad); !errors.As(err, &invalid) {
				t.Errorf("code %q: %v", bad, err)
			}
		}
		for _, bad := range []string{"", code, token + "x"} {
			if _, is, err := s.StationOf(ctx, bad); is || err != nil {
				t.Errorf("token %q is a workstation: %v", bad, err)
			}
		}
		must(t, s.RemoveWorkstation(ctx, by(wim), w))
		if _, is, err := s.StationOf(ctx, token); is || err != nil {
			t.Errorf("a workstation that is gone: %v, %v", is, err)
		}
	})
}

// Neither the code nor what a computer shows can be read from the database or
// the logbook.
func TestSecretsAreKeptNowhere(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	ctx := t.Context()
	site := s.site("West")
	room, err := s.AddRoom(ctx, by(wim), premises.Room{Site: site, Name: "Kamer", Kind: "bekijkruimte"})
	must(t, err)
	_, code, err := s.AddWorkstation(ctx, by(wim), premises.Workstation{Site: site, Room: room, Name: "Scherm", Kind: "bekijkplek"})
	must(t, err)
	s.now = s.now.Add(time.Minute)
	token, err := s.EnrolDevice(ctx, code)
	must(t, err)
	var kept string
	must(t, s.db.QueryRowContext(ctx, "SELECT name || kind || COALESCE(device_hash, '') || COALESCE(code_hash, '') FROM workstation").Scan(&kept))
	records, err := s.book.Records(ctx, -1, 10)
	must(t, err)
	for _, r := range records {
		kept += string(r.Header) + string(r.Person)
	}
	if strings.Contains(kept, code) || strings.Contains(kept, token) || !strings.Contains(kept, "werkplek erbij") {
		t.Errorf("kept: %q", kept)
	}
}
