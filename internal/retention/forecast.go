package retention

import (
	"time"

	"oogmerk/internal/footage"
	"oogmerk/internal/vault"
)

// A Need is what one camera has on disk, and how long that is kept.
type Need struct {
	Usage   footage.Usage
	Keeping Keeping
}

// Full is what the camera has on disk when all its term is, if it goes on as
// the last days went. Without a term that is endless; then what it has now is
// returned, and false.
func (n Need) Full() (bytes int64, ends bool) {
	if !n.Keeping.Known {
		return n.Usage.Bytes(), false
	}
	return int64(float64(n.Usage.Daily())*n.Keeping.Most.Hours()/24) + n.Usage.Held, true
}

// A Forecast says how full the disk gets if all cameras go on as the last
// days went.
type Forecast struct {
	Used     int64   // by footage, now
	Held     int64   // of that, for incidents
	Daily    int64   // what is added in a day
	Capacity int64   // what footage can use: what it has, and what is free beyond the reserve
	Full     int64   // what footage uses when every term is full
	Ends     bool    // every camera that records has a term; if not, it grows for ever
	Days     int     // in which it doesn't fit any more; -1: it always fits, as far as can be seen
	Fit      float64 // how many days of all cameras fit; 0 if nothing is added
	More     int     // how many cameras like these could come besides; -1 if that can't be said
}

// horizon is how many days a forecast looks ahead.
const horizon = 3 * 366

// Foresee adds up what cameras need, and compares it with the room there is.
// What is held is counted on top of what is kept by its term, so what is both
// counts twice until its term is over: a forecast is rather early than late.
func Foresee(all []Need, room footage.Room, now time.Time) Forecast {
	f := Forecast{Ends: true, Days: -1, More: -1}
	going := make([]int64, horizon+1) // what there is now, by the day after which it goes
	coming := make([]int64, horizon+1)
	for _, n := range all {
		daily, days := n.Usage.Daily(), horizon
		f.Used += n.Usage.Bytes()
		f.Held += n.Usage.Held
		f.Daily += daily
		full, ends := n.Full()
		f.Full += full
		f.Ends = f.Ends && (ends || daily == 0)
		if ends {
			days = min(daysOf(n.Keeping.Most), horizon)
		}
		coming[days] += daily
		for _, h := range n.Usage.Hours {
			going[goes(h.Hour, n.Keeping, now)] += h.Bytes
		}
	}
	f.Capacity = max(f.Used+room.Free-room.Reserve, 0)
	f.Days = firstFull(going, coming, f)
	if f.Daily > 0 {
		f.Fit = float64(max(f.Capacity-f.Held, 0)) / float64(f.Daily)
	}
	if cameras := recording(all); cameras > 0 && f.Ends {
		f.More = int(max(f.Capacity-f.Full, 0) / max(1, (f.Full-f.Held)/int64(cameras)))
	}
	return f
}

// firstFull returns the day on which it doesn't fit any more; -1 for none.
// coming is what is added a day, by how many days that is kept.
func firstFull(going, coming []int64, f Forecast) int {
	left, added, daily := f.Used, int64(0), f.Daily
	for day := range horizon + 1 {
		if day > 0 {
			added += daily
			daily -= coming[day] // from here on as much goes as comes
		}
		left -= going[day]
		if max(left, 0)+added+min(f.Held, f.Used-max(left, 0)) > f.Capacity && (day > 0 || f.Used > f.Capacity) {
			return day
		}
	}
	return -1
}

// goes is the day, counted from now, on which an hour's term is over.
func goes(hour vault.Hour, k Keeping, now time.Time) int {
	if !k.Known {
		return horizon
	}
	return min(daysOf(max(hour.Start().Add(k.Most).Sub(now), 0)), horizon)
}

// daysOf is a length in days, rounded up.
func daysOf(d time.Duration) int { return int((d + 24*time.Hour - 1) / (24 * time.Hour)) }

// recording is how many cameras add something.
func recording(all []Need) (n int) {
	for _, need := range all {
		if need.Usage.Daily() > 0 {
			n++
		}
	}
	return n
}
