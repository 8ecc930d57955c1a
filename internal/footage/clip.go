package footage

import "oogmerk/internal/vault"

// A hold keeps whole segments, because keys are theirs. Once their hour was
// erased, only the stretch that is held may still be seen: clip.go sees to that.

// kept returns which of the entries of r may be seen: all of them while the
// hour's key is there, else those of what is held, from the key picture on
// that its first picture needs.
func (r *reel) kept(keys *vault.Vault, holds []held) []bool {
	whole := !keys.Erased(string(r.header.camera), r.header.hour)
	kept := make([]bool, len(r.entries))
	for i := range r.entries {
		e := &r.entries[i]
		kept[i] = whole || overlapsAny(Span{From: timeOf(e.start), To: timeOf(e.end())}, holds)
	}
	for i := len(kept) - 1; i > 0; i-- {
		if kept[i] && !r.entries[i].key() {
			kept[i-1] = true
		}
	}
	return kept
}

func overlapsAny(span Span, holds []held) bool {
	for _, h := range holds {
		if span.Overlaps(h.span) {
			return true
		}
	}
	return false
}
