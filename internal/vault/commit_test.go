package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// liveSlots counts the keys in the anchor.
func liveSlots(t testing.TB, dir string) int {
	t.Helper()
	slots, err := anchor{filepath.Join(dir, anchorFile)}.read()
	must(t, err)
	n := 0
	for _, s := range slots {
		if s != (rootKey{}) {
			n++
		}
	}
	return n
}

// copyDir is what a thief or a backup takes.
func copyDir(t testing.TB, dir string, names ...string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, name), b, 0o600))
	}
	return to
}

func TestOldVaultWithTheAnchorOfNow(t *testing.T) {
	v := open(t, t.TempDir())
	sealed := sealTo(t, public(t, v, "a", 7))
	old := copyDir(t, v.dir, vaultFile, anchorFile)
	_, err := v.Destroy(t.Context(), "a", 8)
	must(t, err)

	now, err := os.ReadFile(v.path(anchorFile))
	must(t, err)
	stolen, err := os.ReadFile(filepath.Join(old, anchorFile))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(old, anchorFile), now, 0o600))
	if _, err := Open(old, rand.Reader); !errors.Is(err, errMismatch) {
		t.Fatalf("the old vault opens with the anchor of now: %v", err)
	}
	// The claim ends where the anchor itself was copied, and this test can fail.
	must(t, os.WriteFile(filepath.Join(old, anchorFile), stolen, 0o600))
	if !opens(t, open(t, old), "a", 7, sealed) {
		t.Error("the old vault doesn't open with the old anchor either: the test shows nothing")
	}
	if bytes.Contains(now, bytes.Trim(stolen, "\x00")) {
		t.Error("the old root key is still in the anchor")
	}
}

// TestCrash stops a commit after each of its steps, as a crash would, and
// opens what is on disk then.
func TestCrash(t *testing.T) {
	for done := range 5 {
		v := open(t, t.TempDir())
		sealed := sealTo(t, public(t, v, "a", 7))
		later := sealTo(t, public(t, v, "a", 8))
		version := v.Version()
		next := v.keys.next()
		next.cameras["a"] = v.keys.cameras["a"].without(0, 8, next.version)
		c, err := v.plan(next)
		must(t, err)
		for _, step := range c.steps()[:done] {
			must(t, step())
		}
		// A vault that is open only to read sees one of the two, and repairs nothing.
		before := listing(t, v.dir)
		r, err := OpenReadOnly(v.dir)
		must(t, err)
		if listing(t, v.dir) != before {
			t.Errorf("crash after step %d: reading wrote", done)
		}
		must(t, v.lock.Close()) // all that a crash lets go of by itself
		w := open(t, v.dir)
		gone := done >= 3
		for _, k := range []*Vault{r, w} {
			if opens(t, k, "a", 7, sealed) == gone || k.Erased("a", 7) != gone || !opens(t, k, "a", 8, later) {
				t.Errorf("crash after step %d: wrong keys", done)
			}
		}
		if gone && w.Version() != version+1 || !gone && w.Version() != version {
			t.Errorf("crash after step %d: version %d became %d", done, version, w.Version())
		}
		if n := liveSlots(t, w.dir); n != 1 {
			t.Errorf("crash after step %d: %d root keys in the anchor", done, n)
		}
		if _, err := os.Stat(w.path(draftFile)); err == nil {
			t.Errorf("crash after step %d: the draft is still there", done)
		}
		_, err = w.Destroy(t.Context(), "a", 8)
		must(t, err)
		if w = reopen(t, w); !w.Erased("a", 7) || !opens(t, w, "a", 8, later) {
			t.Errorf("crash after step %d: the next commit went wrong", done)
		}
	}
}

