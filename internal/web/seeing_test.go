package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
)

// beside starts a playback of the camera that filmed and one that didn't.
func (w *world) beside(v *visitor, others ...premises.CameraID) string {
	w.t.Helper()
	if len(others) == 0 {
		others = []premises.CameraID{w.place("Kantine")}
	}
	p := v.postForm("/terugkijken", w.besideForm(others...))
	if p.code != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/naast-elkaar/") {
		w.t.Fatalf("playing back side by side answered %d, %s: %s", p.code, p.header.Get("Location"), p.main())
	}
	return p.header.Get("Location")
}

func (w *world) besideForm(others ...premises.CameraID) url.Values {
	form := url.Values{}
	wish := w.wish()
	for i := 0; i < len(wish); i += 2 {
		form.Set(wish[i], wish[i+1])
	}
	for _, id := range others {
		form.Add("ook", string(id))
	}
	return form
}

func (v *visitor) postForm(path string, form url.Values) page {
	v.t.Helper()
	r := v.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (w *world) timelinePath(columns int) string {
	day := dayOf(w.filmed.From).span()
	return fmt.Sprintf("/tijdlijn?camera=%s&van=%d&tot=%d&vakken=%d", w.camera, day.From.UnixMilli(), day.To.UnixMilli(), columns)
}

// TestTimelineData: what a timeline is drawn from says what the table says,
// in no more detail than was asked for.
func TestTimelineData(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for i := range 200 { // of three seconds, ten apart: more than can be drawn in a day
			from := friday.Add(-9*time.Hour + time.Duration(i)*10*time.Second)
			must(t, w.o.Footage.OpenGap(t.Context(), w.camera, from, "geen beweging", ""))
			must(t, w.o.Footage.EndGap(t.Context(), w.camera, from.Add(3*time.Second)))
		}
		w.visitor().get(w.timelinePath(300)).says(t, 401)
		v := w.as("pieter")
		p := v.get(w.timelinePath(300))
		p.says(t, 200)
		var got timeData
		must(t, json.Unmarshal([]byte(p.body), &got))
		kinds := map[string]timeLine{}
		at := got.From
		for _, s := range got.Pieces {
			kinds[s.Kind] = s
			if s.From < at || s.To <= s.From {
				t.Errorf("%+v begins before the one before ended", s)
			}
			at = s.To
		}
		if at != got.To || len(got.Pieces) > 20 || len(got.Activity) != 300 || got.Step != 288_000 {
			t.Errorf("%d pieces up to %d, %d columns of %d ms", len(got.Pieces), at, len(got.Activity), got.Step)
		}
		if s := kinds[recorded]; !strings.Contains(s.Says, "Wordt gewist op 26 november 2026 om 13:00") || s.From < w.filmed.From.UnixMilli()-2000 {
			t.Errorf("recorded: %+v", s)
		}
		if s := kinds[mixed]; !strings.Contains(s.Says, "er bewoog niets") {
			t.Errorf("mixed: %+v", s)
		}
		for _, wrong := range []string{"", "&vakken=0", "&vakken=2000", "&van=x&tot=y&vakken=3", "&van=5&tot=5&vakken=3", "&van=0&tot=99999999999999&vakken=3"} {
			v.get("/tijdlijn?camera="+string(w.camera)+wrong).says(t, 400)
		}
		v.get("/tijdlijn?camera=nergens&van=0&tot=60000&vakken=10").says(t, 404)
	})
}

// TestCalendar: each day says in words what there is.
func TestCalendar(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v := w.as("pieter")
	v.get("/terugkijken?datum=2026-11-20").says(t, 200, "november 2026", `aria-current="date"`, "vandaag", "min", `data-day="2026-11-19"`,
		"de camera was er nog niet", "nog niet geweest", "datum=2026-10-31", `data-zoom`)
	if strings.Contains(v.get("/terugkijken?datum=2026-11-20").body, "datum=2026-12-01") {
		t.Error("the calendar leads to a month that is still to come")
	}
	v.get("/terugkijken?datum=2026-10-05").says(t, 200, "oktober 2026", "datum=2026-11-01")
	other := w.place("Kantine")
	v.get("/terugkijken?datum=2026-11-20&ook="+string(other)).says(t, 200, "van 2 camera’s", `data-lane="`+string(other)+`"`)
	c := cell{}
	c.add(piece{Kind: erased}, time.Hour)
	c.add(piece{Kind: unknown}, 20*time.Hour)
	if c.Mark != erased {
		t.Errorf("a day of which a part was erased is %s", c.Mark)
	}
	c.add(piece{Kind: recorded}, 90*time.Minute)
	c.add(piece{Kind: gap}, time.Minute)
	if c.Mark != mixed || c.InHours(1) != 2 || !c.Few(2) || c.InMinutes(2) != 45 {
		t.Errorf("%+v", c)
	}
}

