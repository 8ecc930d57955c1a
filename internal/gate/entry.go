package gate

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Refusal is the error for what the regulation doesn't allow. It names the
// articles, because the person who was refused has a right to know.
type Refusal struct {
	Request  Request
	Articles []regulation.Article
	At       time.Time
	Seq      int64 // where in the logbook the refusal is
}

func (r *Refusal) Error() string {
	if len(r.Articles) == 0 {
		return fmt.Sprintf("%s is not allowed by any article", r.Request.Act)
	}
	return fmt.Sprintf("%s is forbidden by article %s", r.Request.Act, strings.Join(numbers(r.Articles), ", "))
}

// against is all that stands in the way: what would have to allow it and
// doesn't, and what forbids it. Who lacks authority altogether is not told
// only to bring a colleague.
func against(r regulation.Ruling) []regulation.Article {
	all := slices.Clone(r.Lacking)
	for _, a := range r.Articles {
		if !slices.ContainsFunc(all, func(b regulation.Article) bool { return a.Number == b.Number }) {
			all = append(all, a)
		}
	}
	return all
}

func numbers(articles []regulation.Article) []string {
	var out []string
	for _, a := range articles {
		out = append(out, a.Number)
	}
	return out
}

// entry is the logbook's line for a ruling: act, object, result, origin,
// actor and time, as BIO2 8.15.01 asks, and the law it rests on.
func (g *Gate) entry(r Request, now time.Time, law *regulation.Regulation, ruling regulation.Ruling) logbook.Entry {
	header := map[string]any{"artikelen": numbers(against(ruling))}
	if law != nil {
		header["reglement"] = law.File
		header["reglement_sha256"] = fmt.Sprintf("%x", law.Hash)
	}
	if !r.On.From.IsZero() {
		header["van_tijd"], header["tot_tijd"] = stamp(r.On.From), stamp(r.On.To)
	}
	if r.For != "" {
		header["doel"] = named(string(r.For))
	}
	if r.Under.ID != "" {
		header["grond"] = namedEntity(r.Under)
	}
	maps.Copy(header, r.Note)
	result := "toegestaan"
	if !ruling.Allowed {
		result = "geweigerd"
	}
	return logbook.Entry{At: now, Kind: logbook.Ruling, Act: string(r.Act), Object: namedEntity(r.On.Entity),
		Result: result, Header: header, Person: who(r)}
}

// name is what names and keys that we or a regulation gave look like.
var name = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// named is text if it is a name. Anything else was typed by somebody, may say
// anything about anyone, and doesn't belong in what is never erased.
func named(text string) string {
	if name.MatchString(text) {
		return text
	}
	return "?"
}

func namedEntity(e regulation.Entity) string {
	return regulation.NewEntity(string(e.Type), named(string(e.ID))).String()
}

// who is the part of an entry that says who, and what they typed that names
// nothing.
func who(r Request) map[string]any {
	person := map[string]any{"wie": r.Who.String()}
	var typed []string
	for _, text := range []string{string(r.On.Entity.ID), string(r.For), string(r.Under.ID)} {
		if text != "" && named(text) != text {
			typed = append(typed, clip(text))
		}
	}
	if typed != nil {
		person["getypt"] = typed
	}
	if len(r.With) > 0 {
		var with []string
		for _, w := range r.With {
			with = append(with, w.String())
		}
		person["met"] = with
	}
	if r.Where.ID != "" {
		person["werkplek"] = r.Where.String()
	}
	return person
}

// outcome is the line that says what came of p.
func (p *Permit) outcome(now time.Time, result string, outcome any) logbook.Entry {
	header := map[string]any{"van": p.seq, "duur_s": now.Sub(p.since).Round(time.Millisecond).Seconds()}
	if outcome != nil {
		header["uitkomst"] = outcome
	}
	return logbook.Entry{At: now, Kind: logbook.Outcome, Act: string(p.request.Act), Object: namedEntity(p.request.On.Entity),
		Result: result, Header: header, Person: who(p.request)}
}

// failed writes down that a permitted deed didn't happen. Why may be a line
// about what somebody filled in, so that is with who it was.
func (g *Gate) failed(ctx context.Context, r Request, failure error) error {
	header := map[string]any{}
	maps.Copy(header, r.Note)
	person := who(r)
	person["fout"] = clip(failure.Error())
	return g.book.Write(ctx, func(ctx context.Context, tx *logbook.Tx) error {
		_, err := tx.Append(ctx, logbook.Entry{At: g.now(), Kind: logbook.Outcome, Act: string(r.Act), Object: namedEntity(r.On.Entity),
			Result: "mislukt", Header: header, Person: person})
		return err
	})
}

// clip keeps a text short enough for a line.
func clip(text string) string {
	const most = 300
	runes := []rune(strings.ToValidUTF8(text, "\ufffd"))
	return string(runes[:min(len(runes), most)])
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
