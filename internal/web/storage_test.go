package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// measured lets the store add up once what there is.
func (w *world) measured() {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.o.Footage.Measure(ctx, w.fault) }()
	for until := time.Now().Add(10 * time.Second); len(w.o.Footage.Usage()) == 0 && time.Now().Before(until); {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	<-ended
	if len(w.o.Footage.Usage()) == 0 {
		w.t.Fatal("nothing was added up")
	}
}

// look lets the store look once at its disk, of which so many bytes are kept free.
func (w *world) look(reserve int64) {
	w.o.Footage.KeepFree(reserve)
	ctx, stop := context.WithCancel(w.t.Context())
	stop()
	w.o.Footage.Mind(ctx, time.Hour, func() {}, func(error) {})
}

// TestStoragePage: what each camera uses and how far it goes back, for whoever
// is signed in, with nothing that can be done.
func TestStoragePage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		empty := w.as("samira").get("/opslag")
		empty.says(t, 200, "Opslag", "Fietsenstalling", "Het programma telt dit nog", "te weinig opgenomen", "Er ontbreekt niets", "nog niet sinds de start")
		must(t, w.o.Footage.OpenGap(t.Context(), w.camera, friday.Add(-26*time.Hour), "schijf vol", ""))
		must(t, w.o.Footage.EndGap(t.Context(), w.camera, friday.Add(-24*time.Hour)))
		w.measured()
		w.look(1)
		p := w.as("samira").get("/opslag")
		p.says(t, 200, "Hoofdgebouw", "van hoogstens 6,0 dagen", "Geteld vanaf 20 november 2026 om 13:30", "de schijf was vol", "2 uur 0 min", "Er is genoeg ruimte om alles", "Nooit", "geen", "van 32 stukjes")
		if p.first(t, `class="num">([0-9,]+) [kM]B</td>`) == "0,0" {
			t.Error("the camera uses nothing")
		}
		if !strings.Contains(p.menu(), `<a href="/opslag" aria-current="page">Opslag`) || strings.Contains(p.main(), "<form") {
			t.Error("the page isn't in the menu, or has a form")
		}
		w.visitor().get("/opslag").says(t, 303)

		by := w.as("hans")
		by.post("/cameras/"+string(w.camera)+"/weg", "zeker", "ja")
		w.look(1 << 60)
		by.get("/opslag").says(t, 200, "De schijf is vol", "Er wordt niets opgenomen", "weggehaald")
		w.as("samira").get("/opslag").says(t, 200, "vanzelf verder")
	})
}

// TestAlarms: a full disk stands above every page of who could see to it, and
// among their tasks; nobody else is told.
func TestAlarms(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	hans, pieter := w.as("hans"), w.as("pieter")
	hans.get("/reglement").hides(t, "De schijf is")
	w.look(1 << 60)
	for path, want := range map[string]int{"/reglement": 1, "/taken": 0, "/opslag": 1} {
		if n := strings.Count(hans.get(path).body, `class="alarms"`); n != want {
			t.Errorf("%s has %d alarms, want %d", path, n, want)
		}
	}
	hans.get("/taken").says(t, 200, "Wat er misgaat", "De schijf is vol: er wordt niets opgenomen", `href="/opslag"`)
	if p := pieter.get("/reglement"); strings.Contains(p.body, `class="alarms"`) {
		t.Error("somebody is told of what they can't see to")
	}
	pieter.get("/taken").hides(t, "De schijf is vol")
	w.look(1)
	hans.get("/taken").hides(t, "De schijf is")
}

// TestSweepFailsAloud: that footage stays which must go is nobody's secret.
func TestSweepFailsAloud(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.o.Sweeper = retention.NewSweeper(w.db, w.o.Gate, w.o.Footage, func(time.Time) regulation.Terms { return regulation.Terms{} }, w.now)
	handler, err := New(w.o)
	must(t, err)
	w.server.Config.Handler = handler
	ctx, stop := context.WithCancel(t.Context())
	w.o.Sweeper.Run(ctx, time.Hour, func(error) { stop() })
	hans := w.as("hans")
	hans.get("/taken").says(t, 200, "Het wissen lukt niet, sinds 20 november 2026 om 13:30")
	hans.get("/opslag").says(t, 200, "lukt niet, sinds 20 november 2026 om 13:30")
}

