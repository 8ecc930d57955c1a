package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A browser is headless Chromium with one tab, as a person would use it.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string // http://127.0.0.1:port
	axe  string // the source of axe-core
	shot int
	seen map[string]bool // pages whose accessibility was checked
}

func openBrowser(t *testing.T, base string) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: run make deps")
	}
	axe, err := os.ReadFile("../../.cache/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe-core is missing: run make deps")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true), chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log("closing the browser:", err)
		}
		stop()
		stopAlloc()
	})
	old, err := filepath.Glob("../../artefacts/" + t.Name() + "-*.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, shot := range old {
		if err := os.Remove(shot); err != nil {
			t.Fatal(err)
		}
	}
	b := &browser{t: t, ctx: ctx, base: base, axe: string(axe), seen: map[string]bool{}}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("couldn't start the browser: ", err)
	}
	return b
}

func (b *browser) do(what string, a ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, a...); err != nil {
		b.screenshot("fault")
		b.t.Fatalf("%s: %v", what, err)
	}
}

// open goes to a path, and expects the page to be there.
func (b *browser) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.base+path))
}

// js evaluates an expression, which may be a promise, into T.
func js[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"(async () => JSON.stringify(await ("+expression+") ?? null))()", chromedp.EvalAwaitPromise))
	if err != nil {
		b.screenshot("fault")
		b.t.Fatalf("%s: %v", expression, err)
	}
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		b.t.Fatalf("%s: %q: %v", expression, text, err)
	}
	return v
}

// until waits for an expression to become true, and says how long that took.
func (b *browser) until(limit time.Duration, expression string) time.Duration {
	b.t.Helper()
	start := time.Now()
	ctx, cancel := context.WithTimeout(b.ctx, limit+5*time.Second)
	defer cancel()
	// Polled in the page, so that the browser's own pace decides. A page that
	// is being left loses its promise: then it is asked again.
	for time.Since(start) < limit {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(async () => {
			const end = performance.now() + %d;
			for (;;) {
				try { if (%s) return true } catch (e) {}
				if (performance.now() > end) return false;
				await new Promise(r => setTimeout(r, 25));
			}
		})()`, min(limit, 2*time.Second).Milliseconds(), expression), chromedp.EvalAwaitPromise))
		if ok && err == nil {
			return time.Since(start)
		}
	}
	b.screenshot("fault")
	b.t.Fatalf("after %v still not: %s\nat %s\n%s", limit, expression, js[string](b, "location.href"), b.text())
	return 0
}

// text is what a person reads on the page.
func (b *browser) text() string {
	b.t.Helper()
	return js[string](b, "document.body.innerText")
}

// reads expects words on the page.
func (b *browser) reads(words ...string) {
	b.t.Helper()
	text := b.text()
	says := func(w string) bool { return strings.Contains(text, w) }
	// What a script puts on the page may come a moment after the page.
	for until := time.Now().Add(5 * time.Second); !all(words, says) && time.Now().Before(until); text = b.text() {
		js[any](b, `new Promise(next => setTimeout(next, 100))`)
	}
	for _, w := range words {
		if !says(w) {
			b.screenshot("fault")
			b.t.Errorf("%s doesn't say %q, but:\n%s", js[string](b, "location.pathname"), w, text)
		}
	}
}

func all(words []string, is func(string) bool) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !is(w) })
}

// fill types values into the named fields of the form that has them all, and
// sends it. It returns when the next page is there.
func (b *browser) fill(form string, fields map[string]string) {
	b.t.Helper()
	if fields == nil {
		fields = map[string]string{}
	}
	values, err := json.Marshal(fields)
	if err != nil {
		b.t.Fatal(err)
	}
	ok := js[bool](b, fmt.Sprintf(`(() => {
		const form = document.querySelector(%q);
		if (!form) return false;
		for (const [name, value] of Object.entries(%s)) {
			const field = form.elements.namedItem(name);
			if (!field) throw new Error("no field " + name);
			if (field instanceof RadioNodeList || field.type === "radio") {
				const radio = form.querySelector('input[name="' + name + '"][value="' + value + '"]');
				if (!radio) throw new Error("no choice " + value);
				radio.checked = true;
			} else {
				if (field.tagName !== "BUTTON") field.value = value;
				field.dispatchEvent(new Event("change", {bubbles: true}));
			}
		}
		setTimeout(() => { // by then the page may have drawn it anew
			const now = form.isConnected ? form : document.querySelector(%q);
			now.requestSubmit(now.querySelector("button:not([formmethod])"));
		}, 0);
		return true;
	})()`, form, values, form))
	if !ok {
		b.screenshot("fault")
		b.t.Fatalf("there is no form %s on %s:\n%s", form, js[string](b, "location.pathname"), b.text())
	}
}

// screenshot keeps what the page looks like as an artefact of the test.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err != nil {
		b.t.Log("couldn't take a screenshot:", err)
		return
	}
	dir := "../../artefacts"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	b.shot++
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%02d-%s.png", b.t.Name(), b.shot, name)), shot.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// accessible checks the page with axe-core: no violations, of any weight.
func (b *browser) accessible(name string) {
	b.t.Helper()
	b.screenshot(name)
	b.do("load axe-core", chromedp.Evaluate[chromedp.Void](b.axe+";0"))
	type violation struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []struct {
			HTML    string `json:"html"`
			Summary string `json:"failureSummary"`
		} `json:"nodes"`
	}
	for _, v := range js[[]violation](b, "axe.run(document).then(r => r.violations)") {
		for _, n := range v.Nodes {
			b.t.Errorf("%s: %s (%s): %s %s", name, v.ID, v.Help, n.HTML, n.Summary)
		}
	}
	b.seen[name] = true
}
