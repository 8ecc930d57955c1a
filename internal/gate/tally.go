package gate

import (
	"maps"
	"sync"

	"oogmerk/internal/regulation"
)

// A Count is of the rulings on one act that came out one way.
type Count struct {
	Act    regulation.Act
	Result string // toegestaan, geweigerd, beëindigd: as in the logbook
}

// tally counts rulings since the program started.
type tally struct {
	mu   sync.Mutex
	made map[Count]int64
}

func (t *tally) add(act regulation.Act, result string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made == nil {
		t.made = map[Count]int64{}
	}
	t.made[Count{act, result}]++
}

// Rulings returns how often the gate ruled since the program started, and how
// often it withdrew.
func (g *Gate) Rulings() map[Count]int64 {
	g.tally.mu.Lock()
	defer g.tally.mu.Unlock()
	return maps.Clone(g.tally.made)
}

// Open is how many permits are good now, by act.
func (g *Gate) Open() map[regulation.Act]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := map[regulation.Act]int{}
	for p := range g.open {
		out[p.request.Act]++
	}
	return out
}
