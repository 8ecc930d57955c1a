package retention

import (
	"context"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// A Keeping says how long what a camera sees now is kept, if nobody holds or
// rejects it.
type Keeping struct {
	Known bool          // a regulation in force sets a term; if not, nothing is erased
	Most  time.Duration // after that it must be gone
	Least time.Duration // until then it should be there; zero if nothing is said
	Term  regulation.Retention
}

// KeepingOf returns how long what camera sees in the hour of now is kept by
// these terms.
func KeepingOf(ctx context.Context, q db.Querier, camera premises.CameraID, terms regulation.Terms, now time.Time) (Keeping, error) {
	hour := vault.HourOf(now)
	s, err := schedule(ctx, q, camera, footage.Span{From: now, To: now}, terms)
	if err != nil {
		return Keeping{}, err
	}
	return s.keeping(hour), nil
}

// keeping is how long what began in an hour is kept. What is promised ends
// with what is allowed.
func (s Schedule) keeping(hour vault.Hour) Keeping {
	rows := s.Place.rows(s.Terms, hour, regulation.Recorded)
	at, term := first(rows, hour.Start())
	if at.IsZero() {
		return Keeping{}
	}
	k := Keeping{Known: true, Most: at.Sub(hour.Start()), Term: term}
	for _, row := range rows {
		k.Least = min(max(k.Least, row.Least.End(hour.Start()).Sub(hour.Start())), k.Most)
	}
	return k
}
