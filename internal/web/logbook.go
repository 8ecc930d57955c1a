package web

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
)

// perPage is how many entries a page of the logbook has.
const perPage = 50

// A logbookPage is what logbook.html shows.
type logbookPage struct {
	Look    look
	Wrong   string // what to mend, "" if nothing
	Cameras []premises.Camera
	Days    []tellings
	Older   string // address of what comes next, "" if nothing does
	Newest  bool   // nothing is newer than what this page shows
}

// tellings are the stories of one day.
type tellings struct {
	Day     time.Time
	Stories []story
}

// logbookPage is GET /logboek: newest first, ?voor=seq for what is older.
func (s *site) logbookPage(v *visit) error {
	page := logbookPage{Look: lookOf(v.r.URL.Query())}
	search, before, err := page.Look.read()
	cameras, failed := s.Premises.Cameras(v.ctx())
	if failed != nil {
		return failed
	}
	page.Cameras, page.Newest = cameras, before < 0
	w := view{title: "logbook.title", nav: "/logboek", data: &page}
	var wrong mistake
	if v.mend(err, &wrong) {
		page.Wrong = v.word(wrong.key, wrong.with...)
		return v.send(wrong.code(), "logbook", w)
	}
	if err := v.mayRead(wholeOrganisation); err != nil {
		return err
	}
	records, err := s.Book.Search(v.ctx(), search, before, perPage+1)
	if err != nil {
		return err
	}
	if len(records) > perPage {
		records = records[:perPage]
		page.Older = page.Look.path(records[perPage-1].Seq)
	}
	if page.Days, err = v.byDay(records); err != nil {
		return err
	}
	return v.show("logbook", w)
}

// byDay tells what records say, day by day.
func (v *visit) byDay(records []logbook.Record) ([]tellings, error) {
	var days []tellings
	for _, r := range records {
		told, err := v.tell(r)
		if err != nil {
			return nil, err
		}
		if n := len(days); n == 0 || dayOf(days[n-1].Day) != dayOf(r.At) {
			days = append(days, tellings{Day: r.At})
		}
		last := &days[len(days)-1]
		last.Stories = append(last.Stories, told)
	}
	return days, nil
}

// An entryPage is what entry.html shows.
type entryPage struct {
	story
	Header, Person string // JSON as it stands in the logbook
	Proof          string // that it is in the tree; "" while no checkpoint covers it
	Checkpoint     string
	Key            string // to verify with
	Site           string // address of this installation, for a command
	Next           bool   // there is an entry after this one
}

// Before is the entry before this one.
func (p entryPage) Before() int64 { return p.Seq - 1 }

// After is the entry after this one.
func (p entryPage) After() int64 { return p.Seq + 1 }

// entryPage is GET /logboek/{seq}: all of one entry.
func (s *site) entryPage(v *visit) error {
	seq, err := v.seq()
	if err != nil {
		return err
	}
	if err := v.mayRead(wholeOrganisation); err != nil {
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
	switch _, err := s.Book.Record(v.ctx(), seq+1); {
	case err == nil:
		page.Next = true
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
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
