package onvif

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errNoTime is returned when a camera doesn't say what time it is in UTC.
var errNoTime = errors.New("the camera doesn't tell the time")

// Clock returns how far the camera's clock is ahead of ours, to the second
// that cameras tell, and remembers it: proofs of who asks go by it. Cameras
// tell it to anyone.
func (c *Client) Clock(ctx context.Context) (time.Duration, error) {
	before := c.o.Now()
	reply, err := ask[struct {
		SystemDateAndTime struct {
			UTCDateTime struct {
				Date struct{ Year, Month, Day int }
				Time struct{ Hour, Minute, Second int }
			}
		}
	}](ctx, c, question{to: c.device.String(), action: nsDevice + "/GetSystemDateAndTime", open: true,
		body: element(nsDevice, "GetSystemDateAndTime", "")})
	if err != nil {
		return 0, fmt.Errorf("couldn't learn what time it is for the camera: %w", err)
	}
	d, t := reply.SystemDateAndTime.UTCDateTime.Date, reply.SystemDateAndTime.UTCDateTime.Time
	told := time.Date(d.Year, time.Month(d.Month), d.Day, t.Hour, t.Minute, t.Second, 0, time.UTC)
	if d.Year < 1970 || d.Year > 2199 || told.Year() != d.Year || told.Month() != time.Month(d.Month) || told.Day() != d.Day {
		return 0, errNoTime
	}
	took := c.o.Now().Sub(before)
	// It is half a second past what is told, give or take half a second.
	ahead := told.Add(time.Second / 2).Sub(before.Add(took / 2))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = ahead
	return ahead, nil
}

// A Device is what a camera says it is.
type Device struct{ Maker, Model, Firmware, Serial string }

// Device asks the camera what it is.
func (c *Client) Device(ctx context.Context) (Device, error) {
	if err := c.meet(ctx); err != nil {
		return Device{}, err
	}
	reply, err := ask[struct{ Manufacturer, Model, FirmwareVersion, SerialNumber string }](ctx, c, question{to: c.device.String(),
		action: nsDevice + "/GetDeviceInformation", body: element(nsDevice, "GetDeviceInformation", "")})
	if err != nil {
		return Device{}, fmt.Errorf("couldn't learn what the camera is: %w", err)
	}
	return Device{clean(reply.Manufacturer), clean(reply.Model), clean(reply.FirmwareVersion), clean(reply.SerialNumber)}, nil
}

// askServices learns where the camera offers what.
func (c *Client) askServices(ctx context.Context) (map[string]string, error) {
	reply, err := ask[struct {
		Service []struct{ Namespace, XAddr string }
	}](ctx, c, question{to: c.device.String(), action: nsDevice + "/GetServices",
		body: element(nsDevice, "GetServices", "<IncludeCapability>false</IncludeCapability>")})
	var fault *Fault
	if errors.As(err, &fault) && !errors.Is(err, ErrLogin) {
		return c.askCapabilities(ctx)
	}
	if err != nil {
		return nil, err
	}
	services := map[string]string{}
	for _, s := range reply.Service {
		if at := c.mend(s.XAddr); at != "" {
			services[s.Namespace] = at
		}
	}
	return services, nil
}

// askCapabilities learns the same of a camera that is too old to say it
// otherwise.
func (c *Client) askCapabilities(ctx context.Context) (map[string]string, error) {
	type at struct{ XAddr string }
	reply, err := ask[struct {
		Capabilities struct {
			Events, Media, PTZ at
			Extension          struct{ Recording at }
		}
	}](ctx, c, question{to: c.device.String(), action: nsDevice + "/GetCapabilities",
		body: element(nsDevice, "GetCapabilities", "<Category>All</Category>")})
	if err != nil {
		return nil, err
	}
	services := map[string]string{}
	all := reply.Capabilities
	for namespace, s := range map[string]at{nsEvents: all.Events, nsMedia: all.Media, nsPTZ: all.PTZ, nsRecording: all.Extension.Recording} {
		if at := c.mend(s.XAddr); at != "" {
			services[namespace] = at
		}
	}
	return services, nil
}
