package footage

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

const (
	// slot is what one byte of a segment's activity is about.
	slot = 5 * time.Second
	// seam is how far two segments may lie apart and still be one stretch: no
	// more than rounding, and a camera that takes up where it was.
	seam = 2 * time.Second
	// fine is the longest stretch that is read from the segments themselves.
	fine = 6 * time.Hour
)

// moved is the bit in a byte of activity that says: the camera noticed motion.
const moved = 0x80

// A Timeline is what is known of a stretch of a camera's time: metadata, no
// picture.
type Timeline struct {
	Runs []Run // in order of time
	// Peaks has one byte for each step of the stretch: the highest activity
	// in it, 1 to 101, or 0 if that isn't known; bit 7 says that the camera
	// itself noticed motion.
	Peaks []byte
	Step  time.Duration
}

// A Run is footage of one hour without a hole.
type Run struct {
	Hour vault.Hour
	Span Span
}

// Timeline returns what there is of camera during span, with its activity in
// steps of at least five seconds. Weeks come from what was summarised of each
// hour, so they cost no more than their hours do.
func (s *Store) Timeline(ctx context.Context, q db.Querier, camera premises.CameraID, span Span, step time.Duration) (Timeline, error) {
	step = max(step, slot)
	t := &tracing{span: span, step: step, peaks: make([]byte, (span.To.Sub(span.From)+step-1)/step)}
	coarse := []Span{span}
	if span.To.Sub(span.From) > fine {
		var err error
		if coarse, err = t.summaries(ctx, q, camera); err != nil {
			return Timeline{}, fmt.Errorf("couldn't read the summaries of camera %s: %w", camera, err)
		}
	}
	for _, rest := range coarse {
		if err := t.rows(ctx, q, camera, rest); err != nil {
			return Timeline{}, fmt.Errorf("couldn't read the segments of camera %s: %w", camera, err)
		}
	}
	slices.SortStableFunc(t.runs, func(a, b Run) int { return a.Span.From.Compare(b.Span.From) })
	return Timeline{Runs: joined(t.runs), Peaks: t.peaks, Step: step}, nil
}

// A tracing is a timeline being made.
type tracing struct {
	span  Span
	step  time.Duration
	runs  []Run
	peaks []byte
}

// notes keeps the activity of a stretch.
func (t *tracing) notes(span Span, activity byte) {
	if activity == 0 || !span.Overlaps(t.span) {
		return
	}
	first := max(0, int(span.From.Sub(t.span.From)/t.step))
	last := min(len(t.peaks)-1, int((span.To.Sub(t.span.From)-1)/t.step))
	for i := first; i <= last; i++ {
		t.peaks[i] = higher(t.peaks[i], activity)
	}
}

// higher is the higher of two activities; motion in either counts.
func higher(a, b byte) byte { return max(a&^moved, b&^moved) | (a|b)&moved }

// summaries takes what was summarised of whole hours, and returns the
// stretches of which nothing was.
func (t *tracing) summaries(ctx context.Context, q db.Querier, camera premises.CameraID) (rest []Span, err error) {
	rows, err := q.QueryContext(ctx, `SELECT r.hour, r.runs, r.peaks FROM recorded_hour r WHERE r.camera = $1 AND r.hour >= $2 AND r.hour < $3
		AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = r.camera AND e.hour = r.hour) ORDER BY r.hour`,
		camera, vault.HourOf(t.span.From), vault.HourOf(t.span.To.Add(time.Hour-1)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	at := t.span.From
	for rows.Next() {
		var hour vault.Hour
		var runs, peaks []byte
		if err := rows.Scan(&hour, &runs, &peaks); err != nil {
			return nil, err
		}
		if hour.Start().After(at) {
			rest = append(rest, Span{From: at, To: hour.Start()})
		}
		t.hour(hour, runs, peaks)
		at = (hour + 1).Start()
	}
	if at.Before(t.span.To) {
		rest = append(rest, Span{From: at, To: t.span.To})
	}
	return rest, rows.Err()
}

// hour takes the summary of one hour.
func (t *tracing) hour(hour vault.Hour, runs, peaks []byte) {
	begin := hour.Start()
	for ; len(runs) >= runSize; runs = runs[runSize:] {
		r := Run{Hour: hour, Span: Span{From: begin.Add(millis(runs)), To: begin.Add(millis(runs[4:]))}}
		if r.Span.Overlaps(t.span) {
			t.runs = append(t.runs, r)
		}
	}
	for i, p := range peaks {
		from := begin.Add(time.Duration(i) * time.Minute)
		t.notes(Span{From: from, To: from.Add(time.Minute)}, p)
	}
}

func millis(b []byte) time.Duration {
	return time.Duration(binary.BigEndian.Uint32(b)) * time.Millisecond
}

// rows takes the segments that begin during rest, or go on into the beginning
// of the whole.
func (t *tracing) rows(ctx context.Context, q db.Querier, camera premises.CameraID, rest Span) error {
	found, err := traces(ctx, q, `SELECT hour, from_at, to_at, activity FROM segment WHERE `+touching+`
		AND fragments > 0 AND state <> 'erasing' ORDER BY from_at, id`, args(camera, rest)...)
	if err != nil {
		return err
	}
	for _, r := range found {
		if r.Span.From.Before(rest.From) && rest.From.After(t.span.From) {
			continue // of the hour before, which was summarised
		}
		t.runs = append(t.runs, r.Run)
		for i, a := range r.activity {
			from := r.Span.From.Add(time.Duration(i) * slot)
			t.notes(Span{From: from, To: from.Add(slot)}, a)
		}
	}
	return nil
}

// A trace is a segment as a timeline sees it.
type trace struct {
	Run
	activity []byte
}

func traces(ctx context.Context, q db.Querier, query string, args ...any) (out []trace, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r trace
		var from, to int64
		if err := rows.Scan(&r.Hour, &from, &to, &r.activity); err != nil {
			return nil, err
		}
		r.Span = Span{From: timeOf(from), To: timeOf(to)}
		out = append(out, r)
	}
	return out, rows.Err()
}

// joined makes one of runs of the same hour that touch.
func joined(runs []Run) []Run {
	out := runs[:0]
	for _, r := range runs {
		if n := len(out); n > 0 && out[n-1].Hour == r.Hour && r.Span.From.Sub(out[n-1].Span.To) < seam {
			if r.Span.To.After(out[n-1].Span.To) {
				out[n-1].Span.To = r.Span.To
			}
			continue
		}
		out = append(out, r)
	}
	return out
}
