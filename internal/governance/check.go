package governance

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// Check sees to it that each version, draft, consent and derogation is one
// the logbook knows, and that there is none less. It calls fault with a line
// for each thing that is wrong.
func (b *Board) Check(ctx context.Context, fault func(string)) error {
	known, err := b.recall(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read what the logbook knows of the regulations: %w", err)
	}
	s, err := b.load(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read which regulations were adopted: %w", err)
	}
	known.versions(s, fault)
	if err := b.checkDrafts(ctx, known, fault); err != nil {
		return err
	}
	rows := map[string]string{}
	for _, d := range s.derogations {
		rows[d.ID] = d.summary()
	}
	compare("derogation", rows, known.derogations, fault)
	return nil
}

// checkDrafts compares the drafts and the consents with the logbook.
func (b *Board) checkDrafts(ctx context.Context, known recollection, fault func(string)) error {
	drafts, err := findDrafts(ctx, b.db, "1 = 1")
	if err != nil {
		return fmt.Errorf("couldn't read the drafts: %w", err)
	}
	rows := map[string]string{}
	for _, d := range drafts {
		if law, err := b.Read(d.File, d.Document, d.Choices); err != nil || law.Hash != d.Hash {
			fault(fmt.Sprintf("regulation: draft %s isn't the text that was entered", d.ID))
		}
		rows[d.ID] = fmt.Sprintf("%x %v", d.Hash, !d.Announced.IsZero())
	}
	compare("draft", rows, known.drafts, fault)

	rows = map[string]string{}
	all, err := b.db.QueryContext(ctx, "SELECT id, hash, council FROM consent")
	if err != nil {
		return fmt.Errorf("couldn't read the consents: %w", err)
	}
	defer all.Close()
	for all.Next() {
		var id, council string
		var hash []byte
		if err := all.Scan(&id, &hash, &council); err != nil {
			return fmt.Errorf("couldn't read the consents: %w", err)
		}
		rows[id] = fmt.Sprintf("%x %s", hash, council)
	}
	compare("consent", rows, known.consents, fault)
	return all.Err()
}

