package regulation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	termKey      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	yamlPosition = regexp.MustCompile(`(?:yaml: )?line (\d+)(?:, column \d+)?: `)
)

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
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
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

// strings returns the values of e, which must be a list with something in it.
func (r *termReader) strings(e entry) []string {
	if e.value.Kind != yaml.SequenceNode || len(e.value.Content) == 0 {
		r.fault(e.line, "%q needs a list with something in it, like [een, twee]", e.key)
		return nil
	}
	var out []string
	for _, n := range e.value.Content {
		text, line := strings.TrimSpace(n.Value), r.fence.Line+n.Line
		switch {
		case adorned(n):
			r.fault(line, "anchors, aliases and tags can't be used in terms: write the value itself")
		case n.Kind != yaml.ScalarNode || text == "":
			r.fault(line, "%q needs a list of single values, like [een, twee]", e.key)
		case slices.Contains(out, text):
			r.fault(line, "%q is there twice: remove one", text)
		default:
			out = append(out, text)
		}
	}
	return out
}

// among returns the values of e, a list of which each is one of known.
func (r *termReader) among(e entry, known []string) []string {
	var out []string
	for _, one := range r.strings(e) {
		if slices.Contains(known, one) {
			out = append(out, one)
			continue
		}
		r.fault(e.line, "%q has %q, which isn't known: known are %s", e.key, one, strings.Join(known, ", "))
	}
	return out
}

// fields are what stands under one key of a list.
type fields struct {
	*termReader
	entry
	what string // "purpose", for who reads a fault
	has  map[string]entry
}

// each reads a list by key, of which every one has some of the known fields.
func (r *termReader) each(what string, list entry, known []string, do func(fields)) {
	for _, e := range r.d.entries(r.fence, list.value) {
		if !termKey.MatchString(e.key) {
			r.fault(e.line, "%q can't be a key: use small letters, digits and _", e.key)
		}
		if !r.taken(what, e) {
			do(r.fields(what, e, known...))
		}
	}
}

// taken reports whether there is one of this kind with the same key already.
func (r *termReader) taken(what string, e entry) bool {
	if article, ok := r.seen[what+" "+e.key]; ok {
		r.fault(e.line, "%s %q is there already, in article %s: remove one", what, e.key, article)
		return true
	}
	r.seen[what+" "+e.key] = r.article
	return false
}

// fields reads what stands under e.
func (r *termReader) fields(what string, e entry, known ...string) fields {
	f := fields{r, e, what, map[string]entry{}}
	for _, one := range r.d.entries(r.fence, e.value) {
		if !slices.Contains(known, one.key) {
			r.fault(one.line, "unknown key %q: known are %s", one.key, strings.Join(known, ", "))
			continue
		}
		f.has[one.key] = one
	}
	return f
}

// text returns a field that may be absent.
func (f fields) text(key string) string {
	e, ok := f.has[key]
	if !ok {
		return ""
	}
	return f.d.scalar(e)
}

// need returns a field that must be there, and says what it is for.
func (f fields) need(key, why string) string {
	if _, ok := f.has[key]; !ok {
		f.fault(f.line, "%s %q needs a %s: %s", f.what, f.key, key, why)
		return ""
	}
	return f.text(key)
}

// option returns a field that may be absent, and is one of known if it isn't.
func (f fields) option(key string, known ...string) string {
	text := f.text(key)
	if text != "" && !slices.Contains(known, text) {
		f.fault(f.has[key].line, "%s can't be %q: use %s", key, text, strings.Join(known, " or "))
		return ""
	}
	return text
}

// list returns a field that is a list and may be absent.
func (f fields) list(key string) []string {
	e, ok := f.has[key]
	if !ok {
		return nil
	}
	return f.strings(e)
}

// from returns a field that is a list, may be absent, and has only what is
// known.
func (f fields) from(key string, known []string) []string {
	e, ok := f.has[key]
	if !ok {
		return nil
	}
	return f.among(e, known)
}

// number returns a field that may be absent, and is from low to high if it
// isn't.
func (f fields) number(key string, low, high int) int {
	text := f.text(key)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		f.fault(f.has[key].line, "%s can't be %q: use a number from %d to %d", key, text, low, high)
		return 0
	}
	return n
}
