package recorder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/regulation"
	"oogmerk/internal/still"
)

var (
	errNoDetector = errors.New("couldn't look for motion with ffmpeg: none is configured, or it can't be used; name one in the configuration of the recorder")
	errNoLight    = errors.New("couldn't look for motion with ffmpeg: the camera has no lighter stream; give its address, or have motion noticed otherwise")
	errLightAway  = errors.New("its lighter stream can't be had now")
	errUndecoded  = errors.New("its lighter stream is of no kind that can be looked at")
)

// watch has motion looked for in the lighter stream, or says why that can't be.
func (e *ear) watch(ctx context.Context, to heard) {
	switch {
	case e.camera.recorder.Detect == nil:
		e.fails(errNoDetector)
	case to.light == "":
		e.fails(errNoLight)
	default:
		e.all.Go(func() {
			e.insist(ctx, "couldn't look for motion in the lighter stream of camera %s: %w", func() error { return e.look(ctx, to) })
		})
	}
}

// look tells the sieve what moves in the lighter stream, until that or the
// permit to record ends.
func (e *ear) look(ctx context.Context, to heard) error {
	c := e.camera
	f := c.recorder.newFeed(to.permit, regulation.Record, c.id)
	if err := f.allowed(); err != nil {
		return err
	}
	if !c.light.join(f) {
		if _, why := c.light.wrong(); why != nil {
			return fmt.Errorf("%w: %w", errLightAway, why)
		}
		return errLightAway
	}
	defer f.Close()
	f.signal()
	first, err := f.Next(ctx)
	if err != nil {
		return err
	}
	format := formatOf(&first)
	if format == "" {
		return errUndecoded
	}
	next := &first
	return c.recorder.Detect(ctx, still.Stream{Format: format,
		Next: func(ctx context.Context) (time.Time, []byte, error) {
			au := next
			if next = nil; au == nil {
				got, err := f.Next(ctx)
				if err != nil {
					return time.Time{}, nil, err
				}
				au = &got
			}
			if au.Key && formatOf(au) != format {
				return time.Time{}, nil, errUndecoded // another one: begin anew
			}
			return au.Time, bare(au), nil
		},
		Moves: func(at time.Time, on bool) {
			e.hearsWell()
			e.tell(ctx, at, on)
		}})
}

// formatOf is what kind of stream au is the first picture of; "" if it can't
// be.
func formatOf(au *media.AccessUnit) string {
	if au.Config == nil {
		return ""
	}
	return map[media.Codec]string{media.H264: still.H264, media.H265: still.H265, media.MJPEG: still.MJPEG}[au.Config.Codec]
}

// bare is au as it is where no file is around it: with start codes, and its
// parameter sets first if it is a key picture. A JPEG is that already.
func bare(au *media.AccessUnit) []byte {
	if au.Config != nil && au.Config.Codec == media.MJPEG {
		return au.Data
	}
	var b []byte
	unit := func(nal []byte) { b = append(append(b, 0, 0, 0, 1), nal...) }
	if au.Config != nil {
		for _, set := range au.Config.Sets() {
			unit(set)
		}
	}
	media.NALs(au.Data, unit)
	return b
}
