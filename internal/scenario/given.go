package scenario

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// Everyone has the same password, hashed as cheaply as the program accepts:
// scenarios aren't about passwords.
const (
	password = "correct horse battery"
	hashed   = "$argon2id$v=19$m=8,t=1,p=1$NaNhPYk8qN/RN4Y2Nda4ZQ$t0aYQXQXdjDQ5x7Wwh0AIkmC+07zlEa737pYZ4AEi6U"
)

// yesterday is when what is given came about.
func (w *world) yesterday() int64 { return db.Micros(begins.AddDate(0, 0, -1)) }

func (w *world) exec(query string, args ...any) error {
	_, err := w.db.ExecContext(w.ctx, query, args...)
	return err
}

// person returns who has a name. Who isn't there yet comes, and has promised
// to keep silent.
func (w *world) person(name string) (people.PersonID, error) {
	if id, ok := w.persons[name]; ok {
		return id, nil
	}
	login := strings.ToLower(name)
	w.persons[name] = people.PersonID("persoon-" + login)
	return w.persons[name], w.exec(`INSERT INTO person (id, login, name, password, confidentiality_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $5)`, string(w.persons[name]), login, name, hashed, w.yesterday())
}

// site returns the site with a name. One that isn't there yet comes, with a
// sign at its door.
func (w *world) site(name string) (premises.SiteID, error) {
	if id, ok := w.sites[name]; ok {
		return id, nil
	}
	id := premises.SiteID(fmt.Sprintf("%032x", 0xa000+len(w.sites)))
	w.sites[name] = id
	return id, errors.Join(
		w.exec("INSERT INTO site (id, name, created_at) VALUES ($1, $2, $3)", string(id), name, w.yesterday()),
		w.exec("INSERT INTO sign (id, site, entrance, evidence, placed_at) VALUES ($1, $2, 'hoofdingang', 'foto', $3)",
			"bord-"+string(id), string(id), w.yesterday()))
}

// hasRole: name, role and, for a role at a site, the site.
func (w *world) hasRole(a []string) error {
	id, err := w.person(a[0])
	if err != nil {
		return err
	}
	role, _ := roleNamed(w.law, a[1])
	var site any
	if len(a) > 2 {
		place, err := w.site(a[2])
		if err != nil {
			return err
		}
		site = string(place)
	}
	return w.exec(`INSERT INTO appointment (id, person, role, site, by_whom, basis, from_at) VALUES ($1, $2, $3, $4, 'gegeven', 'gegeven', $5)`,
		fmt.Sprintf("gegeven-%s-%s-%v", a[0], role.Key, site), string(id), role.Key, site, w.yesterday())
}

func (w *world) hasNoRole(a []string) error {
	_, err := w.person(a[0])
	return err
}

func (w *world) isNotSworn(a []string) error {
	id, err := w.person(a[0])
	return errors.Join(err, w.exec("UPDATE person SET confidentiality_at = NULL WHERE id = $1", string(id)))
}

func (w *world) hasSite(a []string) error {
	_, err := w.site(a[0])
	return err
}

func (w *world) hasNoSigns(a []string) error {
	id, err := w.site(a[0])
	return errors.Join(err, w.exec("UPDATE sign SET gone_at = $2 WHERE site = $1", string(id), w.yesterday()))
}

// hasCamera: one that can be seen and was assessed.
func (w *world) hasCamera(a []string) error {
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	if _, ok := w.cameras[a[0]]; ok {
		return fmt.Errorf("er hangt al een camera %q", a[0])
	}
	id := premises.CameraID(fmt.Sprintf("%032x", 0xc000+len(w.cameras)))
	w.cameras[a[0]] = id
	return w.exec(`INSERT INTO camera (id, name, site, url, username, password, visible, aim, assessment, added_at)
		VALUES ($1, $2, $3, 'rtsp://192.0.2.1/', '', '', $4, 'zicht', 'toets 1', $5)`, string(id), a[0], string(site), true, w.yesterday())
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

// clockTime is a time of the day on which the scenario begins.
func clockTime(text string) (time.Time, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return t, fmt.Errorf("%s is geen tijd: schrijf bijvoorbeeld 10:05", text)
	}
	return time.Date(begins.Year(), begins.Month(), begins.Day(), t.Hour(), t.Minute(), 0, 0, calendar.Amsterdam).UTC(), nil
}

