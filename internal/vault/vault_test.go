package vault

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *Vault {
	t.Helper()
	v, err := Open(dir, rand.Reader)
	must(t, err)
	t.Cleanup(func() { v.Close() })
	return v
}

func reopen(t testing.TB, v *Vault) *Vault {
	t.Helper()
	must(t, v.Close())
	return open(t, v.dir)
}

func public(t testing.TB, v *Vault, camera string, hour Hour) hpke.PublicKey {
	t.Helper()
	k, err := v.Public(t.Context(), camera, hour)
	must(t, err)
	return k
}

// opens reports whether v can open what was sealed to the public key.
func opens(t testing.TB, v *Vault, camera string, hour Hour, sealed []byte) bool {
	t.Helper()
	k, err := v.Private(camera, hour)
	if err != nil {
		if !errors.Is(err, ErrErased) {
			t.Fatal(err)
		}
		return false
	}
	text, err := hpke.Open(k, hpke.HKDFSHA256(), hpke.AES256GCM(), nil, sealed)
	return err == nil && string(text) == "secret"
}

func sealTo(t testing.TB, k hpke.PublicKey) []byte {
	t.Helper()
	sealed, err := hpke.Seal(k, hpke.HKDFSHA256(), hpke.AES256GCM(), nil, []byte("secret"))
	must(t, err)
	return sealed
}

func TestKeysOutliveTheProcess(t *testing.T) {
	v := open(t, filepath.Join(t.TempDir(), "new"))
	a := sealTo(t, public(t, v, "a", 494_000))
	b := sealTo(t, public(t, v, "b", 494_000))
	wrapped, err := v.Wrap("i1", "s1", []byte("segment key"))
	must(t, err)
	version := v.Version()

	v = reopen(t, v)
	if v.Version() != version {
		t.Errorf("version %d became %d", version, v.Version())
	}
	if !opens(t, v, "a", 494_000, a) || !opens(t, v, "b", 494_000, b) {
		t.Error("what was sealed before doesn't open after")
	}
	if opens(t, v, "b", 494_000, a) || opens(t, v, "a", 494_001, a) {
		t.Error("another camera's or hour's key opens it")
	}
	if key, err := v.Unwrap("i1", "s1", wrapped); err != nil || string(key) != "segment key" {
		t.Errorf("unwrapped %q, %v", key, err)
	}
	if !slices.Equal(v.Cameras(), []string{"a", "b"}) || !slices.Equal(v.Incidents(), []string{"i1"}) {
		t.Errorf("cameras %v, incidents %v", v.Cameras(), v.Incidents())
	}
	if !v.Known("a") || v.Known("c") {
		t.Error("Known is wrong")
	}
}

func TestDestroy(t *testing.T) {
	v := open(t, t.TempDir())
	sealed := map[Hour][]byte{}
	for h := Hour(100); h < 108; h++ {
		sealed[h] = sealTo(t, public(t, v, "a", h))
	}
	other := sealTo(t, public(t, v, "b", 100))

	version, err := v.Destroy(t.Context(), "a", 105)
	must(t, err)
	if version != v.Version() {
		t.Errorf("destroyed in version %d, but the vault has %d", version, v.Version())
	}
	for range 2 { // in memory, and from disk
		for h, s := range sealed {
			if gone := h < 105; opens(t, v, "a", h, s) == gone || v.Erased("a", h) != gone {
				t.Errorf("hour %d: opens or is erased when it shouldn't", h)
			}
		}
		if _, err := v.Public(t.Context(), "a", 104); !errors.Is(err, ErrErased) {
			t.Errorf("the public key of an erased hour: %v", err)
		}
		if !opens(t, v, "b", 100, other) || v.Erased("b", 100) {
			t.Error("another camera lost its key")
		}
		v = reopen(t, v)
	}
	again, err := v.Destroy(t.Context(), "a", 105)
	must(t, err)
	earlier, err := v.Destroy(t.Context(), "a", 3)
	must(t, err)
	if again != version || earlier != version || v.Version() != version {
		t.Errorf("destroying again gave versions %d and %d and made %d, not %d", again, earlier, v.Version(), version)
	}
}

