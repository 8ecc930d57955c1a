package footage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

const (
	restShare   = 1000             // how many times as long as a sum took is rested after it,
	firstShare  = 10               // and in the first round, while nothing is known
	measureEach = 10 * time.Second // the shortest time between two sums of one camera
	rateOver    = 7 * 24           // hours: over which a camera's daily amount is taken
	gapsOver    = 7 * 24 * time.Hour
)

// A Usage is what one camera has on disk, as it was At.
type Usage struct {
	Camera premises.CameraID
	At     time.Time
	Hours  []HourUsage // those of which there is footage, oldest first
	Oldest vault.Hour  // the first that isn't merely held; 0 if there is none
	Held   int64       // bytes that an incident keeps, or will
	Gaps   []GapUsage  // of the last seven days, the longest first
}

// An HourUsage is what there is of one hour of a camera.
type HourUsage struct {
	Hour     vault.Hour
	Bytes    int64
	Segments int64
	Length   time.Duration // of the footage
}

// A GapUsage is how much was missed for one cause.
type GapUsage struct {
	Cause  string
	Times  int
	Length time.Duration
}

// Bytes is all that u's camera has on disk.
func (u Usage) Bytes() (n int64) {
	for _, h := range u.Hours {
		n += h.Bytes
	}
	return n
}

// Daily is how many bytes the camera adds in a day, as the last seven days
// went; 0 if it recorded nothing in them.
func (u Usage) Daily() int64 {
	now := vault.HourOf(u.At)
	var bytes int64
	first := now
	for _, h := range u.Hours {
		if h.Hour > now-rateOver && h.Hour <= now {
			bytes += h.Bytes
			first = min(first, h.Hour)
		}
	}
	took := u.At.Sub(first.Start())
	if recorded := u.recorded(); took < time.Hour || recorded < time.Hour {
		took = recorded // it just began
	}
	if took <= 0 {
		return 0
	}
	return int64(float64(bytes) * float64(24*time.Hour) / float64(took))
}

// recorded is how long all the footage lasts.
func (u Usage) recorded() (length time.Duration) {
	for _, h := range u.Hours {
		length += h.Length
	}
	return length
}

// usages are what is known of every camera.
type usages struct {
	mu    sync.Mutex
	known map[premises.CameraID]Usage
}

// Usage returns what every camera has on disk, by its id, as far as
// [Store.Measure] has come.
func (s *Store) Usage() []Usage {
	s.usages.mu.Lock()
	defer s.usages.mu.Unlock()
	var out []Usage
	for _, id := range slices.Sorted(maps.Keys(s.usages.known)) {
		out = append(out, s.usages.known[id])
	}
	return out
}

// inTime is how many bytes all cameras write in some time, as far as is known.
func (s *Store) inTime(d time.Duration) int64 {
	s.usages.mu.Lock()
	defer s.usages.mu.Unlock()
	var daily int64
	for _, u := range s.usages.known {
		daily += u.Daily()
	}
	return int64(float64(daily) * float64(d) / float64(24*time.Hour))
}

// Measure adds up what every camera uses, one after the other, over and over,
// until ctx ends. It rests three hundred times as long as it works, so that the
// database doesn't notice. report gets what can't be added up.
func (s *Store) Measure(ctx context.Context, report func(error)) {
	for share := time.Duration(firstShare); ctx.Err() == nil; share = restShare {
		began := s.now()
		if err := s.measureAll(ctx, share); err != nil && ctx.Err() == nil {
			report(fmt.Errorf("couldn't add up what the cameras use: %w", err))
		}
		rest(ctx, min(measureEach, measureEach-s.now().Sub(began)))
	}
}

// measureAll adds up all cameras once, and forgets those of which there is
// nothing any more.
func (s *Store) measureAll(ctx context.Context, share time.Duration) error {
	oldest, err := s.Oldest(ctx, s.db)
	if err != nil {
		return err
	}
	cameras, err := s.cameras(ctx)
	if err != nil {
		return err
	}
	s.usages.keep(cameras)
	for _, camera := range cameras {
		began := s.now()
		u, err := s.measure(ctx, camera, began)
		if err != nil {
			return err
		}
		u.Oldest = oldest[camera]
		s.usages.set(u)
		rest(ctx, s.now().Sub(began)*share)
	}
	return ctx.Err()
}

