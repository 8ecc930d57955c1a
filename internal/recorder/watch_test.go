package recorder

import (
	"errors"
	"testing"
)

// A camera that sends nothing is asked anew after seconds, one that sends
// something without any picture in it after a minute.
func TestWatchGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		packets, pictures uint64 // between two looks
		looks             int
		why               error
	}{
		"silent":  {0, 0, maxSilence, errSilent},
		"garbled": {10, 0, giveUp, errBlind},
		"well":    {10, 5, 10 * giveUp, nil},
	} {
		var w watch
		in := &intake{}
		in.packets.Add(1)
		in.pictures.Add(1)
		if err := w.look(in); err != nil {
			t.Fatal(err)
		}
		looks, err := 0, error(nil)
		for ; err == nil && looks < 10*giveUp; looks++ {
			in.packets.Add(c.packets)
			in.pictures.Add(c.pictures)
			err = w.look(in)
		}
		if looks != c.looks || !errors.Is(err, c.why) {
			t.Errorf("%s: after %d looks %v, want %v after %d", name, looks, err, c.why, c.looks)
		}
	}
}
