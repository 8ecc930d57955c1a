package main

import (
	"context"
	"fmt"
	"sync"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/still"
)

// makeStills settles which ffmpeg makes stills and watches for motion, and notes
// in the logbook which program it is. Without a path there is none. One that
// can't be used keeps nothing from recording: it is reported, and there is none
// either.
func (p *program) makeStills(ctx context.Context, path, sum string) error {
	if path == "" {
		return nil
	}
	maker, err := still.Open(ctx, path, sum)
	if err != nil {
		p.report(err)
		return nil
	}
	pin := maker.Pin()
	memo := gate.Memo{Act: "ffmpeg vastleggen", Object: regulation.NewEntity(regulation.Organisation, "organisatie").String(), Result: "gedaan",
		Header: map[string]any{"pad": pin.Path, "versie": pin.Version, "sha256": pin.SHA256}}
	if err := p.gate.Note(ctx, memo, nil); err != nil {
		return fmt.Errorf("couldn't note which ffmpeg makes stills: %w", err)
	}
	p.room.Develop, p.recorder.Detect = maker.Make, maker.Watch
	return nil
}

// motors are what turns cameras: one client for each, for as long as its
// address and password stay the same.
type motors struct {
	p *program

	mu    sync.Mutex
	known map[premises.CameraID]motor
}

type motor struct {
	as     wire
	client *onvif.Client
}

// A wire is how a camera's motor is reached.
type wire struct{ device, username, password, trust string }

// of finds what turns a camera; nil if nothing does.
func (m *motors) of(ctx context.Context, id premises.CameraID) (*onvif.Client, error) {
	c, err := m.p.premises.Camera(ctx, id)
	if err != nil || !c.Steers || c.Device == "" || !c.Removed.IsZero() {
		return nil, err
	}
	as := wire{c.Device, c.Username, c.Password, c.Trust}
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.known[id]
	if ok && found.as == as {
		return found.client, nil
	}
	if ok {
		found.client.Close()
	}
	client, err := onvif.New(onvif.Options{Device: as.device, Username: as.username, Password: as.password, Trust: as.trust, Now: m.p.now})
	if err != nil {
		return nil, fmt.Errorf("couldn't reach what turns camera %s: %w", id, err)
	}
	m.known[id] = motor{as, client}
	return client, nil
}
