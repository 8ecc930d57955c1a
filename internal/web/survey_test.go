package web

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/demo"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/regulation/regulationtest"
	"oogmerk/internal/simulator"
)

// deaf is an article that wants no sound.
const deaf = "\n## Artikel 96 – Geen geluid\n\n```yaml\nverboden_functies: [geluid]\n```\n\n```cedar\n" +
	"@uitleg(\"Een programma dat geluid opneemt, mag geen camera's opnemen.\")\nforbid (principal, action == Action::\"opnemen\", resource)\n" +
	"when { Organisatie::\"organisatie\".kan.containsAny(Reglement::\"dit\".verboden_functies) };\n```\n"

// numberOf is that of an article that the example regulation was given.
func numberOf(t *testing.T, more, title string) string {
	t.Helper()
	law, err := regulation.Parse(regulationtest.File, append(regulationtest.Document(), more...))
	must(t, err)
	return regulationtest.NumberIn(t, law, title)
}

// A network is what there is to find: one camera that speaks ONVIF, and another
// that only sends its picture.
type network struct {
	rtsp   *demo.Cameras
	camera *simulator.Camera
}

const cameraPassword = "geheim-van-de-camera"

// network turns cameras on, and has them found.
func (w *world) network(change func(*simulator.Options)) network {
	t := w.t
	clips, err := demo.Clips()
	must(t, err)
	rtsp, err := demo.Start(demo.Options{Clips: clips, Count: 2, Listen: "127.0.0.1:0", Username: "kijker", Password: cameraPassword})
	must(t, err)
	t.Cleanup(rtsp.Close)
	o := simulator.Options{Listen: "127.0.0.1:0", Maker: "Kijk", Model: "K1", Firmware: "V20r4", Name: "Hal", Place: "begane grond", Username: "kijker", Password: cameraPassword,
		Now: time.Now, Microphone: true, Keeps: true, Turns: true, Streams: []simulator.Stream{
			{Token: "hoofd", Name: "Main", URL: rtsp.URL(0), Codec: "H264", Width: 1920, Height: 1080, Rate: 25},
			{Token: "klein", Name: "Sub", URL: rtsp.URL(1), Codec: "H264", Width: 640, Height: 360, Rate: 10}}}
	if change != nil {
		change(&o)
	}
	camera, err := simulator.Start(o)
	must(t, err)
	t.Cleanup(camera.Close)
	beacon, err := simulator.Announce("127.0.0.1:0", camera)
	must(t, err)
	t.Cleanup(beacon.Close)
	w.o.Survey.Patience = 1500 * time.Millisecond
	w.o.Survey.Interfaces = func() ([]net.Interface, error) { return nil, nil }
	w.o.Survey.Single = []netip.AddrPort{beacon.Address()}
	return network{rtsp, camera}
}

// searched searches, and returns the page that tells of it once it is over.
func (w *world) searched(b *visitor) page {
	w.t.Helper()
	at := b.post("/cameras/zoeken", "locatie", string(w.site)).header.Get("Location")
	for late := time.Now().Add(20 * time.Second); time.Now().Before(late); {
		if p := b.get(at); !strings.Contains(p.body, "data-searching") {
			return p
		}
		<-time.After(20 * time.Millisecond)
	}
	w.t.Fatal("the search goes on and on")
	return page{}
}

