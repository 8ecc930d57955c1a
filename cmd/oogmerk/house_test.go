package main

import (
	"context"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"oogmerk/internal/calendar"
	"oogmerk/internal/demo"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/web"
)

// A house is the whole program with its pages in this process, and a browser
// before it: for what can only be seen by who stands behind the cameras, or
// holds the clock.
type house struct {
	*stage
	*program
	cameras *demo.Cameras
	clock   *demoClock
}

// inhabit founds the organisation of a regulation, given as a file, with the
// cameras of o, and opens a browser before it. change may change what is
// founded.
func inhabit(t *testing.T, law string, o demo.Options, clock *demoClock, change func(*cast, *demo.Cameras)) *house {
	t.Helper()
	o.Listen, o.ONVIF = "127.0.0.1:0", clock.now
	h := &house{clock: clock}
	var err error
	if h.cameras, err = demo.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.cameras.Close)
	h.cameras.GoBy(clock.ahead)
	if h.program, err = build(t.Context(), place{dir: t.TempDir()}, clock.now, func(err error) { t.Log("the program reports:", err) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.program.close() })
	clock.program = h.program
	c, err := castFor(law)
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for i := range o.Count {
		urls = append(urls, h.cameras.URL(i))
	}
	c.hang(urls)
	c.speak(h.cameras)
	c.begin(calendar.DateOf(clock.now()))
	if change != nil {
		change(&c, h.cameras)
	}
	if _, err := found(t.Context(), h.program, c.Setup); err != nil {
		t.Fatal(err)
	}
	h.stage = &stage{cast: c, began: time.Now()}
	h.open(t)
	return h
}

// open serves the pages, and opens a browser before them.
func (h *house) open(t *testing.T) {
	t.Helper()
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("ffmpeg is missing: run make deps")
	}
	if err := h.makeStills(t.Context(), ffmpeg, ""); err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(webOptions(h.program, false, demoChoice{}.forWeb(h.cast.Setup, h.clock)))
	if err != nil {
		t.Fatal(err)
	}
	h.browser = openBrowser(t, serving(t, h.program, pages))
}

// serving runs a program with its pages until the test ends, and returns
// where they are.
func serving(t *testing.T, p *program, pages http.Handler) (base string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, p, pages, func(s *http.Server) error { return s.Serve(listener) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error("serving:", err)
		}
	})
	return "http://" + listener.Addr().String()
}

// id is the camera with a name.
func (h *house) id(name string) premises.CameraID {
	h.t.Helper()
	all, err := h.premises.Cameras(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range all {
		if c.Name == name {
			return c.ID
		}
	}
	h.t.Fatalf("there is no camera %s", name)
	return ""
}

// paper puts all on file that the regulation names and the cast hasn't.
func (c *cast) paper(t *testing.T) {
	t.Helper()
	today := calendar.DateOf(time.Now()).String()
	has := map[string]bool{}
	for _, f := range c.Files {
		has[f.Kind] = true
	}
	for _, term := range c.law.Terms.Files {
		if has[term.Key] {
			continue
		}
		one := SetupFile{Kind: term.Key, Title: term.Title, Dated: today, Fields: map[string]string{}}
		for _, field := range term.Fields {
			one.Fields[field] = "in orde"
		}
		switch term.About {
		case regulation.Organisation:
			c.Files = append(c.Files, one)
		case regulation.Camera:
			for _, camera := range c.Cameras {
				one.Camera = camera.Name
				c.Files = append(c.Files, one)
			}
		}
	}
}

// narrow looks at the page as it is on a telephone, and sees that nothing
// sticks out.
func (b *browser) narrow(name string) {
	b.t.Helper()
	b.wide(390)
	b.accessible(name + "-narrow")
	if wide := js[int](b, `document.documentElement.scrollWidth`); wide > 390 {
		b.t.Errorf("%s is %d wide on a screen of 390", name, wide)
	}
	b.wide(1280)
}

// english looks at the page in the other language, and goes back.
func (b *browser) english(name string) {
	b.t.Helper()
	b.speak("en")
	b.accessible(name + "-english")
	b.speak("nl")
}

func (b *browser) speak(lang string) {
	b.t.Helper()
	js[any](b, `document.querySelector('button[name="taal"][value="`+lang+`"]').click()`)
	b.until(10*time.Second, `document.documentElement.lang === "`+lang+`" && document.readyState === "complete"`)
}

// press presses a key as a person does, and lets it go.
func (b *browser) press(key, code string, number int64) {
	b.t.Helper()
	b.key(input.DispatchKeyEventTypeKeyDown, key, code, number)
	b.key(input.DispatchKeyEventTypeKeyUp, key, code, number)
}

// key is a key that goes down, or up.
func (b *browser) key(kind input.DispatchKeyEventType, key, code string, number int64) {
	b.t.Helper()
	p := input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, WindowsVirtualKeyCode: number}
	if key == "Enter" && kind == input.DispatchKeyEventTypeKeyDown {
		p.Text = "\r" // or nothing is activated by it
	}
	if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
		b.t.Fatal(err)
	}
}

// mouse is the left button that goes down or up in the middle of what a
// selector finds.
func (b *browser) mouse(kind input.DispatchMouseEventType, selector string) {
	b.t.Helper()
	at := js[[2]float64](b, `(() => {
		const e = document.querySelector(`+strconv.Quote(selector)+`);
		e.scrollIntoView({block: "center"});
		const r = e.getBoundingClientRect();
		return [r.left + r.width / 2, r.top + r.height / 2];
	})()`)
	p := input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1}
	if kind == input.DispatchMouseEventTypeMousePressed {
		p.Buttons = 1
	}
	if _, err := chromedp.Call(b.ctx, input.DispatchMouseEvent, p); err != nil {
		b.t.Fatal(err)
	}
}

// contained reports of words whether a text has them.
func contained(text string) func(string) bool {
	return func(word string) bool { return strings.Contains(text, word) }
}
