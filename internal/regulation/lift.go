package regulation

import (
	"container/heap"
	"slices"
	"strings"
)

// Lift returns the fewest facts to change so that q would be allowed, found by
// asking: each is needed, and together they are enough. It is nil if q is
// allowed already, or if nothing was found. People, places and which act it is
// stay what they are.
func (r *Regulation) Lift(q Question) []Change {
	var out []Change
	for _, m := range r.lift(q, mostTries, fixedFor(q)) {
		out = append(out, m.change(q))
	}
	return out
}

// fixedFor says what can't be changed about q: the program is nothing else
// than it is.
func fixedFor(q Question) func(move) bool {
	system := NewEntity(Person, systemRole)
	return func(m move) bool { return m.of == system && q.Who == system }
}

// Bounds of the search: what people could still take in, and what is asked
// within a few hundredths of a second.
const (
	mostChanges = 6
	mostTries   = 300
)

// lift is Lift in moves, without those that are fixed.
func (r *Regulation) lift(q Question, tries int, fixed func(move) bool) []move {
	if r.Rule(q).Allowed {
		return nil
	}
	s := search{law: r, from: q, alteration: alteration{law: r, domain: r.domain(q.full()), fixed: fixed}, seen: map[string]bool{}}
	s.add(nil)
	for range tries {
		if s.Len() == 0 {
			return nil
		}
		t := heap.Pop(&s).(*try)
		if t.left == 0 && r.Rule(t.q).Allowed {
			return s.least(t.moves)
		}
		for _, way := range s.ways(t) {
			s.add(append(slices.Clone(t.moves), way...))
		}
	}
	return nil
}

// A try is a question after some moves.
type try struct {
	moves []move
	q     Question
	left  int // what still stands in the way
	next  *rule
	cost  int
	order int
}

// A search looks at tries in the order of what they change and of what is
// still in the way. It is a heap.
type search struct {
	law        *Regulation
	from       Question
	alteration alteration
	seen       map[string]bool
	tries      []*try
	made       int
}

// add puts a try in the queue, unless it was there already.
func (s *search) add(moves []move) {
	moves = settle(moves)
	if len(moves) > mostChanges {
		return
	}
	key := keyOf(moves)
	if s.seen[key] {
		return
	}
	s.seen[key] = true
	s.made++
	t := &try{moves: moves, q: s.from.apply(moves...), order: s.made}
	t.next, t.left = s.law.against(t.q)
	t.cost = t.left * 2
	for _, m := range moves {
		t.cost += m.weight(s.from)
	}
	heap.Push(s, t)
}

// settle keeps the last move of each place. What changes within a record
// brings the record.
func settle(moves []move) []move {
	var out []move
	for i, m := range moves {
		later := slices.ContainsFunc(moves[i+1:], func(o move) bool {
			return o.place() == m.place() || o.of == m.of && strings.HasPrefix(o.fact, m.fact+".")
		})
		if !later {
			out = append(out, m)
		}
	}
	return out
}

func keyOf(moves []move) string {
	var all []string
	for _, m := range moves {
		all = append(all, m.String())
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// weight is how much a move asks. What kind of deed it is, is changed only
// when nothing else helps: it would be another deed. What follows from what
// people did, nobody can set.
func (m move) weight(q Question) int {
	_, said := q.Context[String(m.fact)]
	deed := said && m.of.Type == "" && slices.Contains([]string{"handeling", "stuk", "wat", "soort", "artikel", "staat", "filter", "hoedanigheid",
		"rol", "locatie", "intrekken", "toewijzen", "wijziging", "termijn_voorbij"}, m.fact)
	switch {
	case deed:
		return 9
	case slices.Contains([]string{"wacht_op_samen", "alleen_gezien"}, m.fact):
		return 6
	case m.of == q.Who:
		return 3
	}
	return 2
}

// against is the first rule that stands in the way, and how many do. Without
// one that is nil, and some are left, no article allows it.
func (r *Regulation) against(q Question) (first *rule, n int) {
	allowed := false
	for _, rule := range r.rulesFor(q) {
		matches, failed := r.matches(rule, q)
		allowed = allowed || rule.permits() && matches
		if failed || matches && !rule.permits() && !rule.warns {
			if n++; first == nil {
				first = rule
			}
		}
	}
	if !allowed {
		n++
	}
	return first, n
}

// ways are those around what stands first in the way of a try.
func (s *search) ways(t *try) (ways [][]move) {
	a := s.alteration
	if t.next != nil {
		a.rule = t.next
		ways = a.silent(t.q)
		if _, failed := s.law.matches(t.next, t.q); failed {
			ways = append(ways, a.matches(t.q)...)
		}
		return ways
	}
	for _, rule := range s.law.rulesFor(t.q) {
		if rule.permits() {
			a.rule = rule
			ways = append(ways, a.matches(t.q)...)
		}
	}
	return ways
}

// least leaves out moves that turn out not to be needed.
func (s *search) least(moves []move) []move {
	for i := 0; i < len(moves); {
		fewer := slices.Delete(slices.Clone(moves), i, i+1)
		if s.law.Rule(s.from.apply(fewer...)).Allowed {
			moves = fewer
			i = 0
			continue
		}
		i++
	}
	return moves
}

func (s *search) Len() int { return len(s.tries) }
func (s *search) Less(i, j int) bool {
	a, b := s.tries[i], s.tries[j]
	return a.cost < b.cost || a.cost == b.cost && a.order < b.order
}
func (s *search) Swap(i, j int) { s.tries[i], s.tries[j] = s.tries[j], s.tries[i] }
func (s *search) Push(t any)    { s.tries = append(s.tries, t.(*try)) }
func (s *search) Pop() any {
	last := s.tries[len(s.tries)-1]
	s.tries = s.tries[:len(s.tries)-1]
	return last
}
