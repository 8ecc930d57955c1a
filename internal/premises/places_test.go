package premises_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// tryAll does everything that changes what a site has, and returns what came
// of each.
func (s *school) tryAll(who gate.Request, site premises.SiteID, camera premises.CameraID) []error {
	ctx := s.t.Context()
	_, room := s.AddRoom(ctx, who, premises.Room{Site: site, Name: "k", Kind: "kantoor"})
	_, entrance := s.AddEntrance(ctx, who, premises.Entrance{Site: site, Name: "e"})
	_, _, station := s.AddWorkstation(ctx, who, premises.Workstation{Site: site, Name: "w", Kind: "kantoor"})
	_, mask := s.AddMask(ctx, who, premises.Mask{Camera: camera, Covers: "woning", Area: "links"})
	return []error{room, entrance, station, mask,
		s.ChangeSite(ctx, who, premises.Site{ID: site, Name: "n"}),
		s.SetStorage(ctx, who, premises.Room{Site: site}, true),
		s.RemoveRoom(ctx, who, premises.Room{Site: site}),
		s.RemoveEntrance(ctx, who, premises.Entrance{Site: site}),
		s.RemoveWorkstation(ctx, who, premises.Workstation{Site: site}),
		s.RemoveMask(ctx, who, premises.Mask{Camera: camera})}
}

// What isn't there can't be changed or taken away, by nobody.
func TestNothingThere(t *testing.T) {
	s := found(t, dbtest.SQLite(t))
	ctx := t.Context()
	site := s.site("West")
	camera, err := s.AddCamera(ctx, by(wim), hall(site))
	must(t, err)
	east := s.site("Oost")
	room, err := s.AddRoom(ctx, by(wim), premises.Room{Site: east, Name: "Hal", Kind: "hal"})
	must(t, err)
	elsewhere := hall(site)
	elsewhere.Room = room
	_, there := s.AddCamera(ctx, by(wim), elsewhere)
	elsewhere.ID = camera
	_, kind := s.AddRoom(ctx, by(wim), premises.Room{Site: site, Name: "Zaal", Kind: "zaal"})
	_, view := s.AddMask(ctx, by(wim), premises.Mask{Camera: camera, Covers: "lucht", Area: "boven"})
	_, _, nowhere := s.AddWorkstation(ctx, by(wim), premises.Workstation{Site: site, Room: room, Name: "w", Kind: "kantoor"})
	_, nameless := s.AddEntrance(ctx, by(wim), premises.Entrance{Site: site, Name: " "})
	for _, err := range []error{there, kind, view, nowhere, nameless, s.ChangeCamera(ctx, by(wim), elsewhere),
		s.ChangeSite(ctx, by(wim), premises.Site{ID: site, Name: "West", Buildings: -1}),
		s.SetStorage(ctx, by(wim), premises.Room{ID: room, Site: site}, true),
		s.RemoveRoom(ctx, by(wim), premises.Room{ID: room, Site: site}),
		s.RemoveEntrance(ctx, by(wim), premises.Entrance{ID: "x", Site: site}),
		s.RemoveWorkstation(ctx, by(wim), premises.Workstation{ID: "x", Site: site}),
		s.RemoveSign(ctx, by(wim), premises.Sign{ID: "x", Site: site}),
		s.RemoveMask(ctx, by(wim), premises.Mask{ID: "x", Camera: camera})} {
		var invalid premises.Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("got %v, want what is wrong with it", err)
		}
	}
}

// A site has signs when each entrance has one, and it has an entrance.
func TestSigns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		told := func(yes bool) {
			t.Helper()
			want(t, "the site", s.facts(regulation.Report, site.Entity(), site.Entity()), regulation.Context{"borden": regulation.Boolean(yes)})
		}
		told(false)
		must(t, s.AddSign(ctx, by(wim), premises.Sign{Site: site, Entrance: "Voor", Evidence: "foto 1"}))
		told(true)
		back, err := s.AddEntrance(ctx, by(wim), premises.Entrance{Site: site, Name: "Achter"})
		must(t, err)
		told(false)
		var invalid premises.Invalid
		if _, err := s.AddEntrance(ctx, by(wim), premises.Entrance{Site: site, Name: " Achter "}); !errors.As(err, &invalid) {
			t.Errorf("one entrance twice: %v", err)
		}
		must(t, s.AddSign(ctx, by(wim), premises.Sign{Site: site, Entrance: "Achter", Evidence: "foto 2"}))
		told(true)
		s.now = s.now.Add(time.Minute)
		must(t, s.RemoveEntrance(ctx, by(wim), premises.Entrance{ID: back, Site: site}))
		told(true)
		if _, err := s.AddEntrance(ctx, by(wim), premises.Entrance{Site: site, Name: "Achter"}); err != nil {
			t.Error(err)
		}
		told(false)
		entrances, err := s.Entrances(ctx, site)
		must(t, err)
		if len(entrances) != 2 || entrances[0].Name != "Achter" || entrances[0].ID == back {
			t.Errorf("the entrances are %+v", entrances)
		}
	})
}

