package footage

import "slices"

// A hold keeps whole segments, because keys are theirs. Once their hour was
// erased, only the stretch that is held may still be seen: clip.go sees to that.

// markHeld marks, in reels that are in order of time, what is held: what a
// hold touches, from the key picture on that the first of it needs.
func markHeld(reels []*reel, holds []held) {
	needed, after := false, (*reel)(nil)
	for _, r := range slices.Backward(reels) {
		needed = needed && after.header.chained && after.header.before == r.header.place
		r.held = make([]bool, len(r.entries))
		for i := range slices.Backward(r.entries) {
			e := &r.entries[i]
			r.held[i] = needed || overlapsAny(Span{From: timeOf(e.start), To: timeOf(e.end())}, holds)
			needed = r.held[i] && !e.key()
		}
		after = r
	}
}

func overlapsAny(span Span, holds []held) bool {
	for _, h := range holds {
		if span.Overlaps(h.span) {
			return true
		}
	}
	return false
}
