package onvif

import (
	"context"
	"fmt"
	"math"
	"strconv"
)

// A node is what turns a camera.
type node struct{ turns, zooms bool }

// steerFor is how long a camera moves on its own: who steers it asks again in
// that time, or it stands still.
const steerFor = "PT2S"

// Turns reports whether the camera can be turned or zoomed.
func (c *Client) Turns(ctx context.Context) (bool, error) {
	if !c.has(ctx, nsPTZ) {
		return false, c.meet(ctx)
	}
	n, err := c.turning(ctx)
	return n.turns || n.zooms, err
}

// turning is how the camera can be turned, asked once.
func (c *Client) turning(ctx context.Context) (node, error) {
	c.mu.Lock()
	known := c.node
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	at, err := c.service(ctx, nsPTZ)
	if err != nil {
		return node{}, fmt.Errorf("couldn't learn how the camera turns: %w", err)
	}
	reply, err := ask[struct {
		PTZNode []struct {
			SupportedPTZSpaces struct {
				ContinuousPanTiltVelocitySpace []struct{}
				ContinuousZoomVelocitySpace    []struct{}
			}
		}
	}](ctx, c, question{to: at, action: nsPTZ + "/GetNodes", body: element(nsPTZ, "GetNodes", ""), command: true})
	if err != nil {
		return node{}, fmt.Errorf("couldn't learn how the camera turns: %w", err)
	}
	var n node
	for _, one := range reply.PTZNode {
		n.turns = n.turns || len(one.SupportedPTZSpaces.ContinuousPanTiltVelocitySpace) > 0
		n.zooms = n.zooms || len(one.SupportedPTZSpaces.ContinuousZoomVelocitySpace) > 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.node = &n
	return n, nil
}

// Steer turns and zooms the camera at a speed from -1 to 1 each way: to the
// right, up and closer are positive. It goes on for two seconds, until
// [Client.Halt] or until the next Steer. An empty profile is the first that
// turns.
func (c *Client) Steer(ctx context.Context, profile string, pan, tilt, zoom float64) error {
	n, err := c.turning(ctx)
	if err != nil {
		return err
	}
	speed := ""
	if n.turns {
		speed += `<t:PanTilt x="` + fraction(pan) + `" y="` + fraction(tilt) + `"/>`
	}
	if n.zooms {
		speed += `<t:Zoom x="` + fraction(zoom) + `"/>`
	}
	if speed == "" {
		return fmt.Errorf("couldn't steer the camera: %w", ErrAbsent)
	}
	return c.move(ctx, profile, "ContinuousMove", "<Velocity>"+speed+"</Velocity><Timeout>"+steerFor+"</Timeout>")
}

// Halt stops whatever [Client.Steer] began.
func (c *Client) Halt(ctx context.Context, profile string) error {
	return c.move(ctx, profile, "Stop", "<PanTilt>true</PanTilt><Zoom>true</Zoom>")
}

// A Preset is a position that the camera remembers.
type Preset struct{ Token, Name string }

// Presets returns the positions that the camera remembers.
func (c *Client) Presets(ctx context.Context, profile string) (all []Preset, err error) {
	q, err := c.ptz(ctx, profile, "GetPresets", "")
	if err != nil {
		return nil, fmt.Errorf("couldn't learn which positions the camera knows: %w", err)
	}
	reply, err := ask[struct {
		Preset []struct {
			part
			Name string
		}
	}](ctx, c, q)
	if err != nil {
		return nil, fmt.Errorf("couldn't learn which positions the camera knows: %w", err)
	}
	for _, p := range reply.Preset {
		all = append(all, Preset{Token: p.Token, Name: clean(p.Name)})
	}
	return all, nil
}

// GoTo turns the camera to a position that it remembers.
func (c *Client) GoTo(ctx context.Context, profile, preset string) error {
	return c.move(ctx, profile, "GotoPreset", "<PresetToken>"+escape(preset)+"</PresetToken>")
}

// move has the camera do something that it only has to confirm.
func (c *Client) move(ctx context.Context, profile, what, inner string) error {
	q, err := c.ptz(ctx, profile, what, inner)
	if err == nil {
		_, err = ask[struct{}](ctx, c, q)
	}
	if err != nil {
		return fmt.Errorf("couldn't steer the camera: %w", err)
	}
	return nil
}

func (c *Client) ptz(ctx context.Context, profile, what, inner string) (question, error) {
	at, err := c.service(ctx, nsPTZ)
	if err != nil {
		return question{}, err
	}
	if profile == "" {
		if profile, err = c.firstTurning(ctx); err != nil {
			return question{}, err
		}
	}
	return question{to: at, action: nsPTZ + "/" + what, command: true,
		body: element(nsPTZ, what, "<ProfileToken>"+escape(profile)+"</ProfileToken>"+inner)}, nil
}

// firstTurning is the first profile that turns, asked once.
func (c *Client) firstTurning(ctx context.Context) (string, error) {
	c.mu.Lock()
	known := c.turns
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	all, err := c.Profiles(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if p.Turns {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.turns = p.Token
			return p.Token, nil
		}
	}
	return "", ErrAbsent
}

// fraction is a speed as a camera reads it; what is no number stands still.
func fraction(v float64) string {
	if math.IsNaN(v) {
		v = 0
	}
	return strconv.FormatFloat(max(-1, min(1, v)), 'f', 3, 64)
}
