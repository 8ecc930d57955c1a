package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/regulation"
)

// A moment is an instant as people type it into a form.
func typedDay(t time.Time) string  { return t.In(calendar.Amsterdam).Format(time.DateOnly) }
func typedTime(t time.Time) string { return t.In(calendar.Amsterdam).Format(time.TimeOnly) }

func (b *browser) signIn(login, password string) {
	b.t.Helper()
	b.open("/aanmelden")
	b.fill(`form[action="/aanmelden"]`, map[string]string{"naam": login, "wachtwoord": password})
	b.until(10*time.Second, `location.pathname !== "/aanmelden" && document.readyState === "complete"`)
}

func (b *browser) join(login, password string) {
	b.t.Helper()
	b.open("/erbij")
	b.fill("form.join", map[string]string{"naam": login, "wachtwoord": password})
	b.until(10*time.Second, `location.pathname !== "/erbij" && document.readyState === "complete"`)
}

func (b *browser) signOut() {
	b.t.Helper()
	b.fill(`form[action="/afmelden"]`, nil)
	b.until(10*time.Second, `location.pathname === "/aanmelden" && document.readyState === "complete"`)
}

// playBack asks for a playback of the first camera, and waits for what comes:
// the picture, or a page that says why not.
func (b *browser) playBack(from, to time.Time, purpose, incident string) {
	b.t.Helper()
	b.open("/terugkijken")
	camera := js[string](b, `document.querySelector("#camera option").value`)
	b.fill("#wish", map[string]string{"camera": camera, "datum": typedDay(from), "van": typedTime(from), "tot": typedTime(to),
		"doel": purpose, "incident": incident})
	b.until(15*time.Second, `!document.querySelector("#wish") && document.readyState === "complete" || document.querySelector(".wrong")`)
}

// moving reports in how many videos on the page the picture really changes:
// it looks at the pixels, twice.
const moving = `(await (async () => {
	const look = v => {
		const c = document.createElement("canvas");
		c.width = 64; c.height = 36;
		const g = c.getContext("2d");
		g.drawImage(v, 0, 0, 64, 36);
		return g.getImageData(0, 0, 64, 36).data;
	};
	const videos = [...document.querySelectorAll("video")].filter(v => v.readyState >= 2 && v.videoWidth > 0);
	const before = videos.map(look);
	await new Promise(r => setTimeout(r, 700));
	return videos.filter((v, i) => look(v).some((x, k) => Math.abs(x - before[i][k]) > 24)).length;
})())`

// demoLaw is the regulation that the demo runs under.
func demoLaw(t *testing.T) *regulation.Regulation {
	t.Helper()
	c, err := castFor(defaultRegulation)
	if err != nil {
		t.Fatal(err)
	}
	return c.law
}

// refusal is the one article by which law refuses an act that somebody does
// in an ordinary situation, but for this.
func refusal(t *testing.T, law *regulation.Regulation, act regulation.Act, but regulation.Situation) regulation.Article {
	t.Helper()
	ruling := law.Ask(act, law.Complete(act, but))
	if ruling.Allowed || len(ruling.Articles) != 1 {
		t.Fatalf("%s in %v: %+v, want a refusal by one article", act, but, ruling)
	}
	return ruling.Articles[0]
}

// alone is the article by which nobody looks back alone.
func alone(t *testing.T, law *regulation.Regulation) regulation.Article {
	t.Helper()
	return refusal(t, law, regulation.PlayBack, regulation.Situation{"rol": "locatiebeheerder", "aanwezigen": "1"})
}

// TestStory is the whole of it, as people would live through it, in a browser.
func TestStory(t *testing.T) {
	began, law := time.Now(), demoLaw(t)
	dir := t.TempDir()
	p := start(t, "demo", "--listen", "127.0.0.1:0", "--data", dir)
	b := openBrowser(t, p.base)

	b.open("/")
	b.accessible("sign-in")
	b.signIn("samira", "linde-locatie-26")
	b.accessible("purpose")
	b.fill("form.purposes", map[string]string{"doel": "veiligheid"})
	b.until(20*time.Second, moving+` >= 4`)
	from := time.Now().Truncate(time.Second)
	t.Logf("four moving pictures %v after the program was started", time.Since(began).Round(100*time.Millisecond))
	if d := time.Since(began); d > 60*time.Second {
		t.Errorf("moving pictures after %v, want within a minute", d)
	}
	b.accessible("live")
	first := js[string](b, `document.querySelector(".tile h2 a").getAttribute("href")`)
	b.open(first)
	b.until(20*time.Second, moving+` >= 1`)
	b.accessible("camera")
	// The other door: the same picture by WebRTC.
	js[any](b, `document.querySelector("[data-whep]").click()`)
	b.until(20*time.Second, `document.querySelector("video").srcObject && `+moving+` >= 1`)
	b.screenshot("camera-webrtc")

	// Enough to look back at: half a minute.
	to := from.Add(30 * time.Second)
	b.until(60*time.Second, fmt.Sprintf("Date.now() > %d", to.Add(4*time.Second).UnixMilli()))

	b.open("/terugkijken")
	b.accessible("look-back")
	b.playBack(from, to, "veiligheid", "")
	b.reads(alone(t, law).Number, "twee")
	b.accessible("refused")

	b.open("/erbij")
	b.accessible("join")
	b.join("pieter", "linde-vervang-26")
	b.playBack(from, to, "veiligheid", "")
	playsAndSeeks(t, b, from)
	b.reads("Samira el Idrissi", "Pieter Jansen")
	b.accessible("playback")
	leaves(t, b, alone(t, law))

	incident := heldForIncident(b, from.Add(5*time.Second), from.Add(15*time.Second))
	readsLogbook(b, alone(t, law), refusal(t, law, regulation.Watch, regulation.Situation{"rol": "functionaris_gegevensbescherming"}))
	gone(t, b, from, to, incident)
	settles(b, from, incident)
	everyPageInEnglish(b)
	p.kill()
	wroteWhatWasShown(t, dir, from, to)
}

