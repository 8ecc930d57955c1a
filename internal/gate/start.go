package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// The lines with which each run of the program begins and, if nothing goes
// wrong, ends.
const (
	starting = "starten"
	stopping = "stoppen"
)

var organisation = regulation.NewEntity(regulation.Organisation, "organisatie").String()

// Start writes down that the program starts, and of each permit of the run
// before that nothing came of as far as the logbook knows, that the program
// stopped before it could say. How long it lasted nobody knows. It is called
// once, before anything asks for a permit.
func (g *Gate) Start(ctx context.Context) error {
	unfinished, err := g.unfinished(ctx)
	if err != nil {
		return fmt.Errorf("couldn't find what the last run left unfinished: %w", err)
	}
	err = g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		for _, r := range unfinished {
			e := logbook.Entry{At: g.now(), Kind: logbook.Outcome, Act: r.Act, Object: r.Object, Result: "onbekend",
				Header: map[string]any{"van": r.Seq, "uitkomst": map[string]any{"einde": "uitgevallen"}}}
			if r.Person != nil {
				e.Person = r.Person
			}
			if _, err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		_, err := tx.Append(ctx, logbook.Entry{At: g.now(), Kind: logbook.Note, Act: starting, Object: organisation, Result: "gedaan"})
		return err
	})
	if err != nil {
		return fmt.Errorf("couldn't write that the program starts: %w", err)
	}
	return nil
}

// Stop writes down that the program stops, and closes the permits that nobody
// else closed. It is called once, after all else has stopped.
func (g *Gate) Stop(ctx context.Context) error {
	var failed []error
	for _, p := range g.begin() {
		failed = append(failed, p.Close(ctx, "beëindigd", map[string]any{"einde": "gestopt"}))
	}
	failed = append(failed, g.writeOwed(ctx), g.Note(ctx, Memo{Act: stopping, Object: organisation, Result: "gedaan"}, nil))
	return errors.Join(failed...)
}

// unfinished returns the rulings since the last start that allowed something
// of which no outcome is known, oldest first.
func (g *Gate) unfinished(ctx context.Context) ([]logbook.Record, error) {
	const page = 1000
	finished := map[int64]bool{}
	var out []logbook.Record
	for before := int64(-1); before != 0; {
		records, err := g.book.Records(ctx, before, page)
		if err != nil {
			return nil, err
		}
		before = 0
		for _, r := range records {
			before = r.Seq
			switch {
			case r.Kind == logbook.Note && r.Act == starting:
				slices.Reverse(out)
				return out, nil
			case r.Kind == logbook.Outcome:
				of, err := ruledBy(r)
				if err != nil {
					return nil, err
				}
				finished[of] = true
			case r.Kind == logbook.Ruling && r.Result == "toegestaan" && !finished[r.Seq]:
				out = append(out, r)
			}
		}
	}
	slices.Reverse(out)
	return out, nil
}

// ruledBy is which ruling an outcome came of; -1 if none is in the logbook.
func ruledBy(r logbook.Record) (int64, error) {
	header := struct {
		Of int64 `json:"van"`
	}{-1}
	if len(r.Header) == 0 {
		return -1, nil
	}
	if err := json.Unmarshal(r.Header, &header); err != nil {
		return -1, fmt.Errorf("couldn't read entry %d: %w", r.Seq, err)
	}
	return header.Of, nil
}
