package logbook_test

import (
	"bytes"
	"strings"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/transparency"
)

// Whatever column of whatever row is altered, Check finds it, and names the
// entry where there is one.
func TestTampering(t *testing.T) {
	const at2 = " WHERE seq = 2"
	alterations := map[string]string{
		"seq":           "UPDATE log_entry SET seq = 900" + at2,
		"leaf":          "UPDATE log_entry SET leaf = commit_header" + at2,
		"short leaf":    "UPDATE log_entry SET leaf = ''" + at2,
		"commit_header": "UPDATE log_entry SET commit_header = commit_person" + at2,
		"commit_person": "UPDATE log_entry SET commit_person = commit_header" + at2,
		"salt_header":   "UPDATE log_entry SET salt_header = salt_person" + at2,
		"salt_person":   "UPDATE log_entry SET salt_person = salt_header" + at2,
		"body_header":   "UPDATE log_entry SET body_header = (SELECT body_header FROM log_entry WHERE seq = 3)" + at2,
		"body_person":   "UPDATE log_entry SET body_person = (SELECT body_person FROM log_entry WHERE seq = 3)" + at2,
		"no salt":       "UPDATE log_entry SET salt_header = NULL" + at2,
		"no header":     "UPDATE log_entry SET salt_header = NULL, body_header = NULL" + at2,
		"silent erase":  "UPDATE log_entry SET salt_person = NULL, body_person = NULL" + at2,
		"no person":     "UPDATE log_entry SET body_person = NULL" + at2,
		"forged person": "UPDATE log_entry SET salt_person = NULL" + at2,
		"at":            "UPDATE log_entry SET at = at + 1" + at2,
		"kind":          "UPDATE log_entry SET kind = 'uitkomst'" + at2,
		"act":           "UPDATE log_entry SET act = 'uitkijken'" + at2,
		"object":        "UPDATE log_entry SET object = 'Camera::\"x\"'" + at2,
		"result":        "UPDATE log_entry SET result = 'geweigerd'" + at2,
		"removed":       "DELETE FROM log_entry" + at2,
		"tile root":     "UPDATE log_tileroot SET hash = (SELECT leaf FROM log_entry WHERE seq = 0)",
		"tile moved":    "UPDATE log_tileroot SET n = 5",
		"tile raised":   "UPDATE log_tileroot SET lvl = 16",
		"tile gone":     "DELETE FROM log_tileroot",
		"head size":     "UPDATE log_head SET size = size - 1",
		"head frontier": "UPDATE log_head SET frontier = (SELECT leaf FROM log_entry WHERE seq = 0)",
		"checkpoint":    "UPDATE log_head SET checkpoint = 'x'",
		"no checkpoint": "UPDATE log_head SET checkpoint = ''",
		"all gone":      "UPDATE log_head SET size = 0, frontier = '', checkpoint = ''",
		"last removed":  "DELETE FROM log_entry WHERE seq = 299",
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 300)
		for name, alter := range alterations {
			keep := "CREATE TABLE kept_%s AS SELECT * FROM %s"
			for _, table := range []string{"log_entry", "log_tileroot", "log_head"} {
				mustExec(t, d, strings.ReplaceAll(keep, "%s", table))
			}
			mustExec(t, d, alter)
			lines := faults(t, b)
			if len(lines) == 0 {
				t.Errorf("%s: not found", name)
			} else if strings.HasSuffix(alter, at2) && !strings.Contains(lines[0], "entry 2") && name != "seq" && name != "removed" {
				t.Errorf("%s: not said where: %q", name, lines)
			}
			for _, table := range []string{"log_entry", "log_tileroot", "log_head"} {
				mustExec(t, d, "DELETE FROM "+table)
				mustExec(t, d, "INSERT INTO "+table+" SELECT * FROM kept_"+table)
				mustExec(t, d, "DROP TABLE kept_"+table)
			}
		}
		inOrder(t, b, 300)
	})
}

func TestExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		verify := func() (transparency.Checkpoint, []string) {
			t.Helper()
			var out bytes.Buffer
			if err := b.Export(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			var lines []string
			c, signed, err := transparency.VerifyExport(&out, verifier(t, b), nil, func(line string) { lines = append(lines, line) })
			if err != nil || !strings.HasPrefix(string(signed), origin) {
				t.Fatal(err)
			}
			return c, lines
		}
		if c, lines := verify(); c.Size != 0 || len(lines) > 0 {
			t.Errorf("empty: %v %q", c, lines)
		}
		fill(t, b, 300)
		if c, lines := verify(); c.Size != 300 || len(lines) > 0 {
			t.Errorf("%v %q", c, lines)
		}
		mustExec(t, d, "UPDATE log_entry SET body_person = body_header WHERE seq = 299")
		if _, lines := verify(); len(lines) == 0 {
			t.Error("exports what wasn't written")
		}
	})
}
