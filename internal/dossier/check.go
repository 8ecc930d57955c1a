package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// Check sees to it that everything on file is what the logbook says was put
// there, and that there is nothing less. It calls fault with a line for each
// thing that is wrong.
func (r *Register) Check(ctx context.Context, book *logbook.Book, fault func(string)) error {
	known, err := recall(ctx, book)
	if err != nil {
		return fmt.Errorf("couldn't read what the logbook knows of the files: %w", err)
	}
	rows, err := r.summaries(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read what is on file: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if rows[id] != known[id] {
			fault(fmt.Sprintf("dossier: document %s isn't what the logbook says was put on file", id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if _, ok := rows[id]; !ok {
			fault(fmt.Sprintf("dossier: the logbook says that document %s was put on file, but it isn't there", id))
		}
	}
	return nil
}

// summaries is what of each row the logbook knows.
func (r *Register) summaries(ctx context.Context) (map[string]string, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT id, about, kind, dated, content, gone_at IS NOT NULL FROM file_item")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var id, about, kind, dated string
		var content []byte
		var gone bool
		if err := rows.Scan(&id, &about, &kind, &dated, &content, &gone); err != nil {
			return nil, err
		}
		all[id] = summary(about, kind, dated, content, gone)
	}
	return all, rows.Err()
}

func summary(about, kind, dated string, content []byte, gone bool) string {
	sum := ""
	if content != nil {
		sum = digest(content)
	}
	return summarise(about, kind, dated, sum, gone)
}

func summarise(about, kind, dated, sum string, gone bool) string {
	return fmt.Sprint(about, " ", kind, " ", dated, " ", sum, " ", gone)
}

// deed is what the header of an entry may say of a document.
type deed struct {
	Of    int64  `json:"van"`
	ID    string `json:"stuk_id"`
	Kind  string `json:"stuk"`
	Dated string `json:"gedateerd"`
	Sum   string `json:"stuk_sha256"`
	Gone  bool   `json:"eraf"`
	about string
}

// recall reads the logbook, oldest first, and returns what of each document
// must be so.
func recall(ctx context.Context, book *logbook.Book) (map[string]string, error) {
	const page = 1000
	ruled, items := map[int64]deed{}, map[string]deed{}
	for next := int64(0); ; next += page {
		records, err := book.Records(ctx, next+page, page)
		if err != nil {
			return nil, err
		}
		if len(records) == 0 || records[0].Seq < next {
			break
		}
		for _, r := range slices.Backward(records) {
			if r.Seq < next || r.Act != string(regulation.File) {
				continue
			}
			d := deed{about: r.Object}
			if err := json.Unmarshal(r.Header, &d); err != nil && len(r.Header) > 0 {
				return nil, fmt.Errorf("couldn't read entry %d: %w", r.Seq, err)
			}
			switch {
			case r.Kind == logbook.Ruling && r.Result == "toegestaan":
				ruled[r.Seq] = d
			case r.Kind == logbook.Outcome && r.Result == "gedaan":
				keep(items, ruled[d.Of])
				delete(ruled, d.Of)
			}
		}
	}
	all := map[string]string{}
	for id, d := range items {
		all[id] = summarise(d.about, d.Kind, d.Dated, d.Sum, d.Gone)
	}
	return all, nil
}

// keep keeps what was done with one document. Those of a text that may become
// the regulation have no date: they are another register's.
func keep(items map[string]deed, d deed) {
	switch {
	case d.Gone:
		was := items[d.ID]
		was.Gone, was.Sum = true, "" // with it, its content went
		items[d.ID] = was
	case d.Dated != "":
		items[d.ID] = d
	}
}
