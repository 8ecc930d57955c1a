package web

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "/terugkijken?van=9:00", "//evil.example", `/\evil`, "https://evil", "/a\r\nSet-Cookie: x=y", "/%00", "/?terug=//x"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://oogmerk.example/here")
	must(f, err)
	f.Fuzz(func(t *testing.T, path string) {
		got := localPath(path)
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || strings.ContainsAny(got, "\r\n\\\t") || got[0] != '/' {
			t.Errorf("%q leads to %q: %v", path, to, err)
		}
	})
}

func FuzzSpan(f *testing.F) {
	f.Add("2025-08-02", "14:03", "14:13:20")
	f.Add("2-8-2025", "9.05", "0:00")
	f.Add("2 augustus 2025", "23:50", "00:10")
	f.Add("29-3-2026", "02:30", "03:30")
	f.Add("\xff", "", "99:99:99")
	f.Fuzz(func(t *testing.T, day, from, to string) {
		s, err := readSpan(day, from, to, 2*time.Hour)
		if err != nil {
			if m, ok := err.(mistake); !ok || m.code() != 400 {
				t.Errorf("%q %q %q: %v", day, from, to, err)
			}
			return
		}
		if d := s.To.Sub(s.From); d <= 0 || d > 2*time.Hour {
			t.Errorf("%q %q %q: %v", day, from, to, d)
		}
		if y := s.From.Year(); y < 1969 || y > 2200 {
			t.Errorf("%q %q %q: in %d", day, from, to, y)
		}
	})
}

func FuzzShown(f *testing.F) {
	f.Add("0", "7.25")
	f.Add("NaN", "Inf")
	f.Add("1e308", "-0")
	f.Fuzz(func(t *testing.T, from, to string) {
		a, b, err := readShown(from, to)
		if err == nil && !(a >= 0 && b >= a) {
			t.Errorf("%q %q: %v %v", from, to, a, b)
		}
	})
}

func FuzzWish(f *testing.F) {
	f.Add([]byte(`{"kanaal":3,"camera":"0f","doel":"veiligheid"}`))
	f.Add([]byte(`{"kanaal":3,"camera":""}`))
	f.Add([]byte(`{"kanaal":64}`))
	f.Add([]byte(`{"kanaal":1}{}`))
	f.Add([]byte(`{"kanaal":-1,"x":[[[[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := readWish(text)
		if err == nil && (w.Channel >= maxChannels || len(w.Camera) > 64 || len(w.Purpose) > 64) {
			t.Errorf("%q: %+v", text, w)
		}
	})
}

func FuzzStory(f *testing.F) {
	f.Add([]byte(`{"artikelen":["vier"],"van_tijd":"2026-11-20T12:20:00Z","van":3,"duur_s":1.5,"uitkomst":{"getoond":[["2026-11-20T12:20:00Z","2026-11-20T12:21:00Z"]]}}`))
	f.Add([]byte(`{"uitkomst":7,"duur_s":1e300}`))
	f.Add([]byte(`[`))
	w, err := readWords()
	must(f, err)
	f.Fuzz(func(t *testing.T, header []byte) {
		v := &visit{site: &site{words: w}, lang: dutch}
		v.names = &names{visit: v, known: map[string]string{}}
		var s story
		if strings.Contains(string(header), "grond") {
			return // names what the database knows
		}
		if err := v.tellHeader(&s, header); err != nil {
			t.Errorf("%q: %v", header, err)
		}
	})
}

func FuzzClip(f *testing.F) {
	f.Add("gewoon")
	f.Add(strings.Repeat("\xff", 100))
	f.Fuzz(func(t *testing.T, text string) {
		if n := utf8.RuneCountInString(clip(text)); n > 41 {
			t.Errorf("%q: %d runes", text, n)
		}
	})
}
