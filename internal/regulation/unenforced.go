package regulation

// An Unenforced is what an article asks that no machine can see to, and what
// shows it all the same.
type Unenforced struct {
	Why      string // why a machine can't
	Accepted string // who accepted that
	Evidence string // which document on file, register or line of the logbook there is
	Line     int    // of its fence
}

// unenforced reads the fences with what can't be enforced.
func (d *document) unenforced() {
	for i := range d.sections {
		s := &d.sections[i]
		for _, f := range s.Fences {
			if f.Language != "onuitvoerbaar" {
				continue
			}
			root := d.yaml(f)
			if root == nil {
				continue
			}
			r := &termReader{d: d, fence: f}
			said := r.fields("fence", entry{"onuitvoerbaar", root, f.Line}, "waarom", "aanvaard_door", "bewijs")
			s.Unenforced = append(s.Unenforced, Unenforced{
				Why:      said.need("waarom", "why no machine can see to it"),
				Accepted: said.need("aanvaard_door", "who accepted that"),
				Evidence: said.need("bewijs", "which document, register or line of the logbook shows it"),
				Line:     f.Line,
			})
		}
	}
}
