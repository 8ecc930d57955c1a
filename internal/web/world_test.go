package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/blob"
	"oogmerk/internal/db"
	"oogmerk/internal/dossier"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/governance"
	"oogmerk/internal/incident"
	"oogmerk/internal/logbook"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/retention"
	"oogmerk/internal/survey"
	"oogmerk/internal/vault"
	"oogmerk/internal/viewing"
)

const password = "correct horse battery"

// friday is when the tests begin: half past one in Amsterdam.
var friday = time.Date(2026, 11, 20, 12, 30, 0, 0, time.UTC)

// A world is a school under the example regulation with its pages, everything
// real but the clock and the cameras.
type world struct {
	t      *testing.T
	o      Options
	db     *db.DB
	server *httptest.Server

	site    premises.SiteID
	camera  premises.CameraID
	board   people.PersonID
	manager people.PersonID
	filmed  footage.Span // what the camera saw

	clock func() time.Time // nil: the time is at

	law    []byte
	mu     sync.Mutex
	at     time.Time
	faults []error
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clock != nil {
		return w.clock()
	}
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// fault is what the pages report. A test that expects none fails on it.
func (w *world) fault(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, err)
}

// newWorld is a school under the example regulation, with more articles.
func newWorld(t *testing.T, d *db.DB, more ...string) *world {
	t.Helper()
	w := &world{t: t, at: friday, db: d, law: append(regulationtest.Document(), strings.Join(more, "\n")...)}
	w.build()
	w.found()
	w.filmed = w.record(friday.Add(-10 * time.Minute))
	handler, err := New(w.o)
	must(t, err)
	w.server = httptest.NewServer(handler)
	t.Cleanup(func() {
		w.server.CloseClientConnections()
		w.server.Close()
		if err := errors.Join(w.faults...); err != nil {
			t.Error("the pages report:", err)
		}
	})
	return w
}

func (w *world) build() {
	t, d, o := w.t, w.db, &w.o
	key, _, err := logbook.NewKey("test.invalid/logbook/1", rand.Reader)
	must(t, err)
	o.Book, err = logbook.Open(d, logbook.Options{Origin: "test.invalid/logbook/1", Key: key, Rand: rand.Reader})
	must(t, err)
	o.Board, err = governance.Open(t.Context(), d, o.Book, w.now)
	must(t, err)
	o.Gate = gate.New(o.Book, d, o.Board.InForce, w.now)
	o.People = people.Open(d, o.Gate, w.now)
	o.Premises = premises.Open(d, o.Gate, w.now)
	home := t.TempDir()
	keys, err := vault.Open(home, rand.Reader)
	must(t, err)
	t.Cleanup(func() { must(t, keys.Close()) })
	blobs, err := blob.Open(filepath.Join(home, "segments"))
	must(t, err)
	o.Footage = footage.Open(d, blobs, keys, w.now)
	terms := func(at time.Time) regulation.Terms { return o.Board.InForce(at).Terms }
	o.Incidents = incident.Open(d, o.Gate, o.Footage, terms, w.now)
	o.Dossier = dossier.Open(d, o.Gate, o.Board.InForce, w.now)
	o.Gate.Hear(o.People, o.Incidents, o.Premises, o.Board, o.Dossier)
	o.Holds = retention.OpenHolds(d, o.Gate, o.Footage, terms, w.now, rand.Reader)
	o.Sweeper = retention.NewSweeper(d, o.Gate, o.Footage, terms, w.now)
	o.Survey = survey.New(o.Gate, o.Premises, w.now)
	o.Recorder = recorder.New(o.Gate, o.Footage, o.Premises, w.now)
	o.Room = viewing.NewRoom(o.Gate, o.Footage, o.Recorder, o.Incidents, o.Holds, w.now)
	o.Now, o.Reads, o.Report = w.now, d, w.fault
	o.Demo = &Demo{Offset: func() time.Duration { return w.now().Sub(friday) },
		Move:   func(_ context.Context, by time.Duration) error { w.pass(by); return nil },
		People: []DemoPerson{{"Pieter Jansen", "locatiebeheerder", "pieter", password}, {"Samira el Idrissi", "vervanger", "samira", password}}}
	must(t, o.Footage.Recover(t.Context()))
}

