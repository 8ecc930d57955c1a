package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
)

// What a timeline on a page is drawn from: the same pieces as the table says,
// and how much moved, in as many columns as the page has.

const (
	mostColumns  = 1000
	longestShown = 40 * 24 * time.Hour
)

// A timeQuery is what a page asks about a camera's time.
type timeQuery struct {
	camera  premises.CameraID
	span    footage.Span
	columns int
}

// readTimeQuery reads the address of a timeline's data: times are in
// milliseconds since 1970.
func readTimeQuery(q url.Values) (timeQuery, error) {
	from, err1 := strconv.ParseInt(q.Get("van"), 10, 64)
	to, err2 := strconv.ParseInt(q.Get("tot"), 10, 64)
	columns, err3 := strconv.Atoi(q.Get("vakken"))
	t := timeQuery{camera: premises.CameraID(q.Get("camera")), columns: columns}
	if err1 != nil || err2 != nil || err3 != nil || from < 0 || to <= from || to-from > longestShown.Milliseconds() ||
		columns < 1 || columns > mostColumns || len(t.camera) > 64 {
		return timeQuery{}, mistake{key: "wrong.timeline"}
	}
	t.span = footage.Span{From: time.UnixMilli(from).UTC(), To: time.UnixMilli(to).UTC()}
	return t, nil
}

// timeData is what GET /tijdlijn answers.
type timeData struct {
	From     int64      `json:"van"` // milliseconds since 1970
	To       int64      `json:"tot"`
	Step     int64      `json:"stap"` // milliseconds of one byte of Activity
	Pieces   []timeLine `json:"stukken"`
	Activity []byte     `json:"beweging"` // base64; as footage.Timeline.Peaks
}

// A timeLine is one piece of it.
type timeLine struct {
	From int64  `json:"van"`
	To   int64  `json:"tot"`
	Kind string `json:"soort"`
	Says string `json:"tekst"` // HTML, as in the table
}

// timeline is GET /tijdlijn: what there is of a camera between two instants.
// It is metadata, and shown to whom the overview of a day is shown.
func (s *site) timeline(v *visit) error {
	q, err := readTimeQuery(v.r.URL.Query())
	if err != nil {
		return err
	}
	camera, err := s.Premises.Camera(v.ctx(), q.camera)
	if err != nil {
		return err
	}
	step := max(q.span.To.Sub(q.span.From)/time.Duration(q.columns), time.Second).Round(time.Millisecond)
	strip, err := v.stripIn(camera, q.span, step)
	if err != nil {
		return err
	}
	data := timeData{From: q.span.From.UnixMilli(), To: q.span.To.UnixMilli(), Step: strip.step.Milliseconds(), Pieces: []timeLine{}, Activity: strip.peaks}
	for _, r := range coarser(strip.Rows(), step) {
		text, err := v.render("lookback", "piece", r)
		if err != nil {
			return err
		}
		data.Pieces = append(data.Pieces, timeLine{r.Span.From.UnixMilli(), r.Span.To.UnixMilli(), r.Kind, strings.TrimSpace(string(text))})
	}
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(text) // fails only for who is gone already
	return nil
}

// coarser makes one row of several that are each shorter than step: more
// detail than can be drawn. What they say in turn is counted.
func coarser(rows []row, step time.Duration) []row {
	var out []row
	for i := 0; i < len(rows); {
		n, causes := 0, map[string]bool{}
		for i+n < len(rows) && rows[i+n].Span.To.Sub(rows[i+n].Span.From) < step {
			if c := rows[i+n].Cause; c != "" {
				causes[c] = true
			}
			n++
		}
		if n < 3 {
			n = max(n, 1)
			out = append(out, rows[i:i+n]...)
		} else {
			r := row{piece: piece{Kind: mixed, Span: footage.Span{From: rows[i].Span.From, To: rows[i+n-1].Span.To}}, Ends: rows[i+n-1].Ends}
			for _, one := range rows[i : i+n] {
				if !one.There() {
					r.Times++
				}
				if one.Kind == held {
					r.Under = one.Under
				}
			}
			if len(causes) == 1 {
				for c := range causes {
					r.Cause = c
				}
			}
			out = append(out, r)
		}
		i += n
	}
	return out
}
