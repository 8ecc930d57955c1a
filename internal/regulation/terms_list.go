package regulation

import (
	"maps"
	"regexp"
	"slices"

	"github.com/cedar-policy/cedar-go/types"
)

// concept is a word of ordinary language, which may be more than one.
var concept = regexp.MustCompile(`^\pL[\pL\pN '’_-]{0,59}$`)

func (r *termReader) purposes(list entry) {
	r.each("purpose", list, []string{"tekst", "incident", "grondslag", "aard", "toelichting"}, func(f fields) {
		p := PurposeTerm{Key: Purpose(f.key), Text: f.need("tekst", "the aim in words"), Note: f.text("toelichting"), Article: r.article,
			Basis:  f.option("grondslag", "gerechtvaardigd belang", "algemeen belang", "wettelijke verplichting"),
			Nature: f.option("aard", "preventief", "repressief")}
		switch f.text("incident") {
		case "":
		case "verplicht":
			p.Incident = true
		default:
			r.fault(f.line, "incident can only be \"verplicht\"; leave it out if the purpose needs none")
		}
		r.terms.Purposes = append(r.terms.Purposes, p)
	})
}

func (r *termReader) roles(list entry) {
	r.each("role", list, []string{"titel", "bereik"}, func(f fields) {
		role := RoleTerm{Key: f.key, Title: f.need("titel", "what people call it"), PerSite: f.text("bereik") == "locatie", Article: r.article}
		if f.key == systemRole {
			r.fault(f.line, "role %q is the program's own: choose another key", f.key)
		}
		if !role.PerSite && f.text("bereik") != "organisatie" {
			r.fault(f.line, "role %q needs a bereik: locatie or organisatie", f.key)
		}
		r.terms.Roles = append(r.terms.Roles, role)
	})
}

func (r *termReader) files(list entry) {
	abouts := map[string]string{"camera": Camera, "locatie": Site, "persoon": Person, "organisatie": Organisation}
	r.each("file", list, []string{"titel", "over", "velden", "geldig", "vervalt"}, func(f fields) {
		file := FileTerm{Key: f.key, Title: f.need("titel", "what people call it"), Fields: f.list("velden"), Article: r.article,
			About:   abouts[f.option("over", slices.Sorted(maps.Keys(abouts))...)],
			Changes: f.option("vervalt", "wijziging") != ""}
		if _, ok := f.has["over"]; !ok {
			r.fault(f.line, "file %q needs an over: what it is about, camera, locatie, persoon or organisatie", f.key)
		}
		if e, ok := f.has["geldig"]; ok {
			file.Valid, _ = r.storage(e, "a file doesn't count")
		}
		if file.Changes && file.About != Camera {
			r.fault(f.has["vervalt"].line, "only what is about a camera can lapse when its view changes: remove vervalt, or write over: camera")
		}
		r.terms.Files = append(r.terms.Files, file)
	})
}

func (r *termReader) councils(list entry) {
	r.each("council", list, []string{"titel"}, func(f fields) {
		r.terms.Councils = append(r.terms.Councils, CouncilTerm{f.key, f.need("titel", "what people call it"), r.article})
	})
}

func (r *termReader) reports(list entry) {
	r.each("report", list, []string{"van", "aan", "wanneer", "inhoud"}, func(f fields) {
		report := ReportTerm{Key: f.key, By: f.need("van", "who makes it"), To: f.need("aan", "who gets it"),
			Every: f.need("wanneer", "how often, like jaarlijks"), Contents: f.list("inhoud"), Article: r.article}
		r.terms.Reports = append(r.terms.Reports, report)
	})
}

func (r *termReader) incidents(list entry) {
	r.each("kind of incident", list, []string{"tekst"}, func(f fields) {
		r.terms.Incidents = append(r.terms.Incidents, IncidentTerm{f.key, f.need("tekst", "what it is, in words"), r.article})
	})
}

func (r *termReader) choices(list entry) {
	r.each("choice", list, []string{"vraag", "antwoorden"}, func(f fields) {
		c := ChoiceTerm{Key: f.key, Question: f.need("vraag", "what is asked at adoption"), Article: r.article}
		answers, ok := f.has["antwoorden"]
		if !ok {
			r.fault(f.line, "choice %q needs antwoorden: at least two, the strictest first", f.key)
			return
		}
		for _, e := range r.d.entries(r.fence, answers.value) {
			if !termKey.MatchString(e.key) {
				r.fault(e.line, "%q can't be a key: use small letters, digits and _", e.key)
			}
			c.Answers = append(c.Answers, Answering{e.key, r.d.scalar(e)})
		}
		if len(c.Answers) == 1 {
			r.fault(answers.line, "choice %q has one answer, so there is nothing to choose: add another, or remove the choice", f.key)
		}
		if len(c.Answers) > 0 {
			r.terms.Choices = append(r.terms.Choices, c)
		}
	})
}

// concepts reads what words mean. They are words of ordinary language, so
// they needn't look like keys.
func (r *termReader) concepts(list entry) {
	for _, e := range r.d.entries(r.fence, list.value) {
		if !concept.MatchString(e.key) {
			r.fault(e.line, "%q can't be a word to explain: use letters, digits, spaces and -", e.key)
		}
		if r.taken("word", e) {
			continue
		}
		f := r.fields("word", e, "tekst", "omvat")
		r.terms.Concepts = append(r.terms.Concepts, ConceptTerm{e.key, f.need("tekst", "what is meant by it"),
			f.from("omvat", r.words.kinds()), r.article})
	}
}

// kinds are the names of what the vocabulary knows, sorted.
func (v *Vocabulary) kinds() []string {
	all := map[types.EntityType]bool{}
	for name := range v.words.Entities {
		all[name] = true
	}
	for name := range v.words.Enums {
		all[name] = true
	}
	var out []string
	for name := range all {
		out = append(out, string(name))
	}
	slices.Sort(out)
	return out
}

func (r *termReader) policies(list entry) {
	r.each("policy", list, []string{"titel", "versie"}, func(f fields) {
		r.terms.Policies = append(r.terms.Policies, PolicyTerm{f.key, f.need("titel", "what it is called"), f.text("versie"), r.article})
	})
}
