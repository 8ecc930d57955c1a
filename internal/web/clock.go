package web

import (
	"net/url"
	"strconv"
	"time"
)

// longestMove is how far the demo's clock moves at once.
const longestMove = 366 * 24

// moveClock is POST /demo/klok: the demo's time goes on by some hours.
func (s *site) moveClock(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	hours, err := readHours(v.form("uren"))
	if err != nil {
		return err
	}
	if err := s.Demo.Move(v.ctx(), hours); err != nil {
		return err
	}
	back := v.back()
	if v.token == "" {
		return v.goTo(back)
	}
	v.now = s.Now()
	if v.who, err = s.People.Present(v.ctx(), v.token); err != nil {
		return err
	}
	if v.who.Empty() { // stays ended while the time passed
		return v.goTo("/aanmelden?" + url.Values{"terug": {back}, "bericht": {"klok"}}.Encode())
	}
	return v.goTo(back)
}

// readHours reads how many whole hours to move.
func readHours(text string) (time.Duration, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > longestMove {
		return 0, mistake{key: "wrong.hours", with: []any{longestMove}}
	}
	return time.Duration(n) * time.Hour, nil
}
