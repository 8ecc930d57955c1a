package regulation

import "slices"

// Role returns the role with this key.
func (t Terms) Role(key string) (RoleTerm, bool) {
	return one(t.Roles, func(r RoleTerm) bool { return r.Key == key })
}

// File returns the kind of document with this key.
func (t Terms) File(key string) (FileTerm, bool) {
	return one(t.Files, func(f FileTerm) bool { return f.Key == key })
}

// Deadline returns the deadline with this key.
func (t Terms) Deadline(key string) (DeadlineTerm, bool) {
	return one(t.Deadlines, func(d DeadlineTerm) bool { return d.Key == key })
}

// Purpose returns the purpose with this key.
func (t Terms) Purpose(key string) (PurposeTerm, bool) {
	return one(t.Purposes, func(p PurposeTerm) bool { return string(p.Key) == key })
}

func one[T any](list []T, is func(T) bool) (found T, ok bool) {
	i := slices.IndexFunc(list, is)
	if i < 0 {
		return found, false
	}
	return list[i], true
}

// RetentionFor returns the rows that hold in a kind of room at a kind of site
// for a clock that starts from Recorded or Rejected. If there are several, the
// one that ends first is what holds; none means that no such clock runs.
func (t Terms) RetentionFor(room, siteKind, from string) []Retention {
	return t.RetentionAt(nil, room, siteKind, from)
}

// RetentionAt is RetentionFor, with the rows of orders for one of these
// things too: a camera and its site.
func (t Terms) RetentionAt(things []Entity, room, siteKind, from string) []Retention {
	var out []Retention
	for _, row := range t.Retentions {
		if row.From == from && holdsFor(row.Rooms, room) && holdsFor(row.Sites, siteKind) &&
			(row.Scope == Entity{} || slices.Contains(things, row.Scope)) {
			out = append(out, row)
		}
	}
	return out
}

// holdsFor reports whether a selector is for a kind; none is for all.
func holdsFor(selector []string, kind string) bool {
	return len(selector) == 0 || slices.Contains(selector, kind)
}

// general reports whether a row is for all footage.
func (r Retention) general() bool {
	return r.From == Recorded && len(r.Rooms) == 0 && len(r.Sites) == 0 && r.Scope == Entity{}
}
