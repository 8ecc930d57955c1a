package people

import (
	"strings"
	"testing"
	"time"
)

func TestSecret(t *testing.T) {
	s := newSecret(usual(), "een lang wachtwoord")
	if !s.fits("een lang wachtwoord") || s.fits("een lang wachtwoorD") || s.fits("") {
		t.Error("a password fits when it shouldn't, or not when it should")
	}
	if newSecret(usual(), "een lang wachtwoord").String() == s.String() {
		t.Error("two hashes of one password are the same: no salt")
	}
	back, err := parseSecret(s.String())
	if err != nil {
		t.Fatal(err)
	}
	if !back.fits("een lang wachtwoord") {
		t.Error("a secret that was written and read back doesn't fit")
	}
	if !strings.HasPrefix(s.String(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s isn't what the design says", s)
	}
	if d := decoy(usual()); d.fits("") || d.memory != s.memory || d.passes != s.passes || d.lanes != s.lanes {
		t.Error("the decoy fits, or costs something else")
	}
}

func TestBadSecrets(t *testing.T) {
	good := newSecret(usual(), "een lang wachtwoord").String()
	for _, bad := range []string{
		"", "$", "$$$$$", good + "$", good + "=", " " + good,
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=99999999", 1),
		strings.Replace(good, "m=19456", "m=019456", 1),
		strings.Replace(good, "t=2", "t=0", 1),
		strings.Replace(good, "p=1", "p=256", 1),
		strings.Replace(good, ",p=1", "", 1),
		good[:len(good)-30],
	} {
		if _, err := parseSecret(bad); err == nil {
			t.Errorf("%q is read as a secret", bad)
		}
	}
}

// FuzzSecret: whatever is read as a secret is written as it was, and has a
// bounded cost.
func FuzzSecret(f *testing.F) {
	f.Add("")
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U")
	f.Add("$argon2id$v=19$m=+8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2i$v=16$m=1$$")
	f.Fuzz(func(t *testing.T, phc string) {
		s, err := parseSecret(phc)
		if err != nil {
			return
		}
		if s.String() != phc {
			t.Errorf("%q is read as %s", phc, s)
		}
		if s.memory > 256*1024 || s.passes > 16 || s.lanes < 1 || len(s.key) > 64 {
			t.Errorf("%q would cost too much", phc)
		}
	})
}

func TestThrottle(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	th := throttle{logins: map[string]*tries{}}
	for i := range freeTries {
		if wait, _ := th.begin("pieter", now); wait > 0 {
			t.Fatalf("try %d has to wait %v", i+1, wait)
		}
	}
	wanted := firstPause
	for range 7 {
		wait, _ := th.begin("pieter", now)
		if wait != wanted {
			t.Fatalf("has to wait %v, want %v", wait, wanted)
		}
		if w, _ := th.begin("samira", now); w > 0 {
			t.Fatal("somebody else has to wait too")
		}
		th.succeeded("samira")
		now = now.Add(wait)
		if wait, unheard := th.begin("pieter", now); wait > 0 || unheard != 1 {
			t.Fatalf("after the pause: wait %v, %d unheard, want none and 1", wait, unheard)
		}
		wanted = min(2*wanted, longest)
	}
	th.succeeded("pieter")
	if wait, _ := th.begin("pieter", now); wait > 0 {
		t.Error("has to wait after a success")
	}
	for range freeTries {
		th.begin("pieter", now)
	}
	if wait, _ := th.begin("pieter", now.Add(firstPause+forgetAfter+time.Second)); wait > 0 {
		t.Error("isn't forgotten")
	}
}

func TestThrottleIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	th := throttle{logins: map[string]*tries{}}
	for range freeTries {
		th.begin("pieter", now)
	}
	for i := range 2 * maxLogins {
		th.begin(strings.Repeat("x", i%64)+string(rune('0'+i/64)), now.Add(time.Second))
	}
	if n := len(th.logins); n > maxLogins {
		t.Errorf("%d logins are kept, want at most %d", n, maxLogins)
	}
	if wait, _ := th.begin("pieter", now.Add(time.Second)); wait <= 0 {
		t.Error("a flood of names freed the one under attack")
	}
}
