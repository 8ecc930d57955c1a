package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"oogmerk/internal/demo"
	"oogmerk/internal/footage"
	"oogmerk/internal/media"
	"oogmerk/internal/premises"
	"oogmerk/internal/web"
)

const (
	heavyFilm  = 11 * time.Minute // that is recorded
	heavyWish  = 10 * time.Minute // that is played back
	heavyOpens = 7                // times, each another ten minutes
	heavySeeks = 32
)

// heavyClip is film of real weight: 1920 by 1080, 25 pictures a second, a key
// picture every two seconds, about 4 Mbit/s. A drawn clip of the demo is made
// larger and noisier, so that a decoder has as much to do as with a camera.
func heavyClip(t *testing.T) (clip media.Clip, large string) {
	t.Helper()
	clips, err := demo.Clips()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	small := filepath.Join(dir, "small.h264")
	large = filepath.Join(dir, "large.mp4")
	if err := os.WriteFile(small, annexB(&clips[2]), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-r", "25", "-f", "h264", "-i", small, "-an",
		"-vf", "scale=1920:1080:flags=bicubic,noise=alls=14:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p",
		"-bf", "0", "-b:v", "4M", "-maxrate", "4M", "-bufsize", "4M", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-bitexact", large).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := os.Open(large)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if clip, err = media.ReadClip(f); err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, p := range clip.Pictures {
		size += len(p.Data)
	}
	mbit := float64(size) * 8 / 1e6 / media.Duration(clip.Ticks()).Seconds()
	width, height, err := clip.Config.Size()
	t.Logf("film of %d by %d, %.1f Mbit/s, %d pictures in %v", width, height, mbit, len(clip.Pictures), media.Duration(clip.Ticks()))
	if err != nil || width != 1920 || height != 1080 || mbit < 3.5 {
		t.Fatal("that is no film of real weight")
	}
	return clip, large
}

// annexB is a clip as ffmpeg reads it without a container.
func annexB(clip *media.Clip) (out []byte) {
	begin := []byte{0, 0, 0, 1}
	for _, set := range clip.Config.Sets() {
		out = append(append(out, begin...), set...)
	}
	for i := range clip.Pictures {
		media.NALs(clip.Pictures[i].Data, func(nal []byte) { out = append(append(out, begin...), nal...) })
	}
	return out
}

