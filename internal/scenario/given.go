package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/db"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// Everyone has the same password, hashed as cheaply as the program accepts:
// scenarios aren't about passwords.
const (
	password = "correct horse battery"
	hashed   = "$argon2id$v=19$m=8,t=1,p=1$NaNhPYk8qN/RN4Y2Nda4ZQ$t0aYQXQXdjDQ5x7Wwh0AIkmC+07zlEa737pYZ4AEi6U"
)

// person returns who has a name. Who isn't there yet comes, and has promised
// to keep silent.
func (w *world) person(name string) (people.PersonID, error) {
	if id, ok := w.persons[name]; ok {
		return id, nil
	}
	login := strings.ToLower(name)
	id := people.PersonID("persoon-" + login)
	w.persons[name] = id
	err := w.insert("person", "id, login, name, password, confidentiality_at, confidentiality_basis, created_at",
		[]any{string(id), login, name, hashed, w.yesterday(), "verklaring", w.yesterday()})
	return id, errors.Join(err, w.file(id.Entity()))
}

// hasRole: name, role and, for a role at a site, the site.
func (w *world) hasRole(a []string) error {
	site := ""
	if len(a) > 2 {
		site = a[2]
	}
	return w.give(a[0], a[1], site, "")
}

// standsFor: name, of whom, role and, maybe, site.
func (w *world) standsFor(a []string) error {
	site := ""
	if len(a) > 3 {
		site = a[3]
	}
	return w.give(a[0], a[2], site, a[1])
}

// give gives someone a role: at a site, or, if that is "", for all;
// maybe to stand for somebody.
func (w *world) give(name, role, site, standsFor string) error {
	id, err := w.person(name)
	if err != nil {
		return err
	}
	term, err := w.reaches(role, site != "")
	if err != nil {
		return err
	}
	var place, other any
	if site != "" {
		id, err := w.site(site)
		if err != nil {
			return err
		}
		place, site = string(id), string(id)
	}
	if standsFor != "" {
		id, err := w.person(standsFor)
		if err != nil {
			return err
		}
		other = string(id)
	}
	if err := w.vacate(term.Key, site); err != nil {
		return err
	}
	return w.insert("appointment", "id, person, role, site, by_whom, basis, from_at, stands_for",
		[]any{w.id(), string(id), term.Key, place, "gegeven", "gegeven", w.yesterday(), other})
}

// reaches finds a role, which must be one for a site if somebody has it there,
// and else one for all.
func (w *world) reaches(name string, perSite bool) (regulation.RoleTerm, error) {
	term, _ := roleNamed(w.law, name)
	now, _ := w.adopted.Role(term.Key)
	if now.PerSite && !perSite {
		return term, fmt.Errorf("%s is iemand op een locatie: noem die erbij", name)
	}
	if !now.PerSite && perSite {
		return term, fmt.Errorf("%s is iemand voor de hele organisatie: noem geen locatie", name)
	}
	return term, nil
}

// nobodyIs: role and, maybe, site: who has it, named or not, has it no more.
func (w *world) nobodyIs(a []string) error {
	term, _ := roleNamed(w.law, a[0])
	if len(a) == 1 {
		return w.exec("UPDATE appointment SET to_at = from_at WHERE role = $1", term.Key)
	}
	site, err := w.site(a[1])
	if err != nil {
		return err
	}
	return w.exec("UPDATE appointment SET to_at = from_at WHERE role = $1 AND site = $2", term.Key, string(site))
}

func (w *world) hasNoRole(a []string) error {
	_, err := w.person(a[0])
	return err
}

func (w *world) isNotSworn(a []string) error {
	id, err := w.person(a[0])
	return errors.Join(err, w.exec("UPDATE person SET confidentiality_at = NULL, confidentiality_basis = '' WHERE id = $1", string(id)))
}

func (w *world) isEnrolledAs(a []string) error {
	id, err := w.person(a[0])
	if err == nil && !slices.Contains(people.Kinds(), a[1]) {
		err = unknown("hoedanigheid", a[1], people.Kinds())
	}
	return errors.Join(err, w.exec("UPDATE person SET kind = $2 WHERE id = $1", string(id), a[1]))
}

