package incident

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"time"
)

// Testify tells the gate about the incident a request rests on or acts on:
// context.incident, and of the incident {staat, soort, locatie, waarnemer,
// verwijzing, alleen_gezien, toegewezen}; and about a camera, whether it waits
// for two to look (wacht_op_samen). An incident that isn't known is none: what
// needs one is then forbidden.
func (r *Register) Testify(ctx context.Context, q db.Querier, req gate.Request, at time.Time, t *gate.Testimony) error {
	for _, e := range []regulation.Entity{req.Under, req.On.Entity} {
		if e.Type != regulation.Incident {
			continue
		}
		i, err := one(ctx, q, string(e.ID))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("couldn't establish what %s is: %w", e, err)
		}
		t.Say(e, nil, i.facts())
		if e == req.Under {
			t.Context["incident"] = e
		}
	}
	if e := req.On.Entity; e.Type == regulation.Camera {
		waits, err := waits(ctx, q, premises.CameraID(e.ID))
		if err != nil {
			return fmt.Errorf("couldn't establish whether %s waits for two to look: %w", e, err)
		}
		t.Say(e, nil, regulation.Context{"wacht_op_samen": regulation.Boolean(waits)})
	}
	return nil
}

func (i Incident) facts() regulation.Context {
	return regulation.Context{
		"staat":         regulation.String(i.State),
		"soort":         regulation.String(i.Kind),
		"locatie":       i.Site.Entity(),
		"waarnemer":     regulation.Boolean(i.Observer != ""),
		"verwijzing":    regulation.Boolean(i.Reference != ""),
		"alleen_gezien": regulation.Boolean(i.SeenAlone && i.SeenTogether.IsZero()),
		"toegewezen":    regulation.Boolean(i.Granted),
	}
}
