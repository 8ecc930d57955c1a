package web

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// Reading what was written down is an act, too: of the organisation the
// logbook, of a site its incidents. One ruling is good for a while, so that
// turning a page isn't a line of its own.
const (
	readingStay = 15 * time.Minute
	refusalStay = time.Minute // who is refused may be appointed meanwhile
)

// reading is a seat's permit to read something, and how much was read with
// it; or that it was refused.
type reading struct {
	on      gate.Subject
	permit  *gate.Permit
	refusal *gate.Refusal
	since   time.Time
	pages   int
}

// over reports whether the gate must be asked again.
func (r *reading) over(now time.Time) bool {
	age := now.Sub(r.since)
	if r.refusal != nil {
		return age < 0 || age >= refusalStay
	}
	return age < 0 || age >= readingStay || r.permit.Allows(r.on, regulation.Consult) != nil
}

// mayRead asks the gate, once every while for each seat and subject.
func (v *visit) mayRead(on gate.Subject) error {
	_, err := v.permitToRead(on)
	return err
}

// permitToRead is mayRead for who shows the permit to somebody else.
func (v *visit) permitToRead(on gate.Subject) (*gate.Permit, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.endReadings()
	key := v.who.Seat + " " + on.Entity.String()
	have := v.reading[key]
	if have == nil {
		permit, err := v.Gate.Enter(v.ctx(), v.who.Request(regulation.Consult, on))
		have = &reading{on: on, permit: permit, since: v.now}
		if err != nil && !errors.As(err, &have.refusal) {
			return nil, err
		}
		v.reading[key] = have
	}
	have.pages++
	if have.refusal != nil {
		return nil, have.refusal
	}
	return have.permit, nil
}

// endReadings closes the permits that are old, or were withdrawn. One whose
// outcome can't be written stays, and is tried again at the next visit: that
// is no fault of who visits now.
func (v *visit) endReadings() {
	for key, r := range v.reading {
		if !r.over(v.now) {
			continue
		}
		if r.permit != nil {
			err := r.permit.Close(context.WithoutCancel(v.ctx()), "gedaan", map[string]any{"bladzijden": r.pages})
			if err != nil {
				v.Report(err)
				continue
			}
		}
		delete(v.reading, key)
	}
}

// mayReadIncidents asks whether the incidents of a site may be read here.
func (v *visit) mayReadIncidents(site premises.SiteID) error {
	return v.mayRead(gate.Subject{Entity: site.Entity()})
}

// incidents returns all incidents that may be read here, newest first. If
// that is none because the regulation refuses, it returns that refusal.
func (v *visit) incidents() ([]incident.Incident, error) {
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return nil, err
	}
	may := map[premises.SiteID]bool{}
	var refusal *gate.Refusal
	for _, s := range v.promising(sites) {
		err := v.mayReadIncidents(s.ID)
		if may[s.ID] = err == nil; err != nil && !errors.As(err, &refusal) {
			return nil, err
		}
	}
	all, err := v.Incidents.All(v.ctx())
	if err != nil {
		return nil, err
	}
	var readable []incident.Incident
	for _, i := range all {
		if may[i.Site] {
			readable = append(readable, i)
		}
	}
	if refusal != nil && !slices.Contains(slices.Collect(maps.Values(may)), true) {
		return nil, refusal
	}
	return readable, nil
}

// promising are the sites of which the law would let the incidents be read, or
// all if it is none: a refusal is for who asked, not for who may read of one
// site and opened a list of them all.
func (v *visit) promising(sites []premises.Site) []premises.Site {
	some := slices.DeleteFunc(slices.Clone(sites), func(s premises.Site) bool { return !v.wouldRead(s) })
	if len(some) == 0 {
		return sites
	}
	return some
}

// wouldRead asks whether the law would let the incidents of a site be read.
func (v *visit) wouldRead(s premises.Site) bool {
	return v.would(v.who.Request(regulation.Consult, gate.Subject{Entity: s.ID.Entity()}))
}
