package web

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/regulation/regulationtest"
)

// TestStrangers: forged forms, replayed cookies, garbage.
func TestStrangers(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	pieter := w.as("pieter")

	t.Run("cross-origin", func(t *testing.T) {
		for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
			r := pieter.request(http.MethodPost, "/afmelden", nil)
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set(header[0], header[1])
			pieter.do(r).says(t, 403, "andere website")
		}
		pieter.get("/").says(t, 200, "Pieter Jansen")
	})
	t.Run("nobody", func(t *testing.T) {
		stranger := w.visitor()
		p := stranger.get("/logboek?voor=3")
		if to := p.header.Get("Location"); p.code != 303 || to != "/aanmelden?terug=%2Flogboek%3Fvoor%3D3" {
			t.Errorf("%d to %s", p.code, to)
		}
		stranger.get("/terugkijken/x/film.mp4").says(t, 401, "Meld u aan")
		stranger.post("/incidenten").says(t, 303)
		stranger.get("/kijken").says(t, 401)
		in := stranger.post("/aanmelden", "naam", "samira", "wachtwoord", password, "terug", "//evil.example/")
		if to := in.header.Get("Location"); to != "/" {
			t.Errorf("signing in leads to %s", to)
		}
		stranger.post("/aanmelden", "naam", `"><script>`, "wachtwoord", "mis").says(t, 401, "&#34;&gt;&lt;script&gt;", "klopt niet")
	})
	t.Run("replay", func(t *testing.T) {
		samira := w.as("samira")
		at, err := url.Parse(w.server.URL)
		must(t, err)
		kept := samira.client.Jar.Cookies(at)
		samira.get("/").says(t, 200, "Samira")
		samira.post("/afmelden").says(t, 303)
		replay := w.visitor()
		jar, err := cookiejar.New(nil)
		must(t, err)
		jar.SetCookies(at, kept)
		replay.client.Jar = jar
		p := replay.get("/")
		if p.code != 303 || !strings.HasPrefix(p.header.Get("Location"), "/aanmelden?bericht=verlopen") {
			t.Errorf("a replayed cookie gets %d %s", p.code, p.header.Get("Location"))
		}
	})
	t.Run("garbage", func(t *testing.T) {
		for path, line := range map[string]string{"/terugkijken": "is geen datum", "/incidenten": "Kies de soort", "/vasthouden": "Kies een incident",
			"/erbij/weg": "niet (meer) aangemeld", "/taal": "Kies NL of EN", "/demo/klok": "heel aantal uren"} {
			pieter.post(path, "datum", "gisteren", "uren", "-7", "persoon", "x", "soort", "'; --").says(t, 400, line)
		}
		r := pieter.request(http.MethodPost, "/incidenten", strings.NewReader("%zz=%"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		pieter.do(r).says(t, 400, "niet te lezen")
		r = pieter.request(http.MethodPost, "/incidenten", strings.NewReader("a="+strings.Repeat("x", maxBody)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		pieter.do(r).says(t, 413, "te groot")
		pieter.post("/terugkijken", append(w.wish(), "camera", "\x00")...).says(t, 400, "niet te lezen")
		pieter.post("/terugkijken", append(w.wish(), "incident", "\xff")...).says(t, 400, "niet te lezen")
		pieter.get("/terugkijken?camera=%00").says(t, 400, "niet te lezen")
		pieter.get("/?doel=nieuwsgierig").says(t, 400, "nieuwsgierig", "Kies een doel")
		pieter.get("/logboek?voor=-3").says(t, 400)
		for _, path := range []string{"/camera/x", "/incidenten/x", "/terugkijken/x", "/static/x/style.css", "/weg", "/logboek/boom/tile/9/x", "/terugkijken/%00"} {
			pieter.get(path).says(t, 404)
		}
		pieter.post("/reglement").says(t, 405, "Zo kan deze bladzijde niet")
		pieter.post("/terugkijken", append(w.wish(), "doel", "hobby")...).says(t, 403, article(t, "Een doel kiezen"))
	})
}

func TestCookieAndFiles(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := w.visitor().post("/aanmelden", "naam", "pieter", "wachtwoord", password)
	c := p.header.Get("Set-Cookie")
	for _, want := range []string{"oogmerk=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(c, want) {
			t.Errorf("cookie %q lacks %s", c, want)
		}
	}
	if (&site{Options: Options{Secure: true}}).cookie() != "__Host-oogmerk" {
		t.Error("over https the cookie has no prefix")
	}
	v := w.visitor()
	path := linked(t, v.get("/reglement").body)
	file := v.get(path)
	if file.header.Get("ETag") == "" || !strings.Contains(file.header.Get("Cache-Control"), "immutable") {
		t.Errorf("headers %v", file.header)
	}
	again := v.request(http.MethodGet, path, nil)
	again.Header.Set("If-None-Match", file.header.Get("ETag"))
	v.do(again).says(t, 304)

	film, at := w.playBack()
	part := film.request(http.MethodGet, at+"/film.mp4", nil)
	part.Header.Set("Range", "bytes=4-7")
	got := film.do(part)
	if got.says(t, 206, "ftyp"); got.header.Get("ETag") == "" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", got.header)
	}
}

func TestPlaybackStops(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v, at := w.playBack()
	v.post(at+"/getoond", "van", "1", "tot", "0").says(t, 400)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r := v.request(http.MethodGet, at+"/toestand", nil).WithContext(ctx)
	ended := make(chan string, 1)
	go func() {
		p := v.do(r) // returns when the server has nothing more to say
		ended <- p.body
	}()
	left := v.request(http.MethodPost, "/erbij/weg", strings.NewReader(url.Values{"persoon": {string(v.second())}}.Encode()))
	left.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	left.Header.Set("X-Oogmerk", "deel")
	p := v.do(left)
	if p.says(t, 200, "Pieter Jansen"); strings.Contains(p.body, "Samira") || strings.Contains(p.body, "<html") {
		t.Errorf("the header still says %s", p.body)
	}
	if said := <-ended; !strings.Contains(said, "event: einde") || !strings.Contains(said, regulationtest.Number(t, "Vier ogen")) {
		t.Errorf("heard %q", said)
	}
	v.get(at+"/film.mp4").says(t, 410)
	v.post(at+"/getoond", "van", "0", "tot", "1").says(t, 410)
	v.get(at).says(t, 200, "Het beeld is gestopt", article(t, "Vier ogen"))
}

func TestSocketIsOurs(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v := w.as("pieter")
	for origin, want := range map[string]int{"": 403, "https://evil.example": 403, "null": 403, w.server.URL: 101} {
		conn, code := v.dial(origin)
		if code != want {
			t.Errorf("origin %q: %d, want %d", origin, code, want)
		}
		if conn != nil {
			must(t, conn.WriteMessage(websocket.TextMessage, []byte(`{"kanaal":99}`)))
			if _, _, err := conn.ReadMessage(); err == nil {
				t.Error("a wish for a channel that isn't there is heard")
			}
			conn.Close()
		}
	}
}

// dial opens the socket, as a page of origin would.
func (v *visitor) dial(origin string) (*websocket.Conn, int) {
	v.t.Helper()
	at, err := url.Parse(v.server.URL)
	must(v.t, err)
	dialer := websocket.Dialer{Jar: v.client.Jar, HandshakeTimeout: 10 * time.Second}
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, answer, err := dialer.DialContext(v.t.Context(), "ws://"+at.Host+"/kijken", header)
	if answer == nil {
		v.t.Fatal(err)
	}
	return conn, answer.StatusCode
}
