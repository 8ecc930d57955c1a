package regulation

import (
	"slices"

	"oogmerk/internal/calendar"
)

// Terms are the numbers and lists in a regulation: docs/formats/regulation.md.
type Terms struct {
	Source     string      // the text it works out clause by clause; "" if none
	Layer      Layer       // "" is an organisation's regulation
	Controller Controller  // who is accountable
	Retention  Retention   // for all footage; the zero Retention if there is no such row
	Retentions []Retention // all rows, the general one included
	Purposes   []PurposeTerm
	Roles      []RoleTerm
	Files      []FileTerm     // kinds of document that can be put on file
	Councils   []CouncilTerm  // who must consent
	Deadlines  []DeadlineTerm // for acts
	Windows    []WindowTerm   // times of the week
	Reports    []ReportTerm
	Incidents  []IncidentTerm // kinds of incident
	Choices    []ChoiceTerm   // where two readings exist
	Concepts   []ConceptTerm  // what is meant by a word
	Policies   []PolicyTerm   // other documents it belongs to
	Forbidden  []string       // kinds of room where no camera may be
	Allowed    []string       // kinds of room where cameras may be; none: anywhere that isn't forbidden
	Banned     []string       // what the program may not be able to do
	Recording  Recording
	Quality    Quality
	Validity   Validity
}

// A Layer says where a document comes from. Statute and orders only forbid.
type Layer string

const (
	Statute Layer = "wet"      // holds for everyone, above any regulation
	Order   Layer = "opdracht" // for one site or camera, below the regulation
)

// A Controller is who answers for the cameras.
type Controller struct {
	Name    string // the body: "het college van bestuur"
	Contact string // where people can ask
	Article string
}

// Retention is how long footage may be kept, and which article says so. A
// regulation that is silent about it has the zero Retention.
type Retention struct {
	Key     string                // of its row; "" for the general one
	Limit   calendar.StorageLimit // at most
	Least   calendar.StorageLimit // at least; zero if nothing is said
	From    string                // Recorded, or Rejected
	Rooms   []string              // kinds of room it is for; none: all
	Sites   []string              // kinds of site it is for; none: all
	Motive  string                // why so long
	Scope   Entity                // of an order: the camera or site it is for
	Text    string                // "6 kalenderdagen"
	Article string
}

// What starts a storage clock.
const (
	Recorded = "opname"    // the first picture
	Rejected = "afkeuring" // somebody viewed it and found it of no use
)

// A PurposeTerm is one aim people can choose from.
type PurposeTerm struct {
	Key      Purpose // "veiligheid"
	Text     string  // the aim in words
	Incident bool    // may only be chosen with an incident
	Basis    string  // legal ground: "gerechtvaardigd belang", "algemeen belang", ""
	Nature   string  // "preventief", "repressief", ""
	Note     string  // what people read beside it
	Article  string
}

// A RoleTerm is a role and what this regulation calls it.
type RoleTerm struct {
	Key     string // "locatiebeheerder"
	Title   string // what people read
	PerSite bool   // appointed for a site, not for all
	Article string
}

// A FileTerm is a kind of document that can be put on file (stukken).
type FileTerm struct {
	Key     string
	Title   string
	About   string                // Camera, Site, Person or Organisation
	Fields  []string              // what must be filled in, in words
	Valid   calendar.StorageLimit // how long it counts; zero: for ever
	Changes bool                  // a change in what the camera sees voids it
	Article string
}

// A CouncilTerm is a body that must consent to the regulation.
type CouncilTerm struct{ Key, Title, Article string }

// A DeadlineTerm is by when something must be done.
type DeadlineTerm struct {
	Key      string
	Text     string // "10 werkdagen"
	Of       string // what must be done, in words
	Deadline calendar.Deadline
	Citizen  bool // a window for who asks, not a duty of ours: flagged, never refused
	Article  string
}

// A WindowTerm is a time of the week: opening hours.
type WindowTerm struct {
	Key      string
	Days     [7]bool // by time.Weekday
	From, To int     // minutes since midnight in Amsterdam; To may be 1440
	Holidays bool    // also on holidays
	Article  string
}

// A ReportTerm is who tells whom about what, and how often.
type ReportTerm struct {
	Key, By, To, Every string
	Contents           []string
	Article            string
}

// An IncidentTerm is a kind of incident.
type IncidentTerm struct{ Key, Text, Article string }

// A ChoiceTerm is a question that is asked when the regulation is adopted.
// The first answer is the stricter one, and holds if nothing is chosen.
type ChoiceTerm struct {
	Key, Question string
	Answers       []Answering
	Article       string
}

// Answering is one answer to a choice.
type Answering struct{ Key, Text string }

// A ConceptTerm is what a word means, and what it covers in the program.
type ConceptTerm struct {
	Word, Text string
	Covers     []string // entities of the vocabulary
	Article    string
}

// A PolicyTerm is another document this one belongs to.
type PolicyTerm struct{ Key, Title, Version, Article string }

// Recording is when cameras record.
type Recording struct {
	Mode          string // Continuous (also for ""), OnMotion, LiveOnly
	Before, After int    // seconds, around motion
	Article       string
}

// The modes of recording.
const (
	Continuous = "continu"
	OnMotion   = "beweging"
	LiveOnly   = "alleen live"
)

// modes are in the order in which they record less.
var modes = []string{Continuous, OnMotion, LiveOnly}

// Stricter is how a camera records that is set to a mode of its own: the one
// of the two that records less.
func (r Recording) Stricter(own string) string {
	return modes[max(slices.Index(modes, r.Mode), slices.Index(modes, own), 0)]
}

// Quality is how sharp pictures must be.
type Quality struct {
	Class          string // "herkennen"
	PixelsPerMetre int
	Article        string
}

// Validity is when a document holds at all. Zero dates say nothing.
type Validity struct {
	From, Until, Review calendar.Date
	Article             string
}
