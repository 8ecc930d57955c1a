package demo

import (
	"context"
	"crypto/rand"
	"net/netip"
	"slices"
	"testing"
	"time"

	"oogmerk/internal/onvif"
)

// TestSpeaks: the demo's cameras are found, say what they are, and one turns.
func TestSpeaks(t *testing.T) {
	clips, err := Clips()
	if err != nil {
		t.Fatal(err)
	}
	light, err := LightClips()
	if err != nil {
		t.Fatal(err)
	}
	cameras, err := Start(Options{Clips: clips, Light: light, Count: 5, Listen: "127.0.0.1:0", ONVIF: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer cameras.Close()
	ctx, done := context.WithTimeout(t.Context(), 20*time.Second)
	defer done()
	var names []string
	err = onvif.Find(ctx, onvif.Search{Single: []netip.AddrPort{cameras.Probe()}, Random: rand.Reader}, func(f onvif.Found) {
		if names = append(names, f.Name); len(names) == 4 {
			done()
		}
	})
	slices.Sort(names)
	if err != nil || !slices.Equal(names, []string{"Democamera 1", "Democamera 2", "Democamera 4", "Democamera 5"}) || cameras.ONVIF(2) != nil {
		t.Fatalf("found %q, %v", names, err)
	}
	turning, err := onvif.New(onvif.Options{Device: cameras.ONVIF(3).Device(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer turning.Close()
	profiles, err := turning.Profiles(t.Context())
	if err != nil || len(profiles) != 2 || profiles[0].Width != 960 || profiles[1].Width != 320 || profiles[1].Rate != 10 || !profiles[0].Turns {
		t.Errorf("it sends %+v, %v", profiles, err)
	}
	if at, err := turning.Stream(t.Context(), "licht"); err != nil || at != cameras.Light(3) {
		t.Errorf("its lighter stream is at %q, %v", at, err)
	}
	if err := turning.GoTo(t.Context(), "", "2"); err != nil {
		t.Error(err)
	}
	if pan, _, zoom := cameras.ONVIF(3).Position(); pan != 0.6 || zoom != 0.4 {
		t.Errorf("it looks at %v, %v", pan, zoom)
	}
	last, err := onvif.New(onvif.Options{Device: cameras.ONVIF(4).Device(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	if keeps, err := last.Keeps(t.Context()); err != nil || !keeps {
		t.Errorf("the last one keeps footage: %v, %v", keeps, err)
	}
	if turns, err := last.Turns(t.Context()); err != nil || turns {
		t.Errorf("the last one turns: %v, %v", turns, err)
	}
}
