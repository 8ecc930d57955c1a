package retention

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// Lateness is how long after its term footage is looked for by [Check]: the
// sweep comes by each minute, and a program that just started begins with one.
const Lateness = 2 * time.Minute

// Check finds footage that should have been erased by the terms in force, and
// calls fault with a line for each camera that has any.
func Check(ctx context.Context, q db.Querier, f *footage.Store, terms regulation.Terms, now time.Time, fault func(string)) error {
	oldest, err := f.Oldest(ctx, q)
	if err != nil {
		return err
	}
	if len(oldest) > 0 && !slices.ContainsFunc(terms.Retentions, known) {
		fault("there is footage, and " + ErrNoTerm.Error())
		return nil
	}
	then := now.Add(-Lateness)
	for _, camera := range slices.Sorted(maps.Keys(oldest)) {
		s, err := schedule(ctx, q, camera, footage.Span{From: oldest[camera].Start(), To: now}, terms)
		if err != nil {
			return err
		}
		hour := oldest[camera]
		v := Decide(hour, s, nil, then)
		if !v.Known {
			fault(fmt.Sprintf("camera %s: there is footage, and %v", camera, ErrNoTerm))
		}
		if v.Due {
			fault(late(camera, hour, v))
			continue
		}
		for _, hour := range s.rejectedHours(hour, then) {
			kept, err := f.Kept(ctx, q, camera, hour, hour+1)
			if err != nil {
				return err
			}
			if len(kept) > 0 {
				fault(late(camera, hour, Decide(hour, s, nil, then)))
			}
		}
	}
	return nil
}

func late(camera premises.CameraID, hour vault.Hour, v Verdict) string {
	return fmt.Sprintf("camera %s: what it saw from %s on is kept past its term (%s, article %s), which ended at %s",
		camera, hour.Start().Format("2006-01-02 15:04Z"), v.Term.Text, v.Term.Article, v.At.Format(time.RFC3339))
}