// TestStepFails lets each step of a commit fail in a process that goes on.
func TestStepFails(t *testing.T) {
	broken := errors.New("the disk says no")
	for failing := range 4 {
		for _, did := range []bool{false, true} { // failed before, or after it had its effect
			v := open(t, t.TempDir())
			sealed := sealTo(t, public(t, v, "a", 7))
			next := v.keys.next()
			next.cameras["a"] = v.keys.cameras["a"].without(0, 8, next.version)
			c, err := v.plan(next)
			must(t, err)
			steps := c.steps()
			step := steps[failing]
			steps[failing] = func() error {
				if did {
					must(t, step())
				}
				return broken
			}
			if err := v.carryOut(c, next, steps); !errors.Is(err, broken) {
				t.Fatalf("step %d failed, but the commit says %v", failing, err)
			}
			published := failing > 2 || failing == 2 && did
			// What comes next first settles what is true.
			later := sealTo(t, public(t, v, "b", 8))
			if v.Erased("a", 7) != published || opens(t, v, "a", 7, sealed) == published {
				t.Errorf("step %d failed (done: %v): wrong keys", failing, did)
			}
			version, err := v.Destroy(t.Context(), "a", 8)
			must(t, err)
			if n := liveSlots(t, v.dir); n != 1 {
				t.Errorf("step %d failed: %d root keys in the anchor", failing, n)
			}
			v = reopen(t, v)
			if !v.Erased("a", 7) || !opens(t, v, "b", 8, later) || version > v.Version() {
				t.Errorf("step %d failed (done: %v): not as it should be after all", failing, did)
			}
		}
	}
}

// TestDestroyAgainAfterFailure: that the hour seems gone is not enough; the
// old root key must go too before Destroy says so.
func TestDestroyAgainAfterFailure(t *testing.T) {
	v := open(t, t.TempDir())
	public(t, v, "a", 7)
	next := v.keys.next()
	next.cameras["a"] = v.keys.cameras["a"].without(0, 8, next.version)
	c, err := v.plan(next)
	must(t, err)
	steps := c.steps()
	steps[3] = func() error { return errors.New("no") }
	if v.carryOut(c, next, steps) == nil || liveSlots(t, v.dir) != 2 {
		t.Fatal("the test is wrong: the old root key should still be there")
	}
	version, err := v.Destroy(t.Context(), "a", 8)
	must(t, err)
	if liveSlots(t, v.dir) != 1 {
		t.Error("Destroy said yes while the old root key was there")
	}
	if version != next.version {
		t.Errorf("version %d, not %d", version, next.version)
	}
}

// TestCrashWhileNew stops the making of a vault after each step.
func TestCrashWhileNew(t *testing.T) {
	for done := range 5 {
		v := &Vault{dir: t.TempDir(), rand: rand.Reader, live: 1}
		must(t, anchor{v.path(anchorFile)}.create())
		c, err := v.plan(&keys{version: 1})
		must(t, err)
		for _, step := range c.steps()[:done] {
			must(t, step())
		}
		w := open(t, v.dir)
		if w.Version() != 1 || liveSlots(t, v.dir) != 1 {
			t.Errorf("crash after step %d: version %d, %d root keys", done, w.Version(), liveSlots(t, v.dir))
		}
		public(t, w, "a", 7)
		reopen(t, w)
	}
	// And before the anchor had all its bytes.
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, anchorFile), make([]byte, 100), 0o600))
	public(t, open(t, dir), "a", 7)
}

