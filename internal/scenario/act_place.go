package scenario

import (
	"errors"
	"fmt"
	"slices"

	"oogmerk/internal/calendar"
	"oogmerk/internal/dossier"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// newCamera is a camera with everything in order.
func newCamera(site premises.SiteID) premises.Camera {
	return premises.Camera{Name: "Nieuw", Site: site, URL: "rtsp://192.0.2.2/", Visible: true, Aim: "zicht", Assessment: "toets 1"}
}

// place has someone change the premises.
func (w *world) place(name string, do func(by gate.Request) error) error {
	return w.as(name, regulation.Place, func(who people.Presence) error { return do(who.Request("", gate.Subject{})) })
}

func (w *world) placesCamera(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	return w.placeCamera(a[0], newCamera(site))
}

func (w *world) placesCameraNowhere(a []string) error {
	return w.placeCamera(a[0], newCamera(premises.SiteID(nowhere)))
}

// placesCameraIn: who, site, room.
func (w *world) placesCameraIn(a []string) error {
	site, err := w.site(a[1])
	room, roomErr := w.roomIn(a[2])
	if err := errors.Join(err, roomErr); err != nil {
		return err
	}
	c := newCamera(site)
	c.Room = room
	return w.placeCamera(a[0], c)
}

func (w *world) placeCamera(name string, c premises.Camera) error {
	return w.place(name, func(by gate.Request) error {
		id, err := w.premises.AddCamera(w.ctx, by, c)
		if err == nil {
			w.cameras[c.Name] = id
		}
		return err
	})
}

// changeCamera has someone change something about a camera.
func (w *world) changeCamera(name, camera string, change func(*premises.Camera)) error {
	id, err := w.camera(camera)
	if err != nil {
		return err
	}
	c, err := w.premises.Camera(w.ctx, id)
	if err != nil {
		return err
	}
	change(&c)
	return w.place(name, func(by gate.Request) error { return w.premises.ChangeCamera(w.ctx, by, c) })
}

// movesCamera: who, camera, room.
func (w *world) movesCamera(a []string) error {
	room, err := w.roomIn(a[2])
	if err != nil {
		return err
	}
	return w.changeCamera(a[0], a[1], func(c *premises.Camera) { c.Room = room })
}

func (w *world) turnsCamera(a []string) error {
	return w.changeCamera(a[0], a[1], func(c *premises.Camera) { c.Aim += ", en meer naar links" })
}

func (w *world) removesCamera(a []string) error {
	id, err := w.camera(a[1])
	if err != nil {
		return err
	}
	return w.place(a[0], func(by gate.Request) error { return w.premises.RemoveCamera(w.ctx, by, id) })
}

// masks: who, camera, what is covered.
func (w *world) masks(a []string) error {
	id, err := w.camera(a[1])
	if err := errors.Join(err, isView(a[2])); err != nil {
		return err
	}
	return w.place(a[0], func(by gate.Request) error {
		_, err := w.premises.AddMask(w.ctx, by, premises.Mask{Camera: id, Covers: a[2], Area: "linksboven"})
		return err
	})
}

// atSite has someone change a site.
func (w *world) atSite(name, site string, do func(by gate.Request, site premises.SiteID) error) error {
	id, err := w.site(site)
	if err != nil {
		return err
	}
	return w.place(name, func(by gate.Request) error { return do(by, id) })
}

func (w *world) hangsSign(a []string) error {
	return w.atSite(a[0], a[1], func(by gate.Request, site premises.SiteID) error {
		return w.premises.AddSign(w.ctx, by, premises.Sign{Site: site, Entrance: "Hoofdingang", Evidence: "foto 2"})
	})
}

func (w *world) addsRoom(a []string) error {
	return w.atSite(a[0], a[1], func(by gate.Request, site premises.SiteID) error {
		_, err := w.premises.AddRoom(w.ctx, by, premises.Room{Site: site, Name: "Nieuw", Kind: "hal"})
		return err
	})
}

func (w *world) addsEntrance(a []string) error {
	return w.atSite(a[0], a[1], func(by gate.Request, site premises.SiteID) error {
		_, err := w.premises.AddEntrance(w.ctx, by, premises.Entrance{Site: site, Name: "Achterdeur"})
		return err
	})
}

func (w *world) addsStorage(a []string) error {
	return w.atSite(a[0], a[1], func(by gate.Request, site premises.SiteID) error {
		_, err := w.premises.AddRoom(w.ctx, by, premises.Room{Site: site, Name: "Server", Kind: "serverruimte", Storage: true})
		return err
	})
}

// addsStation: who, site: in a new room.
func (w *world) addsStation(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	room := w.id()
	if err := w.insert("room", "id, site, name, kind, storage", []any{room, string(site), "Kamer", "kantoor", false}); err != nil {
		return err
	}
	return w.atSite(a[0], a[1], func(by gate.Request, site premises.SiteID) error {
		_, _, err := w.premises.AddWorkstation(w.ctx, by, premises.Workstation{Site: site, Room: room, Name: "Nieuw", Kind: "kantoor"})
		return err
	})
}

func (w *world) addsSite(a []string) error {
	return w.place(a[0], func(by gate.Request) error {
		_, err := w.premises.AddSite(w.ctx, by, premises.Site{Name: "Nieuwbouw", Buildings: 1})
		return err
	})
}

// files: who, kind, thing: complete.
func (w *world) files(a []string) error { return w.putOnFile(a[0], a[1], a[2], nil) }

// filesHalf: nothing is filled in.
func (w *world) filesHalf(a []string) error {
	term, _ := w.law.Terms.File(a[1])
	if len(term.Fields) == 0 {
		return fmt.Errorf("stuk %q heeft geen velden: het kan niet onvolledig zijn", a[1])
	}
	return w.putOnFile(a[0], a[1], a[2], term.Fields)
}

// filesBut: who, kind, the field that isn't filled in, thing.
func (w *world) filesBut(a []string) error {
	term, _ := w.terms(w.now()).File(a[1])
	if !slices.Contains(term.Fields, a[2]) {
		return fmt.Errorf("stuk %q vraagt niet naar %q: het vraagt naar %q", a[1], a[2], term.Fields)
	}
	return w.putOnFile(a[0], a[1], a[3], a[2:3])
}

// putOnFile has someone put a document on file, with some fields left empty.
func (w *world) putOnFile(name, kind, about string, empty []string) error {
	term, e, err := w.onFile(kind, about)
	if err != nil {
		return err
	}
	item := dossier.Item{Kind: kind, About: e, Title: term.Title, Dated: calendar.DateOf(w.now()), Fields: filled(term)}
	for _, field := range empty {
		delete(item.Fields, field)
	}
	return w.as(name, regulation.File, func(who people.Presence) error {
		_, err := w.dossier.Add(w.ctx, who.Request("", gate.Subject{}), item, nil)
		return err
	})
}