func TestDestroyKeysOfAnUnknownCamera(t *testing.T) {
	v := open(t, t.TempDir())
	if _, err := v.Private("a", 5); !errors.Is(err, ErrUnknown) {
		t.Errorf("the key of an unknown camera: %v", err)
	}
	if v.Erased("a", 5) {
		t.Error("an unknown camera has nothing erased")
	}
	_, err := v.Destroy(t.Context(), "a", 10)
	must(t, err)
	if _, err := v.Public(t.Context(), "a", 9); !errors.Is(err, ErrErased) {
		t.Errorf("the hour came to life: %v", err)
	}
	public(t, v, "a", 10)
}

func TestHoursOutOfRange(t *testing.T) {
	v := open(t, t.TempDir())
	for _, h := range []Hour{-1, hours} {
		if _, err := v.Public(t.Context(), "a", h); !errors.Is(err, errHour) {
			t.Errorf("hour %d: %v", h, err)
		}
	}
	for _, h := range []Hour{-1, hours + 1} {
		if _, err := v.Destroy(t.Context(), "a", h); !errors.Is(err, errHour) {
			t.Errorf("before hour %d: %v", h, err)
		}
	}
	_, err := v.Destroy(t.Context(), "a", hours)
	must(t, err)
	if v = reopen(t, v); !v.Erased("a", hours-1) || !v.Erased("a", 0) {
		t.Error("an hour outlived the end of all hours")
	}
}

func TestHourOf(t *testing.T) {
	for at, want := range map[string]Hour{
		"1970-01-01T00:00:00Z": 0, "1969-12-31T23:59:59Z": -1, "1969-12-31T23:00:00Z": -1,
		"2026-03-29T02:59:59+01:00": 492985, "2026-03-29T03:00:00+02:00": 492985,
	} {
		instant, err := time.Parse(time.RFC3339, at)
		must(t, err)
		h := HourOf(instant)
		if h != want {
			t.Errorf("%s is in hour %d, not %d", at, h, want)
		}
		if s := h.Start(); s.After(instant) || instant.Sub(s) >= time.Hour {
			t.Errorf("hour %d begins at %s", h, s)
		}
	}
}

func TestWrapBindsIncidentAndSegment(t *testing.T) {
	v := open(t, t.TempDir())
	wrapped, err := v.Wrap("i1", "s1", []byte("key"))
	must(t, err)
	_, err = v.Wrap("i2", "s1", []byte("key"))
	must(t, err)
	for _, other := range [][2]string{{"i1", "s2"}, {"i2", "s1"}} {
		if key, err := v.Unwrap(other[0], other[1], wrapped); err == nil {
			t.Errorf("opened for %v: %q", other, key)
		}
	}
	for n := range wrapped {
		if _, err := v.Unwrap("i1", "s1", wrapped[:n]); err == nil {
			t.Errorf("opened from its first %d bytes", n)
		}
	}
	if bytes.Equal(binding("1", "23"), binding("12", "3")) {
		t.Error("two pairs have one binding")
	}
}

func TestForget(t *testing.T) {
	v := open(t, t.TempDir())
	wrapped, err := v.Wrap("i1", "s1", []byte("key"))
	must(t, err)
	must(t, v.Forget("i1"))
	for range 2 {
		if _, err := v.Unwrap("i1", "s1", wrapped); !errors.Is(err, ErrErased) {
			t.Errorf("unwrapped after forgetting: %v", err)
		}
		v = reopen(t, v)
	}
	version := v.Version()
	must(t, v.Forget("i1"))
	must(t, v.Forget("never was"))
	if v.Version() != version {
		t.Error("forgetting nothing made a commit")
	}
	if _, err := v.Wrap("i1", "s2", []byte("key")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Unwrap("i1", "s1", wrapped); err == nil {
		t.Error("a new key opened what the old one sealed")
	}
}

func TestOneProcessAtATime(t *testing.T) {
	v := open(t, t.TempDir())
	sealed := sealTo(t, public(t, v, "a", 7))
	if _, err := Open(v.dir, rand.Reader); !errors.Is(err, ErrInUse) {
		t.Fatalf("opened twice: %v", err)
	}
	before := listing(t, v.dir)
	r, err := OpenReadOnly(v.dir)
	must(t, err)
	defer r.Close()
	if !opens(t, r, "a", 7, sealed) {
		t.Error("read-only doesn't open")
	}
	for name, err := range map[string]error{
		"Destroy": second(r.Destroy(t.Context(), "a", 9)),
		"Forget":  r.Forget("i1"),
		"Wrap":    second(r.Wrap("i1", "s1", []byte("key"))),
	} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s on a read-only vault: %v", name, err)
		}
	}
	if _, err := r.Public(t.Context(), "new", 9); !errors.Is(err, ErrUnknown) {
		t.Errorf("a new camera on a read-only vault: %v", err)
	}
	public(t, r, "a", 8)
	if after := listing(t, v.dir); after != before {
		t.Errorf("reading wrote: %s became %s", before, after)
	}
}

