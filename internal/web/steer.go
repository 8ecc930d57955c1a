package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// A steerPart is what steer.html shows beside the picture of one camera.
type steerPart struct {
	Camera premises.CameraID
	May    bool
	By     []regulation.Article // that refuse it
}

// steerOf is whether who sits here may turn c while they watch it for a
// purpose; nil for a camera that doesn't turn.
func (v *visit) steerOf(c premises.Camera, purpose *regulation.PurposeTerm) *steerPart {
	if !c.Steers || c.Device == "" || purpose == nil || v.Room.Motor == nil || v.who.Empty() || !c.Removed.IsZero() {
		return nil
	}
	part := steerPart{Camera: c.ID}
	part.May, part.By = v.allows(viewing.SteerRequest(v.who, c.ID, purpose.Key))
	return &part
}

// steer is POST /camera/{id}/bedienen: turn or zoom for a moment, go to a
// position, or stand still.
func (s *site) steer(v *visit) error {
	if err := v.readForm(); err != nil {
		return err
	}
	m := viewing.Move{Position: v.form("stand")}
	for name, to := range map[string]*float64{"draai": &m.Pan, "kantel": &m.Tilt, "zoom": &m.Zoom} {
		if v.form(name) == "" {
			continue
		}
		speed, err := strconv.ParseFloat(v.form(name), 64)
		if err != nil {
			return mistake{key: "wrong.steer"}
		}
		*to = speed
	}
	err := s.Room.Steer(v.ctx(), v.who, premises.CameraID(v.r.PathValue("id")), m)
	if err := obeyed(err); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// obeyed is err, or that the camera doesn't do as it is told.
func obeyed(err error) error {
	switch {
	case errors.Is(err, onvif.ErrLogin):
		return mistake{key: "wrong.steer.login", status: http.StatusBadGateway}
	case errors.Is(err, onvif.ErrAbsent), errors.Is(err, onvif.ErrForeign):
		return mistake{key: "wrong.steer.absent", status: http.StatusBadGateway}
	case errors.Is(err, viewing.ErrOver):
		return mistake{key: "wrong.over", status: http.StatusGone}
	}
	return err
}

// A position is one that a camera remembers, for the script.
type position struct {
	Token string `json:"stand"`
	Name  string `json:"naam"`
}

// positions is GET /camera/{id}/standen.
func (s *site) positions(v *visit) error {
	all, err := s.Room.Positions(v.ctx(), v.who, premises.CameraID(v.r.PathValue("id")))
	if err := obeyed(err); err != nil {
		return err
	}
	out := []position{}
	for _, p := range all {
		out = append(out, position{p.Token, p.Name})
	}
	v.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.w).Encode(out)
}
