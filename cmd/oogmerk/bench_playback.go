package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
	"oogmerk/internal/web"
)

// A playbackResult is what bench playback prints. Times are in milliseconds,
// of the server alone.
type playbackResult struct {
	Days       int     `json:"days"` // recorded, of one camera
	Segments   int     `json:"segments"`
	Engine     string  `json:"engine"`          // of the database
	FillS      float64 `json:"fill_s"`          // sealing and writing all that
	Timeline   float64 `json:"timeline_ms_p50"` // GET /tijdlijn of all days, answered
	TimelineHi float64 `json:"timeline_ms_p95"`
	TimelineKB float64 `json:"timeline_kb"`
	First      float64 `json:"first_picture_ms_p50"` // the gate, the film, and the key picture decrypted
	FirstHi    float64 `json:"first_picture_ms_p95"`
	Gate       float64 `json:"gate_ms_p50"`      // of that, the ruling and its line in the logbook
	Long       float64 `json:"two_hours_ms_p50"` // as first picture, for two hours of small pictures
	Seek       float64 `json:"seek_ms_p50"`      // another moment of the same film: one fragment decrypted
}

const (
	benchReal   = 12 * time.Minute // that are film, of so many Mbit/s
	benchWish   = 10 * time.Minute // of which so much is asked for
	benchMinute = time.Minute      // one picture of the rest
)

// A playbackLoad is what there is to look at.
type playbackLoad struct {
	dir, database string
	days, times   int
	mbit          float64
}

// benchPlayback measures what looking at footage costs: it records days of
// one camera through the store, by a clock of its own, and asks for the
// timeline and for a moment in the middle.
func benchPlayback(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench playback", flag.ContinueOnError)
	days := set.String("days", "1,28", "how many days to record, one measurement each")
	load := playbackLoad{}
	set.IntVar(&load.times, "n", 30, "how often each thing is asked")
	set.Float64Var(&load.mbit, "mbit", 4, "Mbit/s of the film that is asked for")
	set.StringVar(&load.database, "db", "", "postgres://… `address` of an empty database, instead of a SQLite file")
	data := set.String("data", "", "`directory` to make a temporary one in, on the disk to measure; that of the system unless given")
	profile := set.String("profile", "", "where to write a profile of the processor time, for go tool pprof")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if load.times < 3 || load.mbit <= 0 || load.mbit > 50 {
		return errors.New("choose at least 3 times, and at most 50 Mbit/s")
	}
	for part := range strings.SplitSeq(*days, ",") {
		if _, err := fmt.Sscan(part, &load.days); err != nil || load.days < 1 || load.days > 60 {
			return fmt.Errorf("couldn't read %q: choose 1 to 60 days", part)
		}
		dir, err := os.MkdirTemp(*data, "oogmerk-bench-")
		if err != nil {
			return err
		}
		load.dir = dir
		result, err := load.measure(ctx, *profile)
		if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(result); err != nil {
			return err
		}
	}
	return nil
}

