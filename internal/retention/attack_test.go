package retention_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A loot is a complete copy of a world: its database, segments, vault and
// anchor as they were.
type loot struct {
	dir string
	db  func(t *testing.T) *db.DB // opens a fresh copy of the copied database
}

// steal copies everything, while the program runs.
func (w *world) steal() loot {
	w.t.Helper()
	l := loot{dir: w.t.TempDir()}
	copyTree(w.t, w.dir, filepath.Join(l.dir, "data"))
	if w.db.Engine == db.SQLite {
		l.db = w.stealSQLite(filepath.Join(l.dir, "sql"))
	} else {
		l.db = w.stealPostgres()
	}
	return l
}

// stealSQLite copies the file, WAL and all.
func (w *world) stealSQLite(dir string) func(*testing.T) *db.DB {
	var path string
	must(w.t, w.db.QueryRowContext(w.t.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path))
	copyTree(w.t, filepath.Dir(path), dir)
	return func(t *testing.T) *db.DB {
		fresh := t.TempDir()
		copyTree(t, dir, fresh)
		d, err := db.Open(t.Context(), filepath.Join(fresh, filepath.Base(path)))
		must(t, err)
		t.Cleanup(func() { d.Close() })
		return d
	}
}

// tables are all that say anything about footage and who may see it, in an
// order in which they can be filled.
var tables = strings.Fields("log_entry log_tileroot log_head person appointment seat sign_in site room entrance sign camera" +
	" key_hour segment gap erasure incident hold held_key rejection")

// stealPostgres copies every row, as a dump does.
func (w *world) stealPostgres() func(*testing.T) *db.DB {
	rows := map[string][][]any{}
	columns := map[string][]string{}
	for _, table := range tables {
		columns[table], rows[table] = w.dump(table)
	}
	return func(t *testing.T) *db.DB {
		d := dbtest.Postgres(t)
		tx, err := d.BeginTx(t.Context(), nil)
		must(t, err)
		for _, table := range slices.Backward(tables) {
			_, err := tx.ExecContext(t.Context(), "DELETE FROM "+table)
			must(t, err)
		}
		for _, table := range tables {
			var marks []string
			for i := range columns[table] {
				marks = append(marks, fmt.Sprintf("$%d", i+1))
			}
			query := "INSERT INTO " + table + " (" + strings.Join(columns[table], ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
			for _, row := range rows[table] {
				_, err := tx.ExecContext(t.Context(), query, row...)
				must(t, err)
			}
		}
		must(t, tx.Commit())
		return d
	}
}

func (w *world) dump(table string) (columns []string, all [][]any) {
	rows, err := w.db.QueryContext(w.t.Context(), "SELECT * FROM "+table)
	must(w.t, err)
	defer rows.Close()
	columns, err = rows.Columns()
	must(w.t, err)
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		must(w.t, rows.Scan(into...))
		all = append(all, row)
	}
	must(w.t, rows.Err())
	return columns, all
}

// attack opens the loot with the vault and anchor in keys (a directory), as
// a thief who has our program, our logbook's key and all the time there is.
func (w *world) attack(l loot, keys string) *world {
	w.t.Helper()
	dir := w.t.TempDir()
	copyTree(w.t, filepath.Join(l.dir, "data", "segments"), filepath.Join(dir, "segments"))
	for _, name := range []string{"vault", "anchor"} {
		must(w.t, copyFile(filepath.Join(keys, name), filepath.Join(dir, name)))
	}
	return open(w.t, l.db(w.t), dir, w.key, w.law, w.now())
}

// canaries says which camera-hours' canaries open, as docs/formats/segment.md
// says, in the order of camera and hour.
func (w *world) canaries() (open []string) {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(), "SELECT camera, hour, canary FROM key_hour ORDER BY camera, hour")
	must(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var camera string
		var hour vault.Hour
		var canary []byte
		must(w.t, rows.Scan(&camera, &hour, &canary))
		key, err := w.keys.Private(camera, hour)
		if err != nil {
			continue
		}
		if text, err := openCanary(key, camera, hour, canary); err != nil || text != "oogmerk: this hour has not been erased" {
			w.t.Errorf("camera %s, hour %d: the key is there, but the canary says %q: %v", camera, hour, text, err)
			continue
		}
		open = append(open, fmt.Sprintf("%s %s", camera, hour.Start().Format("15")))
	}
	must(w.t, rows.Err())
	return open
}

// openCanary is written from docs/formats/segment.md alone.
func openCanary(private hpke.PrivateKey, camera string, hour vault.Hour, canary []byte) (string, error) {
	secret, err := private.Bytes()
	if err != nil {
		return "", err
	}
	info := binary.BigEndian.AppendUint16([]byte("oogmerk canary v1\x00"), uint16(len(camera)))
	info = binary.BigEndian.AppendUint64(append(info, camera...), uint64(hour))
	key, err := hkdf.Expand(sha256.New, secret, string(info), 32)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	text, err := gcm.Open(nil, make([]byte, 12), canary, nil)
	return string(text), err
}

// wantOpen compares what opens with what should.
func wantOpen(t *testing.T, who string, got, want map[premises.CameraID][]time.Time) {
	t.Helper()
	for _, c := range cameras {
		if !slices.EqualFunc(got[c], want[c], time.Time.Equal) {
			t.Errorf("%s: of camera %s %d fragments open, not %d: %v", who, c, len(got[c]), len(want[c]), got[c])
		}
	}
}

