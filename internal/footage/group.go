package footage

import (
	"cmp"
	"fmt"
	"strings"

	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A group is parts of the same hours of several cameras, so that a statement
// can be about all of them: one that is about a few thousand rows costs less
// than half of what a statement for each camera does.
type group struct {
	from, before vault.Hour
	parts        []*part
}

// grouped puts parts of the same hours together. Of one camera no two parts are.
func grouped(parts []part) (all []group) {
	at := map[[2]vault.Hour]int{}
	for i := range parts {
		p := &parts[i]
		hours := [2]vault.Hour{p.from, p.before}
		n, there := at[hours]
		if !there {
			n, at[hours] = len(all), len(all)
			all = append(all, group{from: p.from, before: p.before})
		}
		all[n].parts = append(all[n].parts, p)
	}
	return all
}

// in is a condition, as [inExtent] is: hours of g's cameras from $1 on before $2.
func (g group) in() string {
	var b strings.Builder
	b.WriteString("camera IN (")
	for i := range g.parts {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+3)
	}
	b.WriteString(") AND hour >= $1 AND hour < $2")
	return b.String()
}

func (g group) args() []any {
	args := []any{g.from, g.before}
	for _, p := range g.parts {
		args = append(args, p.camera)
	}
	return args
}

// of are the parts by their camera.
func (g group) of() map[premises.CameraID]*part {
	out := make(map[premises.CameraID]*part, len(g.parts))
	for _, p := range g.parts {
		out[p.camera] = p
	}
	return out
}

// compare orders hours by their camera.
func (h cameraHour) compare(o cameraHour) int {
	return cmp.Or(cmp.Compare(h.camera, o.camera), cmp.Compare(h.hour, o.hour))
}