// compare calls fault for each row that isn't what the logbook says.
func compare(what string, rows, known map[string]string, fault func(string)) {
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if rows[id] != known[id] {
			fault(fmt.Sprintf("regulation: %s %s isn't what the logbook says was entered", what, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if _, ok := rows[id]; !ok {
			fault(fmt.Sprintf("regulation: the logbook says that %s %s was entered, but it isn't there", what, id))
		}
	}
}

// summary is what of d the logbook knows.
func (d Derogation) summary() string {
	to, ended := "", ""
	if !d.To.IsZero() {
		to = stamp(d.To)
	}
	if !d.Ended.IsZero() {
		ended = stamp(d.Ended)
	}
	return fmt.Sprint(d.on().Entity, " ", d.Kind, " ", d.Article, " ", stamp(d.From), " ", to, " ", ended, " ", d.Advice)
}

// A recollection is what the logbook knows was done here: by its id, what of
// each row must be so.
type recollection struct {
	adopted     []string        // hashes, oldest first
	ended       map[int64]bool  // orders that were ended
	began       map[string]bool // when versions begin, with their hash
	drafts      map[string]string
	consents    map[string]string
	derogations map[string]string
}

// versions compares versions and orders with what was adopted.
func (k recollection) versions(s *state, fault func(string)) {
	all := slices.Concat(s.versions, s.orders)
	slices.SortFunc(all, func(a, b Version) int { return int(a.ID - b.ID) })
	for i, v := range all {
		hash := fmt.Sprintf("%x", v.Law.Hash)
		if i >= len(k.adopted) || k.adopted[i] != hash {
			fault(fmt.Sprintf("regulation: version %d (%s, %s) isn't what the logbook says was adopted", v.ID, v.Law.File, hash))
		} else if !k.began[hash+" "+stamp(v.From)+" "+scopeText(v.Scope)] {
			fault(fmt.Sprintf("regulation: version %d (%s) doesn't begin when, or isn't for what, the logbook says", v.ID, v.Law.File))
		}
	}
	for _, o := range s.orders {
		if o.Until.IsZero() == k.ended[o.ID] {
			fault(fmt.Sprintf("regulation: order %d (%s) doesn't end as the logbook says", o.ID, o.Law.File))
		}
	}
	if len(k.adopted) > len(all) {
		fault(fmt.Sprintf("regulation: the logbook says %d versions were adopted, but there are %d", len(k.adopted), len(all)))
	}
}

func scopeText(scope regulation.Entity) string {
	if scope.ID == "" {
		return ""
	}
	return scope.String()
}

// said is what the header of an entry may say about a deed of ours.
type said struct {
	Hash    string   `json:"vastgesteld_sha256"`
	From    string   `json:"geldt_van"`
	Scope   string   `json:"opdracht_voor"`
	EndsOf  int64    `json:"opdracht_eindigt"`
	Of      int64    `json:"van"`
	Kind    string   `json:"stuk"`
	ID      string   `json:"stuk_id"`
	Draft   string   `json:"ontwerp_sha256"`
	Council string   `json:"raad"`
	Aside   string   `json:"afwijking"`
	Sort    string   `json:"soort"`
	Article string   `json:"artikel"`
	Begins  string   `json:"van_tijd"`
	Ends    string   `json:"tot_tijd"`
	Ended   string   `json:"einde"`
	Advice  []string `json:"adviezen"`

	object string
}

// recall reads the logbook, oldest first, and keeps what was done.
func (b *Board) recall(ctx context.Context) (recollection, error) {
	k := recollection{ended: map[int64]bool{}, began: map[string]bool{}, drafts: map[string]string{}, consents: map[string]string{},
		derogations: map[string]string{}}
	const page = 1000
	ruled := map[int64]said{} // what a ruling was about, by its place
	asides := map[string]said{}
	for next := int64(0); ; next += page {
		records, err := b.book.Records(ctx, next+page, page)
		if err != nil {
			return k, err
		}
		if len(records) == 0 || records[0].Seq < next {
			for id, a := range asides {
				k.derogations[id] = fmt.Sprint(a.object, " ", a.Sort, " ", a.Article, " ", a.Begins, " ", a.Ends, " ", a.Ended, " ", a.Advice)
			}
			return k, nil
		}
		for _, r := range slices.Backward(records) {
			if r.Seq < next || !ours(r.Act) {
				continue
			}
			header := said{object: r.Object}
			if err := json.Unmarshal(r.Header, &header); err != nil && len(r.Header) > 0 {
				return k, fmt.Errorf("couldn't read entry %d: %w", r.Seq, err)
			}
			switch {
			case r.Kind == logbook.Note:
				k.done(header, asides)
			case r.Kind == logbook.Ruling && r.Result == "toegestaan":
				ruled[r.Seq] = header
			case r.Kind == logbook.Outcome && r.Result == "gedaan":
				k.done(ruled[header.Of], asides)
				delete(ruled, header.Of)
			}
		}
	}
}

func ours(act string) bool {
	return slices.Contains([]regulation.Act{regulation.Adopt, regulation.File, regulation.Deviate}, regulation.Act(act))
}

// done keeps one deed.
func (k *recollection) done(h said, asides map[string]said) {
	switch {
	case h.Hash != "":
		k.adopted = append(k.adopted, h.Hash)
		k.began[h.Hash+" "+h.From+" "+h.Scope] = true
	case h.EndsOf != 0:
		k.ended[h.EndsOf] = true
	case h.Aside != "" && h.Sort != "":
		asides[h.Aside] = h
	case h.Aside != "" && h.Ended != "":
		was := asides[h.Aside]
		was.Ended = h.Ended
		asides[h.Aside] = was
	case h.Kind == draftKind:
		k.drafts[h.ID] = h.Draft + " false"
	case h.Kind == announcementKind:
		k.drafts[h.ID] = h.Draft + " true"
	case h.Kind == consentKind:
		k.consents[h.ID] = h.Draft + " " + h.Council
	}
}