// playsAndSeeks sees the film play by itself, and goes to a typed time.
func playsAndSeeks(t *testing.T, b *browser, from time.Time) {
	b.until(10*time.Second, `document.querySelector("#film").readyState >= 2`)
	b.until(10*time.Second, `document.querySelector("#film").currentTime > 2 && `+moving+` === 1`)

	want := from.Add(18 * time.Second)
	js[any](b, fmt.Sprintf(`(() => { document.querySelector("#goto-time").value = %q; document.querySelector("#goto").requestSubmit() })()`, typedTime(want)))
	took := b.until(5*time.Second, fmt.Sprintf(`(() => {
		const film = document.querySelector("#film");
		const [h, m, s] = document.querySelector("#clock").textContent.trim().split(":").map(Number);
		const [wh, wm, ws] = %q.split(":").map(Number);
		const off = (h*3600 + m*60 + s) - (wh*3600 + wm*60 + ws);
		return !film.seeking && film.readyState >= 2 && off >= 0 && off <= 1;
	})()`, typedTime(want)))
	t.Logf("seek to a typed time: %v", took.Round(time.Millisecond))

	// By keyboard: ten seconds back from wherever it is.
	at := js[float64](b, `(() => { const f = document.querySelector("#film"); f.pause(); return f.currentTime })()`)
	js[any](b, `document.querySelector("#timeline").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft", shiftKey: true, bubbles: true}))`)
	b.until(5*time.Second, fmt.Sprintf(`Math.abs(document.querySelector("#film").currentTime - %f) < 0.5`, at-10))
	js[any](b, `document.querySelector("#play").click()`)
	b.until(10*time.Second, `!document.querySelector("#film").paused`)
}

// wroteWhatWasShown looks in the logbook for what came of the first playback:
// not the half minute that the browser had fetched, but the stretches that
// were on the screen: the beginning, the typed time, ten seconds back.
func wroteWhatWasShown(t *testing.T, dir string, from, to time.Time) {
	text, err := ask(t, "logbook", "--data", dir, "export")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for line := range strings.Lines(text) {
		var entry struct{ Header string }
		var said struct {
			Kind, Act string
			Header    struct {
				Outcome struct {
					Shown  [][2]time.Time `json:"getoond"`
					Length float64        `json:"seconden"`
					Bytes  int64          `json:"verstrekt_bytes"`
				} `json:"uitkomst"`
			}
		}
		if json.Unmarshal([]byte(line), &entry) != nil || json.Unmarshal([]byte(entry.Header), &said) != nil ||
			said.Kind != "uitkomst" || said.Act != "terugkijken" {
			continue
		}
		seen := said.Header.Outcome
		t.Logf("shown: %v, %.1f s; sent: %d bytes", seen.Shown, seen.Length, seen.Bytes)
		if len(seen.Shown) < 2 || seen.Length < 2 || seen.Length > 25 || seen.Bytes < 500_000 {
			t.Errorf("want at least two stretches of 2 to 25 seconds in all")
		}
		for _, s := range seen.Shown {
			if s[0].Before(from.Add(-time.Second)) || s[1].After(to.Add(time.Second)) || !s[0].Before(s[1]) {
				t.Errorf("shown %v, outside of %v to %v", s, from, to)
			}
		}
		return
	}
	t.Error("the logbook doesn't say what came of the playback")
}

// leaves has the colleague sign out, and sees the picture go.
func leaves(t *testing.T, b *browser, because regulation.Article) {
	b.fill(`form[action="/erbij/weg"]`, nil)
	took := b.until(5*time.Second, `(() => {
		const film = document.querySelector("#film");
		return (!film || !film.getAttribute("src") && film.readyState === 0) && !document.querySelector("#curtain").hidden;
	})()`)
	t.Logf("the picture was gone %v after the colleague left", took.Round(time.Millisecond))
	if took > 2*time.Second {
		t.Errorf("the picture was gone %v after the colleague left, want at most 2 s", took)
	}
	b.reads(because.Number)
	b.accessible("playback-ended")
}

