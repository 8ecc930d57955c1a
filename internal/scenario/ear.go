package scenario

import (
	"context"
	"errors"
	"sync"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/regulation"
)

// An ear hears what the gate is asked, so that scenarios can say what else the
// law says to it: what it warns of, what would help. It is the last of the
// witnesses, and has nothing to say itself.
type ear struct {
	mu    sync.Mutex
	act   regulation.Act // listened for; "" for none
	asked *regulation.Question
}

// listen has the ear remember the first question about act that comes.
func (e *ear) listen(act regulation.Act) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.act, e.asked = act, nil
}

// Testify remembers a question. What the gate still adds to it, it adds to
// the same maps.
func (e *ear) Testify(_ context.Context, _ db.Querier, r gate.Request, _ time.Time, t *gate.Testimony) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.act == r.Act && e.asked == nil {
		e.asked = &regulation.Question{Who: r.Who, Act: r.Act, On: r.On.Entity, Facts: t.Facts, Context: t.Context}
	}
	return nil
}

// heard is the question that was put to the law last.
func (e *ear) heard() (regulation.Question, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked == nil {
		return regulation.Question{}, errors.New("er is niets gevraagd: zet er eerst een zin met Als voor")
	}
	return *e.asked, nil
}
