package premises

import (
	"strings"
	"testing"
)

// However a code is typed, what is left of it are letters of ours; and what was
// made is found again.
func FuzzCode(f *testing.F) {
	f.Add("abcd efgh-jkLM")
	f.Add("\xff\x00ſı–")
	f.Fuzz(func(t *testing.T, typed string) {
		got := bare(typed)
		if strings.Trim(got, letters) != "" || bare(got) != got {
			t.Errorf("%q became %q", typed, got)
		}
		if code := newCode(); bare(strings.ToLower(code)) != strings.ReplaceAll(code, "-", "") {
			t.Errorf("%q became %q", code, bare(code))
		}
	})
}

// A photo is served as what it is, never as what it was called.
func FuzzPicture(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		media := pictureMedia(b)
		if media != "" && (len(b) < 3 || b[0] == '<') {
			t.Errorf("%q is %s", b, media)
		}
	})
}

func FuzzAddress(f *testing.F) {
	f.Add("rtsp://camera.invalid:554/1?x=y")
	f.Add("rtsps://[::1]/")
	f.Add("rtsp://u:p@h/")
	f.Fuzz(func(t *testing.T, raw string) {
		if address(raw) == nil && (strings.ContainsAny(raw, "\r\n\x00") || !strings.HasPrefix(strings.ToLower(raw), "rtsp")) {
			t.Errorf("%q is an address", raw)
		}
	})
}
