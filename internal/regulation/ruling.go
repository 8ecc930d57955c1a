package regulation

// A Question asks whether someone may act on something, given the facts.
type Question struct {
	Who     Entity
	Act     Act
	On      Entity
	Facts   Facts
	Context Context
}

// A Ruling is the answer, and the articles it rests on. When nothing forbids
// but nothing allows either, Articles are those that could have allowed it.
type Ruling struct {
	Allowed  bool
	Articles []Article
}

// An Article is a place in a regulation.
type Article struct {
	Number string // "4.3"
	Title  string // "Inrichting en beveiliging", the heading it stands under
	Text   string // its text in plain Dutch, without fences, as Markdown
	Why    string // what it means for who is refused, one sentence (@uitleg)
	File   string
	Line   int
}

// Rule answers q. What no article allows is forbidden, and one article that
// forbids outweighs all that allow. A policy that can't be evaluated forbids.
func (r *Regulation) Rule(q Question) Ruling { panic("unwritten") }
