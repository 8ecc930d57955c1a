package footage

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
)

// few are tables that stay small, and indexes on a few rows of one that doesn't.
var few = regexp.MustCompile(`^SCAN (c|found|h|camera)\b|INDEX (segment_open|erasure_intended|key_hour_published)`)

// What is asked all the time, or while others wait, finds its way by index:
// no table that grows with the footage is read from one end to the other.
func TestNothingReadsAllThereIs(t *testing.T) {
	s := lite(t)
	for what, query := range map[string]string{
		"Oldest":   oldest,
		"Segments": `SELECT id FROM segment WHERE ` + touching,
		"Read":     `SELECT id FROM segment WHERE ` + relevant,
		"Release":  `UPDATE segment SET state = 'erasing' WHERE ` + heldFor,
		"Recover":  `SELECT id FROM segment WHERE state = 'open'`,
		"Kept":     `SELECT DISTINCT s.hour FROM segment s WHERE s.camera = $1 AND s.hour >= $2 AND s.hour < $3 AND NOT ` + merelyHeld,
		"erasures": `SELECT camera, hour FROM erasure WHERE state = 'intended' ORDER BY camera, hour`,
		"publish":  havePublished,
		"drop":     dropPublished,
	} {
		rows, err := s.d.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, 1, 2, 3, 4)
		s.must(err)
		for rows.Next() {
			var a, b, c int
			var step string
			s.must(rows.Scan(&a, &b, &c, &step))
			if strings.HasPrefix(step, "SCAN") && !few.MatchString(step) {
				t.Errorf("%s: %s", what, step)
			}
		}
		s.must(rows.Err())
	}
}

// An hour in the middle is erased, and those around it stay.
func TestEraseHours(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		before, it, after := shoot(noon, 8, 4), shoot(noon.Add(time.Hour), 8, 4), shoot(noon.Add(2*time.Hour), 8, 4)
		for _, all := range [][]*media.Fragment{before, it, after} {
			s.record(all)
		}
		if kept, err := s.Kept(t.Context(), s.d, cam, noonH, noonH+9); err != nil || len(kept) != 3 || kept[1] != noonH+1 {
			t.Errorf("kept are %v, %v", kept, err)
		}
		proof, err := s.EraseHours(t.Context(), s.permit(regulation.Erase, whole(cam)), cam, noonH+1, noonH+2)
		s.must(err)
		if proof.Hours != 1 || proof.From != noonH+1 || proof.Before != noonH+2 || proof.Version == 0 {
			t.Errorf("the proof is %+v", proof)
		}
		s.clean()
		s.same(s.see(noon, noon.Add(time.Hour)), before)
		s.same(s.see(noon.Add(time.Hour), noon.Add(2*time.Hour)), nil)
		s.same(s.see(noon.Add(2*time.Hour), noon.Add(3*time.Hour)), after)
		if kept, err := s.Kept(t.Context(), s.d, cam, noonH, noonH+9); err != nil || len(kept) != 2 {
			t.Errorf("kept are %v, %v", kept, err)
		}
		// What was meant and not done is finished, and nothing beside it.
		s.exec(`UPDATE erasure SET state = 'intended'`)
		s.must(s.Recover(t.Context()))
		s.same(s.see(noon, noon.Add(time.Hour)), before)
		s.erase(noonH + 3)
		s.clean()
		s.same(s.see(noon, noon.Add(3*time.Hour)), nil)
	})
}
