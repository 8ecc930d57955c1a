package viewing

import (
	"context"
	"errors"
	"slices"

	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
)

// MostTogether is how many cameras can be played back side by side.
const MostTogether = 9

// A Together is several cameras played back on one clock. Each is a playback
// of its own, with a permit of its own: what the regulation stops is stopped,
// and the others go on. The clock is the browser's.
type Together struct {
	ID      string
	Wish    Wish // that of the first camera; the others differ in the camera alone
	Members []Member

	seat string
}

// A Member is one camera of a [Together].
type Member struct {
	Camera   premises.CameraID
	Playback *Playback     // nil if there is none
	Refusal  *gate.Refusal // why there is none; nil if it isn't the regulation
}

// PlayTogether asks the gate for each camera by itself. It fails if none may
// be seen or has anything to show, as [Room.PlayBack] does for the first.
func (r *Room) PlayTogether(ctx context.Context, who people.Presence, w Wish, cameras []premises.CameraID) (*Together, error) {
	if len(cameras) < 2 || len(cameras) > MostTogether || len(slices.Compact(slices.Sorted(slices.Values(cameras)))) < len(cameras) {
		return nil, Invalid("Kies twee tot negen verschillende camera's om naast elkaar te zien.")
	}
	t := &Together{ID: newID(), Wish: w, seat: who.Seat}
	t.Wish.Camera = cameras[0]
	var why []error
	for _, camera := range cameras {
		w.Camera = camera
		m := Member{Camera: camera}
		p, err := r.PlayBack(ctx, who, w)
		m.Playback = p
		if err != nil && !errors.As(err, &m.Refusal) && !errors.Is(err, ErrNothing) {
			return nil, errors.Join(err, t.End(ctx))
		}
		if err != nil {
			why = append(why, err)
		}
		t.Members = append(t.Members, m)
	}
	if len(why) == len(cameras) {
		return nil, why[0]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.together[t.ID] = t
	return t, nil
}

// FindTogether returns the one with this id that seat started.
func (r *Room) FindTogether(seat, id string) (*Together, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, ok := r.together[id]
	if !ok || t.seat != seat {
		return nil, false
	}
	return t, true
}

// End ends all of them, and writes down what was seen of each.
func (t *Together) End(ctx context.Context) error {
	var failed []error
	for _, m := range t.Members {
		if m.Playback != nil {
			failed = append(failed, m.Playback.End(ctx))
		}
	}
	return errors.Join(failed...)
}

// forgotten reports whether none of t's playbacks can be found any more.
func (t *Together) forgotten(playbacks map[string]*Playback) bool {
	return !slices.ContainsFunc(t.Members, func(m Member) bool { return m.Playback != nil && playbacks[m.Playback.ID] != nil })
}
