package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"

	"oogmerk/internal/demo"
	"oogmerk/internal/regulation"
	"oogmerk/internal/simulator"
)

// A desk is a house whose last camera turns, and who may turn it.
type desk struct {
	*house
	head *simulator.Camera
	page string // of the camera, with a purpose
	bare string // the same, with nothing to see yet
}

// TestStorySteer: who watches a camera live turns it by mouse and keyboard,
// for as long as they hold on and are there. Who doesn't watch turns nothing,
// and of which camera nothing is agreed nobody turns.
func TestStorySteer(t *testing.T) {
	t.Parallel()
	clips, err := demo.Clips()
	if err != nil {
		t.Fatal(err)
	}
	h := inhabit(t, "model-school.md", demo.Options{Clips: clips, Count: 4}, &demoClock{}, func(c *cast, cameras *demo.Cameras) {
		// Another camera that turns, of which nobody put on file how far.
		c.Cameras[1].Device, c.Cameras[1].Profile, c.Cameras[1].Steers = cameras.ONVIF(3).Device(), cameras.ONVIF(3).Main(), true
		for i := range c.Cameras {
			c.Cameras[i].Assessment = "DPIA van vandaag"
		}
		c.Sites[0].Entrances, c.Sites[0].Signs = nil, []SetupSign{{Entrance: "Hoofdingang", Evidence: "foto van het bord"}}
		c.paper(t)
	})
	bare := "/camera/" + string(h.id("Parkeerplaats"))
	d := &desk{house: h, head: h.cameras.ONVIF(3), bare: bare, page: bare + "?doel=veiligheid"}
	d.as("petra")
	d.unwatched()
	d.byMouse()
	d.byKeyboard()
	d.toPosition()
	d.leaves()
	d.watch()
	d.freezes()
	d.notAgreed()
	d.written()
}

// watch opens the page of the camera and waits for its picture.
func (d *desk) watch() {
	d.t.Helper()
	d.browser.open(d.page)
	d.until(25*time.Second, moving+` === 1 && !document.querySelector("#positions").hidden`)
}

// unwatched: without a picture there is nothing to steer by, and who asks past
// the page hears so.
func (d *desk) unwatched() {
	d.browser.open(d.bare)
	if js[bool](d.browser, `!!document.querySelector(".steer")`) {
		d.t.Error("there is something to steer with before there is a picture")
	}
	d.accessible("unwatched")
	said := js[string](d.browser, `(async () => (await fetch(location.pathname + "/bedienen", {method: "POST", body: new URLSearchParams({draai: "1"})})).text())()`)
	if !contained(said)("open eerst haar beeld") || d.head.Moving() {
		d.t.Errorf("without a picture the program says %q; the camera moves: %v", said, d.head.Moving())
	}
}

// where is pan, tilt and zoom.
func (d *desk) where() [3]float64 {
	pan, tilt, zoom := d.head.Position()
	return [3]float64{pan, tilt, zoom}
}

// turning waits until the camera moves, or doesn't, and says how long it took.
func (d *desk) turning(want bool, within time.Duration) time.Duration {
	d.t.Helper()
	began, look := time.Now(), time.NewTicker(5*time.Millisecond)
	defer look.Stop()
	for d.head.Moving() != want {
		if time.Since(began) > within {
			d.screenshot("fault")
			d.t.Fatalf("after %v the camera still moves: %v\n%s", within, !want, d.text())
		}
		<-look.C
	}
	return time.Since(began)
}

// byMouse holds a button for longer than the camera would go on by itself.
func (d *desk) byMouse() {
	d.watch()
	d.reads("Camera bedienen", "Houd een knop")
	js[any](d.browser, `document.querySelector(".steer").scrollIntoView({block: "end"})`)
	d.accessible("desk")
	d.narrow("desk")
	before := d.where()
	d.mouse(input.DispatchMouseEventTypeMousePressed, ".pad .right")
	d.turning(true, 2*time.Second)
	d.until(5*time.Second, fmt.Sprintf("Date.now() > %d", time.Now().Add(1500*time.Millisecond).UnixMilli()))
	if now := d.where(); !d.head.Moving() || now[0] < before[0]+0.5 {
		d.t.Errorf("held down for 1.5 s it went from %v to %v; it moves: %v", before, now, d.head.Moving())
	}
	d.screenshot("held")
	d.mouse(input.DispatchMouseEventTypeMouseReleased, ".pad .right")
	d.t.Logf("it stood still %v after the button was let go", d.turning(false, time.Second).Round(time.Millisecond))
	if now := d.where(); now[0] < before[0]+0.3 || now[1] != before[1] {
		d.t.Errorf("to the right it went from %v to %v", before, now)
	}
	d.reads("De camera staat stil")
	d.english("desk")
	d.watch()
}

