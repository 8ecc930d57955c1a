package web

import (
	"fmt"
	"net/http"
	"strconv"

	"oogmerk/internal/governance"
	"oogmerk/internal/notice"
	"oogmerk/internal/regulation"
)

// A publicPage is what public.html shows: what everyone may know, without
// signing in.
type publicPage struct {
	Law       *regulation.Regulation // nil: none is in force
	Version   governance.Version
	Hash      string
	Versions  []versionRow // newest first
	Sign      []signLine
	Register  []notice.Line
	Controls  []notice.Control
	Words     []notice.Word
	Contact   string
	Exact     string // the text, as it was adopted
	Announced bool
}

// publicPage is GET /openbaar.
func (s *site) publicPage(v *visit) error {
	page := publicPage{Law: v.law, Versions: v.history(v.Board.Versions())}
	if v.law == nil {
		return v.show("public", view{title: "public.title", nav: "/reglement", data: page})
	}
	organisation := v.Board.Organisation()
	page.Version, _ = v.Board.VersionAt(v.now)
	page.Hash, page.Announced = fmt.Sprintf("%x", page.Version.Law.Hash), !page.Version.Announced.IsZero()
	page.Sign = signLines(notice.Sign(v.law, organisation, ""))
	page.Register = notice.Processing(v.law, organisation)
	page.Controls = notice.Controls(v.law)
	page.Words = notice.Glossary(v.law)
	page.Contact = v.law.Terms.Controller.Contact
	text, err := v.Board.Document(v.ctx(), page.Version.ID)
	if err != nil {
		return err
	}
	page.Exact = string(text)
	return v.show("public", view{title: "public.title", nav: "/reglement", data: page})
}

// publicText is GET /openbaar/tekst/{versie}: a version byte for byte as it
// was adopted, so that anyone can compute its hash.
func (s *site) publicText(v *visit) error {
	id, err := strconv.ParseInt(v.r.PathValue("versie"), 10, 64)
	if err != nil {
		return missing
	}
	text, err := s.Board.Document(v.ctx(), id)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(text) // fails only for who is gone already
	return nil
}
