package still

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A room has a gradient on its wall, noise, a lamp, and sometimes somebody in
// it, of two by four cells.
type room struct {
	random *rand.Rand
	noise  float64
	lamp   int
	person int // where; 0 for nobody
}

func (r *room) cells() []byte {
	b := make([]byte, wide*high)
	for i := range b {
		x, y := i%wide, i/wide
		v := 60 + x + y + r.lamp + int(r.random.NormFloat64()*r.noise)
		if r.person > 0 && x >= r.person && x < r.person+2 && y >= 20 && y < 24 {
			v += 60
		}
		b[i] = byte(min(max(v, 0), 255))
	}
	return b
}

func TestJudge(t *testing.T) {
	began := time.Unix(1e9, 0)
	const step = 100 * time.Millisecond
	for _, c := range []struct {
		name  string
		noise float64
		at    func(i int, r *room) time.Duration // what is in picture i, and when that is
		want  string
	}{
		{"nobody", 1, func(i int, _ *room) time.Duration { return time.Duration(i) * step }, "nothing 0.2"},
		{"nobody, at night", 4, func(i int, _ *room) time.Duration { return time.Duration(i) * step }, "nothing 0.2"},
		{"it gets dark", 1, func(i int, r *room) time.Duration { r.lamp = -i / 5; return time.Duration(i) * step }, "nothing 0.2"},
		{"somebody walks by", 2, func(i int, r *room) time.Duration {
			if r.person = 0; i >= 20 && i < 60 {
				r.person = i - 19
			}
			return time.Duration(i) * step
		}, "nothing 0.2, moves 2.0, nothing 6.2"},
		{"somebody pauses", 2, func(i int, r *room) time.Duration {
			if r.person = 1 + min(i, 20); i > 35 {
				r.person = 1 + min(i-15, 40)
			}
			return time.Duration(i) * step
		}, "moves 0.2, nothing 5.8"},
		{"the clock is put back", 2, func(i int, r *room) time.Duration {
			if r.person = 1 + i%60; i < 30 {
				return time.Hour + time.Duration(i)*step
			}
			if i > 60 {
				r.person = 0
			}
			return time.Duration(i) * step
		}, "moves 3600.2, nothing 6.4"},
		{"pictures come slowly", 2, func(i int, r *room) time.Duration {
			if r.person = 0; i == 4 || i == 5 {
				r.person = 10 * i
			}
			return time.Duration(i) * time.Second
		}, "nothing 1.0, moves 4.0, nothing 7.0"},
	} {
		var j judge
		r := &room{random: rand.New(rand.NewPCG(1, 2)), noise: c.noise}
		var told []string
		for i := range 100 {
			at := began.Add(c.at(i, r))
			if when, on, news := j.see(at, r.cells()); news {
				told = append(told, fmt.Sprintf("%s %.1f", map[bool]string{true: "moves", false: "nothing"}[on], when.Sub(began).Seconds()))
			}
		}
		if got := strings.Join(told, ", "); got != c.want {
			t.Errorf("%s: told %q, want %q", c.name, got, c.want)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	r := &room{random: rand.New(rand.NewPCG(1, 2)), noise: 2}
	pictures := [][]byte{r.cells(), r.cells(), r.cells()}
	var j judge
	at := time.Unix(1e9, 0)
	for i := 0; b.Loop(); i++ {
		at = at.Add(each)
		j.see(at, pictures[i%3])
	}
}
