package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// perPage is how many entries a page of the logbook has.
const perPage = 50

// Reading the logbook is an act, too. One ruling is good for a while, so that
// turning a page isn't a line of its own.
const readingStay = 15 * time.Minute

// reading is a seat's permit to read, and how much was read with it.
type reading struct {
	permit *gate.Permit
	since  time.Time
	pages  int
}

// A logbookPage is what logbook.html shows.
type logbookPage struct {
	Stories []story
	Older   int64 // entries before this one come next; -1 if none do
	Newest  bool  // nothing is newer than what this page shows
}

// logbookPage is GET /logboek: newest first, ?voor=seq for what is older.
func (s *site) logbookPage(v *visit) error {
	before := int64(-1)
	if text := v.query("voor"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return mistake{key: "wrong.page"}
		}
		before = n
	}
	if err := v.mayRead(); err != nil {
		return err
	}
	records, err := s.Book.Records(v.ctx(), before, perPage+1)
	if err != nil {
		return err
	}
	page := logbookPage{Older: -1, Newest: before < 0}
	if len(records) > perPage {
		records = records[:perPage]
		page.Older = records[perPage-1].Seq
	}
	for _, r := range records {
		told, err := v.tell(r)
		if err != nil {
			return err
		}
		page.Stories = append(page.Stories, told)
	}
	return v.show("logbook", view{title: "logbook.title", nav: "/logboek", data: page})
}

// mayRead asks the gate, once every while for each seat.
func (v *visit) mayRead() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.endReadings(); err != nil {
		return err
	}
	if have := v.reading[v.who.Seat]; have != nil {
		have.pages++
		return nil
	}
	permit, err := v.Gate.Enter(v.ctx(), v.who.Request(regulation.Consult, wholeOrganisation))
	if err != nil {
		return err
	}
	v.reading[v.who.Seat] = &reading{permit: permit, since: v.now, pages: 1}
	return nil
}

// endReadings closes the permits that are old, or were withdrawn.
func (v *visit) endReadings() error {
	for seat, r := range v.reading {
		age := v.now.Sub(r.since)
		if age >= 0 && age < readingStay && r.permit.Allows(wholeOrganisation, regulation.Consult) == nil {
			continue
		}
		delete(v.reading, seat)
		err := r.permit.Close(context.WithoutCancel(v.ctx()), "gedaan", map[string]any{"bladzijden": r.pages})
		if err != nil {
			return err
		}
	}
	return nil
}

// An entryPage is what entry.html shows.
type entryPage struct {
	story
	Header, Person string // JSON as it stands in the logbook
	Proof          string // that it is in the tree; "" while no checkpoint covers it
	Checkpoint     string
	Key            string // to verify with
	Site           string // address of this installation, for a command
}

// entryPage is GET /logboek/{seq}: all of one entry.
func (s *site) entryPage(v *visit) error {
	seq, err := v.seq()
	if err != nil {
		return err
	}
	if err := v.mayRead(); err != nil {
		return err
	}
	record, err := s.Book.Record(v.ctx(), seq)
	if err != nil {
		return err
	}
	page := entryPage{Header: pretty(record.Header), Person: pretty(record.Person), Key: s.Book.VerifierKey(), Site: v.address()}
	if page.story, err = v.tell(record); err != nil {
		return err
	}
	proof, err := s.Book.Prove(v.ctx(), seq)
	if err != nil {
		return err
	}
	checkpoint, err := s.Book.Checkpoint(v.ctx())
	if err != nil {
		return err
	}
	page.Proof, page.Checkpoint = string(proof), string(checkpoint)
	return v.show("entry", view{title: "entry.title", with: []any{seq}, nav: "/logboek", data: page})
}

func (v *visit) seq() (int64, error) {
	seq, err := strconv.ParseInt(v.r.PathValue("seq"), 10, 64)
	if err != nil || seq < 0 {
		return 0, missing
	}
	return seq, nil
}

// address is where visitors find this installation.
func (v *visit) address() string {
	if v.Secure {
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}

// proof is GET /logboek/bewijs/{seq}: that an entry is in the tree, as C2SP
// tlog-proof. There is nothing in it about anyone.
func (s *site) proof(v *visit) error {
	seq, err := v.seq()
	if err != nil {
		return err
	}
	text, err := s.Book.Prove(v.ctx(), seq)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="logboek-%d.tlog-proof"`, seq))
	_, _ = v.w.Write(text) // fails only for who is gone already
	return nil
}

// tree is GET /logboek/boom/…: the logbook as C2SP tlog-tiles, for anyone.
func (s *site) tree(v *visit) error {
	v.w.Header().Del("Cache-Control") // a full tile never changes: the logbook says so itself
	http.StripPrefix("/logboek/boom", s.Book.Handler()).ServeHTTP(strictly{v.w}, v.r)
	return nil
}

// pretty is JSON with a line for each field; "" for none.
func pretty(raw json.RawMessage) string {
	var value any
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return ""
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// withdrawn reports whether a record says that something was stopped or not
// allowed.
func withdrawn(r logbook.Record) bool {
	return r.Kind == logbook.Withdrawal || r.Result == "geweigerd"
}
