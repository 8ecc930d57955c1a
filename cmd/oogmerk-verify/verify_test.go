package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/logbook"
)

const origin = "school.example/logboek/1"

// A school keeps a logbook, publishes it and exports it.
type school struct {
	t    *testing.T
	db   *db.DB
	book *logbook.Book
	url  string
}

func newSchool(t *testing.T, key, flavour string, entries int) *school {
	t.Helper()
	s := &school{t: t, db: dbtest.SQLite(t)}
	var err error
	if s.book, err = logbook.Open(s.db, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/logboek", s.book.Handler()))
	t.Cleanup(server.Close)
	s.url = server.URL + "/logboek"
	s.write(flavour, entries)
	return s
}

func (s *school) write(flavour string, entries int) {
	s.t.Helper()
	err := s.book.Write(s.t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
		for i := range entries {
			_, err := tx.Append(ctx, logbook.Entry{At: time.Unix(int64(i), 0), Kind: logbook.Note, Act: "aanmelden", Person: flavour})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *school) export() string {
	s.t.Helper()
	var out bytes.Buffer
	if err := s.book.Export(s.t.Context(), &out); err != nil {
		s.t.Fatal(err)
	}
	return s.file("export", out.String())
}

func (s *school) file(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *school) alter(query string) {
	s.t.Helper()
	if _, err := s.db.Exec(query); err != nil {
		s.t.Fatal(err)
	}
}

// expect runs the command and compares exit code and output.
func expect(t *testing.T, code int, says string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if got := run(t.Context(), args, &out, &out); got != code || !strings.Contains(out.String(), says) {
		t.Errorf("%v: exit %d, not %d with %q:\n%s", args, got, code, says, out.String())
	}
}

func newKey(t *testing.T) (private, public string) {
	t.Helper()
	private, public, err := logbook.NewKey(origin, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func TestUsage(t *testing.T) {
	expect(t, 2, "usage:")
	expect(t, 2, "usage:", "beelden")
	expect(t, 2, "which logbook?", "logbook")
	expect(t, 2, "one logbook at a time", "logbook", "https://a.example", "https://b.example")
	expect(t, 2, "needs --key", "logbook", "export.txt")
	expect(t, 2, "not defined", "logbook", "https://a.example", "--hurry")
	_, public := newKey(t)
	expect(t, 1, "couldn't read the export", "logbook", filepath.Join(t.TempDir(), "nothing"), "--key", public)
	expect(t, 1, "not a public key", "logbook", "https://a.example", "--key", "x")
}

func TestInOrder(t *testing.T) {
	private, public := newKey(t)
	s := newSchool(t, private, "a", 600)
	saved := filepath.Join(t.TempDir(), "checkpoint")
	expect(t, 0, "in order: 600 entries of "+origin, "logbook", s.url, "--key", public, "--save", saved)
	expect(t, 0, "taken on trust", "logbook", s.url+"/")
	expect(t, 0, "in order: 600 entries", "logbook", "--key", public, s.export())
	s.write("a", 500)
	expect(t, 0, "in order: 1100 entries", "logbook", s.url, "--key", public, "--after", saved, "--save", saved)
	expect(t, 0, "in order: 1100 entries", "logbook", s.export(), "--key", public, "--after", saved)
	err := s.book.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
		return tx.ErasePerson(ctx, 3, time.Unix(9, 0), "termijn")
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, 0, "in order: 1101 entries", "logbook", s.export(), "--key", public, "--after", saved)
	expect(t, 0, "in order: 1101 entries", "logbook", s.url, "--key", public, "--after", saved)
}

func TestFaults(t *testing.T) {
	private, public := newKey(t)
	_, stranger := newKey(t)
	s := newSchool(t, private, "a", 300)
	expect(t, 1, "isn't signed by", "logbook", s.url, "--key", stranger)
	expect(t, 1, "isn't signed by", "logbook", s.export(), "--key", stranger)
	s.alter("UPDATE log_entry SET commit_person = commit_header WHERE seq = 7")
	expect(t, 1, "entry 7: its hash isn't the one in the tile", "logbook", s.url, "--key", public)
	saved := filepath.Join(t.TempDir(), "checkpoint")
	expect(t, 1, "NOT in order", "logbook", s.url, "--save", saved)
	if _, err := os.Stat(saved); err == nil {
		t.Error("a checkpoint was saved of what isn't in order")
	}
	expect(t, 0, "in order", "logbook", s.export(), "--key", public) // bodies and checkpoint are still the same
	s.alter("UPDATE log_entry SET body_person = body_header WHERE seq = 8")
	expect(t, 1, "don't make the tree", "logbook", s.export(), "--key", public)
	s.alter("DELETE FROM log_entry WHERE seq = 299")
	expect(t, 1, "couldn't fetch tile/0/001.p/44", "logbook", s.url, "--key", public)
	expect(t, 1, "there are 299 entries, and the checkpoint says 300", "logbook", s.export(), "--key", public)
}

func TestRewrittenHistory(t *testing.T) {
	private, public := newKey(t)
	honest, rewritten := newSchool(t, private, "a", 300), newSchool(t, private, "b", 400)
	saved := filepath.Join(t.TempDir(), "checkpoint")
	expect(t, 0, "in order", "logbook", honest.url, "--save", saved)
	expect(t, 0, "in order: 400 entries", "logbook", rewritten.url, "--key", public)
	expect(t, 1, "history was rewritten", "logbook", rewritten.url, "--key", public, "--after", saved)
	expect(t, 1, "history was rewritten", "logbook", rewritten.export(), "--key", public, "--after", saved)
	expect(t, 1, "history was cut off", "logbook", newSchool(t, private, "a", 10).url, "--after", saved)
	other, _ := newKey(t)
	expect(t, 1, "couldn't use the saved checkpoint", "logbook", newSchool(t, other, "a", 400).url, "--after", saved)
	expect(t, 1, "couldn't read the saved checkpoint", "logbook", honest.url, "--after", saved+"x")
}

// A logbook that answers nonsense is refused, not believed or waited for.
func TestNonsense(t *testing.T) {
	_, public := newKey(t)
	for name, handler := range map[string]http.HandlerFunc{
		"a page":      func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"an error":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"a huge file": func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, maxFile+1)) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			expect(t, 1, "", "logbook", server.URL)
			expect(t, 1, "checkpoint", "logbook", server.URL, "--key", public)
		})
	}
}
