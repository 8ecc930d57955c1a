package web

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
)

// send sends a form with a file.
func (v *visitor) send(path, name string, file []byte, fields ...string) page {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		must(v.t, form.WriteField(fields[i], fields[i+1]))
	}
	if file != nil {
		part, err := form.CreateFormFile(name, "foto.html")
		must(v.t, err)
		_, err = part.Write(file)
		must(v.t, err)
	}
	must(v.t, form.Close())
	r := v.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(r)
}

// first is what is in the first match of a pattern on a page.
func (p page) first(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("nothing matches %s: %s", pattern, p.main())
	}
	return m[1]
}

// Who may place furnishes a site by its page alone.
func TestPlaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		hans := w.as("hans")
		hans.post("/plaatsen", "naam", "Bijgebouw", "soort", "school", "gebouwen", "twee").says(t, 400, "geen aantal gebouwen", `value="Bijgebouw"`)
		made := hans.post("/plaatsen", "naam", "Bijgebouw", "soort", "school", "gebouwen", "2")
		made.says(t, 303)
		at := made.header.Get("Location")
		hans.get("/plaatsen").says(t, 200, "Bijgebouw", "gebouwen: 2", "Er is nog geen ingang vastgelegd.", "Dat is nog niet vastgelegd.")
		hans.post(at+"/ruimten", "naam", "Kelder", "soort", "grot").says(t, 400, "uit de lijst", `value="Kelder"`)
		hans.post(at+"/ruimten", "naam", "Kelder", "soort", "serverruimte").says(t, 303)
		hans.post(at+"/ingangen", "naam", "Achterdeur").says(t, 303)
		hans.get(at).says(t, 200, "geen bord", "Kelder", "hier staan de opnamen")

		hans.send(at+"/borden/bestand", "foto", []byte("<script>"), "ingang", "Achterdeur", "datum", "2026-11-20").says(t, 400, "Dit is geen foto")
		hans.send(at+"/borden/bestand", "foto", make([]byte, maxFile), "ingang", "Achterdeur").says(t, 413, "te groot")
		picture := []byte("\x89PNG\r\n\x1a\n and so on")
		hans.send(at+"/borden/bestand", "foto", picture, "ingang", "Achterdeur", "datum", "2026-11-20").says(t, 303)
		p := hans.get(at)
		p.says(t, 200, "Bord sinds 20 november 2026")
		photo := p.first(t, `href="([^"]+/foto)"`)
		got := hans.get(photo)
		if got.says(t, 200); got.body != string(picture) || got.header.Get("Content-Type") != "image/png" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the photo is %q, %v", got.body, got.header)
		}
		w.as("pieter").get(photo).says(t, 403)
		hans.get("/plaatsen").says(t, 200, "elke ingang heeft een bord (1)", "Kelder")

		sign := p.first(t, `/borden/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)
		hans.post(at+"/borden/weg", "id", sign).says(t, 303)
		hans.get("/plaatsen").says(t, 200, "zonder bord: 1 van 1 ingangen")
		room := p.first(t, `/ruimten/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)
		hans.post(at+"/ruimten/opslag", "id", room).says(t, 303)
		hans.post(at+"/ruimten/weg", "id", room).says(t, 303)
		hans.post(at, "naam", "Gymzaal", "soort", "school", "gebouwen", "1").says(t, 303)
		hans.get(at).says(t, 200, "Gymzaal", "Er is nog geen ruimte vastgelegd.")
	})
}

// A computer becomes a workstation by its code, once, and whoever signs in there
// sits there.
func TestWorkstation(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	hans := w.as("hans")
	at := placePath(w.site)
	hans.post(at+"/ruimten", "naam", "Kamer 1", "soort", "bekijkruimte").says(t, 303)
	room := hans.get(at).first(t, `/ruimten/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)
	p := hans.post(at+"/werkplekken", "naam", "Scherm 1", "soort", "bekijkplek", "ruimte", room)
	p.says(t, 200, "De code werkt één keer")
	code := p.first(t, `<code>([0-9A-Z-]{14})</code>`)
	hans.get(at).says(t, 200, "wacht op de code")

	pieter := w.as("pieter")
	pieter.get("/werkplek").says(t, 200, "niet als werkplek ingeschreven")
	pieter.post("/werkplek", "code", "AAAA-BBBB-CCCC").says(t, 400, "Deze code klopt niet")
	enrolled := pieter.post("/werkplek", "code", strings.ToLower(code))
	enrolled.says(t, 303)
	c := enrolled.header.Get("Set-Cookie")
	for _, want := range []string{"oogmerk-werkplek=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="} {
		if !strings.Contains(c, want) {
			t.Errorf("cookie %q lacks %s", c, want)
		}
	}
	if name := (&site{Options: Options{Secure: true}}).stationCookie(); name != "__Host-oogmerk-werkplek" {
		t.Errorf("over https the cookie is %s", name)
	}
	pieter.get("/werkplek").says(t, 200, "Deze computer is werkplek", "Scherm 1", "Kamer 1")
	w.as("samira").post("/werkplek", "code", code).says(t, 400, "al gebruikt")
	w.wantSeats(1)
	pieter.post("/afmelden").says(t, 303)
	pieter.post("/aanmelden", "naam", "pieter", "wachtwoord", password).says(t, 303)
	w.wantSeats(2)
	station := hans.get(at).first(t, `/werkplekken/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)
	hans.post(at+"/werkplekken/weg", "id", station).says(t, 303)
	pieter.get("/werkplek").says(t, 200, "niet als werkplek ingeschreven")
}

