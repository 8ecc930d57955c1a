package footage

import (
	"regexp"
	"strings"
	"testing"
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
		"erasures": `SELECT camera, MAX(hour) FROM erasure WHERE state = 'intended' GROUP BY camera`,
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