// TestFindTryPlace is the whole way, without any script.
func TestFindTryPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, deaf)
		n := w.network(nil)
		hans := w.as("hans")
		hans.get("/cameras").says(t, 200, `href="/cameras/zoeken"`)
		to := hans.get("/cameras/zoeken").header.Get("Location")
		hans.get(to).says(t, 200, "Er is nog niet gezocht")
		found := w.searched(hans)
		found.says(t, 200, "Klaar met zoeken. Gevonden: 1.", "Hal", "K1", "begane grond")
		try := found.first(t, `href="(/cameras/proberen\?locatie=[^"]+adres=[^"]+)"`)
		hans.get(strings.ReplaceAll(try, "&amp;", "&")).says(t, 200, `value="`+n.camera.Device()+`"`, "logboek")
		wrong := hans.post("/cameras/proberen", "locatie", string(w.site), "adres", n.camera.Device(), "gebruikersnaam", "kijker", "wachtwoord", "geheim-maar-fout")
		wrong.says(t, 400, "weigert deze gebruikersnaam", `value="kijker"`)
		if strings.Contains(wrong.body, "geheim-maar-fout") {
			t.Error("the page shows the password")
		}
		tried := hans.post("/cameras/proberen", "locatie", string(w.site), "adres", n.camera.Device(), "gebruikersnaam", "kijker", "wachtwoord", cameraPassword)
		tried.says(t, 303)
		answer := hans.get(tried.header.Get("Location"))
		answer.says(t, 200, "Kijk K1", "V20r4", "heeft een microfoon", "nooit opgevraagd", "bewaart zelf opnamen", "Kan draaien",
			`value="hoofd" required checked`, `name="licht" value="klein" checked`, "1920 × 1080", "25 beelden per seconde",
			"Artikel "+numberOf(t, deaf, "Geen geluid"), article(t, "Bewaren"))
		id := answer.first(t, `name="poging" value="(\w+)"`)
		form := hans.get("/cameras/nieuw?" + url.Values{"poging": {id}, "hoofd": {"hoofd"}, "licht": {"klein"}}.Encode())
		form.says(t, 200, "Ingevuld met wat de camera antwoordde", `value="`+n.rtsp.URL(0)+`"`, `value="`+n.rtsp.URL(1)+`"`, `name="draait" value="ja" checked`,
			`<option value="camera" selected>`, "Het wachtwoord van de poging wordt gebruikt")
		for _, p := range []page{found, answer, form} {
			if strings.Contains(p.body, cameraPassword) {
				t.Error("a page shows the password")
			}
		}
		fields := []string{"poging", id, "locatie", string(w.site), "naam", "Hal", "adres", n.rtsp.URL(0), "gebruikersnaam", "kijker", "wachtwoord", "",
			"zicht", "diefstal", "pixels", "0", "zichtbaar", "ja", "licht", n.rtsp.URL(1), "onvif", n.camera.Device(), "profiel", "hoofd", "draait", "ja", "merkt", "camera"}
		hans.post("/cameras", append(slices.Clone(fields), "pixels", "veel")...).says(t, 400, "geen aantal pixels", `name="poging" value="`+id+`"`)
		placed := hans.post("/cameras", fields...)
		placed.says(t, 303)
		c, err := w.o.Premises.Camera(t.Context(), premises.CameraID(strings.TrimPrefix(placed.header.Get("Location"), "/cameras/")))
		if err != nil || c.Password != cameraPassword || c.Sub != n.rtsp.URL(1) || c.Device != n.camera.Device() || c.Profile != "hoofd" || !c.Steers || c.Senses != "camera" {
			t.Errorf("the camera is %+v, %v", c, err)
		}
		if slices.Contains(n.camera.Asked(), "snapshot") || len(n.rtsp.Setups()) > 0 {
			t.Error("a picture was asked for")
		}
		w.searched(hans).says(t, 200, "is al geplaatst")
	})
}

// TestCertificateIsCompared: a camera nobody vouches for isn't believed before
// somebody says that they compared its certificate.
func TestCertificateIsCompared(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	n := w.network(func(o *simulator.Options) { o.Secret = true })
	hans := w.as("hans")
	w.searched(hans).says(t, 200, "Hal")
	form := []string{"locatie", string(w.site), "adres", n.camera.Device(), "gebruikersnaam", "kijker", "wachtwoord", cameraPassword}
	strange := hans.post("/cameras/proberen", form...)
	strange.says(t, 409, "Niemand staat in", inPairs(n.camera.Fingerprint()), "vergeleken")
	if strings.Contains(strange.body, cameraPassword) {
		t.Error("the page shows the password")
	}
	hans.post("/cameras/proberen", append(form, "certificaat", n.camera.Fingerprint())...).says(t, 303)
}

