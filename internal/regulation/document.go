package regulation

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How large a document and one fence may be. Parsers of nested languages
// recurse: what limits the fence limits their stack.
const (
	maxDocument = 1 << 20
	maxFence    = 16 << 10
	maxFaults   = 20 // after that many, reporting more helps nobody
)

// A Section is a heading and what stands under it, up to the next heading.
type Section struct {
	Level   int    // 2 for "## …"; 1 is the document's title
	Heading string // as written: "Lid 3"
	Number  string // with dots, of all it stands under; "" if it isn't an article
	Title   string // "Inrichting en beveiliging", of the article it stands under; "" if Heading says it
	Text    string // Markdown without the fences
	Fences  []Fence
	Line    int

	Unenforced []Unenforced // what its onuitvoerbaar fences say

	title string // Title, or what Heading says after its number
}

// A Fence is what the program makes of the text above it.
type Fence struct {
	Language string // cedar, yaml, gherkin, onuitvoerbaar
	Text     string // without the lines that fence it
	Line     int    // of the opening line; Text begins in the next
}

// line is where line n of f is in the document.
func (f Fence) line(n int) int { return f.Line + min(n, 1+strings.Count(f.Text, "\n")) }

// locate takes the position in f out of a parser's error.
func (f Fence) locate(err error, position *regexp.Regexp) (line int, text string) {
	text = err.Error()
	at := position.FindStringSubmatchIndex(text)
	if at == nil {
		return f.Line, text
	}
	n, _ := strconv.Atoi(text[at[2]:at[3]]) // digits only: at worst too large
	return f.line(n), text[:at[0]] + text[at[1]:]
}

// A document is a Markdown file being read.
type document struct {
	file     string
	title    string
	sections []Section
	faults   []error

	languages []string
	above     []Section // the headings we are under, outermost first
	before    string    // the line before, if it was text
}

// fault notes what is wrong in a line and how to mend it.
func (d *document) fault(line int, format string, args ...any) {
	if len(d.faults) < maxFaults {
		text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ")
		d.faults = append(d.faults, fmt.Errorf("%s:%d: %s", d.file, line, text))
	}
}

// read takes a document apart. What people read must be what is enforced, so
// all that a Markdown page would show otherwise than we read it is a fault.
func read(file string, doc []byte, languages ...string) *document {
	d := &document{file: file, languages: languages}
	if len(doc) > maxDocument {
		d.fault(1, "the document has %d bytes, more than %d: move what isn't regulation to another file", len(doc), maxDocument)
		return d
	}
	text := strings.TrimPrefix(string(doc), "\ufeff")
	if line := unreadable(text); line > 0 {
		d.fault(line, "this isn't plain text: save the document as UTF-8, without control or invisible characters")
		return d
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], "```") {
			i = d.fence(lines, i)
			continue
		}
		d.line(i+1, lines[i])
	}
	for i := range d.sections {
		d.sections[i].Text = strings.TrimSpace(d.sections[i].Text)
	}
	if d.title == "" && len(d.faults) == 0 {
		d.fault(1, "the document has no title: begin it with a line like \"# Reglement cameratoezicht\"")
	}
	return d
}

// unreadable returns the first line with something in it that an editor or a
// page wouldn't show as it is, or 0.
func unreadable(text string) int {
	line := 1
	for i, c := range text {
		switch {
		case c == '\n':
			line++
		case c == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return line
		case c == '\t', c == '\r' && strings.HasPrefix(text[i:], "\r\n"):
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c) && c != '\u00ad':
			return line
		}
	}
	return 0
}

// line reads one line that is in no fence.
func (d *document) line(n int, line string) {
	trimmed := strings.TrimSpace(line)
	was := d.before
	d.before = trimmed
	switch {
	case strings.HasPrefix(line, "#"):
		d.before = ""
		d.heading(n, line)
	case strings.HasPrefix(trimmed, "#"):
		d.fault(n, "a heading must begin at the start of its line: remove the space before #")
	case strings.Contains(line, "```"), strings.Contains(line, "~~~"):
		d.fault(n, "a fence must begin at the start of its line with ```")
	case strings.HasPrefix(trimmed, "<"), strings.Contains(line, "<!--"):
		d.fault(n, "HTML can't be in a regulation: write it as plain text")
	case was != "" && trimmed != "" && strings.Trim(trimmed, "=") == "", was != "" && trimmed != "" && strings.Trim(trimmed, "-") == "":
		d.fault(n, "this makes the line above a heading: write headings with #, or put an empty line between")
	case len(d.sections) > 0:
		s := &d.sections[len(d.sections)-1]
		s.Text += line + "\n"
	case trimmed != "":
		d.fault(n, "this stands above the title: begin the document with a line like \"# Reglement cameratoezicht\"")
		d.sections = append(d.sections, Section{Level: 1, Line: n}) // say it once
	}
}

// fence reads the fence that opens in lines[i] and returns the index of its
// last line.
func (d *document) fence(lines []string, i int) int {
	d.before = ""
	f := Fence{Language: strings.TrimSpace(strings.TrimPrefix(lines[i], "```")), Line: i + 1}
	if !slices.Contains(d.languages, f.Language) {
		d.fault(f.Line, "unknown fence ```%.40s: use %s", f.Language, strings.Join(d.languages, ", "))
	}
	for j := i + 1; j < len(lines); j++ {
		if !strings.HasPrefix(lines[j], "```") {
			continue
		}
		if strings.TrimSpace(lines[j]) != "```" {
			d.fault(f.Line, "this fence isn't closed before another opens in line %d: end it with a line ```", j+1)
			return j - 1
		}
		f.Text = strings.Join(lines[i+1:j], "\n")
		d.keep(f)
		return j
	}
	d.fault(f.Line, "this fence is never closed: end it with a line ```")
	return len(lines)
}

func (d *document) keep(f Fence) {
	switch {
	case len(f.Text) > maxFence:
		d.fault(f.Line, "this fence has %d bytes, more than %d: divide it over the articles it belongs to", len(f.Text), maxFence)
	case len(d.sections) == 0:
		d.fault(f.Line, "this fence stands under no heading: put it below the article it belongs to")
	default:
		s := &d.sections[len(d.sections)-1]
		s.Fences = append(s.Fences, f)
	}
}
