package people

import (
	"sync"
	"time"
)

// After freeTries failures in a row a login must pause before each further
// try, twice as long every time. It is forgotten when nobody tried for
// forgetAfter since the pause ended.
const (
	freeTries   = 5
	firstPause  = 30 * time.Second
	longest     = 15 * time.Minute
	forgetAfter = 15 * time.Minute
	maxLogins   = 4096
)

// A throttle counts tries for each login as it was typed, known or not, so
// that it doesn't tell which logins exist. It is kept in memory: a restart
// gives a guesser five more tries.
type throttle struct {
	mu     sync.Mutex
	logins map[string]*tries
}

// tries are the failures in a row of one login.
type tries struct {
	failed  int
	until   time.Time // no try is heard before
	last    time.Time
	unheard int // tries refused during a pause, not counted in the logbook yet
}

// begin counts a try before its outcome is known, so that a hundred at the
// same time aren't a hundred free ones. It returns how long to wait before a
// try is heard, and how many in a row weren't, this one included if it isn't.
func (t *throttle) begin(login string, now time.Time) (wait time.Duration, unheard int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.logins[login]
	if l == nil || l.stale(now) {
		t.makeRoom(now)
		l = &tries{}
		t.logins[login] = l
	}
	if wait = l.until.Sub(now); wait > 0 {
		l.unheard++
		return wait, l.unheard
	}
	l.failed++
	l.last = now
	if l.failed >= freeTries {
		l.until = now.Add(pause(l.failed - freeTries))
	}
	unheard, l.unheard = l.unheard, 0
	return 0, unheard
}

// succeeded forgets a login: its failures are no longer in a row.
func (t *throttle) succeeded(login string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.logins, login)
}

// stale also holds for a pause that the clock, set back, would make endless.
func (l *tries) stale(now time.Time) bool {
	end := l.last
	if l.until.After(end) {
		end = l.until
	}
	return now.Sub(end) > forgetAfter || l.until.Sub(now) > longest
}

func pause(n int) time.Duration {
	p := firstPause
	for ; n > 0 && p < longest; n-- {
		p *= 2
	}
	return min(p, longest)
}

// makeRoom keeps the number of logins bounded. Whoever has failed least goes
// first, so that a flood of invented names doesn't free a name under attack.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.logins) < maxLogins {
		return
	}
	var out string
	var least *tries
	for login, l := range t.logins {
		if l.stale(now) {
			delete(t.logins, login)
		} else if least == nil || l.failed < least.failed || l.failed == least.failed && l.last.Before(least.last) {
			out, least = login, l
		}
	}
	if len(t.logins) >= maxLogins {
		delete(t.logins, out)
	}
}
