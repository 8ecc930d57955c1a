package media

import "time"

const (
	maxApart = time.Second      // between our clock and the camera's
	stall    = 10 * time.Second // a network may be this late and catch up
	maxSlew  = 200              // a 200th of the time that passes
)

// A pace says by our clock when pictures were taken. They arrive by fits and
// starts, so the camera's clock tells how far they are apart, and ours only
// draws that along slowly.
type pace struct {
	begun bool
	at    time.Time // of the last picture
	ticks int64     // its dts
	late  time.Time // since when pictures come more than maxApart late
}

// next places a picture. It reports whether the clocks went so far apart that
// it was placed by its arrival alone.
func (p *pace) next(ticks int64, arrival time.Time) (at time.Time, jump bool) {
	arrival = arrival.Round(0) // the wall's time, also after it was put right
	passed := Duration(uint64(ticks - p.ticks))
	p.ticks = ticks
	if !p.begun {
		p.begun, p.at = true, arrival
		return p.at, false
	}
	p.at = p.at.Add(passed)
	behind := arrival.Sub(p.at)
	if p.apart(behind, arrival) {
		p.at, p.late = arrival, time.Time{}
		return p.at, true
	}
	p.at = p.at.Add(min(max(behind/64, -passed/maxSlew), passed/maxSlew))
	return p.at, false
}

// apart reports whether the clocks are really apart. Pictures that come too
// late may have waited in the network; those that follow then catch up, and
// nothing is wrong with their times. So it waits a second for that.
func (p *pace) apart(by time.Duration, arrival time.Time) bool {
	if by <= maxApart {
		p.late = time.Time{}
		return by < -maxApart
	}
	if p.late.IsZero() {
		p.late = arrival
	}
	return by > stall || arrival.Sub(p.late) >= maxApart
}
