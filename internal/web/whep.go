package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/viewing"
)

// WHEP is the other door for live pictures: the browser offers, we answer,
// and pictures go by WebRTC. DELETE ends it.

// lives are those being watched by WebRTC.
type lives struct {
	mu   sync.Mutex
	open map[string]*watching
	last int
}

// maxLives is how many of them a browser can end by asking.
const maxLives = 1024

// watching is one of them, at the seat that asked for it.
type watching struct {
	seat string
	live *viewing.Live
}

func (l *lives) keep(seat string, live *viewing.Live) (id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	delete(l.open, fmt.Sprint(l.last-maxLives)) // it ends by itself when its peer goes
	id = fmt.Sprint(l.last)
	l.open[id] = &watching{seat: seat, live: live}
	return id
}

// take returns a live of seat once.
func (l *lives) take(seat, id string) *viewing.Live {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.open[id]
	if w == nil || w.seat != seat {
		return nil
	}
	delete(l.open, id)
	return w.live
}

// whepStart is POST /camera/{id}/whep.
func (s *site) whepStart(v *visit) error {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/sdp" {
		return mistake{key: "wrong.offer", status: http.StatusUnsupportedMediaType}
	}
	offer, err := io.ReadAll(v.r.Body)
	if err != nil {
		return err
	}
	chosen, err := choose(v.livePurposes(), v.query("doel"))
	if err != nil {
		return err
	}
	if chosen == nil {
		return mistake{key: "wrong.purpose", with: []any{""}}
	}
	camera := premises.CameraID(v.r.PathValue("id"))
	// The pictures go on after this answer.
	lasting := context.WithoutCancel(v.ctx())
	watch := s.Room.Watch
	if codec := s.Recorder.Status(camera).Codec; codec != "" && !strings.HasPrefix(codec, "avc1.") {
		watch = s.Room.WatchLight // WebRTC is for H.264
	}
	live, err := watch(lasting, v.who, camera, chosen.Key)
	if err != nil {
		return err
	}
	answer, err := live.Answer(lasting, string(offer))
	if err != nil {
		closing := live.Close(lasting)
		var refusal *gate.Refusal
		if errors.As(err, &refusal) || closing != nil {
			return errors.Join(err, closing)
		}
		return mistake{key: "wrong.offer"}
	}
	id := s.lives.keep(v.who.Seat, live)
	v.w.Header().Set("Content-Type", "application/sdp")
	v.w.Header().Set("Location", "/camera/"+string(camera)+"/whep/"+id)
	v.w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(v.w, answer) // fails only for who is gone already
	return nil
}

// whepStop is DELETE /camera/{id}/whep/{live}.
func (s *site) whepStop(v *visit) error {
	live := s.lives.take(v.who.Seat, v.r.PathValue("live"))
	if live == nil {
		return missing
	}
	if err := live.Close(context.WithoutCancel(v.ctx())); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}
