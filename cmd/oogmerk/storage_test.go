package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// The storage page of a demo that records, as people see it: wide, narrow, in
// both languages, and by keyboard.
func TestStorageInTheBrowser(t *testing.T) {
	t.Parallel()
	p := start(t, "demo", "--listen", "127.0.0.1:0", "--cameras", "4")
	b := openBrowser(t, p.base)
	b.signIn("hans", "linde-beheer-26")
	for until := time.Now().Add(40 * time.Second); ; {
		b.open("/opslag")
		if js[bool](b, `document.querySelectorAll(".uses tbody td.num").length > 0 && [...document.querySelectorAll(".uses tbody td:nth-of-type(2)")].every(c => parseFloat(c.textContent) > 0)`) {
			break
		}
		if time.Now().After(until) {
			b.screenshot("fault")
			t.Fatalf("after 40 s the page knows no use of every camera:\n%s", b.text())
		}
		js[any](b, `new Promise(next => setTimeout(next, 500))`)
	}
	b.reads("Opslag", "Vrij", "Komt er per dag bij", "van hoogstens", "Alle camera’s samen", "Wegschrijven", "Gewist sinds de start")
	b.accessible("storage")
	// The tables can be reached and scrolled by keyboard.
	if n := js[int](b, `document.querySelectorAll("main .scrolls[tabindex='0']").length`); n == 0 {
		t.Error("a table that scrolls can't be reached by keyboard")
	}
	b.do("make it narrow", chromedp.EmulateViewport(360, 800))
	b.open("/opslag")
	if wide := js[int](b, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("on a small screen the page is %d wide", wide)
	}
	b.accessible("storage-narrow")
	b.do("make it wide", chromedp.EmulateViewport(1280, 900))
	b.do("choose English", chromedp.Evaluate[chromedp.Void](`document.querySelector('.languages button[value="en"]').click()`))
	b.until(10*time.Second, `document.documentElement.lang === "en"`)
	b.open("/opslag")
	b.reads("Storage", "When is the disk full?", "By camera", "What is missing of the last seven days")
	b.accessible("storage-english")
}
