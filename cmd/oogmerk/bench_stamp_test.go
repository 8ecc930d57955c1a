package main

import (
	"testing"
	"time"

	"oogmerk/internal/demo"
	"oogmerk/internal/media"
)

func TestPicturesSayWhenTheyWereSent(t *testing.T) {
	clips, err := demo.Clips()
	if err != nil {
		t.Fatal(err)
	}
	clip := clips[0]
	clip.Pictures = clip.Pictures[:3]
	film, err := demo.Pack(stamped(numbered(clip, 4)))
	if err != nil {
		t.Fatal(err)
	}
	sent := time.Unix(1_800_000_000, 123_456_789)
	for i, p := range film.Pictures {
		last := p.Packets[len(p.Packets)-1]
		if !stampOf(last).Equal(time.Unix(0, 0)) {
			t.Fatalf("picture %d doesn't end with an empty stamp", i)
		}
		stamp(last, sent)
		if got := stampOf(last); !got.Equal(sent) {
			t.Errorf("picture %d was sent at %v, want %v", i, got, sent)
		}
	}
	whole := stamped(media.Clip{Config: clip.Config, Pictures: clip.Pictures[:1]}).Pictures[0].Data
	if number(whole) != -1 {
		t.Error("a stamp is taken for a number")
	}
	plain := []byte{0, 0, 0, 2, 0x65, 0x88}
	stamp(plain, sent)
	if at := stampOf(plain); !at.IsZero() {
		t.Errorf("a picture without a stamp was sent at %v", at)
	}
}
