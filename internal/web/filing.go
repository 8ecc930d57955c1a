package web

import (
	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// mayReadFile asks whether what is on file about e may be read here: by who
// may consult the organisation, or the site it is of.
func (v *visit) mayReadFile(e regulation.Entity) (*gate.Permit, error) {
	on, err := v.consulted(e)
	if err != nil {
		return nil, err
	}
	return v.permitToRead(on)
}

// consulted is what must be consulted to read what is on file about e: the
// organisation, or for who can't the site.
func (v *visit) consulted(e regulation.Entity) (gate.Subject, error) {
	whole := gate.Subject{Entity: organisation}
	site := e
	if e.Type == regulation.Camera {
		c, err := v.Premises.Camera(v.ctx(), premises.CameraID(e.ID))
		if err != nil {
			return whole, err
		}
		site = c.Site.Entity()
	}
	if site.Type == regulation.Site && !v.would(v.who.Request(regulation.Consult, whole)) {
		return gate.Subject{Entity: site}, nil
	}
	return whole, nil
}

// addsOnly reports whether who sits here may put something on file about e,
// but not read what is. Who may do neither is refused.
func (v *visit) addsOnly(e regulation.Entity) (bool, error) {
	on, err := v.consulted(e)
	if err != nil {
		return false, err
	}
	if v.mayFile(e) && !v.would(v.who.Request(regulation.Consult, on)) {
		return true, nil
	}
	_, err = v.mayReadFile(e)
	return false, err
}

// mayFile reports whether who sits here may put any kind of document on file
// about e that the regulation names.
func (v *visit) mayFile(e regulation.Entity) bool {
	for _, terms := range v.naming() {
		for _, f := range terms.Files {
			r := v.who.Request(regulation.File, gate.Subject{Entity: e})
			r.Details = regulation.Context{"stuk": regulation.String(f.Key), "volledig": regulation.Boolean(true)}
			if f.About == string(e.Type) && v.would(r) {
				return true
			}
		}
	}
	return false
}
