package media

import (
	"slices"
	"testing"
	"time"
)

// arrivals pushes a picture a time, 40 ms of the camera's apart, arriving
// when the list says, and returns what came of it.
func arrivals(t *testing.T, at ...time.Duration) []AccessUnit {
	t.Helper()
	var units []AccessUnit
	s := newSender(&Config{Codec: H264, SPS: sps, PPS: pps}, keep(&units))
	for _, a := range at {
		s.at = noon.Add(a)
		s.send(true, idr...)
		s.time += 3600
	}
	if s.err != nil || len(units) != len(at) {
		t.Fatalf("%d pictures, want %d (%v)", len(units), len(at), s.err)
	}
	return units
}

func every(step time.Duration, n int) []time.Duration {
	var at []time.Duration
	for i := range n {
		at = append(at, time.Duration(i)*step)
	}
	return at
}

func jumps(units []AccessUnit) (at []int) {
	for i, u := range units {
		if u.Jump {
			at = append(at, i)
		}
	}
	return at
}

func checkForward(t *testing.T, units []AccessUnit) {
	t.Helper()
	for i := 1; i < len(units); i++ {
		if !units[i].Time.After(units[i-1].Time) {
			t.Errorf("picture %d doesn't come after the one before it", i)
		}
	}
}

func TestTimeIsSmooth(t *testing.T) {
	at := every(40*time.Millisecond, 250)
	for i := range at {
		at[i] += time.Duration(i%5) * 30 * time.Millisecond // in fits and starts
	}
	units := arrivals(t, at...)
	for i := 1; i < len(units); i++ {
		if step := units[i].Time.Sub(units[i-1].Time); (step - 40*time.Millisecond).Abs() > time.Millisecond {
			t.Errorf("picture %d comes after %v", i, step)
		}
	}
}

func TestTimeFollowsDrift(t *testing.T) {
	// The camera's clock is 300 millionths slow: 4.3 s in the 4 hours.
	at := every(40*time.Millisecond+12*time.Microsecond, 4*3600*25)
	units := arrivals(t, at...)
	checkForward(t, units)
	last := len(units) - 1
	if off := noon.Add(at[last]).Sub(units[last].Time).Abs(); off > 100*time.Millisecond || jumps(units) != nil {
		t.Errorf("%v off after 4 hours, jumps %v", off, jumps(units))
	}
}

func TestTimeAfterAStall(t *testing.T) {
	at := every(40*time.Millisecond, 200)
	for i := 50; i < 125; i++ { // 3 s that all come at once
		at[i] = 125 * 40 * time.Millisecond
	}
	units := arrivals(t, at...)
	checkForward(t, units)
	if j := jumps(units); j != nil {
		t.Errorf("jumps at %v: the pictures were only late", j)
	}
}

func TestTimeAfterAClockWasSet(t *testing.T) {
	for _, by := range []time.Duration{-time.Hour, -2 * time.Second, 20 * time.Second, 30 * 24 * time.Hour} {
		at := every(40*time.Millisecond, 100)
		for i := 50; i < 100; i++ {
			at[i] += by
		}
		units := arrivals(t, at...)
		if j := jumps(units); !slices.Equal(j, []int{50}) {
			t.Errorf("by %v: jumps at %v, want 50", by, j)
		}
		if !units[50].Time.Equal(noon.Add(at[50])) {
			t.Errorf("by %v: the time is %v", by, units[50].Time)
		}
	}
	at := every(40*time.Millisecond, 100) // might be a stall, but lasts
	for i := 50; i < 100; i++ {
		at[i] += 3 * time.Second
	}
	if j := jumps(arrivals(t, at...)); !slices.Equal(j, []int{75}) {
		t.Errorf("by 3 s: jumps at %v, want 75", j)
	}
}

func TestTimestampsThatBeginAnew(t *testing.T) {
	var units []AccessUnit
	s := newSender(&Config{Codec: H264, SPS: sps, PPS: pps}, keep(&units))
	s.unit(idr)
	s.unit(slice)
	s.time = 123456789
	s.tick(0)
	s.unit(slice)
	s.unit(slice)
	if s.err != nil || len(units) != 4 {
		t.Fatalf("%d pictures (%v)", len(units), s.err)
	}
	checkForward(t, units)
	for i, want := range []uint64{0, 3600, 7200, 10800} {
		if units[i].DTS != want || units[i].CTS != 0 || units[i].Lost != (i == 2) || units[i].Jump {
			t.Errorf("picture %d: %+v", i, units[i])
		}
	}
}

func TestLongPause(t *testing.T) {
	var units []AccessUnit
	var fragments []Fragment
	f := NewFragmenter(500*time.Millisecond, keepFragments(&fragments))
	s := newSender(&Config{Codec: H264, SPS: sps, PPS: pps}, func(au *AccessUnit) error {
		if err := keep(&units)(au); err != nil {
			return err
		}
		return f.Push(au)
	})
	s.unit(idr)
	s.unit(slice)
	s.tick(5 * Clock) // the camera hung, but its clock went on
	s.unit(slice)
	s.unit(slice)
	if err := f.Flush(); err != nil || s.err != nil {
		t.Fatal(err, s.err)
	}
	if !units[2].Lost || units[1].Lost || units[3].Lost {
		t.Errorf("only the third picture comes after a hole: %+v", units)
	}
	if len(fragments) != 2 || fragments[0].Length() != 80*time.Millisecond {
		t.Fatalf("%d fragments, the first lasts %v", len(fragments), fragments[0].Length())
	}
	if hole := fragments[1].Start.Sub(fragments[0].Start); hole < 5*time.Second {
		t.Errorf("the second begins %v after the first", hole)
	}
}

// TestOrderUnpromised has B-frames whose parameter sets don't announce them.
func TestOrderUnpromised(t *testing.T) {
	o := order{}
	o.configure(&Config{Codec: H264, SPS: []byte{0x67, 0, 0, 0}, PPS: pps})
	shown := []uint32{0}
	for g := uint32(0); g < 30; g++ { // P B B, thirty times
		shown = append(shown, g*3+3, g*3+1, g*3+2)
	}
	last := int64(-1)
	for i, s := range shown {
		o.next(s*3600, noon.Add(time.Duration(i)*40*time.Millisecond), false)
		if o.dts <= last {
			t.Errorf("picture %d is decoded at %d, after one at %d", i, o.dts, last)
		}
		if i > 6 && (o.dts > o.pts || o.pts-o.dts > 4*3600) {
			t.Errorf("picture %d is decoded at %d and shown at %d", i, o.dts, o.pts)
		}
		last = o.dts
	}
	if o.depth != 1 {
		t.Errorf("depth %d, want 1", o.depth)
	}
}

// TestIntraRefresh joins a camera that never sends a key picture again.
func TestIntraRefresh(t *testing.T) {
	clip := readClip(t, "refresh")
	var fragments []Fragment
	f := NewFragmenter(500*time.Millisecond, keepFragments(&fragments))
	d := NewDepacketizer(H264, 96, nil, f.Push)
	sent := packetize(t, &clip, 0)
	for _, p := range sent[len(sent)/3:] {
		if err := d.Push(p.data, p.at); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	keys := 0
	for _, f := range fragments {
		if f.Key() {
			keys++
		}
	}
	if keys < 2 || !fragments[0].Key() {
		t.Fatalf("%d of %d fragments begin with a key picture", keys, len(fragments))
	}
	movieOf(t, *fragments[0].Config, fragments)
}
