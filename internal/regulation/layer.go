package regulation

import (
	"fmt"
	"slices"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/regulations"
)

// Layered is a document that holds beside a regulation, everywhere or for one
// thing.
type Layered struct {
	Law   *Regulation
	Scope Entity // the camera, site or organisation it is for; the zero Entity for all
}

// Statutes returns what the law forbids everyone, as compiled in.
func Statutes() (*Regulation, error) {
	const file = "wet.md"
	text, err := regulations.Files.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the statutes: %w", err)
	}
	return Parse(file, text)
}

// Stack returns base with what holds above and beside it. Layers make it
// stricter only: of each, what it forbids counts, and the terms that are
// shorter or say more. What a layer would allow doesn't. The hash stays that
// of base.
func Stack(base *Regulation, over ...Layered) *Regulation {
	stacked := *base
	stacked.over = slices.Concat(base.over, over)
	for _, l := range over {
		stacked.Terms = stacked.Terms.under(l)
	}
	return &stacked
}

// Layers are the documents that hold beside r, in the order they were stacked.
func (r *Regulation) Layers() []Layered { return slices.Clone(r.over) }

// reaches reports whether q is within a scope: about the thing itself, or
// about something at it.
func reaches(scope Entity, q Question) bool {
	if scope == (Entity{}) || q.On == scope {
		return true
	}
	place, ok := q.Facts[q.On].Attributes.Get("locatie")
	return ok && place == Attribute(scope)
}

// rulesFor are the rules that count for q, those that only warn too, in the
// order of the documents.
func (r *Regulation) rulesFor(q Question) bench {
	out := r.standing(r.policies.about[q.Act].every, q).over(q.On)
	for _, l := range r.over {
		if reaches(l.Scope, q) {
			rules := l.Law.policies.about[q.Act]
			forbids := slices.DeleteFunc(slices.Clone(rules.every), func(r *rule) bool { return r.permits() })
			out = append(out, r.standing(forbids, q).over(q.On)...)
		}
	}
	return out
}

// sees is what a rule can ask about q: what its own document says of itself,
// and what the witnesses said.
func (r *Regulation) sees(rule *rule, q Question) known {
	if rule.in == r.parsed {
		return known{r.policies.own, q.Facts}
	}
	return known{rule.in.policies.own, q.Facts}
}

// under returns t with the terms of a layer, as far as they are stricter. What
// is for one thing only changes nothing for others.
func (t Terms) under(l Layered) Terms {
	law := l.Law.Terms
	t.Windows = merge(t.Windows, law.Windows, func(w WindowTerm) string { return w.Key }, first)
	for _, row := range law.Retentions {
		row.Scope = l.Scope
		t.Retentions = append(slices.Clip(t.Retentions), row)
		if row.general() && (t.Retention.Text == "" || exceeds(t.Retention.Limit, row.Limit)) {
			t.Retention = row
		}
	}
	if l.Scope != (Entity{}) {
		t.Files = merge(t.Files, law.Files, func(f FileTerm) string { return f.Key }, first)
		return t
	}
	t.Forbidden, t.Allowed = narrower(t, law)
	t.Banned = union(t.Banned, law.Banned)
	t.Files = merge(t.Files, law.Files, func(f FileTerm) string { return f.Key }, stricterFile)
	t.Deadlines = merge(t.Deadlines, law.Deadlines, func(d DeadlineTerm) string { return d.Key }, shorterDeadline)
	t.Concepts = merge(t.Concepts, law.Concepts, func(c ConceptTerm) string { return c.Word }, first)
	t.Policies = merge(t.Policies, law.Policies, func(p PolicyTerm) string { return p.Key }, first)
	t.Reports = merge(t.Reports, law.Reports, func(r ReportTerm) string { return r.Key }, first)
	return t
}

// merge adds to a list what another has more. Of what both have, both says
// which holds.
func merge[T any](ours, law []T, key func(T) string, both func(ours, law T) T) []T {
	out := slices.Clone(ours)
	for _, t := range law {
		i := slices.IndexFunc(out, func(o T) bool { return key(o) == key(t) })
		if i < 0 {
			out = append(out, t)
			continue
		}
		out[i] = both(out[i], t)
	}
	return out
}

func first[T any](ours, _ T) T { return ours }

func union(a, b []string) []string {
	return merge(a, b, func(s string) string { return s }, first)
}

// narrower is where no camera may be, and where only they may be, by both. A
// place that one doesn't allow is forbidden.
func narrower(t, law Terms) (forbidden, allowed []string) {
	forbidden = union(t.Forbidden, law.Forbidden)
	if len(t.Allowed) == 0 || len(law.Allowed) == 0 {
		return forbidden, union(t.Allowed, law.Allowed)
	}
	for _, room := range t.Allowed {
		if slices.Contains(law.Allowed, room) {
			allowed = append(allowed, room)
			continue
		}
		forbidden = union(forbidden, []string{room})
	}
	return forbidden, allowed
}

// stricterFile is the kind of document that both ask for, with all that each
// demands of it.
func stricterFile(ours, law FileTerm) FileTerm {
	if ours.About != law.About {
		return ours
	}
	ours.Fields = union(ours.Fields, law.Fields)
	ours.Changes = ours.Changes || law.Changes
	forever := calendar.StorageLimit{}
	if law.Valid != forever && (ours.Valid == forever || exceeds(ours.Valid, law.Valid)) {
		ours.Valid = law.Valid
	}
	return ours
}

// shorterDeadline is the one that ends first. How long others have stays what
// the regulation says: to shorten that is no restriction of ours.
func shorterDeadline(ours, law DeadlineTerm) DeadlineTerm {
	if ours.Citizen || law.Citizen {
		return ours
	}
	if a, b := ours.Deadline, law.Deadline; a.Unit == b.Unit && a.Counting == b.Counting {
		if b.N < a.N {
			return law
		}
		return ours
	}
	for day := range 366 {
		start := time.Date(2027, 3, 1+day, 12, 0, 0, 0, time.UTC)
		if law.Deadline.End(start, calendar.Calendar{}).At.After(ours.Deadline.End(start, calendar.Calendar{}).At) {
			return ours
		}
	}
	return law
}
