package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
)

// TestStoryH265: a camera that sends H.265 is recorded as it is. In a browser
// without a decoder for that, who watches gets its light H.264 stream, and who
// plays back is told what can be done, which is to look at stills.
func TestStoryH265(t *testing.T) {
	t.Parallel()
	clip, err := benchFile(string(media.H265), "../../internal/media/testdata/h265.mp4")
	if err != nil {
		t.Fatal(err)
	}
	light, err := demo.LightClips()
	if err != nil {
		t.Fatal(err)
	}
	h := inhabit(t, "clusius.md", demo.Options{Clips: []media.Clip{clip}, Light: light[1:], Count: 2}, &demoClock{}, func(c *cast, _ *demo.Cameras) {
		c.Cameras[1].Sub = "" // one without a light stream
	})
	h.as("samira")
	if js[bool](h.browser, `MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L60.90"')`) {
		t.Fatal("this browser plays H.265: what one does that doesn't can't be seen in it")
	}
	both := "/camera/" + string(h.id(h.cast.Cameras[0].Name)) + "?doel=veiligheid"
	alone := "/camera/" + string(h.id(h.cast.Cameras[1].Name)) + "?doel=veiligheid"
	h.browser.open(both)
	h.until(25*time.Second, moving+` === 1`)
	if wide := js[int](h.browser, `document.querySelector("video").videoWidth`); wide != 320 {
		t.Errorf("what is shown live is %d wide, want the light stream's 320", wide)
	}
	h.reads("neemt op")
	h.accessible("live-light")
	h.browser.open(alone)
	h.until(25*time.Second, `document.querySelector("[data-curtain]").innerText.includes("H.265")`)
	h.reads("H.264")
	h.accessible("live-unable")
	h.narrow("live-unable")
	h.browser.open("/?doel=veiligheid")
	h.until(25*time.Second, moving+` === 1 && document.body.innerText.includes("Deze camera zendt H.265 uit")`)
	h.accessible("wall")

	from, to := h.recorded()
	h.beside("pieter")
	h.playBack(from, to, "veiligheid", "")
	h.until(10*time.Second, `document.querySelector("#unable") && !document.querySelector("#unable").hidden`)
	h.reads("H.265", "stilstaand beeld")
	h.recordedAs(t, "hvc1")
	h.accessible("playback")
	h.narrow("playback")
	h.english("playback")
	h.stillsOfIt(t)
	h.besideEachOther(t, from, to)
}

// recordedAs expects the film to be of a codec, by what is in it: nothing was
// coded anew.
func (h *house) recordedAs(t *testing.T, codec string) {
	t.Helper()
	head := js[string](h.browser, `(async () => {
		const answer = await fetch("/terugkijken/" + document.getElementById("theatre").dataset.id + "/film.mp4", {headers: {Range: "bytes=0-65535"}});
		return new TextDecoder("latin1").decode(await answer.arrayBuffer());
	})()`)
	if !strings.Contains(head, codec) {
		t.Errorf("the film isn't %s, but begins with %q", codec, head[:min(len(head), 400)])
	}
}

// stillsOfIt goes to two moments on the timeline, and sees each as a still.
func (h *house) stillsOfIt(t *testing.T) {
	t.Helper()
	go1 := func(key string) {
		js[any](h.browser, fmt.Sprintf(`document.querySelector("#timeline").dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true}))`, key))
	}
	clock := `document.querySelector("#clock").textContent.trim()`
	at := js[string](h.browser, clock)
	go1("ArrowRight")
	h.until(5*time.Second, fmt.Sprintf("%s !== %q", clock, at))
	first := h.still("", "still")
	if first.Width != 320 || first.Height != 180 || first.Spread < 5 {
		t.Errorf("the still is %+v, want a picture of 320 by 180", first)
	}
	if said, now := js[string](h.browser, `document.querySelector("#still-of").textContent`), js[string](h.browser, clock); !strings.HasSuffix(said, now) {
		t.Errorf("the clock says %s, the still %q", now, said)
	}
	h.narrow("still")
	go1("ArrowRight")
	h.until(5*time.Second, `document.querySelector("#still-picture").hidden && document.querySelector("#still-bar").hidden`)
}

// besideEachOther: on one clock with others, it says that it can't be shown.
func (h *house) besideEachOther(t *testing.T, from, to time.Time) {
	t.Helper()
	h.browser.open("/terugkijken")
	cameras := js[[]string](h.browser, `[...document.querySelectorAll("#camera option")].map(o => o.value)`)
	js[any](h.browser, `document.querySelector(".also").open = true`)
	js[any](h.browser, fmt.Sprintf(`document.querySelector('input[name="ook"][value=%q]').click()`, cameras[1]))
	h.fill("#wish", map[string]string{"camera": cameras[0], "datum": typedDay(from), "van": typedTime(from), "tot": typedTime(to), "doel": "veiligheid"})
	h.until(15*time.Second, `location.pathname.startsWith("/naast-elkaar/") && document.readyState === "complete"`)
	h.until(10*time.Second, `[...document.querySelectorAll("[data-hole]")].every(e => !e.hidden && e.innerText.includes("H.265"))`)
	h.accessible("beside")
	h.narrow("beside")
}