// hasRecorded: camera and, if not half an hour ago, when.
func (w *world) hasRecorded(a []string) error {
	at := w.now().Add(-30 * time.Minute)
	if len(a) > 1 {
		var err error
		if at, err = clockTime(a[1]); err != nil {
			return err
		}
	}
	if _, err := w.camera(a[0]); err != nil {
		return err
	}
	return w.record(a[0], at)
}

// shotLength is how long a camera records in a scenario: one fragment.
const shotLength = 20 * time.Second

// record lets a camera record, if the regulation allows it. One that nobody
// placed has an id that the program doesn't know.
func (w *world) record(name string, at time.Time) error {
	id, err := w.camera(name)
	if err != nil {
		id = premises.CameraID(nowhere)
	}
	s := shot{name, footage.Span{From: at, To: at.Add(shotLength)}, fmt.Sprintf("dit zag %s om %s", name, at.Format(time.RFC3339))}
	permit, err := w.gate.Enter(w.ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: footage.Subject(id, s.span)})
	if err != nil {
		return err
	}
	writer := w.footage.Record(permit, id)
	err = writer.Write(w.ctx, s.fragment())
	w.shots = append(w.shots, s)
	return errors.Join(err, writer.Close(w.ctx), permit.Close(w.ctx, "gedaan", nil))
}

// fragment is one key picture that lasts all of s. Its parameter sets are
// real, of a picture of 160 by 120: a movie is made of it.
func (s shot) fragment() *media.Fragment {
	nal := append([]byte{0x65}, s.text...)
	data := append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
	return &media.Fragment{Start: s.span.From, Data: data,
		Config: &media.Config{SPS: []byte("\x67\x64\x00\x0c\xac\xb4\x0a\x0c\xfc\xf8\x08\x80\x00\x00\x03\x00\x80\x00\x00\x19\x07\x8a\x15\x50"),
			PPS: []byte("\x68\xef\x02\x9c\xb0")},
		Samples: []media.Sample{{Size: uint32(len(data)), Duration: uint32(shotLength / time.Second * media.Clock), Key: true}}}
}

func (w *world) isSuspected(a []string) error { return w.hasIncident(a, incident.Suspected) }
func (w *world) isObserved(a []string) error  { return w.hasIncident(a, incident.Observed) }
func (w *world) isSettled(a []string) error   { return w.hasIncident(a, incident.Settled) }

func (w *world) hasIncident(a []string, state string) error {
	site, err := w.site(a[0])
	if err != nil {
		return err
	}
	if _, ok := w.cases[a[1]]; ok {
		return fmt.Errorf("er is al een incident %q", a[1])
	}
	id := fmt.Sprintf("%032x", 0xe000+len(w.cases))
	w.cases[a[1]] = id
	var settled any
	if state == incident.Settled {
		settled = w.yesterday()
	}
	return w.exec(`INSERT INTO incident (id, number, kind, state, site, happened_at, reported_at, reported_by, description, settled_at)
		VALUES ($1, $2, 'anders', $3, $4, $5, $5, 'gegeven', $6, $7)`,
		id, fmt.Sprintf("2025-%03d", 1+len(w.cases)), state, string(site), w.yesterday(), a[1], settled)
}

// incident returns the id of an incident.
func (w *world) incident(name string) (string, error) {
	id, ok := w.cases[name]
	if !ok {
		return "", fmt.Errorf("er is geen incident %q: zet er eerst een zin over voor", name)
	}
	return id, nil
}

// sits: the first acts, the others are present. All sign in for real.
func (w *world) sits(names []string) error {
	if _, err := w.presence(names[0]); err != nil {
		return err
	}
	for _, name := range names[1:] {
		if err := w.join(name, names[0]); err != nil {
			return err
		}
	}
	return nil
}
