package survey

import (
	"context"
	"slices"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// Says is what the regulation says of what a camera can do.
type Says struct {
	Sound []regulation.Article // that forbid recording by who could hear
	Terms []regulation.Article // by which footage is erased when its term is over
}

// aCamera is one that isn't there yet, to ask the law about.
var aCamera = regulation.NewEntity(regulation.Camera, "nieuw")

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie")

// Says asks the regulation what it says of a camera at a site that has a
// microphone, or that keeps footage on a card of its own.
func (s *Survey) Says(ctx context.Context, site premises.SiteID) (says Says, err error) {
	law, q, err := s.question(ctx, regulation.Record, site, nil)
	if err != nil || law == nil {
		return says, err
	}
	able(q, regulation.Abilities()...)
	deaf := law.Rule(q)
	able(q, append(regulation.Abilities(), "geluid")...)
	if ruling := law.Rule(q); !ruling.Allowed {
		says.Sound = without(ruling.Articles, deaf.Articles)
	}
	law, q, err = s.question(ctx, regulation.Erase, site, regulation.Context{"termijn_voorbij": regulation.Boolean(true)})
	if err != nil || law == nil {
		return says, err
	}
	if ruling := law.Rule(q); ruling.Allowed {
		says.Terms = ruling.Articles
	}
	return says, nil
}

// question is what the program itself would ask about a camera at a site: one
// that is all that a regulation could want.
func (s *Survey) question(ctx context.Context, act regulation.Act, site premises.SiteID, details regulation.Context) (*regulation.Regulation, regulation.Question, error) {
	law, q, err := s.gate.Ask(ctx, gate.Request{Act: act, Who: people.System.Entity(), On: gate.Subject{Entity: site.Entity()}, Details: details})
	if err != nil || law == nil {
		return nil, q, err
	}
	q.On = aCamera
	q.Facts[aCamera] = regulation.NewFact(aCamera, []regulation.Entity{site.Entity()}, regulation.Context{"locatie": site.Entity(), "ruimte": regulation.String(""),
		"zichtbaar": regulation.Boolean(true), "privacytoets": regulation.Boolean(true), "aangekondigd": regulation.Boolean(true),
		"in_beeld": regulation.Set(), "afgedekt": regulation.Set(), "gericht_op": regulation.String(""), "wijze": regulation.String(regulation.Continuous),
		"pixels_per_meter": regulation.Long(0), "klokverschil": regulation.Long(0)})
	return law, q, nil
}

// able has a question suppose that the program can do these things.
func able(q regulation.Question, what ...string) {
	q.Facts[organisation] = regulation.Merge(q.Facts[organisation], regulation.NewFact(organisation, nil, regulation.Context{"kan": regulation.Strings(what...)}))
}

// without is all that isn't among others.
func without(all, others []regulation.Article) []regulation.Article {
	return slices.DeleteFunc(slices.Clone(all), func(a regulation.Article) bool {
		return slices.ContainsFunc(others, func(b regulation.Article) bool { return a.Number == b.Number && a.File == b.File })
	})
}