// TestSideBySide: each camera has a permit of its own, and all stop when the
// second person leaves.
func TestSideBySide(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		other := w.place("Kantine")
		alone := w.as("pieter")
		alone.postForm("/terugkijken", w.besideForm(other)).says(t, 403, article(t, "Vier ogen"))
		alone.post("/afmelden")
		v := w.as("pieter")
		v.join("samira")
		v.postForm("/terugkijken", w.besideForm("1", "2", "3", "4", "5", "6", "7", "8", "9")).says(t, 400, "twee tot negen")

		first := w.camera
		w.camera = other
		w.record(w.filmed.From) // it saw the same minutes
		w.camera = first
		nothing := w.place("Aula")
		at := w.beside(v, other, nothing)
		page := v.get(at)
		page.says(t, 200, "3 camera’s op één klok", "Fietsenstalling", "Kantine", "Aula", "geen beeld", "Pieter Jansen · Samira el Idrissi", `data-codec="avc1.`)
		ids := map[string]bool{}
		for _, part := range strings.Split(page.body, `src="/terugkijken/`)[1:] {
			id, _, _ := strings.Cut(part, "/")
			ids[id] = true
		}
		if len(ids) != 2 {
			t.Fatalf("%d films on the page, want 2", len(ids))
		}
		for id := range ids {
			v.get("/terugkijken/"+id+"/film.mp4").says(t, 200, "ftyp")
			v.post("/terugkijken/"+id+"/getoond", "van", "0", "tot", "2").says(t, 204)
		}
		w.as("hans").get(at).says(t, 404) // it is another seat's
		v.post("/erbij/weg", "persoon", string(v.second())).says(t, 303)
		for id := range ids {
			v.get("/terugkijken/"+id+"/film.mp4").says(t, 410)
		}
		state := v.get(at + "/toestand")
		if n := strings.Count(state.body, "event: einde"); n != 2 || !strings.Contains(state.body, article(t, "Vier ogen")) {
			t.Errorf("%d ends: %s", n, state.body)
		}
		v.get(at).says(t, 200, article(t, "Vier ogen"))
		hans := w.as("hans").get("/logboek")
		if n := strings.Count(hans.body, "Echt gezien"); n < 2 {
			t.Errorf("the logbook tells of %d playbacks that were seen", n)
		}
	})
}

// TestFilmInParts: an open range is answered in part, so that films side by
// side share the few connections a browser has.
func TestFilmInParts(t *testing.T) {
	for asked, want := range map[string]string{"bytes=0-": "bytes=0-1048575", "bytes=1000-": "bytes=1000-1049575", "bytes=5-9": "bytes=5-9", "": "", "bytes=-5": "bytes=-5",
		"bytes=0-,5-": "bytes=0-,5-", "bytes=x-": "bytes=x-", "bytes=9223372036854775807-": "bytes=9223372036854775807-"} {
		if got := inParts(asked); got != want {
			t.Errorf("%q becomes %q, want %q", asked, got, want)
		}
	}
	w := newWorld(t, dbtest.SQLite(t))
	v, at := w.playBack()
	r := v.request(http.MethodGet, at+"/film.mp4", nil)
	r.Header.Set("Range", "bytes=0-")
	p := v.do(r)
	if p.code != http.StatusPartialContent || len(p.body) > filmPart || !strings.HasPrefix(p.header.Get("Content-Range"), "bytes 0-") {
		t.Errorf("answered %d, %d bytes, %s", p.code, len(p.body), p.header.Get("Content-Range"))
	}
}

func TestCoarser(t *testing.T) {
	at := func(s int) time.Time { return friday.Add(time.Duration(s) * time.Second) }
	rows := []row{{piece: piece{Kind: recorded, Span: footage.Span{From: at(0), To: at(100)}}}}
	for i := range 6 {
		kind := []string{gap, recorded}[i%2]
		rows = append(rows, row{piece: piece{Kind: kind, Cause: map[string]string{gap: "klok"}[kind], Span: footage.Span{From: at(100 + i), To: at(101 + i)}}})
	}
	rows = append(rows, row{piece: piece{Kind: recorded, Span: footage.Span{From: at(106), To: at(200)}}})
	got := coarser(rows, 10*time.Second)
	if len(got) != 3 || got[1].Kind != mixed || got[1].Times != 3 || got[1].Cause != "klok" || !got[1].Span.To.Equal(at(106)) {
		t.Errorf("%+v", got)
	}
	if same := coarser(rows, time.Second); len(same) != len(rows) {
		t.Errorf("%d rows of %d", len(same), len(rows))
	}
}
