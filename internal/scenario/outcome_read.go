package scenario

import (
	"fmt"
	"strings"

	"oogmerk/internal/calendar"
	"oogmerk/internal/notice"
	"oogmerk/internal/regulation"
)

// inForce is the law in force now.
func (w *world) inForce() (*regulation.Regulation, error) {
	law := w.board.InForce(w.now())
	return law, w.lawless(law)
}

// isOnSign: site and text.
func (w *world) isOnSign(a []string) error {
	if _, err := w.site(a[0]); err != nil {
		return err
	}
	law, err := w.inForce()
	if err != nil {
		return err
	}
	return contains("wat er staat", notice.Sign(law, w.board.Organisation(), a[0]), a[1])
}

func (w *world) isInRegister(a []string) error {
	law, err := w.inForce()
	if err != nil {
		return err
	}
	return contains("wat er staat", lines(notice.Processing(law, w.board.Organisation())), a[0])
}

func (w *world) isExplained(a []string) error {
	law, err := w.inForce()
	if err != nil {
		return err
	}
	return contains("wat er staat", lines(notice.Glossary(law)), a[0])
}

// isPublic: what outsiders read: which regulation it is and since when, the
// register of processing, the measures and the words.
func (w *world) isPublic(a []string) error {
	law, err := w.inForce()
	if err != nil {
		return err
	}
	v, _ := w.board.VersionAt(w.now())
	text := []string{law.Title, w.board.Organisation(), v.Decision, calendar.DateOf(v.From).String(),
		notice.Sign(law, w.board.Organisation(), ""), lines(notice.Processing(law, w.board.Organisation())), lines(notice.Glossary(law))}
	for _, c := range notice.Controls(law) {
		for _, m := range c.Measures {
			text = append(text, c.Theme+": "+m.Article.Title)
		}
	}
	return contains("wat er staat", strings.Join(text, "\n"), a[0])
}

func lines[T fmt.Stringer](all []T) string {
	var out []string
	for _, l := range all {
		out = append(out, l.String())
	}
	return strings.Join(out, "\n")
}
