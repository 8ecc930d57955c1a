package main

import (
	"fmt"
	"testing"
	"time"
)

// stillLook compares the still that is on the screen with the film under it,
// which stands still too, pixel by pixel: width and height, how far apart they
// are on average (of 255), and how much there is to see in the still.
const stillLook = `(() => {
	const picture = document.getElementById("still-picture"), film = document.getElementById("film");
	const pixels = (what) => {
		const c = document.createElement("canvas");
		c.width = picture.width; c.height = picture.height;
		const g = c.getContext("2d");
		g.drawImage(what, 0, 0, c.width, c.height);
		return g.getImageData(0, 0, c.width, c.height).data.filter((_, i) => i % 4 < 3);
	};
	const a = pixels(picture), b = film.readyState >= 2 ? pixels(film) : a;
	let off = 0, mean = 0, spread = 0;
	for (let i = 0; i < a.length; i++) { off += Math.abs(a[i] - b[i]); mean += a[i]; }
	mean /= a.length;
	for (let i = 0; i < a.length; i++) spread += Math.abs(a[i] - mean);
	return {width: picture.width, height: picture.height, off: off / a.length, spread: spread / a.length};
})()`

type stillSeen struct {
	Width, Height int
	Off, Spread   float64
}

// TestStoryStill: who plays back stops at a moment and sees it as a picture,
// as it was recorded or sharper. Another filter is refused, on the page and
// behind it, and when a colleague leaves the still goes with the film.
func TestStoryStill(t *testing.T) {
	s := under(t, "clusius.md", "--cameras", "1")
	s.as("samira")
	from, to := s.recorded()
	s.beside("pieter")
	s.playBack(from, to, "veiligheid", "")
	s.plays()
	js[any](s.browser, `document.querySelector("#still").open = true`)
	js[any](s.browser, `document.querySelector("#still").scrollIntoView({block: "center"})`)
	s.accessible("choose")
	s.reads("Stilstaand beeld", "Zoals het is opgenomen", "Scherper")
	s.narrow("choose")

	plain := s.still("", "plain")
	if plain.Width != 960 || plain.Height != 540 || plain.Off > 2.5 || plain.Spread < 10 {
		t.Errorf("the still is %+v, want the picture of the film", plain)
	}
	s.narrow("plain")
	js[any](s.browser, `document.querySelector("#still-back").click()`)
	s.until(5*time.Second, `document.querySelector("#still-picture").hidden && document.querySelector("#still-picture").width === 0`)
	if sharp := s.still("verscherpen", "sharp"); sharp.Off > 8 || sharp.Off < plain.Off+0.5 {
		t.Errorf("the sharpened still is %+v, the plain one %+v", sharp, plain)
	}
	s.refusesFilters(t)
	s.filmSharpened(t)
	s.english("refused")
	s.goesWithTheFilm(t)
}

// still asks for one with a filter, by keyboard, and waits for the picture.
func (s *stage) still(filter, name string) stillSeen {
	s.t.Helper()
	js[any](s.browser, fmt.Sprintf(`(() => { document.querySelector("#still").open = true; document.querySelector('#still-form input[value=%q]').click(); document.querySelector("#still-go").focus(); })()`, filter))
	s.press("Enter", "Enter", 13)
	s.until(15*time.Second, `!document.querySelector("#still-picture").hidden && document.querySelector("#still-says").textContent.startsWith("Stilstaand beeld van")`)
	seen := js[stillSeen](s.browser, stillLook)
	s.t.Logf("still %q: %+v", filter, seen)
	if !js[bool](s.browser, `document.querySelector("#film").paused`) {
		s.t.Error("the film goes on under its still")
	}
	s.accessible(name)
	return seen
}

// refusesFilters: the document says that sharpening is all that may be done.
func (s *stage) refusesFilters(t *testing.T) {
	for _, filter := range []string{"verlichten", "vergroten"} {
		why := js[string](s.browser, fmt.Sprintf(`(() => {
			const radio = document.querySelector('#still-form input[value=%q]');
			return radio.disabled ? document.getElementById(radio.getAttribute("aria-describedby")).innerText : "";
		})()`, filter))
		if want := "Artikel 4.8"; len(why) < len(want) || !all([]string{"Dit mag hier niet", want}, contained(why)) {
			t.Errorf("the page says of %s: %q, want that it isn't allowed by %s", filter, why, want)
		}
		// Who asks past the page hears the same.
		said := js[struct {
			Status int
			Text   string
		}](s.browser, fmt.Sprintf(`(async () => {
			const film = document.getElementById("film"), map = JSON.parse(document.getElementById("theatre").dataset.map);
			const body = new URLSearchParams({moment: String(map[0].toont + 1000), filter: %q, deel: "midden"});
			const answer = await fetch("/terugkijken/" + document.getElementById("theatre").dataset.id + "/stil", {method: "POST", body});
			return {status: answer.status, text: await answer.text()};
		})()`, filter))
		if said.Status != 403 || !contained(said.Text)("4.8") {
			t.Errorf("asked for %s the program says %d %q", filter, said.Status, said.Text)
		}
	}
}

// filmSharpened sharpens the film itself, which is another act, and back.
func (s *stage) filmSharpened(t *testing.T) {
	js[any](s.browser, `document.querySelector("#still-back").click()`)
	js[any](s.browser, `document.querySelector("#sharp").click()`)
	s.until(5*time.Second, `document.querySelector("#film").classList.contains("sharpened") && document.querySelector("#sharp").getAttribute("aria-pressed") === "true"`)
	js[any](s.browser, `document.querySelector("#screen").scrollIntoView({block: "center"})`)
	s.accessible("film-sharpened")
	js[any](s.browser, `document.querySelector("#sharp").click()`)
	s.until(5*time.Second, `!document.querySelector("#film").classList.contains("sharpened")`)
}

// goesWithTheFilm has the colleague leave while a still is on the screen.
func (s *stage) goesWithTheFilm(t *testing.T) {
	s.until(15*time.Second, `document.querySelector("#film").readyState >= 2`)
	s.still("", "before-leaving")
	s.fill(`form[action="/erbij/weg"]`, nil)
	took := s.until(5*time.Second, `!document.querySelector("#curtain").hidden && (() => { const p = document.querySelector("#still-picture"); return !p || p.hidden && p.width === 0 })()`)
	t.Logf("the still was gone %v after the colleague left", took.Round(time.Millisecond))
	if took > 2*time.Second {
		t.Errorf("the still was gone %v after the colleague left, want at most 2 s", took)
	}
	s.accessible("gone")
}
