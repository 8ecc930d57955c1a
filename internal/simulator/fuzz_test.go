package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// FuzzAsked asks a camera anything: it answers, and goes on.
func FuzzAsked(f *testing.F) {
	for _, what := range []string{`<GetProfiles/>`, `<GetStreamUri><ProfileToken>a</ProfileToken></GetStreamUri>`, `<PullMessages><Timeout>PT0S</Timeout></PullMessages>`,
		`<ContinuousMove><ProfileToken>a</ProfileToken><Velocity><PanTilt x="NaN" y="1"/></Velocity><Timeout>PT2S</Timeout></ContinuousMove>`,
		`<GotoPreset><ProfileToken>a</ProfileToken><PresetToken>1</PresetToken></GotoPreset>`, `<CreatePullPointSubscription/>`, `<x`} {
		f.Add(envelop(what), "/onvif/pull/1")
	}
	f.Add(`<Envelope><Header><UsernameToken><Username>u</Username></UsernameToken></Header><Body><GetServices/></Body></Envelope>`, "/")
	var asked atomic.Int64
	began := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	c, err := Start(Options{Listen: "127.0.0.1:0", Now: func() time.Time { return began.Add(time.Duration(asked.Add(1)) * time.Second) }, Turns: true, Microphone: true, NoWait: true,
		Streams: []Stream{{Token: "a", Name: "a", URL: "rtsp://127.0.0.1/a", Codec: "H264", Width: 1, Height: 1, Rate: 1}}, Presets: []Preset{{Token: "1"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	f.Fuzz(func(t *testing.T, text, path string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text))
		r.URL.Path = "/" + path
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code == http.StatusOK && !strings.Contains(w.Body.String(), "Envelope") {
			t.Errorf("answers %d: %q", w.Code, w.Body)
		}
		if pan, tilt, zoom := c.Position(); !(pan >= -1 && pan <= 1 && tilt >= -1 && tilt <= 1 && zoom >= 0 && zoom <= 1) {
			t.Errorf("it looks at %v %v %v", pan, tilt, zoom)
		}
	})
}
