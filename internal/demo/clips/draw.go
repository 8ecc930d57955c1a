//go:build ignore

// Draws one of the demo's clips as a row of SVG pictures; see make.sh.
//
//	go run draw.go figures.go scenes.go NAME PICTURES-A-SECOND FOLDER
package main

import (
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	width, height = 960, 540
	seconds       = 12 // then everything is where it was
)

// A sheet is a picture being drawn.
type sheet struct{ strings.Builder }

func (s *sheet) add(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

func (s *sheet) rect(x, y, w, h, round float64, fill string) {
	s.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" fill="%s"/>`, x, y, w, h, round, fill)
}

func (s *sheet) circle(x, y, r float64, fill string) {
	s.add(`<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>`, x, y, r, fill)
}

func (s *sheet) ellipse(x, y, rx, ry float64, fill string) {
	s.add(`<ellipse cx="%.1f" cy="%.1f" rx="%.1f" ry="%.1f" fill="%s"/>`, x, y, rx, ry, fill)
}

func (s *sheet) ring(x, y, r, thick float64, color string) {
	s.add(`<circle cx="%.1f" cy="%.1f" r="%.1f" fill="none" stroke="%s" stroke-width="%.1f"/>`, x, y, r, color, thick)
}

// line draws a stroke through points x, y, x, y …
func (s *sheet) line(color string, thick float64, points ...float64) {
	s.add(`<polyline points="%s" fill="none" stroke="%s" stroke-width="%.1f" stroke-linecap="round" stroke-linejoin="round"/>`, list(points), color, thick)
}

func (s *sheet) shape(fill string, points ...float64) {
	s.add(`<polygon points="%s" fill="%s"/>`, list(points), fill)
}

func list(points []float64) string {
	var b strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		fmt.Fprintf(&b, "%.1f,%.1f ", points[i], points[i+1])
	}
	return b.String()
}

func (s *sheet) text(x, y, size float64, anchor, fill, text string) {
	s.add(`<text x="%.1f" y="%.1f" font-size="%.1f" text-anchor="%s" fill="%s" font-family="DejaVu Sans" font-weight="bold">%s</text>`, x, y, size, anchor, fill, text)
}

// label writes which camera this is, and counts.
func (s *sheet) label(name string, picture int, t float64) {
	s.rect(20, 20, 66+13.4*float64(len(name)), 44, 8, "#14181c")
	s.circle(44, 42, 7, "#e5533d")
	s.text(62, 50, 23, "start", "#ffffff", name)
	s.rect(20, 464, 300, 56, 8, "#14181c")
	s.text(150, 505, 38, "end", "#ffd54a", fmt.Sprintf("%03d", picture))
	s.text(304, 503, 30, "end", "#ffffff", strings.Replace(fmt.Sprintf("%05.2f s", t), ".", ",", 1))
}

// ease goes from 0 to 1 between from and to, softly.
func ease(t, from, to float64) float64 {
	u := math.Min(math.Max((t-from)/(to-from), 0), 1)
	return u * u * (3 - 2*u)
}

// between is where something is that goes from a to b between two moments.
func between(t, from, to, a, b float64) float64 { return a + (b-a)*(t-from)/(to-from) }

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: draw NAME PICTURES-A-SECOND FOLDER")
	}
	scene, ok := scenes[os.Args[1]]
	rate, err := strconv.Atoi(os.Args[2])
	if !ok || err != nil {
		log.Fatal("no such scene, or no number")
	}
	for i := range rate * seconds {
		t := float64(i) / float64(rate)
		var s sheet
		s.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">`, width, height, width, height)
		scene.draw(&s, t)
		s.label(scene.name, i+1, t)
		s.add("</svg>")
		path := filepath.Join(os.Args[3], fmt.Sprintf("%04d.svg", i))
		if err := os.WriteFile(path, []byte(s.String()), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
