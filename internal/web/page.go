package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"text/template/parse"
	"time"
)

//go:embed *.html
var templates embed.FS

// partials are templates that pages are made with; every other file is a page.
var partials = []string{"frame.html", "still.html", "steer.html"}

// A pageSet is every page in one language.
type pageSet map[string]*template.Template

// A view is a page about to be shown.
type view struct {
	title string   // key of its title
	with  []any    // what the title is about
	dark  bool     // pictures are shown
	nav   string   // which part of the program it belongs to
	js    []string // modules it needs
	data  any
}

// parsePages parses each page, in each language, together with the partials.
func (s *site) parsePages() (map[string]pageSet, error) {
	files, err := fs.Glob(templates, "*.html")
	if err != nil {
		return nil, err
	}
	all := map[string]pageSet{}
	for _, lang := range []string{dutch, english} {
		all[lang] = pageSet{}
		for _, file := range files {
			t := template.New(file).Funcs(s.functions(lang)).Option("missingkey=error")
			if t, err = t.ParseFS(templates, append(slices.Clone(partials), file)...); err != nil {
				return nil, err
			}
			if err := s.checkWords(t); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if !slices.Contains(partials, file) {
				all[lang][strings.TrimSuffix(file, ".html")] = t
			}
		}
	}
	return all, nil
}

// functions are what templates can call.
func (s *site) functions(lang string) template.FuncMap {
	return template.FuncMap{
		"t":         func(key string, with ...any) string { return s.words.say(lang, key, with...) },
		"either":    func(key string, with ...any) string { return s.words.say(lang, key, with...) },
		"script":    func(prefix string) (string, error) { return s.words.script(lang, prefix) },
		"called":    func(number string) string { return s.words.called(lang, number) },
		"asset":     s.assets.path,
		"date":      func(t time.Time) string { return date(lang, t) },
		"clock":     clock,
		"exact":     exact,
		"moment":    func(t time.Time) string { return s.words.moment(lang, t) },
		"lasting":   func(d time.Duration) string { return s.words.lasting(lang, d) },
		"size":      func(n int64) string { return s.words.size(lang, n) },
		"days":      func(d time.Duration) string { return s.words.decimal(lang, d.Hours()/24) },
		"millis":    func(d time.Duration) string { return s.words.decimal(lang, float64(d)/1e6) + " ms" },
		"decimal":   func(x float64) string { return s.words.decimal(lang, x) },
		"machine":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"prose":     prose,
		"monthname": func(t time.Time) string { return monthName(lang, t) },
		"weekdays":  func() []string { return s.weekdays(lang) },
		"day":       func(t time.Time) string { return dayOf(t).String() },
		"minutes":   func(s int) int { return s / 60 },
		"seconds":   func(s int) int { return s % 60 },
	}
}

// checkWords walks t and fails at a call of t with a key that isn't there.
// Keys that are put together at run time go through "either" instead.
func (s *site) checkWords(t *template.Template) error {
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		var failed error
		walk(part.Tree.Root, func(c *parse.CommandNode) {
			name, ok := c.Args[0].(*parse.IdentifierNode)
			if !ok || name.Ident != "t" || len(c.Args) < 2 {
				return
			}
			key, ok := c.Args[1].(*parse.StringNode)
			if !ok {
				failed = fmt.Errorf("%s: t wants a key in quotes; use either for %s", part.Name(), c)
			} else if _, ok := s.words[key.Text]; !ok {
				failed = fmt.Errorf("%s: there are no words for %q", part.Name(), key.Text)
			}
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}

// walk calls do for every command under n.
func walk(n parse.Node, do func(*parse.CommandNode)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			walk(child, do)
		}
	case *parse.ActionNode:
		walk(n.Pipe, do)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			do(c)
			for _, arg := range c.Args {
				walk(arg, do)
			}
		}
	case *parse.IfNode:
		walkBranch(&n.BranchNode, do)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, do)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, do)
	case *parse.TemplateNode:
		walk(n.Pipe, do)
	}
}

func walkBranch(b *parse.BranchNode, do func(*parse.CommandNode)) {
	walk(b.Pipe, do)
	walk(b.List, do)
	walk(b.ElseList, do)
}

// show answers with a page.
func (v *visit) show(page string, w view) error { return v.send(http.StatusOK, page, w) }

// send renders a page whole before the first byte goes out, so that a fault
// half-way is a page of its own.
func (v *visit) send(code int, page string, w view) error {
	frame, err := v.frame(w)
	if err != nil {
		return err
	}
	text, err := v.render(page, "frame", frame)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(code)
	_, _ = v.w.Write(text) // fails only for who is gone already
	return nil
}

// write is send for the pages that tell of an error: there is nothing left to
// turn a second one into.
func (v *visit) write(code int, page string, w view) {
	if err := v.send(code, page, w); err != nil {
		v.Report(fmt.Errorf("couldn't show page %s: %w", page, err))
		http.Error(v.w, v.word("wrong.fault"), http.StatusInternalServerError)
	}
}

// render executes one template of a page.
func (v *visit) render(page, name string, data any) ([]byte, error) {
	var out bytes.Buffer
	t, ok := v.pages[v.lang][page]
	if !ok {
		return nil, fmt.Errorf("there is no page %q", page)
	}
	if err := t.ExecuteTemplate(&out, name, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
