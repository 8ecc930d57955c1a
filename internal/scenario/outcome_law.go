package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// mayRelease: who, camera, aim and, maybe, incident.
func (w *world) mayRelease(a []string) error {
	ruling, err := w.wouldRelease(a)
	if err == nil && !ruling.Allowed {
		err = fmt.Errorf("het zou niet mogen volgens artikel %s", strings.Join(citedBy(ruling), " en "))
	}
	return err
}

// mayNotRelease: who, camera, aim.
func (w *world) mayNotRelease(a []string) error { return w.refusesRelease(a, nil) }

// mayNotReleaseBy: who, camera, aim, articles.
func (w *world) mayNotReleaseBy(a []string) error { return w.refusesRelease(a[:3], a[3:]) }

// mayNotReleaseAtAll: who, camera, articles.
func (w *world) mayNotReleaseAtAll(a []string) error { return w.refusesRelease(a[:2], a[2:]) }

func (w *world) refusesRelease(a, articles []string) error {
	ruling, err := w.wouldRelease(a)
	if err != nil {
		return err
	}
	if ruling.Allowed {
		return errors.New("het zou wel mogen")
	}
	return w.same(articles, citedBy(ruling))
}

// wouldRelease asks the law: who, camera and, maybe, aim and incident.
func (w *world) wouldRelease(a []string) (ruling regulation.Ruling, err error) {
	id, err := w.camera(a[1])
	if err != nil {
		return ruling, err
	}
	who, err := w.presence(a[0])
	if err != nil {
		return ruling, err
	}
	r := who.Request(regulation.Release, gate.Subject{Entity: id.Entity()})
	if len(a) > 2 {
		r.For = regulation.Purpose(a[2])
	}
	if len(a) > 3 {
		i, err := w.incident(a[3])
		if err != nil {
			return ruling, err
		}
		r.Under = regulation.NewEntity(regulation.Incident, i)
	}
	law, q, err := w.gate.Ask(w.ctx, r)
	if err != nil || law == nil {
		return ruling, errors.Join(err, w.lawless(law))
	}
	return law.Rule(q), nil
}

func (w *world) lawless(law *regulation.Regulation) error {
	if law == nil {
		return errors.New("er geldt nu geen reglement")
	}
	return nil
}

// citedBy are the articles of a ruling, as the logbook would have them.
func citedBy(r regulation.Ruling) []string {
	var out []string
	for _, a := range slices.Concat(r.Lacking, r.Articles) {
		if !slices.Contains(out, a.Number) {
			out = append(out, a.Number)
		}
	}
	return out
}

// put is the last question, and the law it was put to.
func (w *world) put() (*regulation.Regulation, regulation.Question, error) {
	q, err := w.ear.heard()
	law := w.board.InForce(w.now())
	return law, q, errors.Join(err, w.lawless(law))
}

// warns: exactly these articles.
func (w *world) warns(a []string) error {
	law, q, err := w.put()
	if err != nil {
		return err
	}
	var warned []string
	for _, article := range law.Rule(q).Warnings {
		warned = append(warned, article.Number)
	}
	slices.Sort(warned)
	if want := numbers(a[0]); !slices.Equal(want, warned) {
		return fmt.Errorf("artikel %s waarschuwt", strings.Join(append(warned, "geen"), ", "))
	}
	return nil
}

func (w *world) warnsNot([]string) error {
	law, q, err := w.put()
	if err != nil {
		return err
	}
	if warned := law.Rule(q).Warnings; len(warned) > 0 {
		return fmt.Errorf("artikel %s waarschuwt", warned[0].Number)
	}
	return nil
}

// namesWhatHelps: part of what is said.
func (w *world) namesWhatHelps(a []string) error {
	law, q, err := w.put()
	if err != nil {
		return err
	}
	var helps []string
	for _, change := range law.Lift(q) {
		helps = append(helps, change.String())
	}
	return contains("wat helpt", strings.Join(helps, "; "), a[0])
}