// article is how a page calls the article with this title.
func article(t *testing.T, title string) string {
	t.Helper()
	return "Artikel " + regulationtest.Number(t, title)
}

// found lets the school begin.
func (w *world) found() {
	t, ctx, o := w.t, w.t.Context(), w.o
	must(t, o.Board.Found(ctx, governance.Founding{Organisation: "Stichting Nergenshuis", File: regulationtest.File, Document: w.law, Decision: "besluit 1",
		Do: func(ctx context.Context, tx *logbook.Tx) (err error) {
			w.board, err = o.People.FoundPerson(ctx, tx, people.Person{Login: "marijke", Name: "Marijke de Boer", Confidentiality: w.now()}, password, "bestuur", "besluit 1")
			return err
		}}))
	w.manager = w.hire(w.board, "hans", "Hans Visser", "beheerder", "")
	by := gate.Request{Who: w.manager.Entity()}
	site, err := o.Premises.AddSite(ctx, by, premises.Site{Name: "Hoofdgebouw"})
	must(t, err)
	w.site = site
	must(t, o.Premises.AddSign(ctx, by, premises.Sign{Site: w.site, Entrance: "Hoofdingang", Evidence: "foto 1"}))
	w.hire(w.manager, "pieter", "Pieter Jansen", "locatiebeheerder", w.site)
	w.hire(w.manager, "samira", "Samira el Idrissi", "bevoegd_medewerker", w.site)
	w.camera = w.place("Fietsenstalling")
}

func (w *world) place(name string) premises.CameraID {
	id, err := w.o.Premises.AddCamera(w.t.Context(), gate.Request{Who: w.manager.Entity()}, premises.Camera{Name: name, Site: w.site,
		URL: "rtsp://127.0.0.1:9/", Visible: true, Aim: "diefstal van fietsen", Assessment: "privacytoets 1"})
	must(w.t, err)
	return id
}

func (w *world) hire(by people.PersonID, login, name, role string, site premises.SiteID) people.PersonID {
	ctx, r := w.t.Context(), gate.Request{Who: by.Entity()}
	id, err := w.o.People.AddPerson(ctx, r, people.Person{Login: login, Name: name, Confidentiality: w.now()}, password)
	must(w.t, err)
	must(w.t, w.o.People.Appoint(ctx, r, people.Appointment{Person: id, Role: role, Site: string(site), By: by, Basis: "besluit 2", From: w.now()}))
	return id
}

// record puts a clip in the store, over and over for some five minutes, as if
// the camera saw it from start on.
func (w *world) record(start time.Time) footage.Span {
	t, ctx := w.t, w.t.Context()
	data, err := os.ReadFile("../media/testdata/plain.mp4")
	must(t, err)
	clip, err := media.ReadClip(bytes.NewReader(data))
	must(t, err)
	times := max(1, int(time.Minute/media.Duration(clip.Ticks())))
	span := footage.Span{From: start, To: start.Add(time.Duration(times) * media.Duration(clip.Ticks()))}
	permit, err := w.o.Gate.Enter(ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: footage.Subject(w.camera,
		footage.Span{From: span.From.Add(-time.Minute), To: span.To.Add(time.Minute)})})
	must(t, err)
	out := w.o.Footage.Record(permit, w.camera)
	f := media.NewFragmenter(500*time.Millisecond, func(f *media.Fragment) error { return out.Write(ctx, f) })
	for n := range times {
		for _, au := range clip.Pictures {
			au.DTS += uint64(n) * clip.Ticks()
			au.Time = start.Add(media.Duration(au.DTS))
			must(t, f.Push(&au))
		}
	}
	must(t, f.Flush())
	must(t, out.Close(ctx))
	must(t, permit.Close(ctx, "gedaan", nil))
	done, cancel := context.WithCancel(context.Background())
	cancel()
	must(t, w.o.Footage.Run(done)) // commits the index
	return span
}

