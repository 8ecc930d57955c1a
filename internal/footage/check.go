package footage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

const (
	openTooLong = 5 * time.Minute // longer than a segment can be open
	indexLag    = 5 * time.Second // how long a file may be without a row, and to spare
)

// Check verifies segments against index, keys against index, holds against
// keys and canaries against erasures, camera by camera, and calls fault with a
// line for each thing that is wrong. With repair it rebuilds index rows from
// segment files. docs/design/0003-segments.md numbers the invariants.
func (s *Store) Check(ctx context.Context, repair bool, fault func(string)) error {
	cameras, err := s.everyCamera(ctx)
	for _, camera := range cameras {
		c := &checker{store: s, camera: camera, repair: repair, tell: fault, now: s.now(), rows: map[string]Segment{},
			ids: map[SegmentID]bool{}, erased: map[vault.Hour]string{}}
		if err = c.check(ctx); err != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("couldn't check all footage: %w", err)
	}
	return nil
}

// everyCamera lists the cameras that have, or had, anything at all here.
func (s *Store) everyCamera(ctx context.Context) ([]premises.CameraID, error) {
	dirs, err := s.blobs.Top()
	if err != nil {
		return nil, err
	}
	known, err := cameraHours(ctx, s.db, `SELECT camera, 0 FROM segment UNION SELECT camera, 0 FROM key_hour UNION SELECT camera, 0 FROM erasure`)
	if err != nil {
		return nil, err
	}
	all := map[premises.CameraID]bool{}
	for _, dir := range dirs {
		all[premises.CameraID(dir)] = true
	}
	for _, k := range known {
		all[k.camera] = true
	}
	return slices.Sorted(maps.Keys(all)), nil
}

// A checker checks one camera.
type checker struct {
	store  *Store
	camera premises.CameraID
	repair bool
	tell   func(string)
	now    time.Time

	names  []string              // of the blobs
	rows   map[string]Segment    // by blob
	ids    map[SegmentID]bool    // that have a row
	erased map[vault.Hour]string // state of the erasure
}

func (c *checker) fault(format string, a ...any) { c.tell(fmt.Sprintf(format, a...)) }

func (c *checker) check(ctx context.Context) error {
	if err := c.load(ctx); err != nil {
		return err
	}
	for _, name := range c.names {
		if _, known := c.rows[name]; known {
			continue
		}
		if err := c.unknown(ctx, name); err != nil {
			return err
		}
	}
	if err := c.segments(ctx); err != nil {
		return err
	}
	return errors.Join(c.canaries(ctx), c.held(ctx))
}

// load lists files before rows: a segment that is begun meanwhile then has a
// row that we don't know, but no file without one.
func (c *checker) load(ctx context.Context) error {
	for name, err := range c.store.blobs.Walk(string(c.camera)) {
		if err != nil {
			return err
		}
		c.names = append(c.names, name)
	}
	if err := c.store.commit(ctx); err != nil {
		return err
	}
	rows, err := segments(ctx, c.store.db, `SELECT `+segmentColumns+` FROM segment WHERE camera = $1`, c.camera)
	if err != nil {
		return err
	}
	for _, g := range rows {
		if twin, twice := c.rows[g.Blob]; twice {
			c.fault("segment %s: its row says it is in %s, as does that of segment %s", g.ID, g.Blob, twin.ID)
		}
		c.rows[g.Blob], c.ids[g.ID] = g, true
	}
	return c.erasures(ctx)
}

// erasures loads what was erased, and finds erasures that hang.
func (c *checker) erasures(ctx context.Context) error {
	for _, state := range []string{"intended", "done"} {
		hours, err := cameraHours(ctx, c.store.db, `SELECT camera, hour FROM erasure WHERE camera = $1 AND state = $2`, c.camera, state)
		if err != nil {
			return err
		}
		for _, h := range hours {
			c.erased[h.hour] = state
		}
	}
	hang, err := cameraHours(ctx, c.store.db, `SELECT camera, hour FROM erasure WHERE camera = $1 AND state = 'intended' AND at < $2 ORDER BY hour`,
		c.camera, db.Micros(c.now.Add(-openTooLong)))
	for _, h := range hang {
		c.fault("camera %s: the erasure of %s was begun but not finished", h.camera, clock(h.hour))
	}
	return err
}

func clock(h vault.Hour) string { return h.Start().Format("2006-01-02 15:04Z") }

// canaries tries the canary of every hour there ever was: it opens if and
// only if the hour wasn't erased.
func (c *checker) canaries(ctx context.Context) error {
	rows, err := c.store.db.QueryContext(ctx, `SELECT hour, canary FROM key_hour WHERE camera = $1 ORDER BY hour`, c.camera)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hour vault.Hour
		var canary []byte
		if err := rows.Scan(&hour, &canary); err != nil {
			return err
		}
		c.canary(hour, canary)
	}
	return rows.Err()
}

func (c *checker) canary(hour vault.Hour, canary []byte) {
	state := c.erased[hour]
	private, err := c.store.keys.Private(string(c.camera), hour)
	if errors.Is(err, vault.ErrErased) {
		if state == "" {
			c.fault("camera %s: the key of %s was destroyed, but no erasure is written down", c.camera, clock(hour))
		}
		return
	}
	if err == nil {
		err = openCanary(private, c.camera, hour, canary)
	}
	switch {
	case err != nil:
		c.fault("camera %s: the canary of %s doesn't open, though the hour wasn't erased: %v", c.camera, clock(hour), err)
	case state == "done":
		c.fault("camera %s: %s was erased, but its key is still there", c.camera, clock(hour))
	}
}

// held checks that what is held can be opened by who it is held for, and that
// what outlived its hour is held.
func (c *checker) held(ctx context.Context) error {
	stretches, err := holds(ctx, c.store.db, c.camera)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.rows)) {
		if g := c.rows[name]; g.State != erasing {
			if err := c.heldSegment(ctx, g, stretches); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checker) heldSegment(ctx context.Context, g Segment, stretches []held) error {
	wraps, err := wrapped(ctx, c.store.db, g.ID)
	if err != nil {
		return err
	}
	by := map[string]bool{}
	for _, w := range wraps {
		key, err := c.store.keys.Unwrap(w.incident, string(g.ID), w.key)
		if err != nil {
			c.fault("segment %s: the key that incident %s holds doesn't open: %v", g.ID, w.incident, err)
		}
		clear(key)
		by[w.incident] = true
	}
	if c.erased[g.Hour] != "done" {
		return nil
	}
	for _, h := range stretches {
		if h.span.Overlaps(g.Span) && !by[h.incident] {
			c.fault("segment %s: incident %s holds it, but its hour was erased and its key wasn't kept", g.ID, h.incident)
			by[h.incident] = true
		}
	}
	if len(by) == 0 {
		c.fault("segment %s: its hour was erased, and nothing holds it", g.ID)
	}
	return nil
}
