package viewing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"

	"oogmerk/internal/media"
)

// maxOffer is more than any browser offers.
const maxOffer = 64 << 10

// A format is one way in which a browser offers to receive H.264.
type format struct {
	payload uint8  // RTP payload type
	profile string // profile-level-id, six hex digits
}

func (f format) parameters() string {
	return "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + f.profile
}

// preferred are the profiles, as the first four digits of profile-level-id,
// that a browser must offer to be sent pictures of a profile, best first. A
// decoder of a later one decodes the earlier ones too. Browsers have one
// decoder for all, though some offer only simple profiles; so those come last.
var preferred = map[byte][]string{
	0x42: {"42e0", "4200", "4d00", "6400", "640c", "f400"},
	0x4d: {"4d00", "6400", "640c", "f400", "42e0", "4200"},
	0x64: {"6400", "640c", "f400", "4d00", "42e0", "4200"},
}

// choose picks from an offer what suits pictures that c describes.
func choose(offer string, c media.Config) (format, error) {
	if len(offer) > maxOffer {
		return format{}, Invalid("Dit WebRTC-aanbod is te lang: het is geen aanbod van een browser.")
	}
	if c.Codec != media.H264 {
		return format{}, Invalid("Deze camera zendt geen H.264 uit, en iets anders gaat niet via WebRTC: gebruik de gewone manier van kijken.")
	}
	offered, err := formats(offer)
	if err != nil {
		return format{}, Invalid("Dit WebRTC-aanbod is niet te lezen: " + oneLine(err) + ".")
	}
	order := preferred[0x64]
	if len(c.SPS) > 1 && preferred[c.SPS[1]] != nil {
		order = preferred[c.SPS[1]]
	}
	for _, profile := range order {
		if i := slices.IndexFunc(offered, func(f format) bool { return strings.HasPrefix(f.profile, profile) }); i >= 0 {
			return offered[i], nil
		}
	}
	return format{}, Invalid("Deze browser biedt geen H.264 aan: gebruik de gewone manier van kijken.")
}

// formats reads which H.264 an offer has, in packets that may be split
// (packetization mode 1).
func formats(offer string) (out []format, err error) {
	sdp, err := (&webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}).Unmarshal()
	if err != nil {
		return nil, err
	}
	for _, m := range sdp.MediaDescriptions {
		if m.MediaName.Media != "video" {
			continue
		}
		h264 := map[string]bool{}
		for _, a := range m.Attributes {
			payload, value, _ := strings.Cut(a.Value, " ")
			switch {
			case a.Key == "rtpmap" && strings.EqualFold(value, "H264/90000"):
				h264[payload] = true
			case a.Key == "fmtp" && h264[payload]:
				if f, ok := readFormat(payload, value); ok {
					out = append(out, f)
				}
			}
		}
	}
	return out, nil
}

func readFormat(payload, parameters string) (format, bool) {
	n, err := strconv.ParseUint(payload, 10, 7)
	if err != nil {
		return format{}, false
	}
	f := format{payload: uint8(n)}
	mode := ""
	for p := range strings.SplitSeq(parameters, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		switch strings.ToLower(key) {
		case "packetization-mode":
			mode = value
		case "profile-level-id":
			f.profile = strings.ToLower(value)
		}
	}
	_, err = strconv.ParseUint(f.profile, 16, 24)
	return f, mode == "1" && err == nil && len(f.profile) == 6
}

func oneLine(err error) string { return strings.Join(strings.Fields(fmt.Sprint(err)), " ") }
