package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// wide makes the window so many pixels wide.
func (b *browser) wide(pixels int64) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(pixels, 900))
}

// drawnAs says of which kinds the pieces in each lane of the timeline are.
const drawnAs = `[...document.querySelectorAll("[data-lane]")].map(l => [...l.querySelectorAll(".piece")].map(p => p.classList[1]).join(" "))`

// TestSeeing looks for a moment in the calendar and the timeline, and plays
// two cameras back on one clock.
func TestSeeing(t *testing.T) {
	law := demoLaw(t)
	p := start(t, "demo", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	b := openBrowser(t, p.base)
	b.signIn("samira", "linde-locatie-26")
	b.open("/?doel=veiligheid")
	b.until(30*time.Second, moving+` >= 4`)
	from := time.Now().Truncate(time.Second)
	b.join("pieter", "linde-vervang-26")
	to := from.Add(24 * time.Second)
	b.until(60*time.Second, fmt.Sprintf("Date.now() > %d", to.Add(4*time.Second).UnixMilli()))

	b.open("/terugkijken")
	b.until(10*time.Second, `document.querySelectorAll(".axis .tick").length > 2 && document.querySelector("[data-piece]").textContent`)
	b.reads("vandaag", "niets", "min")
	b.accessible("calendar")
	zooms(t, b)
	b.wide(390)
	b.accessible("calendar-narrow")
	js[any](b, `document.querySelector(".month").scrollIntoView()`)
	b.screenshot("month-narrow")
	b.wide(1280)
	js[any](b, `document.querySelector(".month").scrollIntoView()`)
	b.screenshot("month")

	b.playBack(from, to, "veiligheid", "")
	onScreen(t, b)
	b.accessible("playback")
	b.open("/terugkijken")
	cameras := js[[]string](b, `[...document.querySelectorAll("#camera option")].map(o => o.value)`)
	js[any](b, `document.querySelector(".also").open = true`)
	js[any](b, fmt.Sprintf(`document.querySelector('input[name="ook"][value=%q]').click()`, cameras[1]))
	b.until(10*time.Second, `document.querySelectorAll("[data-lane]").length === 2 && !document.querySelector("#overview[aria-busy]") && `+
		drawnAs+`.every(k => k.includes("piece-recorded"))`)
	b.accessible("two-lanes")
	b.fill("#wish", map[string]string{"camera": cameras[0], "datum": typedDay(from), "van": typedTime(from), "tot": typedTime(to), "doel": "veiligheid"})
	b.until(15*time.Second, `location.pathname.startsWith("/naast-elkaar/") && document.readyState === "complete"`)
	b.until(20*time.Second, moving+` === 2`)
	b.accessible("beside")
	onOneClock(t, b)
	b.wide(390)
	b.accessible("beside-narrow")
	b.wide(1280)

	b.fill(`form[action="/erbij/weg"]`, nil)
	took := b.until(5*time.Second, `document.querySelectorAll("video").length === 0 && document.querySelectorAll("[data-curtain]:not([hidden])").length === 2`)
	t.Logf("both pictures were gone %v after the colleague left", took.Round(time.Millisecond))
	b.reads(alone(t, law).Number)
	b.accessible("beside-ended")
}

// zooms goes from the day to a minute and back out to weeks, by wheel and by
// keyboard, and picks a moment.
func zooms(t *testing.T, b *browser) {
	shown := `document.querySelector("[data-lanes]").getAttribute("aria-valuetext")`
	ticks := func() string {
		return js[string](b, `[...document.querySelectorAll(".axis text")].map(t => t.textContent).join(" ")`)
	}
	day := ticks()
	js[any](b, `(() => { const l = document.querySelector("[data-lanes]"), r = l.getBoundingClientRect();
		for (let i = 0; i < 40; i++) l.dispatchEvent(new WheelEvent("wheel", {deltaY: -120, clientX: r.left + r.width / 2, bubbles: true, cancelable: true})); })()`)
	b.until(10*time.Second, `/:\d\d:\d\d/.test([...document.querySelectorAll(".axis text")].map(t => t.textContent).join(" "))`)
	js[any](b, `document.querySelector('[data-do="weeks"]').click()`)
	b.until(10*time.Second, `!/:/.test([...document.querySelectorAll(".axis text")].map(t => t.textContent).join(" "))`)
	t.Logf("the day: %s; four weeks: %s", day, ticks())
	b.screenshot("weeks")
	js[any](b, `document.querySelector('[data-do="hour"]').click()`)
	js[any](b, `document.querySelector("[data-lanes]").focus()`)
	before := js[string](b, shown)
	js[any](b, `document.querySelector("[data-lanes]").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft", bubbles: true}))`)
	b.until(5*time.Second, fmt.Sprintf("%s !== %q", shown, before))
	js[any](b, `document.querySelector("#from").value = ""`)
	js[any](b, `document.querySelector("[data-lanes]").dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}))`)
	b.until(5*time.Second, `/^\d\d:\d\d:\d\d$/.test(document.querySelector("#from").value) && !document.querySelector(".chosen-part").hidden`)
	b.screenshot("hour")
}

// onOneClock measures how far the films are apart, while they play and after a
// seek.
func onOneClock(t *testing.T, b *browser) {
	off := func() (worst float64) {
		list := js[[]*float64](b, `(() => { const e = new CustomEvent("oogmerk-off", {detail: []}); document.getElementById("theatre").dispatchEvent(e); return e.detail })()`)
		for _, o := range list {
			if o != nil {
				worst = max(worst, math.Abs(*o))
			}
		}
		return worst
	}
	b.until(10*time.Second, `document.querySelectorAll("video:not([hidden])").length === 2`)
	var all []float64
	for range 12 {
		js[any](b, `new Promise(r => setTimeout(r, 150))`)
		all = append(all, off())
	}
	slices.Sort(all)
	t.Logf("films off the clock: median %.0f ms, worst %.0f ms", 1000*all[len(all)/2], 1000*all[len(all)-1])
	if all[len(all)/2] > 0.1 {
		t.Errorf("films are %.0f ms off the clock, want at most 100", 1000*all[len(all)/2])
	}
	js[any](b, `document.querySelector("#play").click()`)
	at := js[string](b, `document.querySelector("#clock").textContent`)
	js[any](b, `document.querySelector('[data-step="-1"]').click()`)
	b.until(5*time.Second, fmt.Sprintf(`document.querySelector("#clock").textContent !== %q && [...document.querySelectorAll("video")].every(v => v.paused && !v.seeking)`, strings.TrimSpace(at)))
	b.until(5*time.Second, `(() => { const e = new CustomEvent("oogmerk-off", {detail: []}); document.getElementById("theatre").dispatchEvent(e); return e.detail.every(o => Math.abs(o) < 0.1) })()`)
	js[any](b, `document.querySelector("#play").click()`)
}

// onScreen prints how soon there is a picture: the first, and after a seek.
func onScreen(t *testing.T, b *browser) {
	b.until(10*time.Second, `document.querySelector("#film").readyState >= 2`)
	first := js[float64](b, `(() => { const e = performance.getEntriesByType("resource").filter(r => r.name.endsWith("film.mp4")); return e.length ? e[0].startTime : 0 })()`)
	seeks := js[[]float64](b, `(async () => {
		const film = document.querySelector("#film"), all = [];
		film.pause();
		for (let i = 0; i < 24; i++) {
			const began = performance.now();
			const shown = new Promise(next => film.requestVideoFrameCallback(next));
			film.currentTime = 0.5 + ((i * 7.3) % (film.duration - 1));
			await shown;
			all.push(performance.now() - began);
		}
		return all;
	})()`)
	slices.Sort(seeks)
	t.Logf("film asked for %.0f ms after the page began; seek on screen: p50 %.0f ms, p90 %.0f ms", first, seeks[len(seeks)/2], seeks[len(seeks)*9/10])
	if seeks[len(seeks)/2] > 2000 {
		t.Errorf("a seek takes %.0f ms", seeks[len(seeks)/2])
	}
	took := js[float64](b, `(async () => {
		const film = document.querySelector("#film"), began = performance.now();
		const shown = new Promise(next => film.requestVideoFrameCallback(next));
		film.load();
		await shown;
		return performance.now() - began;
	})()`)
	t.Logf("first picture on screen %.0f ms after the film was asked for", took)
}