// heldForIncident reports an incident, holds a part of the footage for it, and
// returns the incident's id.
func heldForIncident(b *browser, from, to time.Time) string {
	b.open("/incidenten")
	b.accessible("incidents")
	b.fill(`form[action="/incidenten"]`, map[string]string{"datum": typedDay(from), "tijd": typedTime(from), "staat": "vermoed",
		"omschrijving": "Een fiets die er eerst wel stond, staat er niet meer."})
	b.until(10*time.Second, `/^\/incidenten\/.+/.test(location.pathname)`)
	id := strings.TrimPrefix(js[string](b, "location.pathname"), "/incidenten/")
	b.open("/vasthouden?incident=" + id)
	b.accessible("hold")
	camera := js[string](b, `document.querySelector("#hold-camera option").value`)
	b.fill(`form[action="/vasthouden"]`, map[string]string{"incident": id, "camera": camera, "datum": typedDay(from), "van": typedTime(from), "tot": typedTime(to),
		"reden": "vermoeden van diefstal"})
	b.until(10*time.Second, `location.pathname !== "/vasthouden" && document.readyState === "complete"`)
	b.open("/incidenten/" + id)
	b.reads("vermoeden van diefstal")
	b.accessible("incident")
	return id
}

// readsLogbook signs in as who watches over all this, and reads who saw what.
func readsLogbook(b *browser, alone, watching regulation.Article) {
	b.signOut()
	b.signIn("noor", "linde-toezicht-26")
	b.open("/logboek")
	b.reads("Samira el Idrissi", "Pieter Jansen", "geweigerd", alone.Number, "Hoofdingang", "Echt gezien", "Mensen veilig en gezond houden")
	b.accessible("logbook")
	js[any](b, `document.querySelector('a[href^="/logboek/"]:not([href*="boom"])').click()`)
	b.until(10*time.Second, `/^\/logboek\/\d+/.test(location.pathname) && document.readyState === "complete"`)
	b.accessible("entry")
	b.open("/reglement")
	b.reads(alone.Title)
	b.accessible("regulation")
	// Who keeps the books doesn't get to look.
	b.open("/?doel=veiligheid")
	b.until(10*time.Second, fmt.Sprintf(`document.body.innerText.includes(%q)`, watching.Number))
	b.accessible("live-refused")
	b.signOut()
}

// gone moves the clock six days and an hour: what was recorded is gone, what
// was held plays.
func gone(t *testing.T, b *browser, from, to time.Time, incident string) {
	b.signIn("samira", "linde-locatie-26")
	js[any](b, `document.querySelector('button[name="uren"][value="145"]').click()`)
	b.until(20*time.Second, `location.pathname === "/aanmelden" && document.readyState === "complete"`)
	b.accessible("clock-moved")
	b.signIn("samira", "linde-locatie-26")
	b.join("pieter", "linde-vervang-26")
	b.playBack(from.Add(-3*time.Second), from.Add(3*time.Second), "veiligheid", "")
	if path := js[string](b, "location.pathname"); strings.HasPrefix(path, "/terugkijken/") {
		t.Errorf("after six days and an hour it still plays, at %s", path)
	}
	b.accessible("nothing-left")

	b.playBack(from, to, "incident", incident)
	b.until(10*time.Second, `document.querySelector("#film").readyState >= 2`)
	b.until(10*time.Second, `document.querySelector("#film").currentTime > 1 && `+moving+` === 1`)
	b.screenshot("held-plays")
	b.fill(`form[action$="/einde"]`, nil)
	b.until(10*time.Second, `!document.querySelector("#film") && document.readyState === "complete"`)
}

// settles closes the incident; then the held part is gone too.
func settles(b *browser, from time.Time, incident string) {
	b.open("/incidenten/" + incident + "/afhandelen")
	b.accessible("settle")
	b.fill(`form[action="/incidenten/`+incident+`/afhandelen"]`, nil)
	b.until(10*time.Second, `location.pathname === "/incidenten/`+incident+`" && document.readyState === "complete"`)
	b.playBack(from.Add(6*time.Second), from.Add(12*time.Second), "veiligheid", "")
	if path := js[string](b, "location.pathname"); strings.HasPrefix(path, "/terugkijken/") {
		b.t.Errorf("after the incident was settled it still plays, at %s", path)
	}
}

// everyPageInEnglish looks at the same pages in the second language.
func everyPageInEnglish(b *browser) {
	js[any](b, `document.querySelector('button[name="taal"][value="en"]').click()`)
	b.until(10*time.Second, `document.documentElement.lang === "en"`)
	for _, path := range []string{"/", "/terugkijken", "/erbij", "/incidenten", "/vasthouden", "/reglement"} {
		b.open(path)
		b.accessible("english" + strings.ReplaceAll(path, "/", "-"))
	}
}
