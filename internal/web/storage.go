package web

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// The storage page is for whoever is signed in: it shows no picture, names
// nobody, and changes nothing. It sums nothing up itself: that is done in the
// background, see footage.Store.Measure.

// A storagePage is what storage.html shows.
type storagePage struct {
	Room     footage.Room
	Forecast retention.Forecast
	Until    time.Time // the day on which the disk is full; zero if it won't be
	Early    bool      // no camera recorded for a day yet: a forecast is a guess
	Disk     []share
	Rows     []storageRow
	Counted  time.Time // when the oldest of these figures was found; zero if none is known
	Missing  int       // cameras of which nothing is known yet
	Health   footage.Health
	Mean     time.Duration // of all syncs
	Queue    int           // how many fragments of a camera may wait
	Sweep    retention.Outcome
	Gaps     []missedRow
}

// A storageRow is one camera.
type storageRow struct {
	ID      premises.CameraID
	Name    string
	Place   string
	Removed bool
	Usage   footage.Usage
	retention.Keeping
	Reached time.Duration // how long its footage goes back
	Short   bool          // that is less than the regulation promises
}

// A missedRow is how much was missed for one cause, of all cameras together.
type missedRow struct {
	footage.GapUsage
	Cameras int
}

// A share is a part of a bar, in tenths of a percent of it.
type share struct {
	Kind     string // used, held, other, free, reserve
	At, Part int
	Bytes    int64
}

// X and Wide are where a share begins and how wide it is, as SVG says it.
func (s share) X() string    { return fmt.Sprintf("%d.%d%%", s.At/10, s.At%10) }
func (s share) Wide() string { return fmt.Sprintf("%d.%d%%", s.Part/10, s.Part%10) }

// storagePage is GET /opslag.
func (s *site) storagePage(v *visit) error {
	page := storagePage{Room: s.Footage.Room(), Health: s.Footage.Health(), Queue: footage.QueueLength, Sweep: s.Sweeper.Outcome()}
	if page.Room.Failure != nil {
		v.Report(page.Room.Failure)
	}
	if page.Health.Syncs > 0 {
		page.Mean = page.Health.SyncTime / time.Duration(page.Health.Syncs)
	}
	if err := v.storageRows(&page); err != nil {
		return err
	}
	page.Gaps = missedOf(page.Rows)
	var needs []retention.Need
	page.Early = true
	for _, r := range page.Rows {
		page.Early = page.Early && r.Reached < 24*time.Hour
		needs = append(needs, retention.Need{Usage: r.Usage, Keeping: r.Keeping})
	}
	page.Forecast = retention.Foresee(needs, page.Room, v.now)
	if page.Forecast.Days > 0 {
		page.Until = v.now.AddDate(0, 0, page.Forecast.Days)
	}
	page.Disk = diskOf(page.Room, page.Forecast)
	return v.show("storage", view{title: "storage.title", nav: "/opslag", data: page})
}

// storageRows are the cameras there are, and those that are gone and left
// something.
func (v *visit) storageRows(page *storagePage) error {
	cameras, err := v.Premises.Cameras(v.ctx())
	if err != nil {
		return err
	}
	known := map[premises.CameraID]footage.Usage{}
	for _, u := range v.Footage.Usage() {
		known[u.Camera] = u
		if page.Counted.IsZero() || u.At.Before(page.Counted) {
			page.Counted = u.At
		}
		if slices.ContainsFunc(cameras, func(c premises.Camera) bool { return c.ID == u.Camera }) || len(u.Hours) == 0 {
			continue
		}
		gone, err := v.Premises.Camera(v.ctx(), u.Camera)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		cameras = append(cameras, gone)
	}
	for _, c := range cameras {
		usage, there := known[c.ID]
		if !there {
			page.Missing++
		}
		row, err := v.storageRow(c, usage)
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
	}
	slices.SortStableFunc(page.Rows, func(a, b storageRow) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Name, b.Name))
	})
	return nil
}

func (v *visit) storageRow(c premises.Camera, u footage.Usage) (storageRow, error) {
	row := storageRow{ID: c.ID, Name: c.Name, Removed: !c.Removed.IsZero(), Usage: u}
	place, err := v.names.of(c.Site.Entity().String())
	if err != nil {
		return row, err
	}
	row.Place = place.Name
	var terms regulation.Terms
	if v.law != nil {
		terms = v.law.Terms
	}
	if row.Keeping, err = retention.KeepingOf(v.ctx(), v.Reads, c.ID, terms, v.now); err != nil {
		return row, err
	}
	if u.Oldest > 0 {
		row.Reached = max(0, v.now.Sub(u.Oldest.Start()))
	}
	row.Short = row.Reached < row.Least && v.now.Sub(c.Added) > row.Least && !row.Removed
	return row, nil
}

// Bar is how much of its term a camera's footage reaches, as SVG says it.
func (r storageRow) Bar() share {
	if !r.Known || r.Most <= 0 {
		return share{}
	}
	return share{Part: int(min(1000, 1000*r.Reached/r.Most))}
}

// Promised is how much of its term a camera's footage must reach at least.
func (r storageRow) Promised() share {
	if !r.Known || r.Most <= 0 || r.Least <= 0 {
		return share{}
	}
	return share{At: int(min(998, 1000*r.Least/r.Most))}
}

// missedOf adds up what was missed, cause by cause, the longest first.
func missedOf(rows []storageRow) (out []missedRow) {
	for _, r := range rows {
		for _, g := range r.Usage.Gaps {
			i := slices.IndexFunc(out, func(m missedRow) bool { return m.Cause == g.Cause })
			if i < 0 {
				i, out = len(out), append(out, missedRow{GapUsage: footage.GapUsage{Cause: g.Cause}})
			}
			out[i].Times += g.Times
			out[i].Length += g.Length
			out[i].Cameras++
		}
	}
	slices.SortStableFunc(out, func(a, b missedRow) int { return cmp.Compare(b.Length, a.Length) })
	return out
}

// diskOf is what the disk is full of, from left to right.
func diskOf(room footage.Room, f retention.Forecast) (out []share) {
	if room.Size <= 0 {
		return nil
	}
	reserve := min(room.Reserve, room.Free)
	held := min(f.Held, f.Used)
	at := 0
	for _, s := range []share{{Kind: "used", Bytes: f.Used - held}, {Kind: "held", Bytes: held},
		{Kind: "other", Bytes: max(0, room.Size-room.Free-f.Used)}, {Kind: "free", Bytes: room.Free - reserve}, {Kind: "reserve", Bytes: reserve}} {
		s.At, s.Part = at, int(min(float64(1000-at), float64(s.Bytes)/float64(room.Size)*1000+0.5))
		at += s.Part
		out = append(out, s)
	}
	return out
}
