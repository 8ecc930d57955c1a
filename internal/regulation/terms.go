package regulation

import (
	"maps"
	"slices"
	"strings"
)

// knownTerms are the keys a yaml fence may have.
const knownTerms = "beeldkwaliteit, begrippen, beleid, bewaartermijn, bron, doelen, geldig, incidentsoorten, keuzes, laag, opname, " +
	"plaatsen, raden, rollen, stukken, termijnen, vensters, verantwoordelijke, verboden_functies, verslagen"

// layerTerms are those that a document of a layer may have: what can only
// make things stricter, or explains.
const layerTerms = "begrippen, beleid, bewaartermijn, bron, geldig, laag, plaatsen, stukken, termijnen, vensters, verboden_functies, verslagen"

// systemRole is nobody's: woorden.md gives it to the program itself.
const systemRole = "systeem"

// A termReader reads the yaml fences of a document, one after the other.
type termReader struct {
	d       *document
	words   *Vocabulary
	terms   Terms
	fence   Fence
	article string
	seen    map[string]string // what was read already, and in which article
	first   map[string]int    // the line in which each term first stands
}

// terms reads the yaml fences of d.
func (d *document) terms(v *Vocabulary) Terms {
	r := &termReader{d: d, words: v, seen: map[string]string{}, first: map[string]int{}}
	for _, s := range d.sections {
		for _, f := range s.Fences {
			if f.Language == "yaml" {
				r.article, r.fence = s.Number, f
				r.all()
			}
		}
	}
	r.layered()
	return r.terms
}

// all reads the terms of a fence.
func (r *termReader) all() {
	root := r.d.yaml(r.fence)
	if root == nil {
		return
	}
	for _, e := range r.d.entries(r.fence, root) {
		if _, ok := r.first[e.key]; !ok {
			r.first[e.key] = e.line
		}
		if r.article == "" && e.key != "bron" && e.key != "laag" {
			r.fault(r.fence.Line, "this fence stands under no article: put it below a heading like \"## Artikel 4\"; only bron and laag can stand under the title")
			return
		}
		if !r.term(e) && !r.list(e) {
			r.fault(e.line, "unknown term %q: known are %s", e.key, knownTerms)
		}
	}
}

// term reads a term that a document has once.
func (r *termReader) term(e entry) bool {
	switch e.key {
	case "bron":
		r.source(e)
	case "laag":
		r.layer(e)
	case "verantwoordelijke":
		r.controller(e)
	case "opname":
		r.recording(e)
	case "beeldkwaliteit":
		r.quality(e)
	case "geldig":
		r.validity(e)
	default:
		return false
	}
	return true
}

// list reads a term that may be spread over articles.
func (r *termReader) list(e entry) bool {
	switch e.key {
	case "bewaartermijn":
		r.retention(e)
	case "doelen":
		r.purposes(e)
	case "rollen":
		r.roles(e)
	case "stukken":
		r.files(e)
	case "raden":
		r.councils(e)
	case "termijnen":
		r.deadlines(e)
	case "vensters":
		r.windows(e)
	case "verslagen":
		r.reports(e)
	case "incidentsoorten":
		r.incidents(e)
	case "keuzes":
		r.choices(e)
	case "begrippen":
		r.concepts(e)
	case "beleid":
		r.policies(e)
	case "plaatsen":
		r.places(e)
	case "verboden_functies":
		r.banned(e)
	default:
		return false
	}
	return true
}

func (r *termReader) fault(line int, format string, args ...any) { r.d.fault(line, format, args...) }

// once reports whether e is the first of its kind, and remembers it.
func (r *termReader) once(e entry) bool {
	if article, ok := r.seen[e.key]; ok {
		r.fault(e.line, "article %s has a %s already: keep one", article, e.key)
		return false
	}
	r.seen[e.key] = r.article
	return true
}

// source notes which text a document works out, clause by clause.
func (r *termReader) source(e entry) {
	name := r.d.scalar(e)
	switch {
	case r.terms.Source != "":
		r.fault(e.line, "this document has a bron already, %q: keep one", r.terms.Source)
	case name != "" && !termKey.MatchString(name):
		r.fault(e.line, "%q can't be a bron: use small letters, digits and _", name)
	default:
		r.terms.Source = name
	}
}

func (r *termReader) layer(e entry) {
	if !r.once(e) {
		return
	}
	switch layer := Layer(r.d.scalar(e)); layer {
	case "", Statute, Order:
		r.terms.Layer = layer
	default:
		r.fault(e.line, "%q can't be a laag: use %s or %s, or leave it out for the organisation's own regulation", layer, Statute, Order)
	}
}

// layered sees to it that a document of a layer has no terms that could allow
// something.
func (r *termReader) layered() {
	if r.terms.Layer == "" {
		return
	}
	for _, term := range slices.Sorted(maps.Keys(r.first)) {
		if strings.Contains(knownTerms, term) && !slices.Contains(strings.Split(layerTerms, ", "), term) {
			r.fault(r.first[term], "a document with laag %s can't have %s: it only makes stricter. Known here are %s", r.terms.Layer, term, layerTerms)
		}
	}
}
