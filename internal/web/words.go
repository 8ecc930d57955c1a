package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/calendar"
)

//go:embed words*.json
var wordsFiles embed.FS

// words are all lines on all pages: by key, then by language. What a
// regulation says is never among them: that is shown as it was adopted.
type words map[string]map[string]string

func readWords() (words, error) {
	files, err := fs.Glob(wordsFiles, "*.json")
	if err != nil {
		return nil, err
	}
	all := words{}
	for _, file := range files {
		text, err := wordsFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var w words
		if err := json.Unmarshal(text, &w); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if err := all.add(w); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// add adds the lines of one file. A line that is there already would be one
// or the other, nobody knows which.
func (w words) add(more words) error {
	for key, line := range more {
		if line[dutch] == "" || line[english] == "" || len(line) != 2 {
			return fmt.Errorf("%s isn't there in both languages", key)
		}
		if _, there := w[key]; there {
			return fmt.Errorf("%s is in another file too", key)
		}
		w[key] = line
	}
	return nil
}

// say is the line for key, with what it is about filled in. A key that comes
// from elsewhere (an act, a cause) may have no line: then it speaks for itself.
func (w words) say(lang, key string, with ...any) string {
	line, ok := w[key]
	if !ok {
		_, own, _ := strings.Cut(key, ":")
		return own
	}
	if len(with) == 0 {
		return line[lang]
	}
	return fmt.Sprintf(line[lang], with...)
}

// script is what a module of ours needs to say: the lines whose key begins
// with prefix, as JSON, keys without it.
func (w words) script(lang, prefix string) (string, error) {
	lines := map[string]string{}
	for key, line := range w {
		if short, ok := strings.CutPrefix(key, prefix); ok {
			lines[short] = line[lang]
		}
	}
	if len(lines) == 0 {
		return "", fmt.Errorf("no words begin with %q", prefix)
	}
	text, err := json.Marshal(lines)
	return string(text), err
}

// called is an article's number as people say it: Wet 2, Stap 1.
func (w words) called(lang, number string) string {
	kind, rest, _ := strings.Cut(number, ".")
	switch {
	case number == "inleiding":
		return w.say(lang, "article.intro")
	case rest != "" && w["article.of:"+kind] != nil:
		return w.say(lang, "article.of:"+kind, rest)
	}
	return w.say(lang, "article.number", number)
}

func (v *visit) word(key string, with ...any) string { return v.words.say(v.lang, key, with...) }

var months = map[string][12]string{
	dutch: {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
		"september", "oktober", "november", "december"},
	english: {"January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December"},
}

// date is t's day as people write it: 2 augustus 2025.
func date(lang string, t time.Time) string {
	t = t.In(calendar.Amsterdam)
	return fmt.Sprintf("%d %s %d", t.Day(), months[lang][t.Month()-1], t.Year())
}

// clock is t's time of day: 14:03. exact has the seconds: 14:03:20.
func clock(t time.Time) string { return t.In(calendar.Amsterdam).Format("15:04") }
func exact(t time.Time) string { return t.In(calendar.Amsterdam).Format("15:04:05") }

// moment is a day and a time: 2 augustus 2025 om 14:03.
func (w words) moment(lang string, t time.Time) string {
	return w.say(lang, "time.moment", date(lang, t), clock(t))
}

// lasting is a length of time in whole seconds, minutes, hours or days.
func (w words) lasting(lang string, d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.say(lang, "time.seconds", int(d.Round(time.Second)/time.Second))
	case d < time.Hour:
		return w.say(lang, "time.minutes", int(d/time.Minute), int(d%time.Minute/time.Second))
	}
	if d >= 48*time.Hour {
		return w.say(lang, "time.days", int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour))
	}
	return w.say(lang, "time.hours", int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// size is a number of bytes: 1,2 MB.
func (w words) size(lang string, n int64) string {
	x, unit := float64(n)/1e3, "kB"
	for _, larger := range []string{"MB", "GB", "TB"} {
		if x >= 999.95 {
			x, unit = x/1e3, larger
		}
	}
	return w.decimal(lang, x) + " " + unit
}

// decimal is a number with one digit behind the point: 1,2.
func (w words) decimal(lang string, x float64) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', 1, 64), ".", w.say(lang, "number.point"), 1)
}