func second[T any](_ T, err error) error { return err }

// listing is everything about the files in dir that writing would change.
func listing(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var all strings.Builder
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		info, err := e.Info()
		must(t, err)
		all.WriteString(e.Name() + info.ModTime().String() + info.Mode().String() + string(b))
	}
	return all.String()
}

func TestFilesAreForTheOwnerOnly(t *testing.T) {
	v := open(t, t.TempDir())
	public(t, v, "a", 7)
	for _, name := range []string{vaultFile, anchorFile, lockFile} {
		info, err := os.Stat(v.path(name))
		must(t, err)
		if info.Mode() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestClosedVault(t *testing.T) {
	v := open(t, t.TempDir())
	public(t, v, "a", 7)
	held := v.keys
	must(t, v.Close())
	must(t, v.Close())
	for name, err := range map[string]error{
		"Public":  second(v.Public(t.Context(), "a", 7)),
		"Private": second(v.Private("a", 7)),
		"Destroy": second(v.Destroy(t.Context(), "a", 7)),
		"Wrap":    second(v.Wrap("i", "s", nil)),
		"Unwrap":  second(v.Unwrap("i", "s", nil)),
		"Forget":  v.Forget("i"),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s on a closed vault: %v", name, err)
		}
	}
	if held.cameras["a"].nodes[0].seed != [32]byte{} {
		t.Error("a closed vault keeps its keys in memory")
	}
}

func TestDestroyedKeysLeaveMemory(t *testing.T) {
	v := open(t, t.TempDir())
	public(t, v, "a", 7)
	_, err := v.Wrap("i", "s", nil)
	must(t, err)
	r, kek := v.keys.cameras["a"], v.keys.incidents["i"]
	_, err = v.Destroy(t.Context(), "a", 7)
	must(t, err)
	must(t, v.Forget("i"))
	if r.nodes[0].seed != [32]byte{} || !bytes.Equal(kek, make([]byte, 32)) {
		t.Error("a destroyed key is still in memory")
	}
}

func TestNoRandomness(t *testing.T) {
	v := open(t, t.TempDir())
	public(t, v, "a", 7)
	v.rand = iotest.ErrReader(errors.New("dry"))
	version := v.Version()
	for name, err := range map[string]error{
		"Public":  second(v.Public(t.Context(), "b", 7)),
		"Destroy": second(v.Destroy(t.Context(), "a", 9)),
		"Wrap":    second(v.Wrap("i", "s", nil)),
	} {
		if err == nil || !strings.Contains(err.Error(), "dry") {
			t.Errorf("%s without randomness: %v", name, err)
		}
	}
	if v.Version() != version || v.Erased("a", 7) || v.Known("b") {
		t.Error("something changed")
	}
}

func TestNames(t *testing.T) {
	v := open(t, t.TempDir())
	for _, name := range []string{"", strings.Repeat("x", 1<<16)} {
		for what, err := range map[string]error{
			"Public":  second(v.Public(t.Context(), name, 7)),
			"Destroy": second(v.Destroy(t.Context(), name, 9)),
			"Wrap":    second(v.Wrap(name, "s", nil)),
		} {
			if err == nil {
				t.Errorf("%s accepts a name of %d bytes", what, len(name))
			}
		}
	}
	reopen(t, v)
}
