package regulation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"oogmerk/internal/calendar"
)

// knownTerms are the keys a yaml fence may have.
const knownTerms = "bewaartermijn, bron, doelen, rollen"

// systemRole is nobody's: woorden.md gives it to the program itself.
const systemRole = "systeem"

var (
	termKey      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	yamlPosition = regexp.MustCompile(`(?:yaml: )?line (\d+)(?:, column \d+)?: `)
	period       = regexp.MustCompile(`^([1-9][0-9]{0,4}) ([\pL]+)$`)
)

// terms reads the yaml fences of d.
func (d *document) terms() Terms {
	var t Terms
	for _, s := range d.sections {
		for _, f := range s.Fences {
			if f.Language == "yaml" {
				d.termsIn(&t, s.Number, f)
			}
		}
	}
	return t
}

func (d *document) termsIn(t *Terms, article string, f Fence) {
	root := d.yaml(f)
	if root == nil {
		return
	}
	for _, e := range d.entries(f, root) {
		switch e.key {
		case "bewaartermijn":
			d.retention(t, article, f, e)
		case "bron":
			d.source(t, e)
		case "doelen":
			d.purposes(t, article, f, e)
		case "rollen":
			d.roles(t, article, f, e)
		default:
			d.fault(e.line, "unknown term %q: known are %s", e.key, knownTerms)
		}
	}
}

// yaml parses a fence and returns its outermost mapping, or nil after a fault.
func (d *document) yaml(f Fence) *yaml.Node {
	for i, line := range strings.Split(f.Text, "\n") {
		if strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...") || strings.HasPrefix(line, "%") {
			d.fault(f.Line+1+i, "a fence has one list of terms: remove this line")
			return nil
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(f.Text), &root); err != nil {
		line, text := f.locate(err, yamlPosition)
		d.fault(line, "can't read these terms: %s", text)
		return nil
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		d.fault(f.Line, "no terms in this fence: write lines like \"bewaartermijn: 6 kalenderdagen\"")
		return nil
	}
	return root.Content[0]
}

// An entry is one key of a mapping and its value.
type entry struct {
	key   string
	value *yaml.Node
	line  int // in the document
}

// entries returns the entries of a mapping in order. Each key is there once.
func (d *document) entries(f Fence, n *yaml.Node) []entry {
	var out []entry
	if n.Kind != yaml.MappingNode {
		d.fault(f.Line+n.Line, "a list of \"key: value\" belongs here")
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		e := entry{k.Value, v, f.Line + k.Line}
		switch {
		case k.Kind != yaml.ScalarNode || adorned(k) || adorned(v):
			d.fault(e.line, "anchors, aliases and tags can't be used in terms: write the value itself")
		case slices.ContainsFunc(out, func(o entry) bool { return o.key == e.key }):
			d.fault(e.line, "%q is there twice: remove one", e.key)
		default:
			out = append(out, e)
		}
	}
	return out
}

// adorned reports whether n is more than what its text says.
func adorned(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0
}

// scalar returns the text of e, which must be a single value.
func (d *document) scalar(e entry) string {
	if e.value.Kind != yaml.ScalarNode || strings.TrimSpace(e.value.Value) == "" {
		d.fault(e.line, "%q needs a single value after the colon", e.key)
		return ""
	}
	return strings.TrimSpace(e.value.Value)
}

// record returns the fields of e by name; each must be one of known.
func (d *document) record(f Fence, e entry, known ...string) map[string]string {
	out := map[string]string{}
	if !termKey.MatchString(e.key) {
		d.fault(e.line, "%q can't be a key: use small letters, digits and _", e.key)
	}
	for _, field := range d.entries(f, e.value) {
		if !slices.Contains(known, field.key) {
			d.fault(field.line, "unknown key %q: known are %s", field.key, strings.Join(known, ", "))
			continue
		}
		out[field.key] = d.scalar(field)
	}
	return out
}

func (d *document) retention(t *Terms, article string, f Fence, e entry) {
	if t.Retention.Text != "" {
		d.fault(e.line, "article %s has a bewaartermijn already: keep one", t.Retention.Article)
		return
	}
	text := d.scalar(e)
	m := period.FindStringSubmatch(text)
	if m == nil {
		d.fault(e.line, "can't read the period %q: write it like \"6 kalenderdagen\"", text)
		return
	}
	n, _ := strconv.Atoi(m[1]) // at most five digits: it always fits
	limit := calendar.StorageLimit{}
	switch m[2] {
	case "uur":
		limit.Hours = n
	case "kalenderdag", "kalenderdagen":
		limit.Days = n
	case "week", "weken":
		limit.Days = 7 * n
	default:
		d.fault(e.line, "footage can't be kept for a number of %q: use uur, kalenderdagen or weken", m[2])
	}
	t.Retention = Retention{Limit: limit, Text: text, Article: article}
}

// source notes which text a document works out, clause by clause.
func (d *document) source(t *Terms, e entry) {
	name := d.scalar(e)
	switch {
	case t.Source != "":
		d.fault(e.line, "this document has a bron already, %q: keep one", t.Source)
	case name != "" && !termKey.MatchString(name):
		d.fault(e.line, "%q can't be a bron: use small letters, digits and _", name)
	default:
		t.Source = name
	}
}

func (d *document) purposes(t *Terms, article string, f Fence, list entry) {
	for _, e := range d.entries(f, list.value) {
		fields := d.record(f, e, "tekst", "incident")
		p := PurposeTerm{Key: Purpose(e.key), Text: fields["tekst"], Article: article}
		if p.Text == "" {
			d.fault(e.line, "purpose %q needs a tekst: the aim in words", e.key)
		}
		switch fields["incident"] {
		case "":
		case "verplicht":
			p.Incident = true
		default:
			d.fault(e.line, "incident can only be \"verplicht\"; leave it out if the purpose needs none")
		}
		if slices.ContainsFunc(t.Purposes, func(o PurposeTerm) bool { return o.Key == p.Key }) {
			d.fault(e.line, "purpose %q is there already: remove one", e.key)
			continue
		}
		t.Purposes = append(t.Purposes, p)
	}
}

func (d *document) roles(t *Terms, article string, f Fence, list entry) {
	for _, e := range d.entries(f, list.value) {
		fields := d.record(f, e, "titel", "bereik")
		r := RoleTerm{Key: e.key, Title: fields["titel"], PerSite: fields["bereik"] == "locatie", Article: article}
		if e.key == systemRole {
			d.fault(e.line, "role %q is the program's own: choose another key", e.key)
		}
		if r.Title == "" {
			d.fault(e.line, "role %q needs a titel: what people call it", e.key)
		}
		if fields["bereik"] != "locatie" && fields["bereik"] != "organisatie" {
			d.fault(e.line, "role %q needs a bereik: locatie or organisatie", e.key)
		}
		if slices.ContainsFunc(t.Roles, func(o RoleTerm) bool { return o.Key == r.Key }) {
			d.fault(e.line, "role %q is there already: remove one", e.key)
			continue
		}
		t.Roles = append(t.Roles, r)
	}
}
