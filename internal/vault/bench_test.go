package vault

import (
	"crypto/rand"
	"fmt"
	"testing"
)

// school is a vault of 64 cameras that was swept every hour for 28 days.
func school(b *testing.B) *Vault {
	v, err := Open(b.TempDir(), rand.Reader)
	must(b, err)
	b.Cleanup(func() { v.Close() })
	k := v.keys.next()
	for c := range 64 {
		r, err := newRing(rand.Reader, 1)
		must(b, err)
		for h := Hour(494_000); h < 494_000+28*24; h++ {
			r = r.without(0, h, 1)
		}
		k.cameras[fmt.Sprintf("%032x", c)] = r
	}
	must(b, v.commit(k))
	return v
}

func BenchmarkDestroy(b *testing.B) {
	v := school(b)
	camera, before := v.Cameras()[7], Hour(495_000)
	for b.Loop() {
		before++
		_, err := v.Destroy(b.Context(), camera, before)
		must(b, err)
	}
	b.ReportMetric(float64(v.keys.size()), "vault-bytes")
}

func BenchmarkPrivate(b *testing.B) {
	v := school(b)
	for b.Loop() {
		_, err := v.Private(v.Cameras()[7], 495_123)
		must(b, err)
	}
}

func BenchmarkUnwrap(b *testing.B) {
	v := school(b)
	w, err := v.Wrap("i", "s", make([]byte, 32))
	must(b, err)
	for b.Loop() {
		_, err := v.Unwrap("i", "s", w)
		must(b, err)
	}
}