// contains demands that a text has another in it, whatever the case and the
// spaces.
func contains(what, text, part string) error {
	line := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if !strings.Contains(strings.ToLower(line(text)), strings.ToLower(line(part))) {
		return fmt.Errorf("%s is: %.600s", what, line(text))
	}
	return nil
}

// record asks whether a camera may record now.
func (w *world) mayRecord(camera string) (*regulation.Regulation, regulation.Question, error) {
	id, err := w.camera(camera)
	if err != nil {
		return nil, regulation.Question{}, err
	}
	law, q, err := w.gate.Ask(w.ctx, gate.Request{Act: regulation.Record, Who: people.System.Entity(), On: gate.Subject{Entity: id.Entity()}})
	return law, q, errors.Join(err, w.lawless(law))
}

// isOnChecklist: camera and articles that still stand in the way.
func (w *world) isOnChecklist(a []string) error {
	law, q, err := w.mayRecord(a[0])
	if err != nil {
		return err
	}
	var open []string
	for _, s := range law.Standing(q) {
		if !s.Holds && !s.Warning {
			open = append(open, s.Article.Number)
		}
	}
	for _, want := range numbers(a[1]) {
		if !slices.Contains(open, want) {
			return fmt.Errorf("op de lijst staat alleen nog artikel %s", strings.Join(open, ", "))
		}
	}
	return nil
}

func (w *world) isReady(a []string) error {
	law, q, err := w.mayRecord(a[0])
	if err != nil {
		return err
	}
	if ruling := law.Rule(q); !ruling.Allowed {
		return fmt.Errorf("artikel %s staat nog open", strings.Join(citedBy(ruling), ", "))
	}
	return nil
}

// cannot: what the program can't do.
func (w *world) cannot(a []string) error {
	if slices.Contains(w.board.Can, a[0]) {
		return errors.New("het programma kan dat wel")
	}
	return nil
}

func (w *world) isInForce([]string) error {
	versions := w.board.Versions()
	now, ok := w.board.VersionAt(w.now())
	if len(versions) != 2 || !ok || now.ID != versions[1].ID || !now.From.Equal(w.now()) {
		return errors.New("het nieuwe reglement geldt niet")
	}
	return nil
}

func (w *world) isStillInForce([]string) error {
	if now, ok := w.board.VersionAt(w.now()); !ok || now.ID != 1 {
		return errors.New("het oude reglement geldt niet meer")
	}
	return nil
}

// isForced: the new one, since whenever.
func (w *world) isForced([]string) error {
	if now, ok := w.board.VersionAt(w.now()); !ok || now.ID == 1 {
		return errors.New("het nieuwe reglement geldt niet")
	}
	return nil
}

// keptLaw: each ruling is by the text that was in force then, and a new one is
// in force now.
func (w *world) keptLaw([]string) error {
	if err := w.isForced(nil); err != nil {
		return err
	}
	records, err := w.since(0)
	if err != nil {
		return err
	}
	old := 0
	for _, r := range records {
		if r.Kind != logbook.Ruling {
			continue
		}
		var header struct {
			Hash string `json:"reglement_sha256"`
		}
		if err := json.Unmarshal(r.Header, &header); err != nil {
			return err
		}
		v, ok := w.board.VersionAt(r.At)
		if ok && v.From.Equal(r.At) && v.ID > 1 { // what made v was judged by the one before
			v, ok = w.board.VersionAt(r.At.Add(-time.Microsecond))
		}
		if !ok || header.Hash != fmt.Sprintf("%x", v.Law.Hash) {
			return fmt.Errorf("regel %d van het logboek noemt een andere tekst dan toen gold", r.Seq)
		}
		if v.ID == 1 {
			old++
		}
	}
	if old == 0 {
		return errors.New("onder de oude tekst is niets beoordeeld")
	}
	return nil
}
