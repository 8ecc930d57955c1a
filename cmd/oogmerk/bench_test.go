package main

import (
	"encoding/json"
	"testing"
	"time"

	"oogmerk/internal/regulation"
)

func TestCounterSeesWhatIsMissing(t *testing.T) {
	const step, total = 40 * time.Millisecond, 100
	start := time.Unix(1000, 0)
	for name, test := range map[string]struct {
		skip       func(i int) bool
		kept, sent int
	}{
		"nothing":              {func(int) bool { return false }, 1000, 1000},
		"one":                  {func(i int) bool { return i == 500 }, 999, 1000},
		"the first and last":   {func(i int) bool { return i < 10 || i >= 990 }, 980, 999},
		"more than a round":    {func(i int) bool { return i > 300 && i < 650 }, 651, 1000},
		"exactly a round":      {func(i int) bool { return i > 300 && i < 400 }, 901, 1000},
		"everything, silently": {func(int) bool { return true }, 0, 999},
	} {
		c := counter{total: total, step: step, last: start}
		for i := range 1000 {
			if !test.skip(i) {
				c.count(start.Add(time.Duration(i)*step+time.Duration(i%7)*time.Millisecond), i%total)
			}
		}
		c.count(start.Add(1000*step), -1)
		if c.kept != test.kept || c.sent != test.sent {
			t.Errorf("%s missing: %d of %d, want %d of %d", name, c.kept, c.sent, test.kept, test.sent)
		}
	}
}

func TestPicturesCarryTheirNumber(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 2000, 1 << 27} {
		for codec := range fillers {
			picture := fill(codec, []byte{0, 0, 0, 2, 0x65, 0x88}, n, 5000)
			if got := number(picture); got != n || len(picture) != 5000 {
				t.Errorf("a picture of %d bytes in %s has number %d, want 5000 and %d", len(picture), codec, got, n)
			}
		}
	}
	if got := number([]byte{0, 0, 0, 2, 0x65, 0x88}); got != -1 {
		t.Errorf("a picture without a number has %d", got)
	}
}

// What it costs is for who runs it to judge; that all is measured isn't.
func TestBenchGate(t *testing.T) {
	said, code := said(t, "bench", "gate", "--n", "10", "--data", t.TempDir())
	var r gateResult
	if err := json.Unmarshal([]byte(said), &r); err != nil || code != 0 {
		t.Fatalf("%v: %s", err, said)
	}
	if len(r.RuleP50) != len(regulation.Acts()) || len(r.AskP50) != len(r.RuleP50) || r.Policies < 20 || r.RuleMost <= 0 || r.AskMost <= r.RuleMost ||
		r.EnterP50 <= 0 || r.EnterP99 < r.EnterP50 {
		t.Errorf("measured is %+v", r)
	}
}