// TestWhoMayNotPlace: they search nothing, try nothing, and see nothing that
// others found.
func TestWhoMayNotPlace(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	n := w.network(nil)
	pieter, hans := w.as("pieter"), w.as("hans")
	for _, path := range []string{"/cameras/zoeken", "/cameras/proberen"} {
		p := pieter.get(path + "?locatie=" + string(w.site))
		p.says(t, 200, "niet wijzigen", article(t, "Plaatsen"))
		if strings.Contains(p.main(), "<form") {
			t.Errorf("%s offers a form", path)
		}
		pieter.post(path, "locatie", string(w.site), "adres", n.camera.Device()).says(t, 403, article(t, "Plaatsen"))
	}
	if asked := n.camera.Asked(); len(asked) > 0 {
		t.Errorf("the camera was asked %v", asked)
	}
	search := hans.post("/cameras/zoeken", "locatie", string(w.site)).header.Get("Location")
	pieter.get(search).says(t, 400, "te lang geleden")
	hans.get(search).says(t, 200, "Gevonden")
	w.visitor().get(search).says(t, 303)
	pieter.get("/cameras/nieuw?poging=x&hoofd=hoofd").says(t, 400, "te lang geleden")
	hans.post("/cameras", w.fields("Deur", "poging", "x")...).says(t, 400, "te lang geleden")
	for near, line := range map[string]string{"http://10.0.0.1/": "geen adres om te zoeken", "a b": "geen adres om te zoeken"} {
		hans.post("/cameras/zoeken", "locatie", string(w.site), "waar", near).says(t, 400, line)
	}
}

// TestTechnical: what few people look at is kept, and shown to nobody who may
// not change it.
func TestTechnical(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	hans := w.as("hans")
	print := strings.Repeat("AB:", 31) + "AB"
	at := hans.post("/cameras", w.fields("Deur", "licht", "rtsp://192.0.2.8/sub", "onvif", "http://192.0.2.8/onvif/device_service", "profiel", "P1",
		"certificaat", print, "merkt", "camera", "draait", "ja")...).header.Get("Location")
	secrets := []string{"rtsp://192.0.2.8/sub", "http://192.0.2.8/onvif/device_service", `value="P1"`, strings.Repeat("ab", 32)}
	hans.get(at).says(t, 200, append(secrets, `<option value="camera" selected>`, `name="draait" value="ja" checked`)...)
	p := w.as("pieter").get(at)
	for _, s := range secrets {
		if strings.Contains(p.body, s) {
			t.Errorf("who may not place is shown %q", s)
		}
	}
	for field, c := range map[string][2]string{"licht": {"http://192.0.2.8/", "begint met rtsp://"}, "onvif": {"rtsp://192.0.2.8/", "ONVIF-dienst"},
		"certificaat": {"abc", "64 tekens"}, "merkt": {"gevoel", "uit de lijst"}, "profiel": {strings.Repeat("p", 101), "100 tekens"}} {
		hans.post(at, w.fields("Deur", field, c[0])...).says(t, 400, c[1], `class="technical" open`)
	}
}

// TestPartOfSearch: a script gets what was found alone, and who may not see it
// nothing.
func TestPartOfSearch(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.network(nil)
	hans := w.as("hans")
	at := hans.post("/cameras/zoeken", "locatie", string(w.site)).header.Get("Location")
	r := hans.request("GET", at, nil)
	r.Header.Set("X-Oogmerk", "deel")
	p := hans.do(r)
	p.says(t, 200, `id="found"`)
	if strings.Contains(p.body, "<html") {
		t.Error("it is a whole page")
	}
}

// surveyVisits visits every route about cameras that aren't there yet.
func (w *world) surveyVisits() map[string]page {
	n, hans, at := w.network(nil), w.as("hans"), string(w.site)
	visits := map[string]page{
		"GET /cameras/zoeken":      hans.get("/cameras/zoeken?locatie=" + at),
		"GET /cameras/proberen":    hans.get("/cameras/proberen?locatie=" + at),
		"GET /cameras/zoeken/{id}": w.searched(hans),
		"POST /cameras/proberen":   hans.post("/cameras/proberen", "locatie", at, "adres", n.camera.Device(), "gebruikersnaam", "kijker", "wachtwoord", cameraPassword),
		"POST /cameras/zoeken":     hans.post("/cameras/zoeken", "locatie", at),
	}
	visits["GET /cameras/proberen/{id}"] = hans.get(visits["POST /cameras/proberen"].header.Get("Location"))
	return visits
}
