package onvif_test

import (
	"context"
	"crypto/rand"
	"net/netip"
	"testing"
	"time"

	"oogmerk/internal/onvif"
	"oogmerk/internal/simulator"
)

// TestFind finds two cameras at one address, of which one thinks it is
// elsewhere.
func TestFind(t *testing.T) {
	o := plain()
	one := start(t, o)
	o.Host, o.Serial, o.Name = "192.0.2.9:80", "K1-78", "Kantine"
	two := start(t, o)
	beacon, err := simulator.Announce("127.0.0.1:0", one, two)
	if err != nil {
		t.Fatal(err)
	}
	defer beacon.Close()
	ctx, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	got := map[string]onvif.Found{}
	err = onvif.Find(ctx, onvif.Search{Single: []netip.AddrPort{beacon.Address()}, Random: rand.Reader}, func(f onvif.Found) {
		if got[f.Name] = f; len(got) == 2 {
			done()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	hall, canteen := got["Hal west"], got["Kantine"]
	if hall.Device != one.Device() || hall.Model != "K<1>" || hall.Place != "eerste verdieping" || hall.Endpoint == "" || hall.Endpoint == canteen.Endpoint {
		t.Errorf("found %+v", hall)
	}
	if canteen.Device != "http://127.0.0.1:80/onvif/device_service" {
		t.Errorf("what thinks it is elsewhere: %+v", canteen)
	}
}

func TestFindNowhere(t *testing.T) {
	if err := onvif.Find(t.Context(), onvif.Search{Random: rand.Reader}, func(onvif.Found) {}); err == nil {
		t.Error("it looked nowhere, and didn't say so")
	}
}
