package retention

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/regulation"
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
	if len(oldest) > 0 && !known(terms.Retention) {
		fault("there is footage, and no regulation in force says how long it may be kept: adopt one that does")
		return nil
	}
	for _, camera := range slices.Sorted(maps.Keys(oldest)) {
		hour := oldest[camera]
		if v := Decide(camera, hour, terms, nil, now.Add(-Lateness)); v.Due {
			fault(fmt.Sprintf("camera %s: what it saw from %s on is kept past its term (%s, article %s), which ended at %s",
				camera, hour.Start().Format("2006-01-02 15:04Z"), terms.Retention.Text, v.Article, v.At.Format(time.RFC3339)))
		}
	}
	return nil
}
