package web

import (
	"errors"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/footage"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// TestTemplatesSayNothingThemselves: every word on a page is in words.json.
func TestTemplatesSayNothingThemselves(t *testing.T) {
	actions := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tags := regexp.MustCompile(`(?s)<[^>]*>`)
	allowed := regexp.MustCompile(`Oogmerk|oogmerk-verify logbook|/logboek/boom/ --key|Shift|Page Up|Page Down|Home|End|NL|EN|[GNPX]|min\b|s\b`)
	word := regexp.MustCompile(`\pL+`)
	files, err := fs.Glob(templates, "*.html")
	must(t, err)
	for _, f := range files {
		text, err := templates.ReadFile(f)
		must(t, err)
		bare := allowed.ReplaceAllString(tags.ReplaceAllString(actions.ReplaceAllString(string(text), ""), " "), "")
		for _, w := range word.FindAllString(bare, -1) {
			t.Errorf("%s says %q itself", f, w)
		}
	}
}

func TestMissingWordsFailAtTheStart(t *testing.T) {
	w, err := readWords()
	must(t, err)
	s := &site{words: w}
	for text, want := range map[string]string{
		`{{t "nav.live"}}`:                         "",
		`{{if .}}{{t "nav.nowhere"}}{{end}}`:       "nav.nowhere",
		`{{range .}}{{else}}{{t "x" .}}{{end}}`:    `"x"`,
		`{{with .}}{{print (t "inner.x")}}{{end}}`: "inner.x",
		`{{t .}}`: "either",
	} {
		parsed, err := template.New("page").Funcs(s.functions(dutch)).Parse(text)
		must(t, err)
		err = s.checkWords(parsed)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTimesAsPeopleWriteThem(t *testing.T) {
	at := time.Date(2025, 8, 2, 12, 3, 20, 0, time.UTC)
	w, err := readWords()
	must(t, err)
	for got, want := range map[string]string{
		date(dutch, at): "2 augustus 2025", date(english, at): "2 August 2025", clock(at): "14:03", exact(at): "14:03:20",
		w.moment(dutch, at):                    "2 augustus 2025 om 14:03",
		w.moment(english, at):                  "2 August 2025 at 14:03",
		w.lasting(dutch, 3*time.Second):        "3 s",
		w.lasting(dutch, 90*time.Second):       "1 min 30 s",
		w.lasting(english, 47*time.Hour):       "47 h 0 min",
		w.lasting(dutch, 145*time.Hour):        "6 dagen 1 uur",
		w.size(dutch, 1_234_567):               "1,2 MB",
		clip(" " + strings.Repeat("é", 50)):    strings.Repeat("é", 40) + "…",
		dayOf(at).String():                     "2025-08-02",
		dayOf(at.Add(10 * time.Hour)).String(): "2025-08-03",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestReadSpan(t *testing.T) {
	cases := []struct{ day, from, to, want string }{
		{"2025-08-02", "14:03", "14:13:20", "2025-08-02T12:03:00Z 2025-08-02T12:13:20Z"},
		{"2-8-2025", "9.05", "9:06", "2025-08-02T07:05:00Z 2025-08-02T07:06:00Z"},
		{"2 Augustus 2025", "23:50", "00:10", "2025-08-02T21:50:00Z 2025-08-02T22:10:00Z"},
		{"2026-03-29", "01:30", "03:30", "2026-03-29T00:30:00Z 2026-03-29T01:30:00Z"}, // the clock goes forward
		{"2026-02-30", "9:00", "9:10", "wrong.date"},
		{"overmorgen", "9:00", "9:10", "wrong.date"},
		{"2025-08-02", "25:00", "9:10", "wrong.time"},
		{"2025-08-02", "9:00", "kwart over", "wrong.time"},
		{"2025-08-02", "9:00", "9:00", "wrong.span"},
		{"2025-08-02", "9:00", "11:00:01", "wrong.long"},
		{"2025-08-02", "9:10", "9:00", "wrong.long"}, // nearly a day
	}
	for _, c := range cases {
		s, err := readSpan(c.day, c.from, c.to, 2*time.Hour)
		got := s.From.UTC().Format(time.RFC3339) + " " + s.To.UTC().Format(time.RFC3339)
		var m mistake
		if errors.As(err, &m) {
			got = m.key
		}
		if got != c.want {
			t.Errorf("%v: %s", c, got)
		}
	}
}

func TestStripHasNoHoles(t *testing.T) {
	at := func(clock string) time.Time {
		parsed, err := time.ParseInLocation("15:04:05", clock, calendar.Amsterdam)
		must(t, err)
		return time.Date(2025, 8, 2, parsed.Hour(), parsed.Minute(), parsed.Second(), 0, calendar.Amsterdam)
	}
	span := func(from, to string) footage.Span { return footage.Span{From: at(from), To: at(to)} }
	segment := func(from, to string) footage.Run {
		s := footage.Run{Span: span(from, to)}
		for s.Hour = 0; int64(s.Hour) < at(from).Unix()/3600; s.Hour++ {
		}
		return s
	}
	k := known{
		span: span("08:00:00", "20:00:00"), now: at("18:00:05"), added: at("09:00:00"),
		runs: []footage.Run{segment("10:00:00", "10:01:00"), segment("10:01:00", "10:02:00"), segment("10:02:01", "10:03:00"),
			segment("17:59:00", "18:00:00")},
		gaps:   []footage.Gap{{Span: span("10:03:00", "11:00:00"), Cause: "onbereikbaar"}, {Span: span("11:00:00", "11:30:00"), Cause: "schijf vol"}},
		holds:  []retention.Hold{{Incident: "x", Span: span("10:01:30", "10:01:40")}, {Incident: "y", Span: span("10:01:35", "10:01:50")}},
		called: map[string]string{"x": "2025-001", "y": "2025-002"},
		plan:   retention.Schedule{Terms: regulation.Terms{Retentions: []regulation.Retention{{Limit: calendar.StorageLimit{Hours: 6}, From: regulation.Recorded}}}},
	}
	s := layOut(k)
	var got []string
	for i, p := range s.Pieces {
		got = append(got, p.Kind+" "+exact(p.Span.From)+" "+p.Cause+p.Under)
		if i > 0 && !p.Span.From.Equal(s.Pieces[i-1].Span.To) {
			t.Errorf("a hole before %s", exact(p.Span.From))
		}
	}
	// What is held stays, what is around it in the same segment is erased with
	// its hour.
	want := []string{"before 08:00:00 ", "erased 09:00:00 ", "recorded 10:00:00 ", "erased 10:01:00 ", "held 10:01:30 2025-001", "held 10:01:35 2025-001, 2025-002", "held 10:01:40 2025-002", "erased 10:01:50 ", "recorded 10:02:01 ",
		"gap 10:03:00 onbereikbaar", "gap 11:00:00 schijf vol", "erased 11:30:00 ", "unknown 13:00:00 ", "recorded 17:59:00 ", "fresh 18:00:00 ", "ahead 18:00:05 "}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !s.Pieces[2].Until.Equal(at("16:00:00")) || !s.Pieces[4].Until.IsZero() {
		t.Errorf("erased at %v and %v", s.Pieces[2].Until, s.Pieces[4].Until)
	}
	if s.Left(s.Pieces[2]) != "16.667%" || len(s.Ticks()) == 0 || s.Short() {
		t.Errorf("%s, %v", s.Left(s.Pieces[2]), s.Ticks())
	}
}

func TestLocalPath(t *testing.T) {
	for path, want := range map[string]string{
		"/terugkijken?van=9:00": "/terugkijken?van=9:00", "/": "/", "": "/", "terugkijken": "/", "//evil.example": "/", `/\evil.example`: "/",
		"https://evil.example/": "/", "javascript:alert(1)": "/", "/a\nb": "/", "/a\tb": "/", "/%2e%2e//evil": "/%2e%2e//evil", "/" + strings.Repeat("a", 3000): "/",
	} {
		if got := localPath(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
