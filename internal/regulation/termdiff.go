package regulation

import (
	"maps"
	"slices"
	"strings"
)

// A TermChange is a term that differs between two regulations.
type TermChange struct {
	Term   string `json:"term"`
	Before string `json:"before"` // "" if it wasn't there
	After  string `json:"after"`
}

// CompareTerms returns the terms that differ.
func CompareTerms(a, b *Regulation) []TermChange {
	out := []TermChange{}
	before, after := a.Terms.flat(), b.Terms.flat()
	for _, name := range slices.Sorted(maps.Keys(merged(before, after))) {
		if before[name] != after[name] {
			out = append(out, TermChange{name, before[name], after[name]})
		}
	}
	return out
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func keyOfSituation(s Situation) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		all = append(all, name+"="+s[name])
	}
	return strings.Join(all, "\n")
}

// flat is each term under a name of its own.
func (t Terms) flat() map[string]string {
	out := map[string]string{}
	for _, r := range t.Retentions {
		out[strings.TrimSpace("bewaartermijn "+r.Key)] = r.Text
	}
	for _, p := range t.Purposes {
		out["doel "+string(p.Key)] = p.Text
		if p.Incident {
			out["doel "+string(p.Key)] += " (alleen bij een incident)"
		}
	}
	for _, r := range t.Roles {
		out["rol "+r.Key] = r.Title + " (voor de hele organisatie)"
		if r.PerSite {
			out["rol "+r.Key] = r.Title + " (op een locatie)"
		}
	}
	for _, f := range t.Files {
		out["stuk "+f.Key] = strings.Join(append([]string{f.Title}, f.Fields...), ", ")
	}
	for _, c := range t.Councils {
		out["raad "+c.Key] = c.Title
	}
	for _, d := range t.Deadlines {
		out["termijn "+d.Key] = d.Text
	}
	for _, i := range t.Incidents {
		out["incidentsoort "+i.Key] = i.Text
	}
	for name, list := range map[string][]string{"verboden plaatsen": t.Forbidden, "toegestane plaatsen": t.Allowed, "verboden functies": t.Banned} {
		if len(list) > 0 {
			out[name] = strings.Join(list, ", ")
		}
	}
	if t.Recording.Mode != "" {
		out["opname"] = t.Recording.Mode
	}
	return out
}
