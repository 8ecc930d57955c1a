package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// Whether footage is gone is asked of a thief: somebody who has the program,
// the disk and the keys that are left, and a law that allows everything.
const thiefsLaw = "# Vrij spel\n\n## Artikel 1\n\nAlles mag.\n\n```cedar\npermit (principal, action == Action::\"terugkijken\", resource);\n```\n"

// thief returns a gate that lets everybody through. It writes in a logbook of
// its own.
func (w *world) thief() (*gate.Gate, func() error, error) {
	law, err := regulation.Parse("vrij.md", []byte(thiefsLaw))
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp(w.dir, "thief-")
	if err != nil {
		return nil, nil, err
	}
	file := filepath.Join(dir, "thief.db")
	if err := os.WriteFile(file, w.blank, 0o600); err != nil {
		return nil, nil, err
	}
	d, err := db.Open(w.ctx, file)
	if err != nil {
		return nil, nil, err
	}
	book, err := newBook(d)
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return gate.New(book, d, func(time.Time) *regulation.Regulation { return law }, w.now), d.Close, nil
}

// steal lets a thief at what a camera saw.
func (w *world) steal(camera string, span footage.Span, do func(*footage.Film) error) (err error) {
	g, done, err := w.thief()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	id, err := w.camera(camera)
	if err != nil {
		return err
	}
	permit, err := g.Enter(w.ctx, gate.Request{Act: regulation.PlayBack, Who: people.System.Entity(), On: footage.Subject(id, span)})
	if err != nil {
		return err
	}
	film, err := w.footage.Read(w.ctx, permit, id, span)
	if err != nil {
		return err
	}
	return errors.Join(do(film), film.Close())
}

// opens reports whether a thief can still see a shot.
func (w *world) opens(s shot) (seen bool, err error) {
	err = w.steal(s.camera, s.span, func(film *footage.Film) (err error) {
		seen, err = sees(w.ctx, film, s)
		return err
	})
	return seen, err
}

func sees(ctx context.Context, film *footage.Film, s shot) (bool, error) {
	for i := range film.Parts() {
		f, err := film.Open(ctx, i)
		if err != nil {
			return false, err
		}
		if bytes.Contains(f.Data, []byte(s.text)) {
			return true, nil
		}
	}
	return false, nil
}

// shotsOf finds what a camera saw: everything, or at a time.
func (w *world) shotsOf(a []string) ([]shot, error) {
	out := slices.DeleteFunc(slices.Clone(w.shots), func(s shot) bool { return s.camera != a[0] })
	if len(a) > 1 {
		at, err := w.clockTime(a[1])
		if err != nil {
			return nil, err
		}
		out = slices.DeleteFunc(out, func(s shot) bool { return !s.span.From.Equal(at) })
	}
	if len(out) == 0 {
		return nil, errors.New("daarvan is niets opgenomen")
	}
	return out, nil
}

// canBeOpened: camera and, maybe, time.
func (w *world) canBeOpened(a []string) error { return w.open(a, true, "het beeld is weg") }
func (w *world) wasErased(a []string) error   { return w.open(a, false, "het beeld is er nog") }

func (w *world) open(a []string, want bool, otherwise string) error {
	shots, err := w.shotsOf(a)
	if err != nil {
		return err
	}
	for _, s := range shots {
		seen, err := w.opens(s)
		if err != nil {
			return err
		}
		if seen != want {
			return errors.New(otherwise)
		}
	}
	return nil
}

// isSealed: nothing on the disk shows what a camera saw.
func (w *world) isSealed([]string) error {
	if len(w.shots) == 0 {
		return errors.New("er is niets opgenomen")
	}
	return filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		all, err := os.ReadFile(path)
		for _, s := range w.shots {
			if bytes.Contains(all, []byte(s.text)) {
				return fmt.Errorf("%s laat zien wat camera %s zag", e.Name(), s.camera)
			}
		}
		return err
	})
}
