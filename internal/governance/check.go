package governance

import (
	"context"
	"encoding/json"
	"fmt"

	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// Check sees to it that each version is one whose adoption the logbook knows,
// and that there is no version less. It calls fault with a line for each
// thing that is wrong.
func (b *Board) Check(ctx context.Context, fault func(string)) error {
	adopted, err := b.adopted(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read which regulations the logbook knows: %w", err)
	}
	versions := b.state.Load().versions
	for i, v := range versions {
		if hash := fmt.Sprintf("%x", v.Law.Hash); i >= len(adopted) || adopted[i] != hash {
			fault(fmt.Sprintf("regulation: version %d (%s, %s) isn't what the logbook says was adopted", v.ID, v.Law.File, hash))
		}
	}
	if len(adopted) > len(versions) {
		fault(fmt.Sprintf("regulation: the logbook says %d versions were adopted, but there are %d", len(adopted), len(versions)))
	}
	return nil
}

// adopted returns the hashes of what was adopted, oldest first, by the logbook.
func (b *Board) adopted(ctx context.Context) ([]string, error) {
	const page = 1000
	ruled := map[int64]string{} // what a ruling was about, by its place
	var out []string
	for next := int64(0); ; next += page {
		records, err := b.book.Records(ctx, next+page, page)
		if err != nil {
			return nil, err
		}
		if len(records) == 0 || records[0].Seq < next {
			return out, nil
		}
		for i := len(records) - 1; i >= 0; i-- {
			r := records[i]
			if r.Act != string(regulation.Adopt) || r.Seq < next {
				continue
			}
			var header struct {
				Hash string `json:"vastgesteld_sha256"`
				Of   int64  `json:"van"`
			}
			if err := json.Unmarshal(r.Header, &header); err != nil && len(r.Header) > 0 {
				return nil, fmt.Errorf("couldn't read entry %d: %w", r.Seq, err)
			}
			switch {
			case r.Kind == logbook.Note:
				out = append(out, header.Hash)
			case r.Kind == logbook.Ruling:
				ruled[r.Seq] = header.Hash
			case r.Kind == logbook.Outcome && r.Result == "gedaan":
				out = append(out, ruled[header.Of])
			}
		}
	}
}
