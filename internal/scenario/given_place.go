package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"oogmerk/internal/premises"
)

// site returns the site with a name. One that isn't there yet comes, with a
// sign at its one door, with its people and its papers.
func (w *world) site(name string) (premises.SiteID, error) {
	if id, ok := w.sites[name]; ok {
		return id, nil
	}
	id := premises.SiteID(w.id())
	w.sites[name] = id
	return id, errors.Join(
		w.insert("site", "id, name, created_at", []any{string(id), name, w.yesterday()}),
		w.insert("entrance", "id, site, name", []any{w.id(), string(id), "Hoofdingang"}),
		w.insert("sign", "id, site, entrance, evidence, placed_at", []any{w.id(), string(id), "Hoofdingang", "foto", w.yesterday()}),
		w.staff(string(id)), w.file(id.Entity()))
}

func (w *world) hasSite(a []string) error {
	_, err := w.site(a[0])
	return err
}

// onSite changes something about a site.
func (w *world) onSite(name, change string, args ...any) error {
	id, err := w.site(name)
	return errors.Join(err, w.exec(change, append([]any{string(id)}, args...)...))
}

func (w *world) hasNoSigns(a []string) error {
	return w.onSite(a[0], "UPDATE sign SET gone_at = $2 WHERE site = $1", w.yesterday())
}

func (w *world) isKindOfSite(a []string) error {
	return w.onSite(a[0], "UPDATE site SET kind = $2 WHERE id = $1", a[1])
}

func (w *world) hasBuildings(a []string) error {
	n, err := strconv.Atoi(a[1])
	return errors.Join(err, w.onSite(a[0], "UPDATE site SET buildings = $2 WHERE id = $1", n))
}

func (w *world) hasEntrance(a []string) error {
	id, err := w.site(a[0])
	return errors.Join(err, w.insert("entrance", "id, site, name", []any{w.id(), string(id), a[1]}))
}

func (w *world) hasNoEntrances(a []string) error {
	return errors.Join(w.hasNoSigns(a), w.onSite(a[0], "UPDATE entrance SET gone_at = $2 WHERE site = $1", w.yesterday()))
}

// hasRoom: site, kind, name.
func (w *world) hasRoom(a []string) error {
	site, err := w.site(a[0])
	if err != nil {
		return err
	}
	if !slices.Contains(premises.RoomKinds(), a[1]) {
		return unknown("soort ruimte", a[1], premises.RoomKinds())
	}
	if _, ok := w.rooms[a[2]]; ok {
		return fmt.Errorf("er is al een ruimte %q", a[2])
	}
	id := w.id()
	w.rooms[a[2]] = id
	return w.insert("room", "id, site, name, kind, storage", []any{id, string(site), a[2], a[1], false})
}

// roomIn returns the id of a room.
func (w *world) roomIn(name string) (string, error) {
	id, ok := w.rooms[name]
	if !ok {
		return "", fmt.Errorf("er is geen ruimte %q: zet er eerst een zin over voor", name)
	}
	return id, nil
}

func (w *world) isStoredNowhere([]string) error { return w.exec("UPDATE room SET storage = $1", false) }

// hasStation: name, kind, room, site.
func (w *world) hasStation(a []string) error {
	site, err := w.site(a[3])
	room, roomErr := w.roomIn(a[2])
	if err := errors.Join(err, roomErr); err != nil {
		return err
	}
	if !slices.Contains(premises.WorkstationKinds(), a[1]) {
		return unknown("soort werkplek", a[1], premises.WorkstationKinds())
	}
	id := w.id()
	w.stations[a[0]] = id
	return w.insert("workstation", "id, site, room, name, kind", []any{id, string(site), room, a[0], a[1]})
}

// hasCamera: name and site.
func (w *world) hasCamera(a []string) error { return w.hang(a[0], a[1], nil) }

// hasCameraIn: name, room, site.
func (w *world) hasCameraIn(a []string) error {
	room, err := w.roomIn(a[1])
	if err != nil {
		return err
	}
	return w.hang(a[0], a[2], room)
}

// hang adds a camera that can be seen and was assessed.
func (w *world) hang(name, site string, room any) error {
	place, err := w.site(site)
	if err != nil {
		return err
	}
	if _, ok := w.cameras[name]; ok {
		return fmt.Errorf("er hangt al een camera %q", name)
	}
	id := premises.CameraID(w.id())
	w.cameras[name] = id
	return errors.Join(w.insert("camera", "id, name, site, url, username, password, visible, aim, assessment, added_at, room",
		[]any{string(id), name, string(place), "rtsp://192.0.2.1/", "", "", true, "zicht", "toets 1", w.yesterday(), room}),
		w.file(id.Entity()))
}

// camera returns the camera with a name.
func (w *world) camera(name string) (premises.CameraID, error) {
	id, ok := w.cameras[name]
	if !ok {
		return "", fmt.Errorf("er hangt geen camera %q: zet er eerst een zin met Gegeven voor", name)
	}
	return id, nil
}

// nowhere is an id of nothing.
var nowhere = fmt.Sprintf("%032x", 0xdead)

// onCamera changes something about a camera.
func (w *world) onCamera(name, change string, args ...any) error {
	id, err := w.camera(name)
	return errors.Join(err, w.exec("UPDATE camera SET "+change+" WHERE id = $1", append([]any{string(id)}, args...)...))
}

func (w *world) isHidden(a []string) error { return w.onCamera(a[0], "visible = $2", false) }

func (w *world) isNotAssessed(a []string) error { return w.onCamera(a[0], "assessment = ''") }

func (w *world) seesAlso(a []string) error {
	if err := isView(a[1]); err != nil {
		return err
	}
	return w.onCamera(a[0], "in_view = CASE WHEN in_view = '' THEN $2 ELSE in_view || ',' || $2 END", a[1])
}

func isView(word string) error {
	if !slices.Contains(premises.Views(), word) {
		return unknown("zicht", word, premises.Views())
	}
	return nil
}

func (w *world) isAimedAt(a []string) error {
	return errors.Join(isView(a[1]), w.onCamera(a[0], "aimed_at = $2", a[1]))
}

// isMasked: camera and what is covered.
func (w *world) isMasked(a []string) error {
	id, err := w.camera(a[0])
	return errors.Join(err, isView(a[1]), w.insert("mask", "id, camera, covers, area, by_whom, at",
		[]any{w.id(), string(id), a[1], "linksboven", "gegeven", w.yesterday()}))
}

func (w *world) canTurn(a []string) error { return w.onCamera(a[0], "steers = $2", true) }

func (w *world) hasMode(a []string) error {
	if !slices.Contains(premises.Modes(), a[1]) {
		return unknown("wijze", a[1], premises.Modes())
	}
	return w.onCamera(a[0], "mode = $2", a[1])
}

func (w *world) hasPixels(a []string) error {
	n, err := strconv.Atoi(a[1])
	return errors.Join(err, w.onCamera(a[0], "pixels = $2", n))
}

// isSlow: camera and by how many seconds.
func (w *world) isSlow(a []string) error {
	n, err := strconv.Atoi(strings.TrimSpace(a[1]))
	return errors.Join(err, w.onCamera(a[0], "clock_off = $2", -n))
}