// unknown is an error about a word that isn't one of those there are.
func unknown(what, word string, words []string) error {
	return fmt.Errorf("%q is geen %s: er is %s", word, what, strings.Join(words, ", "))
}

func (w *world) isAway(a []string) error {
	id, err := w.person(a[0])
	return errors.Join(err, w.insert("absence", "id, person, reason, by_whom, from_at",
		[]any{w.id(), string(id), "", "gegeven", w.yesterday()}))
}

func (w *world) isGranted(a []string) error { return w.grant(a[0], a[1], "", "", time.Time{}) }

func (w *world) isGrantedCamera(a []string) error { return w.grant(a[0], a[1], a[2], "", time.Time{}) }

func (w *world) isGrantedFor(a []string) error { return w.grant(a[0], a[1], "", a[2], time.Time{}) }

func (w *world) isGrantedUntil(a []string) error {
	until, err := w.clockTime(a[2])
	if err != nil {
		return err
	}
	return w.grant(a[0], a[1], "", "", until)
}

// grant lets someone do something: with a camera or ("") all, for an aim or
// ("") any, until a time or (zero) without end.
func (w *world) grant(name, act, camera, purpose string, until time.Time) error {
	id, err := w.person(name)
	if err != nil {
		return err
	}
	cameras := []string{}
	if camera != "" {
		id, err := w.camera(camera)
		if err != nil {
			return err
		}
		cameras = append(cameras, string(id))
	}
	list, err := json.Marshal(cameras)
	if err != nil {
		return err
	}
	var to any
	if !until.IsZero() {
		to = db.Micros(until)
	}
	return w.insert("grant_given", "id, person, act, cameras, purpose, reason, conditions, by_whom, from_at, to_at",
		[]any{w.id(), string(id), act, string(list), purpose, "gegeven", "gegeven", "gegeven", w.yesterday(), to})
}

// clockTime is a time of the day on which the scenario begins.
func (w *world) clockTime(text string) (time.Time, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return t, fmt.Errorf("%s is geen tijd: schrijf bijvoorbeeld 10:05", text)
	}
	return on(calendar.DateOf(w.stage.begins), t).UTC(), nil
}

// meets: site, kind, from, until: a session for all of the site.
func (w *world) meets(a []string) error { return w.session(a[0], "", a[1], a[2], a[3]) }

// meetsIn: site, room, kind, from, until.
func (w *world) meetsIn(a []string) error { return w.session(a[0], a[1], a[2], a[3], a[4]) }

func (w *world) session(site, room, kind, from, until string) error {
	id, err := w.site(site)
	begin, fromErr := w.clockTime(from)
	end, untilErr := w.clockTime(until)
	if err := errors.Join(err, fromErr, untilErr); err != nil {
		return err
	}
	var where any
	if room != "" {
		found, err := w.roomIn(room)
		if err != nil {
			return err
		}
		where = found
	}
	return w.insert("session", "id, kind, site, room, title, by_whom, from_at, to_at",
		[]any{w.id(), kind, string(id), where, kind, "gegeven", db.Micros(begin), db.Micros(end)})
}

// isOnDuty: name, kind of session, site: at all those given so far.
func (w *world) isOnDuty(a []string) error {
	person, err := w.person(a[0])
	site, siteErr := w.site(a[2])
	if err := errors.Join(err, siteErr); err != nil {
		return err
	}
	done, err := w.db.ExecContext(w.ctx, "INSERT INTO duty (session, person) SELECT id, $1 FROM session WHERE kind = $2 AND site = $3",
		string(person), a[1], string(site))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("op %q is geen %q: zet er eerst een zin over voor", a[2], a[1]))
	}
	return nil
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

// sitsAt: names, and the workstation last.
func (w *world) sitsAt(a []string) error {
	names, station := a[:len(a)-1], a[len(a)-1]
	id, ok := w.stations[station]
	if !ok {
		return fmt.Errorf("er is geen werkplek %q: zet er eerst een zin over voor", station)
	}
	if err := w.sits(names); err != nil {
		return err
	}
	return w.people.AtStation(w.ctx, w.tokens[names[0]], id)
}