func TestSignPhoto(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		photo := append([]byte("\x89PNG\r\n\x1a\n"), 0, 1, 2)
		must(t, s.AddSign(ctx, by(wim), premises.Sign{Site: site, Entrance: "Voor", Photo: photo, PhotoMedia: "text/html"}))
		signs, err := s.Signs(ctx, site)
		must(t, err)
		if len(signs) != 1 || signs[0].PhotoMedia != "image/png" {
			t.Fatalf("the signs are %+v", signs)
		}
		got, media, err := s.SignPhoto(ctx, site, signs[0].ID)
		if err != nil || !bytes.Equal(got, photo) || media != "image/png" {
			t.Errorf("the photo is %q, %q, %v", got, media, err)
		}
		if _, _, err := s.SignPhoto(ctx, "elders", signs[0].ID); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("a photo of another site: %v", err)
		}
		for _, bad := range [][]byte{[]byte("<script>"), append([]byte("\xff\xd8\xff"), make([]byte, premises.MaxPhoto)...)} {
			var invalid premises.Invalid
			if err := s.AddSign(ctx, by(wim), premises.Sign{Site: site, Entrance: "Voor", Photo: bad}); !errors.As(err, &invalid) {
				t.Errorf("a photo of %d bytes: %v", len(bad), err)
			}
		}
	})
}

func TestSiteAndStorage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := found(t, d)
		ctx := t.Context()
		site := s.site("West")
		must(t, s.ChangeSite(ctx, by(wim), premises.Site{ID: site, Name: "West", Kind: " Woongebouw ", Buildings: 3}))
		got, err := s.Site(ctx, site)
		if err != nil || got != (premises.Site{ID: site, Name: "West", Kind: "woongebouw", Buildings: 3}) {
			t.Errorf("the site is %+v, %v", got, err)
		}
		want(t, "the site", s.facts(regulation.Report, site.Entity(), site.Entity()),
			regulation.Context{"soort": regulation.String("woongebouw"), "gebouwen": regulation.Long(3)})
		stored := func(yes bool) {
			t.Helper()
			want(t, "the organisation", s.facts(regulation.Consult, organisation, organisation),
				regulation.Context{"opslagruimte": regulation.Boolean(yes)})
		}
		stored(false)
		server, err := s.AddRoom(ctx, by(wim), premises.Room{Site: site, Name: "Kelder", Kind: "serverruimte"})
		must(t, err)
		stored(true)
		s.now = s.now.Add(time.Minute)
		must(t, s.RemoveRoom(ctx, by(wim), premises.Room{ID: server, Site: site}))
		stored(false)
		office, err := s.AddRoom(ctx, by(wim), premises.Room{Site: site, Name: "Kamer 3", Kind: "kantoor"})
		must(t, err)
		stored(false)
		must(t, s.SetStorage(ctx, by(wim), premises.Room{ID: office, Site: site}, true))
		stored(true)
		rooms, err := s.Rooms(ctx, site)
		if err != nil || len(rooms) != 1 || rooms[0] != (premises.Room{ID: office, Site: site, Name: "Kamer 3", Kind: "kantoor", Storage: true}) {
			t.Errorf("the rooms are %+v, %v", rooms, err)
		}
	})
}

// The closed lists are those of the vocabulary.
func TestWords(t *testing.T) {
	text, err := os.ReadFile("../../regulations/woorden.md")
	must(t, err)
	for _, list := range [][]string{premises.RoomKinds(), premises.Views(), premises.Modes(), premises.WorkstationKinds()} {
		for _, word := range list {
			if !strings.Contains(string(text), "`\""+word+"\"`") {
				t.Errorf("woorden.md doesn't know %q", word)
			}
		}
	}
}

// details are what the law was told of the last thing that was placed.
type details struct{ last regulation.Context }

func (d *details) Testify(_ context.Context, _ db.Querier, r gate.Request, _ time.Time, _ *gate.Testimony) error {
	if r.Act == regulation.Place {
		d.last = r.Details
	}
	return nil
}
