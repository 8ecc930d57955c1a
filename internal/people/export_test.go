package people

// HashCheaply makes tests that aren't about passwords fast.
func (r *Register) HashCheaply() { r.cost = cost{memory: 64, passes: 1, lanes: 1} }