// TestDamage gives Open files that aren't right. It must say so in one line,
// and overwrite nothing.
func TestDamage(t *testing.T) {
	good := open(t, t.TempDir())
	public(t, good, "a", 7)
	must(t, good.Close())
	other := open(t, t.TempDir())
	flip := func(i int) func([]byte) []byte {
		return func(b []byte) []byte { b[i] ^= 1; return b }
	}
	for name, damage := range map[string]struct {
		file string
		to   func([]byte) []byte // nil: removed
		says string
	}{
		"empty vault":      {vaultFile, func(b []byte) []byte { return nil }, "damaged"},
		"short vault":      {vaultFile, func(b []byte) []byte { return b[:len(b)-1] }, "belong together"},
		"vault of a word":  {vaultFile, func(b []byte) []byte { return []byte("hello") }, "damaged"},
		"only the magic":   {vaultFile, func(b []byte) []byte { return b[:len(magic)] }, "belong together"},
		"flipped bit":      {vaultFile, flip(40), "belong together"},
		"flipped magic":    {vaultFile, flip(0), "damaged"},
		"no vault":         {vaultFile, nil, "missing"},
		"short anchor":     {anchorFile, func(b []byte) []byte { return b[:64] }, "has 64 bytes"},
		"long anchor":      {anchorFile, func(b []byte) []byte { return append(b, 0) }, "has 4097 bytes"},
		"flipped root key": {anchorFile, func(b []byte) []byte { b[0] ^= 1; b[32] ^= 1; return b }, "belong together"},
		"cleared anchor":   {anchorFile, func(b []byte) []byte { return make([]byte, anchorSize) }, "belong together"},
		"no anchor":        {anchorFile, nil, "anchor"},
		"another vault":    {vaultFile, func([]byte) []byte { b, _ := os.ReadFile(other.path(vaultFile)); return b }, "belong together"},
	} {
		dir := copyDir(t, good.dir, vaultFile, anchorFile, lockFile)
		path := filepath.Join(dir, damage.file)
		b, err := os.ReadFile(path)
		must(t, err)
		must(t, os.Remove(path))
		if damage.to != nil {
			must(t, os.WriteFile(path, damage.to(b), 0o600))
		}
		before := listing(t, dir)
		_, err = Open(dir, rand.Reader)
		_, readErr := OpenReadOnly(dir)
		if err == nil || readErr == nil {
			t.Errorf("%s: opened", name)
			continue
		}
		if !strings.Contains(err.Error(), damage.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q doesn't say %q in one line", name, err, damage.says)
		}
		if listing(t, dir) != before {
			t.Errorf("%s: something was overwritten", name)
		}
	}
}

// TestReadWhileCommitting reads the vault while another process changes it.
func TestReadWhileCommitting(t *testing.T) {
	v := open(t, t.TempDir())
	public(t, v, "a", 7)
	done := make(chan error)
	go func() {
		for h := range Hour(100) {
			if _, err := v.Destroy(t.Context(), "a", h+1); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			must(t, err)
			return
		default:
			r, err := OpenReadOnly(v.dir)
			must(t, err)
			must(t, r.Close())
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, k := range []*keys{{version: 1}, sample(f)} {
		b := k.marshal()
		f.Add(b)
		f.Add(b[:len(b)-1])
		f.Add(append(b, 0))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := unmarshal(b)
		if err != nil {
			return
		}
		if !bytes.Equal(k.marshal(), b) {
			t.Error("it reads something it wouldn't write")
		}
		for _, r := range k.cameras {
			_, _ = r.leaf(r.begins())
		}
	})
}

func sample(t testing.TB) *keys {
	r := testRing(t)
	return &keys{version: 9,
		cameras:   map[string]ring{"a": r, "b": r.without(0, 494_123, 4), "c": r.without(0, hours, 5)},
		incidents: map[string][]byte{"i1": make([]byte, 32), "i2": bytes.Repeat([]byte{7}, 32)}}
}

func FuzzOpen(f *testing.F) {
	root := rootKey{1}
	f.Add(append(root[:], make([]byte, anchorSize-32)...), seal(&root, sample(f).marshal()))
	f.Add(make([]byte, anchorSize), []byte(magic))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, anchor, file []byte) {
		slots, err := parseAnchor(anchor)
		if err != nil {
			return
		}
		if k, live, err := unlock(slots, file); err == nil && (k == nil || slots[live] == (rootKey{})) {
			t.Error("opened by no key")
		}
	})
}
