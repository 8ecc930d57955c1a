package footage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// Weeks of a camera are tens of thousands of rows of the index. What is known
// of an hour that is over doesn't change, so it is kept in one row more.

const (
	runSize = 8 // bytes of a run: from and to, in milliseconds since the hour began
	// settled is how long after its end an hour is summarised: what was
	// written in it is in the index by then.
	settled        = 5 * time.Minute
	summariseEvery = time.Minute
)

// unsummarised steps through the hours of a camera in the index.
const unsummarised = `WITH RECURSIVE h (hour) AS (SELECT MIN(hour) FROM segment WHERE camera = $1 AND hour >= $2
		UNION ALL SELECT (SELECT MIN(s.hour) FROM segment s WHERE s.camera = $1 AND s.hour > h.hour) FROM h WHERE h.hour < $3)
	SELECT hour FROM h WHERE hour < $3
		AND NOT EXISTS (SELECT 1 FROM recorded_hour r WHERE r.camera = $1 AND r.hour = h.hour)
		AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.camera = $1 AND e.hour = h.hour)`

// recordedCameras steps through the cameras in the index.
const recordedCameras = `WITH RECURSIVE c (camera) AS (SELECT MIN(camera) FROM segment
		UNION ALL SELECT (SELECT MIN(s.camera) FROM segment s WHERE s.camera > c.camera) FROM c WHERE c.camera IS NOT NULL)
	SELECT camera FROM c WHERE camera IS NOT NULL`

// Summarise writes down in short what was recorded in each hour that is over.
// What it writes can be made anew from the index, and goes with it.
func (s *Store) Summarise(ctx context.Context) error { return s.summariseFrom(ctx, 0) }

// KeepSummaries summarises hours as they end, until ctx does. The first time
// it looks at all hours there are, then at those of the last day.
func (s *Store) KeepSummaries(ctx context.Context, report func(error)) {
	tick := time.NewTicker(summariseEvery)
	defer tick.Stop()
	for from := vault.Hour(0); ; {
		err := s.summariseFrom(ctx, from)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			report(err)
		} else {
			from = vault.HourOf(s.now().Add(-24 * time.Hour))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Store) summariseFrom(ctx context.Context, from vault.Hour) error {
	before := vault.HourOf(s.now().Add(-settled))
	cameras, err := column[premises.CameraID](ctx, s.db, recordedCameras)
	if err != nil {
		return fmt.Errorf("couldn't summarise what was recorded: %w", err)
	}
	for _, camera := range cameras {
		hours, err := column[vault.Hour](ctx, s.db, unsummarised, camera, from, before)
		for i := 0; err == nil && i < len(hours); i++ {
			err = s.summariseHour(ctx, camera, hours[i])
		}
		if err != nil {
			return fmt.Errorf("couldn't summarise what camera %s recorded: %w", camera, err)
		}
	}
	return nil
}

// summariseHour summarises an hour, unless it is being erased or written.
func (s *Store) summariseHour(ctx context.Context, camera premises.CameraID, hour vault.Hour) error {
	return within(ctx, s.db, func(tx *sql.Tx) error {
		// Locked, so that who erases the hour waits, and takes the summary along.
		found, err := traces(ctx, tx, `SELECT hour, from_at, to_at, activity FROM segment
			WHERE camera = $1 AND hour = $2 AND fragments > 0 AND state = 'closed' ORDER BY from_at, id`+s.db.ForUpdate(), camera, hour)
		if err != nil || len(found) == 0 {
			return err
		}
		busy, err := exists(ctx, tx, `SELECT 1 FROM segment WHERE camera = $1 AND hour = $2 AND state <> 'closed' LIMIT 1`, camera, hour)
		if err != nil || busy {
			return err
		}
		runs, peaks := summary(hour, found)
		_, err = tx.ExecContext(ctx, `INSERT INTO recorded_hour (camera, hour, runs, peaks) SELECT $1, $2, $3, $4
			WHERE NOT EXISTS (SELECT 1 FROM erasure WHERE camera = $1 AND hour = $2) ON CONFLICT (camera, hour) DO NOTHING`,
			string(camera), int64(hour), runs, peaks)
		return err
	})
}

// summary is what a row of recorded_hour says.
func summary(hour vault.Hour, found []trace) (runs, peaks []byte) {
	t := &tracing{span: Span{From: hour.Start(), To: (hour + 1).Start()}, step: time.Minute, peaks: make([]byte, 60)}
	for _, r := range found {
		t.runs = append(t.runs, r.Run)
		for i, a := range r.activity {
			from := r.Span.From.Add(time.Duration(i) * slot)
			t.notes(Span{From: from, To: from.Add(slot)}, a)
		}
	}
	for _, r := range joined(t.runs) {
		for _, at := range []time.Time{r.Span.From, r.Span.To} {
			runs = binary.BigEndian.AppendUint32(runs, uint32(max(0, at.Sub(hour.Start())).Milliseconds()))
		}
	}
	return runs, t.peaks
}

// forgetSummary is for who changes which segments an hour has.
func forgetSummary(ctx context.Context, q db.Querier, camera premises.CameraID, hour vault.Hour) error {
	_, err := q.ExecContext(ctx, `DELETE FROM recorded_hour WHERE camera = $1 AND hour = $2`, string(camera), int64(hour))
	return err
}

// column reads the only column of a query.
func column[T any](ctx context.Context, q db.Querier, query string, args ...any) (out []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