// TestSeeingHeavy measures on screen, with film of real weight: how soon the
// first picture is drawn after somebody asks, and how soon after a seek. What
// it takes is for who runs it to judge; the bounds here are generous.
func TestSeeingHeavy(t *testing.T) {
	clip, large := heavyClip(t)
	begin := time.Now().Add(-time.Hour).Truncate(time.Hour)
	var ahead atomic.Int64 // of the program's clock
	ahead.Store(int64(time.Until(begin)))
	p, err := benchProgramAt(t.Context(), place{dir: filepath.Join(t.TempDir(), "data")}, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		[]string{"rtsp://127.0.0.1:9/"}, func(err error) { t.Log("the program reports:", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.close() })
	cameras, err := p.premises.Cameras(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	span := footage.Span{From: begin.Add(time.Minute), To: begin.Add(time.Minute + heavyFilm)}
	film := func(w *footage.Writer) error { return record(t.Context(), w, clip, span) }
	if err := p.shoot(t.Context(), cameras[0].ID, span, film); err != nil {
		t.Fatal(err)
	}
	ahead.Store(0)
	pages, err := web.New(webOptions(p, false, nil))
	if err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t, serving(t, p, pages))
	b.signIn("meter", "wie-meet-weet-veel")
	first := openings(b, cameras[0].ID, span)
	seeks := b.seeks(heavySeeks)
	plain := plainly(t, b, large)
	slices.Sort(first)
	slices.Sort(seeks)
	slices.Sort(plain)
	t.Logf("first picture on screen, after it was asked for: p50 %.0f ms, most %.0f ms", first[len(first)/2], first[len(first)-1])
	t.Logf("seek on screen: p50 %.0f ms, p90 %.0f ms, most %.0f ms", seeks[len(seeks)/2], seeks[len(seeks)*9/10], seeks[len(seeks)-1])
	t.Logf("the same film as a plain file: p50 %.0f ms, p90 %.0f ms, most %.0f ms", plain[len(plain)/2], plain[len(plain)*9/10], plain[len(plain)-1])
	if first[len(first)/2] > 3000 || seeks[len(seeks)/2] > 2000 {
		t.Error("that is much too slow")
	}
}

// firstDrawn notes on each page with a film when its first picture was drawn,
// in ms since somebody asked for the page.
const firstDrawn = `addEventListener("DOMContentLoaded", () => {
	const film = document.getElementById("film");
	if (film) film.requestVideoFrameCallback((now) => { window.firstDrawn = now; });
})`

// openings asks for ten minutes of film, a few times, and returns how long it
// took until a picture was on the screen: the ruling, the page and the film.
func openings(b *browser, camera premises.CameraID, span footage.Span) (took []float64) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: firstDrawn}); err != nil {
		b.t.Fatal(err)
	}
	var film []float64
	for i := range heavyOpens {
		from := span.From.Add(time.Duration(5+7*i) * time.Second)
		b.open("/terugkijken")
		b.fill("#wish", map[string]string{"camera": string(camera), "datum": typedDay(from), "van": typedTime(from), "tot": typedTime(from.Add(heavyWish)), "doel": benchPurpose})
		b.until(20*time.Second, `location.pathname.startsWith("/terugkijken/") && window.firstDrawn > 0`)
		took = append(took, js[float64](b, `window.firstDrawn`))
		film = append(film, js[float64](b, `window.firstDrawn - performance.getEntriesByType("resource").find(r => r.name.endsWith("film.mp4")).startTime`))
	}
	slices.Sort(film)
	b.t.Logf("of which from asking for the film: p50 %.0f ms", film[len(film)/2])
	return took
}

// seeks goes to so many moments of the film, far from each other, and returns
// how many ms it took until a picture of each was drawn.
func (b *browser) seeks(n int) []float64 {
	b.t.Helper()
	return js[[]float64](b, `(async () => {
		const film = document.getElementById("film"), all = [];
		film.pause();
		for (let i = 0, at = 0.31; i < `+strconv.Itoa(n)+`; i++) {
			at = (at + 0.6180339887) % 1;
			const began = performance.now();
			const shown = new Promise(next => film.requestVideoFrameCallback(next));
			film.currentTime = at * (film.duration - 1);
			await shown;
			all.push(performance.now() - began);
			await new Promise(next => setTimeout(next, 50));
		}
		return all;
	})()`)
}

// plainly serves the same film as one file without anything of ours, and
// returns how long seeks in that take: what the browser needs by itself, on
// this machine, now.
func plainly(t *testing.T, b *browser, large string) []float64 {
	t.Helper()
	dir := filepath.Dir(large)
	out, err := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-stream_loop", strconv.Itoa(int(heavyWish/(12*time.Second))-1), "-i", large,
		"-c", "copy", "-movflags", "+faststart", filepath.Join(dir, "long.mp4")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte(`<!doctype html><video id="film" src="long.mp4" muted preload="auto" style="width: 1168px"></video>`), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(func() {
		server.CloseClientConnections() // the browser reads ahead for as long as it may
		server.Close()
	})
	var first []float64
	for range heavyOpens {
		b.do("open the plain film", chromedp.Navigate(server.URL+"/"))
		b.until(20*time.Second, `window.firstDrawn > 0`)
		first = append(first, js[float64](b, `window.firstDrawn`))
	}
	slices.Sort(first)
	t.Logf("the same film as a plain file, first picture: p50 %.0f ms", first[len(first)/2])
	return b.seeks(heavySeeks)
}
