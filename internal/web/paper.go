package web

import (
	"time"

	"oogmerk/internal/regulation"
)

// paperRoutes are how a regulation comes into force, what it is set aside by,
// what is on file, and what outsiders read.
func (s *site) paperRoutes() []route {
	return []route{
		{"GET /vaststellen", s.draftsPage, signedIn, paper},
		{"POST /vaststellen/bestand", s.draft, signedIn, paper},
		{"GET /vaststellen/{id}", s.draftPage, signedIn, paper},
		{"POST /vaststellen/{id}/keuzes", s.choose, signedIn, paper},
		{"POST /vaststellen/{id}/instemming", s.consent, signedIn, paper},
		{"POST /vaststellen/{id}/bekendmaking", s.publish, signedIn, paper},
		{"POST /vaststellen/{id}/besluit", s.adopt, signedIn, paper},
		{"POST /opdrachten/einde", s.endOrder, signedIn, paper},

		{"GET /afwijkingen", s.derogationsPage, signedIn, paper},
		{"POST /afwijkingen", s.derogate, signedIn, paper},
		{"POST /afwijkingen/{id}/einde", s.endDerogation, signedIn, paper},
		{"POST /afwijkingen/{id}/gemeld", s.tellDerogation, signedIn, paper},

		{"GET /dossier", s.dossierPage, signedIn, paper},
		{"GET /dossier/{soort}/{id}", s.filePage, signedIn, paper},
		{"POST /dossier/{soort}/{id}/bestand", s.addFile, signedIn, paper},
		{"POST /dossier/{soort}/{id}/weg", s.removeFile, signedIn, paper},
		{"GET /dossier/{soort}/{id}/stuk/{stuk}", s.fileContent, signedIn, answer},

		{"GET /openbaar", s.publicPage, anyone, paper},
		{"GET /openbaar/tekst/{versie}", s.publicText, anyone, answer},
	}
}

// nameOf is what people call an entity.
func (v *visit) nameOf(e regulation.Entity) (string, error) {
	t, err := v.names.of(e.String())
	return t.Name, err
}

// scopeName is where something holds: at a site or for a camera, or everywhere.
func (v *visit) scopeName(scope regulation.Entity) (string, error) {
	if scope.ID == "" {
		return v.word("paper.everywhere"), nil
	}
	return v.nameOf(scope)
}

// A scopeRow is a site or camera to choose from.
type scopeRow struct{ Key, Name string }

// scopes are what an order or derogation can be for.
func (v *visit) scopes() ([]scopeRow, error) {
	var rows []scopeRow
	sites, err := v.Premises.Sites(v.ctx())
	if err != nil {
		return nil, err
	}
	for _, s := range sites {
		rows = append(rows, scopeRow{s.ID.Entity().String(), s.Name})
	}
	cameras, err := v.Premises.Cameras(v.ctx())
	for _, c := range cameras {
		rows = append(rows, scopeRow{c.ID.Entity().String(), c.Name})
	}
	return rows, err
}

// readStart is the first instant of a day, or now for today or no day at all.
func readStart(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	d, err := readDay(text)
	if err != nil || d == dayOf(now) {
		return time.Time{}, err
	}
	return d.at(0, 0, 0), nil
}

// scopeOf reads what was chosen from [visit.scopes]; "" is everywhere.
func scopeOf(text string) (regulation.Entity, error) {
	if text == "" {
		return regulation.Entity{}, nil
	}
	kind, id := split(text)
	if kind != regulation.Site && kind != regulation.Camera {
		return regulation.Entity{}, mistake{key: "wrong.scope"}
	}
	return regulation.NewEntity(kind, id), nil
}