// A visitor is a browser with one seat.
type visitor struct {
	*world
	client *http.Client
}

func (w *world) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	must(w.t, err)
	return &visitor{world: w, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a visitor who signed in.
func (w *world) as(login string) *visitor {
	w.t.Helper()
	v := w.visitor()
	if p := v.post("/aanmelden", "naam", login, "wachtwoord", password); p.code != http.StatusSeeOther {
		w.t.Fatalf("signing in as %s answered %d: %s", login, p.code, p.body)
	}
	return v
}

// A page is what came back.
type page struct {
	code   int
	header http.Header
	body   string
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, nil))
}

// post sends a form: name, value, name, value.
func (v *visitor) post(path string, fields ...string) page {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := v.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

// request is one as a browser makes it on a page of ours.
func (v *visitor) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URL+path, body)
	must(v.t, err)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (v *visitor) do(r *http.Request) page {
	v.t.Helper()
	answer, err := v.client.Do(r)
	must(v.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(v.t, err)
	return page{answer.StatusCode, answer.Header, string(body)}
}

// join lets someone sit down at the same seat.
func (v *visitor) join(login string) {
	v.t.Helper()
	if p := v.post("/erbij", "naam", login, "wachtwoord", password); p.code != http.StatusSeeOther {
		v.t.Fatalf("%s joining answered %d: %s", login, p.code, p.body)
	}
}

// wish is the form for what was filmed.
func (w *world) wish() []string {
	return []string{"camera", string(w.camera), "datum", dayOf(w.filmed.From).String(), "van", exact(w.filmed.From), "tot", exact(w.filmed.To), "doel", "veiligheid"}
}

// playBack starts a playback of what was filmed, by pieter and samira.
func (w *world) playBack() (*visitor, string) {
	w.t.Helper()
	v := w.as("pieter")
	v.join("samira")
	p := v.post("/terugkijken", w.wish()...)
	if p.code != http.StatusSeeOther {
		w.t.Fatalf("playing back answered %d: %s", p.code, p.body)
	}
	return v, p.header.Get("Location")
}

// reports an incident and returns its path.
func (v *visitor) reports() string {
	v.t.Helper()
	p := v.post("/incidenten", "soort", "diefstal", "staat", "waargenomen", "locatie", string(v.site),
		"datum", dayOf(v.now()).String(), "tijd", clock(v.now()), "omschrijving", "Een fiets is weg.")
	if p.code != http.StatusSeeOther {
		v.t.Fatalf("reporting answered %d: %s", p.code, p.body)
	}
	return p.header.Get("Location")
}

// says expects a page with a status and words.
func (p page) says(t *testing.T, code int, words ...string) {
	t.Helper()
	if p.code != code {
		t.Errorf("answered %d, want %d: %s", p.code, code, p.main())
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			t.Errorf("doesn't say %q: %s", w, p.main())
		}
	}
}

// main is what the page is about.
func (p page) main() string {
	_, main, found := strings.Cut(p.body, "<main")
	if !found {
		return p.body
	}
	return main
}

// second is who sits with the one who acts, as the page says.
func (v *visitor) second() people.PersonID {
	v.t.Helper()
	m := regexp.MustCompile(`name="persoon" value="([0-9a-f]+)"`).FindStringSubmatch(v.get("/aanwezig").body)
	if m == nil {
		return ""
	}
	return people.PersonID(m[1])
}

// linked is the address of the stylesheet of a page.
func linked(t *testing.T, body string) string {
	t.Helper()
	m := regexp.MustCompile(`href="(/static/[^"]+\.css)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the page has no stylesheet")
	}
	return m[1]
}
