package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
)

// A story is a line of the logbook as people read it.
type story struct {
	Seq       int64
	At        time.Time
	Kind      string
	Act       string
	Result    string
	Bad       bool // refused, stopped or failed
	Object    thing
	Who       []string
	Login     string // as it was typed, where a sign-in failed
	Erased    bool   // who it was is erased
	Seat      string
	Purpose   string
	Under     thing
	Articles  []articleLink
	From, To  time.Time // what was asked for
	Lasted    time.Duration
	HasLasted bool
	Of        int64 // the ruling this came of
	HasOf     bool
	Shown     []shown // what was really on the screen
	Nothing   bool    // nothing was on the screen
	More      []field // anything else the entry says
}

// A shown is a stretch of time that was on a screen.
type shown struct{ From, To time.Time }

// A field is something an entry says, by the word it says it with.
type field struct{ Name, Value string }

// An articleLink leads to an article, if it is of the regulation in force.
type articleLink struct{ Number, Path string }

// told are the fields of an entry that a story has a place for.
type told struct {
	Articles   []string        `json:"artikelen"`
	Regulation string          `json:"reglement_sha256"`
	From       time.Time       `json:"van_tijd"`
	To         time.Time       `json:"tot_tijd"`
	Purpose    string          `json:"doel"`
	Ground     string          `json:"grond"`
	Of         *int64          `json:"van"`
	Lasted     *float64        `json:"duur_s"`
	Outcome    json.RawMessage `json:"uitkomst"`
}

// toldFields are their names, and of what needs no telling.
var toldFields = []string{"artikelen", "reglement", "reglement_sha256", "van_tijd", "tot_tijd", "doel", "grond", "van", "duur_s", "uitkomst"}

// toldWho is who an entry names.
type toldWho struct {
	Who   string   `json:"wie"`
	With  []string `json:"met"`
	Seat  string   `json:"werkplek"`
	Login string   `json:"aanmeldnaam"`
}

// toldWhoFields are their names.
var toldWhoFields = []string{"wie", "met", "werkplek", "aanmeldnaam"}

// tell makes a story of a record. What a record says that we don't know is
// told as it is: nothing is left out.
func (v *visit) tell(r logbook.Record) (story, error) {
	s := story{Seq: r.Seq, At: r.At, Kind: r.Kind, Act: r.Act, Result: r.Result, Erased: r.Erased,
		Bad: withdrawn(r) || r.Result == "mislukt"}
	var err error
	if s.Object, err = v.names.of(r.Object); err != nil {
		return s, err
	}
	if err := v.tellHeader(&s, r.Header); err != nil {
		return s, err
	}
	return s, v.tellWho(&s, r.Person)
}

func (v *visit) tellHeader(s *story, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var h told
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil || json.Unmarshal(raw, &h) != nil {
		s.More = append(s.More, field{"?", string(raw)})
		return nil
	}
	s.From, s.To = h.From, h.To
	if h.Purpose != "" {
		s.Purpose = v.purpose(h.Purpose)
	}
	if h.Ground != "" {
		under, err := v.names.of(h.Ground)
		if err != nil {
			return err
		}
		s.Under = under
	}
	for _, number := range h.Articles {
		s.Articles = append(s.Articles, v.article(number, h.Regulation))
	}
	if h.Of != nil {
		s.Of, s.HasOf = *h.Of, true
	}
	if h.Lasted != nil {
		s.Lasted = time.Duration(*h.Lasted * float64(time.Second))
		s.HasLasted = s.Lasted >= time.Second // a deed that is a row takes no time
	}
	if err := v.tellOutcome(s, h.Outcome); err != nil {
		return err
	}
	return v.tellRest(s, all, toldFields)
}

// tellOutcome tells what came of a permit; for a playback, what was shown.
func (v *visit) tellOutcome(s *story, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		s.More = append(s.More, field{"uitkomst", plain(raw)})
		return nil
	}
	var stretches [][2]time.Time
	if json.Unmarshal(fields["getoond"], &stretches) == nil {
		for _, g := range stretches {
			s.Shown = append(s.Shown, shown{g[0], g[1]})
		}
		s.Nothing = len(stretches) == 0
		delete(fields, "getoond")
	}
	return v.tellRest(s, fields, nil)
}

// tellRest tells what there is no place for by the name it has.
func (v *visit) tellRest(s *story, fields map[string]json.RawMessage, but []string) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(but, name) {
			continue
		}
		value, err := v.say(name, fields[name])
		if err != nil {
			return err
		}
		s.More = append(s.More, field{name, value})
	}
	return nil
}

// say is the value of a field as people read it.
func (v *visit) say(name string, raw json.RawMessage) (string, error) {
	text := plain(raw)
	switch name {
	case "locatie":
		place, err := v.names.of(premises.SiteID(text).Entity().String())
		return place.Name, err
	case "rol":
		return v.role(text), nil
	case "seconden":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return v.words.lasting(v.lang, time.Duration(n*float64(time.Second))), nil
		}
	case "bytes", "verstrekt_bytes":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return v.words.size(v.lang, n), nil
		}
	case "voor":
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return v.words.moment(v.lang, t), nil
		}
	case "soort":
		return v.word("incident:" + text), nil
	case "pauze":
		return v.word("yes"), nil
	case "wat", "via", "einde", "staat", "reden":
		return v.word(name + ":" + text), nil
	}
	return text, nil
}

// role is what the regulation calls a role.
func (v *visit) role(key string) string {
	if v.law != nil {
		for _, r := range v.law.Terms.Roles {
			if r.Key == key {
				return r.Title
			}
		}
	}
	return key
}

// plain is a JSON value without its quotes.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return strings.Join(list, ", ")
	}
	return string(raw)
}

func (v *visit) tellWho(s *story, raw json.RawMessage) error {
	var p toldWho
	var all map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &p) != nil || json.Unmarshal(raw, &all) != nil {
		return nil
	}
	s.Login = p.Login
	if err := v.tellRest(s, all, toldWhoFields); err != nil {
		return err
	}
	for _, entity := range append([]string{p.Who}, p.With...) {
		if entity == "" {
			continue
		}
		who, err := v.names.of(entity)
		if err != nil {
			return err
		}
		s.Who = append(s.Who, who.Name)
	}
	if p.Seat != "" {
		_, id := split(p.Seat)
		s.Seat = id[:min(len(id), 6)]
	}
	return nil
}

// article links to an article if the regulation in force is the one that was
// applied.
func (v *visit) article(number, hash string) articleLink {
	link := articleLink{Number: number}
	if v.law != nil && fmt.Sprintf("%x", v.law.Hash) == hash {
		link.Path = "/reglement#" + number
	}
	return link
}