func (l playbackLoad) measure(ctx context.Context, profile string) (result playbackResult, err error) {
	var at atomic.Int64 // the program's clock, in microseconds
	end := time.Now().UTC().Truncate(time.Hour)
	begin := end.Add(-time.Duration(l.days) * 24 * time.Hour)
	at.Store(begin.UnixMicro())
	var fault atomic.Value
	p, err := benchProgramAt(ctx, place{dir: filepath.Join(l.dir, "data"), dsn: l.database}, func() time.Time { return time.UnixMicro(at.Load()) },
		[]string{"rtsp://127.0.0.1:9/"}, func(err error) { fault.Store(err) })
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return result, err
	}
	camera := cameras[0].ID
	began := time.Now()
	middle := begin.Add(time.Duration(l.days) * 12 * time.Hour)
	if err := l.fill(ctx, p, camera, footage.Span{From: begin, To: end}, middle, &at); err != nil {
		return result, err
	}
	result = playbackResult{Days: l.days, FillS: round(time.Since(began).Seconds(), 1), Engine: engine(l.database)}
	at.Store(end.Add(10 * time.Minute).UnixMicro())
	if err := p.footage.Summarise(ctx); err != nil {
		return result, err
	}
	if err := p.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM segment`).Scan(&result.Segments); err != nil {
		return result, err
	}
	var failed error
	err = profiled(profile, func() {
		failed = l.look(ctx, p, camera, footage.Span{From: begin, To: end}, middle, &result)
	})
	return result, errors.Join(err, failed)
}

// fill records span: a picture a minute, but for some minutes of real film
// from middle on.
func (l playbackLoad) fill(ctx context.Context, p *program, camera premises.CameraID, span footage.Span, middle time.Time, clock *atomic.Int64) error {
	film, err := benchFilm(string(media.H264), "")
	if err != nil {
		return err
	}
	return p.shoot(ctx, camera, span, func(w *footage.Writer) error { return l.write(ctx, w, film, span, middle, clock) })
}

// write writes what fill records.
func (l playbackLoad) write(ctx context.Context, w *footage.Writer, film media.Clip, span footage.Span, middle time.Time, clock *atomic.Int64) error {
	real := footage.Span{From: middle, To: middle.Add(benchReal)}
	key := film.Pictures[0]
	for at := span.From; at.Before(span.To); at = at.Add(benchMinute) {
		clock.Store(at.UnixMicro())
		if at.Equal(middle) {
			if err := record(ctx, w, numbered(film, l.mbit), real); err != nil {
				return err
			}
		}
		if !at.Before(real.From) && at.Before(real.To) {
			continue
		}
		f := &media.Fragment{Start: at, Config: &film.Config, Data: key.Data, Activity: uint8(1 + at.Minute()),
			Samples: []media.Sample{{Size: uint32(len(key.Data)), Duration: uint32(benchMinute.Seconds() * media.Clock), Key: true}}}
		if err := paced(ctx, w, f); err != nil {
			return err
		}
	}
	return nil
}

// shoot records what film writes, as if camera saw it during span.
func (p *program) shoot(ctx context.Context, camera premises.CameraID, span footage.Span, film func(*footage.Writer) error) (err error) {
	running, stop := context.WithCancel(ctx)
	stored := make(chan error, 1)
	go func() { stored <- p.footage.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-stored)
	}()
	permit, err := p.gate.Enter(ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(),
		On: footage.Subject(camera, footage.Span{From: span.From.Add(-time.Hour), To: span.To.Add(time.Hour)})})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, permit.Close(ctx, "gedaan", nil)) }()
	w := p.footage.Record(permit, camera)
	if err := film(w); err != nil {
		return err
	}
	return w.Close(ctx)
}

// record puts film in the store, over and over, as if a camera saw it.
func record(ctx context.Context, w *footage.Writer, film media.Clip, span footage.Span) error {
	f := media.NewFragmenter(500*time.Millisecond, func(f *media.Fragment) error { return paced(ctx, w, f) })
	for lap := uint64(0); ; lap++ {
		for _, au := range film.Pictures {
			au.DTS += lap * film.Ticks()
			au.Time = span.From.Add(media.Duration(au.DTS))
			if au.Time.After(span.To) {
				return f.Flush()
			}
			if err := f.Push(&au); err != nil {
				return err
			}
		}
	}
}

// paced writes f, as often as it takes: no camera is as fast as a bench.
func paced(ctx context.Context, w *footage.Writer, f *media.Fragment) error {
	for {
		err := w.Write(ctx, f)
		if !errors.Is(err, footage.ErrBehind) {
			return err
		}
	}
}

// look asks for everything, so many times.
func (l playbackLoad) look(ctx context.Context, p *program, camera premises.CameraID, span footage.Span, middle time.Time, result *playbackResult) error {
	token, err := p.people.SignIn(ctx, "", "meter", "wie-meet-weet-veel")
	if err != nil {
		return err
	}
	if err := l.timelines(p, token, camera, span, result); err != nil {
		return err
	}
	who, err := p.people.Present(ctx, token)
	if err != nil {
		return err
	}
	ask := func(span footage.Span) (first []time.Duration, seek []time.Duration, err error) {
		for i := range l.times {
			took, again, err := firstPicture(ctx, p, who, viewing.Wish{Camera: camera, Span: span, Purpose: benchPurpose}, i)
			if err != nil {
				return nil, nil, err
			}
			first, seek = append(first, took), append(seek, again)
		}
		return first, seek, nil
	}
	wish := footage.Span{From: middle.Add(time.Minute + 7*time.Second), To: middle.Add(time.Minute + 7*time.Second + benchWish)}
	first, seek, err := ask(wish)
	if err != nil {
		return err
	}
	result.First, result.FirstHi, result.Seek = ms(part(first, 50)), ms(part(first, 95)), ms(part(seek, 50))
	long, _, err := ask(footage.Span{From: span.From.Add(time.Hour), To: span.From.Add(3 * time.Hour)})
	if err != nil {
		return err
	}
	result.Long = ms(part(long, 50))
	var entering []time.Duration
	for range l.times {
		req := who.Request(regulation.PlayBack, footage.Subject(camera, wish))
		req.For = benchPurpose
		began := time.Now()
		permit, err := p.gate.Enter(ctx, req)
		entering = append(entering, time.Since(began))
		if err != nil {
			return err
		}
		if err := permit.Close(ctx, "gedaan", nil); err != nil {
			return err
		}
	}
	result.Gate = ms(part(entering, 50))
	return nil
}

// timelines asks for the timeline of all of span, as a page does.
func (l playbackLoad) timelines(p *program, token string, camera premises.CameraID, span footage.Span, result *playbackResult) error {
	pages, err := web.New(webOptions(p, false, nil))
	if err != nil {
		return err
	}
	path := "/tijdlijn?" + url.Values{"camera": {string(camera)}, "van": {fmt.Sprint(span.From.UnixMilli())}, "tot": {fmt.Sprint(span.To.UnixMilli())}, "vakken": {"1000"}}.Encode()
	var took []time.Duration
	for range l.times {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "oogmerk", Value: token})
		answer := httptest.NewRecorder()
		began := time.Now()
		pages.ServeHTTP(answer, r)
		took = append(took, time.Since(began))
		if answer.Code != http.StatusOK {
			return fmt.Errorf("couldn't get the timeline: %d %s", answer.Code, answer.Body)
		}
		result.TimelineKB = round(float64(answer.Body.Len())/1e3, 1)
	}
	result.Timeline, result.TimelineHi = ms(part(took, 50)), ms(part(took, 95))
	return nil
}

// firstPicture plays back w, and times how long it takes until its first key
// picture is decrypted, and after that until another is.
func firstPicture(ctx context.Context, p *program, who people.Presence, w viewing.Wish, n int) (first, seek time.Duration, err error) {
	began := time.Now()
	playback, err := p.room.PlayBack(ctx, who, w)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, playback.End(ctx)) }()
	movie, err := playback.Movie(ctx)
	if err != nil {
		return 0, 0, err
	}
	size, err := movie.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, 0, err
	}
	head, err := untilPictures(movie)
	if err != nil {
		return 0, 0, err
	}
	first = time.Since(began)
	began = time.Now()
	if _, err := movie.Seek(head+(size-head)*int64(1+n%7)/8, io.SeekStart); err != nil {
		return 0, 0, err
	}
	_, err = io.ReadFull(movie, make([]byte, min(32<<10, size/16)))
	return first, time.Since(began), err
}

// untilPictures reads the tables of a movie and the beginning of its first
// picture, and returns where that is.
func untilPictures(movie io.ReadSeeker) (at int64, err error) {
	if _, err := movie.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	var head bytes.Buffer
	for {
		if _, err := io.CopyN(&head, movie, 4096); err != nil {
			return 0, err
		}
		if i := bytes.Index(head.Bytes(), []byte("mdat")); i >= 0 && head.Len() >= i+4096 {
			return int64(i + 4), nil
		}
	}
}

// engine is which database an address is of.
func engine(dsn string) string {
	if dsn == "" {
		return "sqlite"
	}
	return "postgres"
}

func ms(d time.Duration) float64 { return round(microseconds(d)/1000, 2) }
