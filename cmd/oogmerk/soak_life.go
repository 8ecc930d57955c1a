package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
)

const (
	soakTurn = 12 * time.Second // of all cameras, one after the other
	soakStep = 100 * time.Millisecond
	soakKey  = 10 // pictures from one key picture to the next
)

// A lifeReading is what a life says after each turn.
type lifeReading struct {
	At         int64   `json:"at"` // microseconds, by the simulated clock
	Turn       int     `json:"turn"`
	RSS        float64 `json:"rss_mb"`
	Goroutines int     `json:"goroutines"`
	Files      int     `json:"files"` // that are open; 0 where the system doesn't say
}

// soakLife is the process that a soak kills: the program, without its pages, on
// cameras whose pictures are made as fast as they are recorded. It ends when
// its standard input does.
func soakLife(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench life", flag.ContinueOnError)
	dir := set.String("data", "", "`directory` of the installation")
	from := set.Int64("from", 0, "when it begins, in microseconds")
	seed := set.Uint64("seed", 1, "of what the cameras do")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, nobody needs us any more
		stop()
	}()
	l := &life{random: rand.New(rand.NewPCG(*seed, 4)), out: json.NewEncoder(out)}
	l.clock.Store(*from)
	var err error
	if l.clips, err = demo.Clips(); err != nil {
		return err
	}
	if l.program, err = build(ctx, place{dir: *dir}, l.now, func(error) {}); err != nil {
		return err
	}
	if err = errors.Join(l.gate.Start(ctx), l.footage.Recover(ctx), l.incidents.Recover(ctx)); err == nil {
		ended := make(chan error, 1)
		go func() { ended <- l.footage.Run(ctx) }()
		err = l.live(ctx)
		stop()
		err = errors.Join(err, <-ended)
	}
	return errors.Join(err, l.program.close())
}

// A life is one run of the program in a soak.
type life struct {
	*program
	clock  atomic.Int64 // microseconds
	random *rand.Rand
	clips  []media.Clip // of which the parameter sets are used
	out    *json.Encoder
}

func (l *life) now() time.Time { return time.UnixMicro(l.clock.Load()).UTC() }

func (l *life) one(of int) bool { return l.random.IntN(of) == 0 }

func (l *life) live(ctx context.Context) error {
	cameras, err := l.premises.Cameras(ctx)
	if err != nil {
		return err
	}
	for turn := 1; ctx.Err() == nil; turn++ {
		begin := l.now()
		for _, c := range cameras {
			if l.one(8) {
				continue // it can't be reached
			}
			if err := l.recorder.Play(ctx, c.ID, l.pictures(begin)); err != nil && ctx.Err() == nil {
				return err
			}
		}
		end := begin.Add(soakTurn)
		switch { // our own clock is put right, or wrong
		case l.one(60):
			end = end.Add(time.Duration(l.random.IntN(600)) * time.Second)
		case l.one(60):
			end = end.Add(-time.Duration(l.random.IntN(60)) * time.Second)
		}
		l.clock.Store(end.UnixMicro())
		if turn%50 == 0 {
			if err := l.sweeper.Sweep(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		if err := l.say(turn); err != nil {
			return err
		}
	}
	return nil
}

// say tells how much is in use.
func (l *life) say(turn int) error {
	rss, err := residentMB()
	if err != nil {
		return err
	}
	files, _ := os.ReadDir("/proc/self/fd") // which is of Linux alone
	return l.out.Encode(lifeReading{At: l.clock.Load(), Turn: turn, RSS: round(rss, 1), Goroutines: runtime.NumGoroutine(), Files: len(files)})
}

// pictures is what a camera sends in a turn, and what goes wrong with it.
func (l *life) pictures(begin time.Time) (all []media.AccessUnit) {
	n := int(soakTurn / soakStep)
	config := l.config()
	hangs, changes, jumps := n, n, n // from which picture on
	if l.one(4) {
		hangs = l.random.IntN(n)
	}
	if l.one(4) {
		changes = l.random.IntN(n)
	}
	if l.one(6) {
		jumps = l.random.IntN(n)
	}
	late := time.Duration(l.random.IntN(8000)-2000) * time.Millisecond
	for i := range n {
		if i >= hangs && i < hangs+20 {
			continue // it sends nothing for two seconds
		}
		if i >= changes && i%soakKey == 0 {
			config, changes = l.config(), n // other parameter sets in the middle
		}
		au := media.AccessUnit{Time: begin.Add(time.Duration(i) * soakStep), DTS: uint64(i) * media.Clock / 10, Duration: media.Clock / 10,
			Key: i%soakKey == 0, Data: l.picture(i%soakKey == 0)}
		if i >= jumps { // what it says of the time isn't true any more
			au.Time, au.Jump = au.Time.Add(late), i == jumps
		}
		if au.Key {
			au.Config = config
		}
		all = append(all, au)
	}
	return all
}

func (l *life) config() *media.Config { return &l.clips[l.random.IntN(len(l.clips))].Config }

// picture is a slice that nobody can decode, or garbage.
func (l *life) picture(key bool) []byte {
	size := 100 + l.random.IntN(200)
	data := make([]byte, 4+size)
	for i := range data {
		data[i] = byte(l.random.Uint32())
	}
	if l.one(50) {
		return data
	}
	data[0], data[1], data[2], data[3], data[4] = 0, 0, byte(size>>8), byte(size), 0x41
	if key {
		data[4] = 0x65
	}
	return data
}
