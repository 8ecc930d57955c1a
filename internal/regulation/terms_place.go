package regulation

import "slices"

// RoomKinds are the kinds of room there are: woorden.md.
func RoomKinds() []string {
	return []string{"hal", "gang", "trappenhuis", "lokaal", "kantine", "kantoor", "personeelsruimte", "spreekkamer", "toilet",
		"doucheruimte", "kleedkamer", "woning", "berging", "fietsenstalling", "parkeerplaats", "terrein", "entree", "publieksruimte",
		"bekijkruimte", "serverruimte"}
}

// abilities are what a regulation may say the program can't be able to do.
func abilities() []string {
	return []string{"geluid", "gezichtsherkenning", "kentekenherkenning", "gedragsherkenning", "volgen", "koppelen",
		"bewegingsdetectie", "verscherpen", "verlichten", "vergroten", "bedienen"}
}

// Abilities are what the program can do beside recording and showing: woorden.md.
func Abilities() []string {
	return []string{"bewegingsdetectie", "verscherpen", "verlichten", "vergroten", "bedienen"}
}

func (r *termReader) controller(e entry) {
	if !r.once(e) {
		return
	}
	f := r.fields("term", e, "naam", "contact")
	r.terms.Controller = Controller{f.need("naam", "who answers for the cameras"), f.need("contact", "where people can ask"), r.article}
}

func (r *termReader) places(e entry) {
	f := r.fields("term", e, "verboden", "toegestaan")
	for _, kind := range []struct {
		key   string
		rooms *[]string
	}{{"verboden", &r.terms.Forbidden}, {"toegestaan", &r.terms.Allowed}} {
		for _, room := range f.from(kind.key, RoomKinds()) {
			if slices.Contains(r.terms.Forbidden, room) || slices.Contains(r.terms.Allowed, room) {
				r.fault(f.has[kind.key].line, "%q is among the plaatsen already: name it once, under verboden or toegestaan", room)
				continue
			}
			*kind.rooms = append(*kind.rooms, room)
		}
	}
}

func (r *termReader) banned(e entry) {
	for _, one := range r.among(e, abilities()) {
		if slices.Contains(r.terms.Banned, one) {
			r.fault(e.line, "%q is forbidden already: name it once", one)
			continue
		}
		r.terms.Banned = append(r.terms.Banned, one)
	}
}

// How many seconds around motion can be recorded. What was before it waits in
// memory.
const (
	mostBefore = 60
	mostAfter  = 600
)

func (r *termReader) recording(e entry) {
	if !r.once(e) {
		return
	}
	f := r.fields("term", e, "wijze", "voor", "na")
	f.need("wijze", "continu, beweging or alleen live")
	r.terms.Recording = Recording{Mode: f.option("wijze", Continuous, OnMotion, LiveOnly),
		Before: f.number("voor", 0, mostBefore), After: f.number("na", 0, mostAfter), Article: r.article}
	for _, key := range []string{"voor", "na"} {
		if around, ok := f.has[key]; ok && r.terms.Recording.Mode != OnMotion {
			r.fault(around.line, "%s is how many seconds around motion: write wijze: beweging, or leave it out", key)
		}
	}
}

func (r *termReader) quality(e entry) {
	if !r.once(e) {
		return
	}
	f := r.fields("term", e, "klasse", "pixels_per_meter")
	f.need("klasse", "what people must be able to do with the picture, like herkennen")
	f.need("pixels_per_meter", "how sharp it must be, like 125")
	r.terms.Quality = Quality{Class: f.option("klasse", "bewaken", "detecteren", "waarnemen", "herkennen", "identificeren"),
		PixelsPerMetre: f.number("pixels_per_meter", 1, 10_000), Article: r.article}
}