// byKeyboard: arrow keys beside the pad, Enter on a button.
func (d *desk) byKeyboard() {
	js[any](d.browser, `document.querySelector(".pad .up").focus()`)
	before := d.where()
	d.key(input.DispatchKeyEventTypeKeyDown, "ArrowDown", "ArrowDown", 40)
	d.turning(true, 2*time.Second)
	d.key(input.DispatchKeyEventTypeKeyUp, "ArrowDown", "ArrowDown", 40)
	d.turning(false, 2*time.Second)
	if now := d.where(); now[1] >= before[1] || now[0] != before[0] {
		d.t.Errorf("down it went from %v to %v", before, now)
	}
	before = d.where()
	js[any](d.browser, `document.querySelector('[data-zoom-by="1"]').focus()`)
	d.key(input.DispatchKeyEventTypeKeyDown, " ", "Space", 32)
	d.turning(true, 2*time.Second)
	d.key(input.DispatchKeyEventTypeKeyUp, " ", "Space", 32)
	d.turning(false, 2*time.Second)
	if now := d.where(); now[2] <= before[2] {
		d.t.Errorf("closer it went from %v to %v", before, now)
	}
	// Tab away while a key is down: the camera doesn't go on.
	d.key(input.DispatchKeyEventTypeKeyDown, "ArrowUp", "ArrowUp", 38)
	d.turning(true, 2*time.Second)
	js[any](d.browser, `document.activeElement.blur()`)
	d.turning(false, 2*time.Second)
	d.key(input.DispatchKeyEventTypeKeyUp, "ArrowUp", "ArrowUp", 38)
}

// toPosition goes to one that the camera remembers.
func (d *desk) toPosition() {
	js[any](d.browser, `(() => {
		document.querySelector("#position").value = [...document.querySelector("#position").options].find(o => o.text === "Hek").value;
		document.querySelector("#positions").requestSubmit();
	})()`)
	d.until(5*time.Second, `document.querySelector("#steer-says").textContent.includes("Hek")`)
	if now := d.where(); now != [3]float64{0.6, -0.1, 0.4} {
		d.t.Errorf("at the position it looks at %v", now)
	}
	d.screenshot("position")
}

// leaves holds a button and goes to another page.
func (d *desk) leaves() {
	d.t.Helper()
	d.mouse(input.DispatchMouseEventTypeMousePressed, ".pad .left")
	d.turning(true, 2*time.Second)
	d.browser.open("/taken")
	d.t.Logf("it stood still %v after the page was left", d.turning(false, time.Second).Round(time.Millisecond))
	js[any](d.browser, `new Promise(next => setTimeout(next, 1000))`)
	if d.head.Moving() {
		d.t.Error("after the page was left it began to move again")
	}
	d.mouse(input.DispatchMouseEventTypeMouseReleased, "h1")
}

// freezes: a browser that hangs can't say "stop". The program says it.
func (d *desk) freezes() {
	d.t.Helper()
	d.mouse(input.DispatchMouseEventTypeMousePressed, ".pad .left")
	d.turning(true, 2*time.Second)
	js[any](d.browser, `setTimeout(() => { const end = performance.now() + 3000; while (performance.now() < end); }, 0)`)
	took := d.turning(false, 2*time.Second)
	d.t.Logf("it stood still %v after the browser hung", took.Round(time.Millisecond))
	if took > 1500*time.Millisecond {
		d.t.Errorf("it went on for %v after the browser hung", took)
	}
	d.mouse(input.DispatchMouseEventTypeMouseReleased, ".pad .left")
	d.turning(false, 2*time.Second)
}

// notAgreed: the page says which article is in the way.
func (d *desk) notAgreed() {
	other := "/camera/" + string(d.id("Fietsenstalling"))
	d.browser.open(other + "?doel=veiligheid")
	d.until(25*time.Second, moving+` === 1`)
	d.reads("mag u hier niet", "Artikel 3.4")
	js[any](d.browser, `document.querySelector(".steer").scrollIntoView({block: "end"})`)
	d.accessible("not-agreed")
	d.narrow("not-agreed")
	if status := js[int](d.browser, `(async () => (await fetch(location.pathname + "/bedienen", {method: "POST", body: new URLSearchParams({draai: "1"})})).status)()`); status != 403 || d.head.Moving() {
		d.t.Errorf("asked past the page the program says %d; the camera moves: %v", status, d.head.Moving())
	}
}

// written: the logbook says who steered, and how much.
func (d *desk) written() {
	d.t.Helper()
	all, err := d.book.Records(d.t.Context(), -1, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	allowed, refused := 0, 0
	for _, r := range all {
		switch {
		case r.Act != string(regulation.Steer) || r.Kind != "besluit":
		case r.Result == "geweigerd":
			refused++
		default:
			allowed++
		}
	}
	if allowed < 2 || allowed > 4 || refused != 1 {
		d.t.Errorf("the logbook has %d permits to steer and %d refusals", allowed, refused)
	}
}
