package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/demo"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/regulations"
)

// schoolTimes lets cameras record at certain times only.
const schoolTimes = `

## Artikel 9 – Op schooltijd

Camera's nemen alleen op schooltijd op: van maandag tot en met vrijdag van acht tot vijf.

` + "```yaml" + `
vensters:
  schooltijd:
    dagen: [ma, di, wo, do, vr]
    van: "08:00"
    tot: "17:00"
    feestdagen: ja
` + "```" + `

` + "```cedar" + `
@uitleg("Buiten schooltijd neemt een camera niet op.")
forbid (principal, action == Action::"opnemen", resource)
unless { context.vensters.contains("schooltijd") };
` + "```\n"

// TestStorySchedule: under a regulation with times a camera records then, and
// only then. What is missing says by which article, and the timeline shows it.
func TestStorySchedule(t *testing.T) {
	t.Parallel()
	text, err := regulations.Files.ReadFile("clusius.md")
	if err != nil {
		t.Fatal(err)
	}
	law := filepath.Join(t.TempDir(), "clusius.md")
	if err := os.WriteFile(law, append(text, schoolTimes...), 0o600); err != nil {
		t.Fatal(err)
	}
	monday := next(time.Monday, time.Now())
	clock := &demoClock{}
	clock.offset.Store(int64(time.Until(monday.Add(16*time.Hour + 59*time.Minute + 40*time.Second))))
	clips, err := demo.Clips()
	if err != nil {
		t.Fatal(err)
	}
	h := inhabit(t, law, demo.Options{Clips: clips, Count: 1}, clock, nil)
	camera := h.id("Hoofdingang")
	h.becomes(camera, recorder.Recording)
	h.becomes(camera, recorder.Forbidden)
	h.as("samira")
	h.browser.open("/camera/" + string(camera))
	h.reads("Artikel 9")
	h.accessible("after-five")

	// The evening, the night, and then it begins by itself.
	if err := clock.move(t.Context(), time.Until(monday.Add(31*time.Hour+59*time.Minute+50*time.Second).Add(-clock.ahead()))); err != nil {
		t.Fatal(err)
	}
	h.becomes(camera, recorder.Recording)
	h.as("samira")
	tuesday := monday.Add(24 * time.Hour)
	h.onlyAtSchoolTimes(t, camera, monday, tuesday)
	h.browser.open(fmt.Sprintf("/terugkijken?camera=%s&datum=%s", camera, typedDay(tuesday)))
	h.until(10*time.Second, `document.querySelectorAll(".axis .tick").length > 2`)
	js[any](h.browser, `document.querySelectorAll("details").forEach(d => { if (d.querySelector(".pieces")) d.open = true })`)
	h.until(10*time.Second, `document.querySelector(".pieces tbody tr").innerText.includes("opnemen was niet toegestaan (Artikel 9)")`)
	if at := js[string](h.browser, `document.querySelector(".pieces tbody a").getAttribute("href")`); at != "/reglement#9" {
		t.Errorf("the article leads to %s", at)
	}
	h.accessible("timeline")
	h.narrow("timeline")
	h.english("timeline")
}

// next is midnight in Amsterdam of the next such day, at least a day ahead.
func next(day time.Weekday, now time.Time) time.Time {
	at := now.In(calendar.Amsterdam)
	at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, calendar.Amsterdam)
	for at.Weekday() != day {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// becomes waits until a camera is in a state.
func (h *house) becomes(camera premises.CameraID, state string) {
	h.t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for began := time.Now(); h.recorder.Status(camera).State != state; <-look.C {
		if time.Since(began) > 60*time.Second {
			h.t.Fatalf("camera is %+v, want %s", h.recorder.Status(camera), state)
		}
	}
}

// onlyAtSchoolTimes expects footage of just before five and just after eight,
// and one gap in between, by the article, to the second.
func (h *house) onlyAtSchoolTimes(t *testing.T, camera premises.CameraID, monday, tuesday time.Time) {
	t.Helper()
	five, eight := monday.Add(17*time.Hour), tuesday.Add(8*time.Hour)
	var gaps []footage.Gap
	var err error
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for began := time.Now(); len(gaps) == 0 || gaps[len(gaps)-1].Span.To.IsZero(); <-look.C {
		if gaps, err = h.footage.Gaps(t.Context(), h.db, camera, footage.Span{From: five.Add(-2 * time.Second), To: eight.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("the gap doesn't end: %+v", gaps)
		}
	}
	if len(gaps) != 1 || gaps[0].Detail != "artikel 9" || gaps[0].Cause != "geen toestemming" {
		t.Fatalf("between %v and %v the gaps are %+v, want one by article 9", five, eight, gaps)
	}
	t.Logf("recording ended %v after five and began %v after eight", gaps[0].Span.From.Sub(five).Round(time.Millisecond), gaps[0].Span.To.Sub(eight).Round(time.Millisecond))
	if late := gaps[0].Span.From.Sub(five); late < -2*time.Second || late > 2*time.Second {
		t.Errorf("recording ended %v after five", late)
	}
	if late := gaps[0].Span.To.Sub(eight); late < 0 || late > 15*time.Second {
		t.Errorf("recording began %v after eight", late)
	}
	h.recordedOutside(t, camera, footage.Span{From: monday, To: tuesday.Add(24 * time.Hour)}, five.Add(2*time.Second), eight)
}

// recordedOutside expects two runs of footage in a span, and none between two
// instants.
func (h *house) recordedOutside(t *testing.T, camera premises.CameraID, span footage.Span, five, eight time.Time) {
	t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for began := time.Now(); ; <-look.C {
		timeline, err := h.footage.Timeline(t.Context(), h.db, camera, span, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range timeline.Runs {
			if run.Span.To.After(five) && run.Span.From.Before(eight) {
				t.Errorf("there is footage of %v to %v", run.Span.From, run.Span.To)
			}
		}
		if len(timeline.Runs) >= 2 {
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("there is footage of %+v only", timeline.Runs)
		}
	}
}