// TestDoubtedClock: while the clock is doubted it is said, and who may place
// can say that it is right.
func TestDoubtedClock(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.o.Recorder.Guard = recorder.NewGuard(w.now, func() time.Duration { return time.Hour })
	hans := w.as("hans")
	hans.post("/taken/klok").says(t, 400, "geen twijfel over de klok")
	hans.get("/taken").hides(t, "De klok klopt")
	w.pass(7 * time.Hour)                        // which the machine knows nothing of
	hans, pieter := w.as("hans"), w.as("pieter") // their stays ended
	hans.get("/taken").says(t, 200, "ineens versprongen", "De klok klopt", "20 november 2026 om 20:30")
	pieter.get("/taken").hides(t, "De klok klopt")
	pieter.post("/taken/klok").says(t, 403)
	if ok, _ := w.o.Recorder.Guard.Trusted(); ok {
		t.Fatal("somebody confirmed the clock who may not")
	}
	hans.post("/taken/klok").says(t, 303)
	if ok, why := w.o.Recorder.Guard.Trusted(); !ok {
		t.Errorf("it was confirmed, but %s", why)
	}
	hans.get("/taken").hides(t, "De klok klopt")
	var n int
	must(t, w.db.QueryRowContext(t.Context(), "SELECT count(*) FROM log_entry WHERE act = 'plaatsen' AND CAST(body_header AS TEXT) LIKE '%klok bevestigd%'").Scan(&n))
	if n == 0 {
		t.Error("the logbook doesn't say that the clock was confirmed")
	}
}

// What the bars show adds up, whatever the disk says.
func TestDiskBar(t *testing.T) {
	for what, c := range map[string]struct {
		room footage.Room
		f    retention.Forecast
	}{
		"ordinary":                  {footage.Room{Size: 1000, Free: 400, Reserve: 100}, retention.Forecast{Used: 500, Held: 50}},
		"nothing":                   {footage.Room{Size: 1000, Free: 1000}, retention.Forecast{}},
		"full":                      {footage.Room{Size: 1000, Free: 0, Reserve: 100}, retention.Forecast{Used: 1000}},
		"more used than there is":   {footage.Room{Size: 1000, Free: 900, Reserve: 100}, retention.Forecast{Used: 3000, Held: 2000}},
		"more reserve than is free": {footage.Room{Size: 1000, Free: 50, Reserve: 1 << 60}, retention.Forecast{Used: 10}},
	} {
		at := 0
		for _, s := range diskOf(c.room, c.f) {
			if s.At != at || s.Part < 0 || s.Bytes < 0 {
				t.Errorf("%s: %+v begins at %d, not %d", what, s, s.At, at)
			}
			at += s.Part
		}
		if at > 1000 || at < 990 {
			t.Errorf("%s: the bar is %d long", what, at)
		}
	}
	if diskOf(footage.Room{Failure: errors.New("no disk")}, retention.Forecast{}) != nil {
		t.Error("a bar of nothing")
	}
	row := storageRow{ID: premises.CameraID("x"), Keeping: retention.Keeping{Known: true, Most: 10 * time.Hour, Least: 5 * time.Hour}, Reached: 20 * time.Hour}
	if row.Bar().Wide() != "100.0%" || row.Promised().X() != "50.0%" {
		t.Errorf("%s, %s", row.Bar().Wide(), row.Promised().X())
	}
}

// TestNotices: a camera that can't be reached is a task for who may place it,
// and for nobody else.
func TestNotices(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	w.o.Recorder.Report = func(error) {} // nobody is there
	go func() { ended <- w.o.Recorder.Run(ctx) }()
	defer func() { stop(); <-ended }()
	hans, pieter := w.as("hans"), w.as("pieter")
	hans.get("/taken").hides(t, "Wat er misgaat")
	told := func() bool { return strings.Contains(hans.get("/taken").main(), "Wat er misgaat") }
	for until := time.Now().Add(20 * time.Second); !told(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("nobody is told: %+v, %+v", w.o.Recorder.Notices(), w.o.Recorder.Status(w.camera))
		}
		w.pass(2 * time.Second)
	}
	hans.get("/taken").says(t, 200, "Fietsenstalling", `href="/camera/`+string(w.camera)+`"`)
	pieter.get("/taken").hides(t, "Wat er misgaat")
	if p := hans.get("/reglement"); strings.Contains(p.body, `class="alarms"`) {
		t.Error("one camera is no alarm")
	}
}
