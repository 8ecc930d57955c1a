package demo

import (
	"bytes"
	"embed"
	"fmt"

	"oogmerk/internal/media"
)

//go:embed clips/*.mp4
var files embed.FS

// Clips returns what the demo's cameras see: the entrance, the bicycle shed,
// the canteen and the car park.
func Clips() ([]media.Clip, error) {
	return read("")
}

// LightClips returns the same, smaller and without sound, as cameras send it
// to who watches live.
func LightClips() ([]media.Clip, error) { return read("-licht") }

// read returns the clips of a kind.
func read(kind string) ([]media.Clip, error) {
	var clips []media.Clip
	for _, name := range []string{"hoofdingang", "fietsenstalling", "kantine", "parkeerplaats"} {
		b, err := files.ReadFile("clips/" + name + kind + ".mp4")
		if err != nil {
			return nil, fmt.Errorf("couldn't open clip %s: %w", name, err)
		}
		clip, err := media.ReadClip(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("couldn't open clip %s: %w", name, err)
		}
		clips = append(clips, clip)
	}
	return clips, nil
}
