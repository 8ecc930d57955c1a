package viewing

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"oogmerk/internal/media"
)

// offerOf is an offer of H.264 in these profiles, from payload type 96 on.
func offerOf(mode string, profiles ...string) string {
	var b strings.Builder
	b.WriteString("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 95")
	for i := range profiles {
		b.WriteString(" " + strconv.Itoa(96+i))
	}
	b.WriteString("\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\na=rtpmap:95 VP8/90000\r\n")
	for i, p := range profiles {
		n := strconv.Itoa(96 + i)
		b.WriteString("a=rtpmap:" + n + " H264/90000\r\na=fmtp:" + n + " level-asymmetry-allowed=1;packetization-mode=" + mode + ";profile-level-id=" + p + "\r\n")
	}
	return b.String()
}

func TestChoose(t *testing.T) {
	high, main, base := media.Config{Codec: media.H264, SPS: []byte{0x67, 0x64, 0, 0x28}}, media.Config{Codec: media.H264, SPS: []byte{0x67, 0x4d, 0, 0x1f}}, media.Config{Codec: media.H264, SPS: []byte{0x67, 0x42, 0xc0, 0x1f}}
	for _, c := range []struct {
		name   string
		offer  string
		config media.Config
		want   string // "" if nothing suits
	}{
		{"high", offerOf("1", "42001f", "42e01f", "4d001f", "64001f"), high, "64001f"},
		{"high without high", offerOf("1", "42001f", "42e01f", "4d001f", "f4001f"), high, "f4001f"},
		{"high with base only", offerOf("1", "42001f"), high, "42001f"},
		{"main", offerOf("1", "42001f", "42e01f", "4D001F", "64001f"), main, "4d001f"},
		{"base", offerOf("1", "42001f", "42e01f", "4d001f"), base, "42e01f"},
		{"not split", offerOf("0", "42e01f"), base, ""},
		{"no H.264", offerOf("1"), base, ""},
		{"nonsense", offerOf("1", "xx", "42e01fff", ""), base, ""},
		{"nothing", "", base, ""},
		{"too long", offerOf("1", "42e01f") + strings.Repeat("a=x\r\n", maxOffer), base, ""},
	} {
		got, err := choose(c.offer, c.config)
		var invalid Invalid
		if got.profile != c.want || (c.want == "") != errors.As(err, &invalid) {
			t.Errorf("%s: %+v, %v, want %q", c.name, got, err, c.want)
		}
	}
}

// FuzzOffer: whatever a browser sends, we answer with a format it offered or
// with one clear line.
func FuzzOffer(f *testing.F) {
	f.Add(offerOf("1", "42001f", "64001f"))
	f.Add(offerOf("0", "42001f"))
	f.Add("v=0")
	f.Add("")
	config := media.Config{Codec: media.H264, SPS: []byte{0x67, 0x64, 0, 0x28}}
	f.Fuzz(func(t *testing.T, offer string) {
		got, err := choose(offer, config)
		var invalid Invalid
		switch {
		case err == nil && (len(got.profile) != 6 || !strings.Contains(strings.ToLower(offer), got.profile)):
			t.Errorf("%+v was chosen from %q", got, offer)
		case err != nil && (!errors.As(err, &invalid) || strings.ContainsAny(err.Error(), "\r\n")):
			t.Errorf("%q: %v", offer, err)
		}
	})
}
