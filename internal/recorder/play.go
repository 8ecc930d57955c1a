package recorder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oogmerk/internal/media"
	"oogmerk/internal/premises"
)

// Play does with pictures what is done with those of a connection, before it
// returns: it asks for permission, lets through what is to be recorded, and
// accounts for the rest. The error is a [*gate.Refusal] if that may not be.
//
// The pictures' times are what they are dated by, and time passes with them, so
// they begin now or later. A camera that this recorder records itself isn't
// played to.
func (r *Recorder) Play(ctx context.Context, id premises.CameraID, pictures []media.AccessUnit) error {
	if r.camera(id) != nil {
		return fmt.Errorf("couldn't play to camera %s: it is being recorded", id)
	}
	record, err := r.premises.Camera(ctx, id)
	if err != nil {
		return err
	}
	var failed []error
	var at time.Time // of the picture
	once := New(r.gate, r.store, r.premises, func() time.Time {
		if now := r.now(); now.After(at) {
			return now
		}
		return at
	})
	once.InForce = r.InForce
	once.Report = func(err error) { failed = append(failed, err) }
	c := once.newCamera(record, func(error) {})
	err = c.played(ctx, pictures, &at)
	c.finish(ctx)
	return errors.Join(append(failed, err)...)
}

// played is [camera.turn] for pictures that are there already.
func (c *camera) played(ctx context.Context, pictures []media.AccessUnit, at *time.Time) error {
	err := c.begin(ctx)
	if err == nil {
		err = c.allowed(ctx)
	}
	if err != nil {
		c.forbidden(err)
		return err
	}
	in := c.intake(ctx)
	in.beginPictures()
	defer c.wind(in)
	var looked time.Time
	for _, au := range pictures {
		*at = au.Time
		if au.Time.Sub(looked) >= look {
			looked = au.Time
			if err := c.upkeep(ctx); err != nil {
				c.forbidden(err)
				return err
			}
		}
		if err := errors.Join(ctx.Err(), in.picture(&au)); err != nil {
			return err
		}
	}
	return nil
}