// wantSeats counts the seats that are at a workstation.
func (w *world) wantSeats(want int) {
	w.t.Helper()
	var n int
	must(w.t, w.db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM seat WHERE station IS NOT NULL").Scan(&n))
	if n != want {
		w.t.Errorf("%d seats are at a workstation, want %d", n, want)
	}
}

// fields is the form of a camera, filled in.
func (w *world) fields(name string, more ...string) []string {
	return append([]string{"locatie", string(w.site), "naam", name, "zichtbaar", "ja", "zicht", "de deur", "in_beeld", "woning",
		"privacytoets", "toets 3", "wijze", "beweging", "pixels", "125", "adres", "rtsp://192.0.2.7:554/1", "gebruikersnaam", "kijker"}, more...)
}

// A camera is placed and changed by its page, and nobody gets its password back.
func TestCameraPages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	hans := w.as("hans")
	hans.get("/cameras/nieuw").says(t, 303)
	hans.get("/cameras/nieuw?locatie="+string(w.site)).says(t, 200, "Camera toevoegen", "nog niet vastgelegd")
	hans.post("/cameras", w.fields("Deur", "adres", "http://192.0.2.7/")...).says(t, 400, "begint met rtsp://", `value="Deur"`)
	made := hans.post("/cameras", w.fields("Deur", "wachtwoord", "geheim-9x")...)
	made.says(t, 303)
	at := made.header.Get("Location")
	id := premises.CameraID(strings.TrimPrefix(at, "/cameras/"))
	p := hans.get(at)
	p.says(t, 200, "rtsp://192.0.2.7:554/1", "Het wachtwoord is bekend", `value="woning" checked`)
	if strings.Contains(p.body, "geheim-9x") {
		t.Error("the page shows the password")
	}
	hans.post(at, w.fields("Voordeur")...).says(t, 303)
	c, err := w.o.Premises.Camera(t.Context(), id)
	must(t, err)
	if c.Password != "geheim-9x" || c.Name != "Voordeur" || c.Pixels != 125 || c.Mode != "beweging" || len(c.InView) != 1 {
		t.Errorf("the camera is %+v", c)
	}
	hans.post(at+"/maskers", "afgedekt", "lucht", "deel", "boven").says(t, 400, "uit de lijst", `value="boven"`)
	hans.post(at+"/maskers", "afgedekt", "woning", "deel", "linksboven").says(t, 303)
	mask := hans.get(at).first(t, `/maskers/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)

	pieter := w.as("pieter")
	for _, path := range []string{"/cameras", at, "/plaatsen", placePath(w.site)} {
		p := pieter.get(path)
		p.says(t, 200, "niet wijzigen", article(t, "Plaatsen"))
		for _, secret := range []string{"192.0.2.7", "kijker", "geheim-9x", "<select"} {
			if strings.Contains(p.main(), secret) {
				t.Errorf("%s shows %q to who may not place", path, secret)
			}
		}
	}
	for path, form := range map[string][]string{at: w.fields("X"), "/cameras": w.fields("X"), at + "/weg": nil, at + "/maskers/weg": {"id", mask},
		placePath(w.site) + "/ingangen": {"naam", "x"}, "/plaatsen": {"naam", "x", "gebouwen", "1"}} {
		pieter.post(path, form...).says(t, 403, article(t, "Plaatsen"))
	}
	hans.post(at+"/maskers/weg", "id", mask).says(t, 303)
	hans.post(at, w.fields("Voordeur", "gebruikersnaam", "")...).says(t, 303)
	if c, err = w.o.Premises.Camera(t.Context(), id); err != nil || c.Password != "" {
		t.Errorf("without a name there is still a password: %v", err)
	}
	hans.post(at+"/weg").says(t, 303)
	hans.get(at).says(t, 404)
	hans.post(at, w.fields("X")...).says(t, 404)
}

// A new site's camera form is in English, too, and asks which site.
func TestWhichSite(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	_, err := w.o.Premises.AddSite(t.Context(), gate.Request{Who: w.manager.Entity()}, premises.Site{Name: "Oost"})
	must(t, err)
	w.pass(time.Minute)
	hans := w.as("hans")
	hans.get("/cameras/nieuw").says(t, 200, "Oost", "Hoofdgebouw")
	hans.post("/taal", "taal", "en", "terug", "/cameras").says(t, 303)
	for path, line := range map[string]string{"/cameras": "Where the cameras are", "/plaatsen": "every entrance has a sign (1)",
		placePath(w.site): "Entrances and signs", "/werkplek": "not registered", "/cameras/" + string(w.camera): "User name"} {
		hans.get(path).says(t, 200, line)
	}
	hans.post(placePath(w.site)+"/ingangen", "naam", "Hoofdingang").says(t, 400, "This entrance is there already")
}

// premisesVisits visits every route about what is where.
func (w *world) premisesVisits() map[string]page {
	hans, at, t := w.as("hans"), placePath(w.site), w.t
	one := func(form string) string {
		return hans.get(at).first(t, form+`"><input type="hidden" name="id" value="([0-9a-f]+)"`)
	}
	visits := map[string]page{
		"GET /plaatsen":                       hans.get("/plaatsen"),
		"POST /plaatsen":                      hans.post("/plaatsen", "naam", "Bijgebouw", "gebouwen", "1"),
		"GET /plaatsen/{id}":                  hans.get(at),
		"POST /plaatsen/{id}":                 hans.post(at, "naam", "Hoofdgebouw", "gebouwen", "2"),
		"POST /plaatsen/{id}/ruimten":         hans.post(at+"/ruimten", "naam", "Kamer", "soort", "kantoor"),
		"POST /plaatsen/{id}/ruimten/opslag":  hans.post(at+"/ruimten/opslag", "id", one("/ruimten/opslag"), "opslag", "ja"),
		"POST /plaatsen/{id}/werkplekken":     hans.post(at+"/werkplekken", "naam", "Scherm", "soort", "kantoor", "ruimte", one("/ruimten/weg")),
		"POST /plaatsen/{id}/werkplekken/weg": hans.post(at+"/werkplekken/weg", "id", one("/werkplekken/weg")),
		"POST /plaatsen/{id}/ruimten/weg":     hans.post(at+"/ruimten/weg", "id", one("/ruimten/weg")),
		"POST /plaatsen/{id}/ingangen":        hans.post(at+"/ingangen", "naam", "Achter"),
		"POST /plaatsen/{id}/borden/bestand": hans.send(at+"/borden/bestand", "foto", []byte("\xff\xd8\xff\xe0"), "ingang", "Achter",
			"datum", dayOf(w.now()).String()),
		"GET /werkplek":  hans.get("/werkplek"),
		"POST /werkplek": hans.post("/werkplek", "code", "x"),
	}
	visits["GET /plaatsen/{id}/borden/{bord}/foto"] = hans.get(hans.get(at).first(t, `href="([^"]+/foto)"`))
	visits["POST /plaatsen/{id}/borden/weg"] = hans.post(at+"/borden/weg", "id", one("/borden/weg"))
	visits["POST /plaatsen/{id}/ingangen/weg"] = hans.post(at+"/ingangen/weg", "id", one("/ingangen/weg"))

	visits["GET /cameras"] = hans.get("/cameras")
	visits["GET /cameras/nieuw"] = hans.get("/cameras/nieuw?locatie=" + string(w.site))
	visits["POST /cameras"] = hans.post("/cameras", w.fields("Deur")...)
	camera := visits["POST /cameras"].header.Get("Location")
	visits["GET /cameras/{id}"] = hans.get(camera)
	visits["POST /cameras/{id}"] = hans.post(camera, w.fields("Deur 2")...)
	visits["POST /cameras/{id}/maskers"] = hans.post(camera+"/maskers", "afgedekt", "woning", "deel", "links")
	mask := hans.get(camera).first(t, `/maskers/weg"><input type="hidden" name="id" value="([0-9a-f]+)"`)
	visits["POST /cameras/{id}/maskers/weg"] = hans.post(camera+"/maskers/weg", "id", mask)
	visits["POST /cameras/{id}/weg"] = hans.post(camera + "/weg")
	maps.Copy(visits, w.surveyVisits())
	return visits
}
