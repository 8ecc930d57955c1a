package incident

import (
	"slices"

	"oogmerk/internal/regulation"
)

// Kinds are the sorts of incident there are: those that a regulation names, or
// ours if it names none.
func Kinds(t regulation.Terms) []regulation.IncidentTerm {
	if len(t.Incidents) > 0 {
		return t.Incidents
	}
	return []regulation.IncidentTerm{
		{Key: "diefstal", Text: "Diefstal"},
		{Key: "vernieling", Text: "Vernieling"},
		{Key: "agressie", Text: "Agressie"},
		{Key: "onbevoegd", Text: "Iemand die er niet mag zijn"},
		{Key: "anders", Text: "Iets anders"},
	}
}

// hasKind reports whether a regulation knows this kind.
func hasKind(t regulation.Terms, key string) bool {
	return slices.ContainsFunc(Kinds(t), func(k regulation.IncidentTerm) bool { return k.Key == key })
}