// TestErasureAttacked copies everything before the sweep, and tries to open
// it all with those copies after it. docs/design/0002-keys-and-erasure.md
// says what is claimed.
func TestErasureAttacked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.hours(4)
		all := map[premises.CameraID][]time.Time{}
		for _, c := range cameras {
			for h := range time.Duration(4) {
				all[c] = append(all[c], times(h*time.Hour, 10*time.Minute)...)
			}
		}
		wantOpen(t, "before", w.opens(), all)

		// Of camera 0b five minutes are held; three hours of four are due.
		theft := w.report()
		w.hold(theft, "0b", 63*time.Minute, 5*time.Minute)
		before := w.steal()
		w.set(monday.Add(6*24*time.Hour + 2*time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		left := map[premises.CameraID][]time.Time{"0b": times(63*time.Minute, 5*time.Minute)}
		for _, c := range cameras {
			left[c] = append(left[c], times(3*time.Hour, 10*time.Minute)...)
		}
		wantOpen(t, "after the sweep", w.opens(), left)

		// The thief has all of then, and the keys of now.
		thief := w.attack(before, w.dir)
		wantOpen(t, "old copies, vault and anchor of now", thief.opens(), left)
		// The key of the hour after the last was published ahead.
		if got := thief.canaries(); !slices.Equal(got, []string{"0a 11", "0a 12", "0b 11", "0b 12", "0c 11", "0c 12"}) {
			t.Errorf("the canaries of %v open", got)
		}

		// The old vault has every key, but the anchor of now doesn't open it.
		mixed := t.TempDir()
		must(t, copyFile(filepath.Join(before.dir, "data", "vault"), filepath.Join(mixed, "vault")))
		must(t, copyFile(filepath.Join(w.dir, "anchor"), filepath.Join(mixed, "anchor")))
		if v, err := vault.Open(mixed, rand.Reader); err == nil {
			t.Errorf("the old vault opens with the anchor of now, with cameras %v", v.Cameras())
		}

		// Days later all hours are due, and the incident is settled.
		w.set(monday.Add(6*24*time.Hour + 3*time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		held := map[premises.CameraID][]time.Time{"0b": times(63*time.Minute, 5*time.Minute)}
		wantOpen(t, "only the held part is left", w.attack(before, w.dir).opens(), held)
		kept := w.steal()
		must(t, w.incidents.Settle(t.Context(), samira, theft))
		for who, l := range map[string]loot{"copies from before the sweep": before, "copies from before the settling": kept} {
			thief := w.attack(l, w.dir)
			wantOpen(t, who, thief.opens(), nil)
			if got := thief.canaries(); !slices.Equal(got, []string{"0a 12", "0b 12", "0c 12"}) { // which had no footage
				t.Errorf("%s: the canaries of %v open", who, got)
			}
		}
		wantOpen(t, "the program itself", w.opens(), nil)
		if n := w.blobs(); n > 0 {
			t.Errorf("%d segment files are left", n)
		}

		// Here the claim ends, and only because this opens does the rest of
		// this test show anything.
		wantOpen(t, "a stolen anchor from before", w.attack(before, filepath.Join(before.dir, "data")).opens(), all)
	})
}

// blobs counts segment files.
func (w *world) blobs() (n int) {
	w.t.Helper()
	must(w.t, filepath.WalkDir(filepath.Join(w.dir, "segments"), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// TestHoldOnWhatIsStillToCome: a hold that reaches past now keeps what is
// recorded later, and nothing more.
func TestHoldOnWhatIsStillToCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(10 * time.Minute)
		h := w.hold(w.report(), "0a", 5*time.Minute, 10*time.Minute)
		if h.Kept != 5 {
			t.Errorf("%d segments were kept, not 5", h.Kept)
		}
		w.record(20 * time.Minute)
		w.set(monday.Add(7 * 24 * time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		wantOpen(t, "after the sweep", w.opens(), map[premises.CameraID][]time.Time{"0a": times(5*time.Minute, 10*time.Minute)})
	})
}

// TestClockOfRemovedCameras: renaming, moving or removing a camera, and
// adding one with the same name, changes nothing about its footage's term.
func TestClockOfRemovedCameras(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(10 * time.Minute)
		by := samira.Request("", footage.Subject("", footage.Span{}))
		c, err := w.premises.Camera(t.Context(), "0a")
		must(t, err)
		c.Name = "Gang"
		must(t, w.premises.ChangeCamera(t.Context(), by, c))
		for _, id := range []premises.CameraID{"0b", "0c"} {
			must(t, w.premises.RemoveCamera(t.Context(), by, id))
		}
		all := map[premises.CameraID][]time.Time{"0a": times(0, 10*time.Minute), "0b": times(0, 10*time.Minute), "0c": times(0, 10*time.Minute)}

		w.set(monday.Add(6*24*time.Hour - time.Second))
		must(t, w.sweeper.Sweep(t.Context()))
		wantOpen(t, "a second before the term", w.opens(), all)
		w.set(monday.Add(6 * 24 * time.Hour))
		must(t, w.sweeper.Sweep(t.Context()))
		wantOpen(t, "at the term", w.opens(), nil)
		if n := w.count("SELECT count(*) FROM segment"); n > 0 || w.blobs() > 0 {
			t.Errorf("%d segments and %d files are left", n, w.blobs())
		}
		if n := w.count("SELECT count(*) FROM erasure WHERE state = 'done' AND vault_version > 0"); n != 3 {
			t.Errorf("%d erasures are on record, not 3", n)
		}
	})
}
