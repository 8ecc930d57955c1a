package logbook_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/logbook"
	"oogmerk/internal/transparency"
)

const origin = "oogmerk.example/logbook/1"

var morning = time.Date(2026, 8, 2, 8, 0, 0, 0, time.UTC)

func open(t testing.TB, d *db.DB) *logbook.Book {
	t.Helper()
	key, _, err := logbook.NewKey(origin, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, d, key)
}

func openWith(t testing.TB, d *db.DB, key string) *logbook.Book {
	t.Helper()
	b, err := logbook.Open(d, logbook.Options{Origin: origin, Key: key, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// entry is what is written as entry i.
func entry(i int) logbook.Entry {
	return logbook.Entry{At: morning.Add(time.Duration(i) * time.Second), Kind: logbook.Ruling, Act: "terugkijken",
		Object: fmt.Sprintf(`Camera::"%d"`, i), Result: "toegestaan",
		Header: map[string]any{"artikelen": []string{"vier ogen"}}, Person: map[string]any{"wie": fmt.Sprintf(`Persoon::"%d"`, i)}}
}

func appendOne(b *logbook.Book, e logbook.Entry) (logbook.Receipt, error) {
	var r logbook.Receipt
	err := b.Write(context.Background(), func(ctx context.Context, tx *logbook.Tx) (err error) {
		r, err = tx.Append(ctx, e)
		return err
	})
	return r, err
}

// fill writes n entries, some one by one, most together.
func fill(t testing.TB, b *logbook.Book, n int) {
	t.Helper()
	for i := 0; i < n; {
		err := b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			for range min(1+i%100, n-i) {
				if _, err := tx.Append(ctx, entry(i)); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func faults(t testing.TB, b *logbook.Book) []string {
	t.Helper()
	var lines []string
	if err := b.Check(t.Context(), func(line string) { lines = append(lines, line) }); err != nil {
		t.Fatal(err)
	}
	return lines
}

func inOrder(t testing.TB, b *logbook.Book, size int64) {
	t.Helper()
	if lines := faults(t, b); len(lines) > 0 {
		t.Errorf("not in order: %q", lines)
	}
	if got := checkpoint(t, b).Size; got != size {
		t.Errorf("%d entries, not %d", got, size)
	}
}

func checkpoint(t testing.TB, b *logbook.Book) transparency.Checkpoint {
	t.Helper()
	signed, err := b.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := transparency.OpenCheckpoint(signed, verifier(t, b))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func verifier(t testing.TB, b *logbook.Book) transparency.Verifier {
	t.Helper()
	v, err := transparency.NewVerifier(b.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAppendAndRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		inOrder(t, b, 0)
		const n = 300
		fill(t, b, n)
		inOrder(t, b, n)
		for before, first := range map[int64]int64{-1: 299, 300: 299, 1000: 299, 10: 9, 0: -1} {
			records, err := b.Records(t.Context(), before, 5)
			if err != nil || len(records) != int(min(first+1, 5)) {
				t.Fatalf("before %d: %d records, %v", before, len(records), err)
			}
			for i, r := range records {
				sameEntry(t, r, first-int64(i))
			}
		}
		r, err := b.Record(t.Context(), 256)
		if err != nil {
			t.Fatal(err)
		}
		sameEntry(t, r, 256)
		if _, err := b.Record(t.Context(), n); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("an entry that isn't there: %v", err)
		}
	})
}

func sameEntry(t *testing.T, r logbook.Record, seq int64) {
	t.Helper()
	want := entry(int(seq))
	if r.Seq != seq || !r.At.Equal(want.At) || r.Kind != want.Kind || r.Act != want.Act || r.Object != want.Object || r.Result != want.Result || r.Erased {
		t.Errorf("entry %d is %+v", seq, r)
	}
	if string(r.Header) != `{"artikelen":["vier ogen"]}` || string(r.Person) != fmt.Sprintf(`{"wie":"Persoon::\"%d\""}`, seq) {
		t.Errorf("entry %d says %s and %s", seq, r.Header, r.Person)
	}
}

func TestBareEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		r, err := appendOne(b, logbook.Entry{At: morning.Add(1234567), Kind: logbook.Note, Act: "aanmelden"})
		if err != nil || r.Seq != 0 {
			t.Fatal(r, err)
		}
		got, err := b.Record(t.Context(), 0)
		if err != nil || got.Header != nil || got.Person != nil || got.Erased || !got.At.Equal(morning.Add(1234000)) {
			t.Errorf("%+v, %v", got, err)
		}
		inOrder(t, b, 1)
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		good := entry(0)
		for name, spoil := range map[string]func(*logbook.Entry){
			"no time":          func(e *logbook.Entry) { e.At = time.Time{} },
			"unknown kind":     func(e *logbook.Entry) { e.Kind = "roddel" },
			"no act":           func(e *logbook.Entry) { e.Act = "" },
			"the erasing act":  func(e *logbook.Entry) { e.Act = transparency.ErasureAct },
			"no JSON":          func(e *logbook.Entry) { e.Header = func() {} },
			"no JSON person":   func(e *logbook.Entry) { e.Person = make(chan int) },
			"not UTF-8 at all": func(e *logbook.Entry) { e.Person = json.RawMessage("\"\xff\"") },
		} {
			e := good
			spoil(&e)
			if _, err := appendOne(b, e); err == nil {
				t.Errorf("%s: written", name)
			}
		}
		inOrder(t, b, 0)
	})
}

func TestProve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 600)
		for _, seq := range []int64{0, 255, 256, 511, 599} {
			text, err := b.Prove(t.Context(), seq)
			if err != nil {
				t.Fatal(err)
			}
			p, err := transparency.ParseProof(text)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := p.Verify(leafData(t, d, seq), verifier(t, b)); err != nil || c.Size != 600 {
				t.Errorf("entry %d: %v, %v", seq, c, err)
			}
		}
		for _, seq := range []int64{-1, 600} {
			if _, err := b.Prove(t.Context(), seq); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("entry %d: %v", seq, err)
			}
		}
	})
}