// keep forgets all cameras but these.
func (u *usages) keep(cameras []premises.CameraID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.DeleteFunc(u.known, func(id premises.CameraID, _ Usage) bool { return !slices.Contains(cameras, id) })
}

func (u *usages) set(of Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.known == nil {
		u.known = map[premises.CameraID]Usage{}
	}
	u.known[of.Camera] = of
}

// haveAny steps from camera to camera through the indexes of segments and gaps.
const haveAny = `WITH RECURSIVE c (camera) AS (SELECT MIN(camera) FROM segment
		UNION ALL SELECT (SELECT MIN(s.camera) FROM segment s WHERE s.camera > c.camera) FROM c WHERE c.camera IS NOT NULL),
	g (camera) AS (SELECT MIN(camera) FROM gap
		UNION ALL SELECT (SELECT MIN(gap.camera) FROM gap WHERE gap.camera > g.camera) FROM g WHERE g.camera IS NOT NULL)
	SELECT camera FROM c WHERE camera IS NOT NULL UNION SELECT camera FROM g WHERE camera IS NOT NULL ORDER BY camera`

// cameras are those that have footage, or ever had a gap.
func (s *Store) cameras(ctx context.Context) (out []premises.CameraID, err error) {
	rows, err := s.db.QueryContext(ctx, haveAny)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id premises.CameraID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

const (
	hourSums = `SELECT hour, SUM(bytes), COUNT(*), SUM(to_at - from_at) FROM segment WHERE camera = $1 GROUP BY hour ORDER BY hour`
	heldSum  = `SELECT COALESCE(SUM(bytes), 0) FROM segment WHERE id IN (SELECT s.id FROM hold h JOIN segment s
		ON s.camera = h.camera AND s.from_at > h.from_at - $2 AND s.from_at < h.to_at AND s.to_at > h.from_at
		WHERE h.camera = $1 AND h.lifted_at IS NULL)`
)

// measure adds up what one camera has.
func (s *Store) measure(ctx context.Context, camera premises.CameraID, now time.Time) (Usage, error) {
	u := Usage{Camera: camera, At: now}
	rows, err := s.db.QueryContext(ctx, hourSums, camera)
	if err != nil {
		return u, err
	}
	defer rows.Close()
	for rows.Next() {
		var h HourUsage
		var us int64
		if err := rows.Scan(&h.Hour, &h.Bytes, &h.Segments, &us); err != nil {
			return u, err
		}
		h.Length = time.Duration(us) * time.Microsecond
		u.Hours = append(u.Hours, h)
	}
	if err := rows.Err(); err != nil {
		return u, err
	}
	if err := s.db.QueryRowContext(ctx, heldSum, camera, reach.Microseconds()).Scan(&u.Held); err != nil {
		return u, err
	}
	u.Gaps, err = s.missed(ctx, camera, Span{From: now.Add(-gapsOver), To: now})
	return u, err
}

// recentGaps are the gaps of camera $1 that touch the time from $2 to $3. A
// camera has one gap at a time, so but one of those that began before reaches
// into it.
const recentGaps = `SELECT id, camera, from_at, to_at, cause, detail FROM gap WHERE camera = $1 AND from_at < $3
	AND from_at >= COALESCE((SELECT MAX(from_at) FROM gap WHERE camera = $1 AND from_at < $2), $2)`

// missed adds up what a camera missed during span, cause by cause.
func (s *Store) missed(ctx context.Context, camera premises.CameraID, span Span) ([]GapUsage, error) {
	found, err := gaps(ctx, s.db, recentGaps, camera, db.Micros(span.From), db.Micros(span.To))
	if err != nil {
		return nil, err
	}
	var out []GapUsage
	for _, g := range found {
		from, to := g.Span.From, g.Span.To
		if to.IsZero() || to.After(span.To) {
			to = span.To
		}
		if from.Before(span.From) {
			from = span.From
		}
		if !to.After(from) {
			continue
		}
		i := slices.IndexFunc(out, func(o GapUsage) bool { return o.Cause == g.Cause })
		if i < 0 {
			i, out = len(out), append(out, GapUsage{Cause: g.Cause})
		}
		out[i].Times++
		out[i].Length += to.Sub(from)
	}
	slices.SortFunc(out, func(a, b GapUsage) int { return cmp.Compare(b.Length, a.Length) })
	return out, nil
}

// rest waits, until ctx ends at most.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