func leafData(t *testing.T, d *db.DB, seq int64) []byte {
	var header, person []byte
	err := d.QueryRow("SELECT commit_header, commit_person FROM log_entry WHERE seq = $1", seq).Scan(&header, &person)
	if err != nil {
		t.Fatal(err)
	}
	return transparency.LeafData(transparency.Hash(header), transparency.Hash(person))
}

func TestErasePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 300)
		if _, err := appendOne(b, logbook.Entry{At: morning, Kind: logbook.Note, Act: "opstarten"}); err != nil {
			t.Fatal(err)
		}
		erase := func(seq int64) error {
			return b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
				return tx.ErasePerson(ctx, seq, morning, "bewaartermijn voorbij")
			})
		}
		if err := erase(7); err != nil {
			t.Fatal(err)
		}
		inOrder(t, b, 302)
		if r, err := b.Record(t.Context(), 7); err != nil || !r.Erased || r.Person != nil || r.Act != "terugkijken" {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := b.Record(t.Context(), 301); err != nil || string(r.Header) != `{"regel":7,"waarom":"bewaartermijn voorbij"}` {
			t.Errorf("%+v, %v", r, err)
		}
		if text, err := b.Prove(t.Context(), 7); err != nil {
			t.Error(err)
		} else if p, err := transparency.ParseProof(text); err != nil {
			t.Error(err)
		} else if _, err := p.Verify(leafData(t, d, 7), verifier(t, b)); err != nil {
			t.Error(err)
		}
		for name, seq := range map[string]int64{"again": 7, "nobody": 300, "not there": 999} {
			if err := erase(seq); err == nil {
				t.Errorf("%s: erased", name)
			}
		}
		inOrder(t, b, 302)
	})
}

func TestOpenRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key, _, err := logbook.NewKey(origin, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		fill(t, openWith(t, d, key), 3)
		inOrder(t, openWith(t, d, key), 3)
		other, _, err := logbook.NewKey(origin, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for name, o := range map[string]logbook.Options{
			"another key":    {Origin: origin, Key: other},
			"another origin": {Origin: "x.example/log", Key: key},
			"no key":         {Origin: origin},
		} {
			if _, err := logbook.Open(d, o); err == nil {
				t.Errorf("%s: opened", name)
			}
		}
	})
}

func TestConcurrentWriters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key, _, err := logbook.NewKey(origin, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		// Two books on one database are as two processes.
		books := []*logbook.Book{openWith(t, d, key), openWith(t, d, key)}
		const writers, each = 8, 25
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					r, err := appendOne(books[w%2], entry(i))
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					seen[r.Seq] = true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for seq := range int64(writers * each) {
			if !seen[seq] {
				t.Errorf("nobody wrote entry %d", seq)
			}
		}
		inOrder(t, books[0], writers*each)
		if _, err := appendOne(books[0], entry(0)); err != nil {
			t.Error(err)
		}
		if key := books[1].VerifierKey(); !strings.HasPrefix(key, origin+"+") {
			t.Errorf("the key is %q", key)
		}
	})
}
