package regulation

import "github.com/cedar-policy/cedar-go"

// An Act is something a person, or the system itself, may want to do that the
// regulation has a say in. Acts are in Dutch because regulations are. Every
// act is explained in regulations/woorden.md.
type Act string

const (
	Record   Act = "opnemen"     // keep what a camera sees
	Watch    Act = "uitkijken"   // live
	PlayBack Act = "terugkijken" // recorded
	Hold     Act = "vasthouden"  // keep footage past its term
	Erase    Act = "wissen"
	Report   Act = "melden"      // enter an incident
	Settle   Act = "afhandelen"  // close an incident
	Appoint  Act = "aanwijzen"   // make someone something
	Place    Act = "plaatsen"    // add, change or remove a camera, site or sign
	Adopt    Act = "vaststellen" // adopt a regulation
	Consult  Act = "raadplegen"  // read the logbook, or what was written about a site's incidents
	Reject   Act = "afkeuren"    // say that footage that was viewed is of no use
	Release  Act = "uitgeven"    // give footage to somebody else
	Process  Act = "bewerken"    // show footage otherwise than it was recorded
	Still    Act = "stilzetten"  // show one moment of an open playback as a still
	Steer    Act = "bedienen"    // turn or zoom a camera that is being watched live
	Decide   Act = "besluiten"   // say yes or no to a request
	Grant    Act = "machtigen"   // let someone do what their role doesn't, for a time
	Absent   Act = "afmelden"    // enter that someone is away
	Roster   Act = "roosteren"   // enter a session, and who is on duty
	Receive  Act = "ontvangen"   // enter a visitor
	File     Act = "vastleggen"  // put a document on file
	Deviate  Act = "afwijken"    // enter that an article doesn't hold for a while
)

// A Purpose is one of the aims a regulation allows cameras to be used for, by
// its key in the regulation's terms.
type Purpose string

// An Entity is anything a regulation can speak of: Persoon::"pieter",
// Camera::"3". Only this package knows that Cedar is what rules.
type Entity = cedar.EntityUID

// NewEntity names the entity of a kind.
func NewEntity(kind, id string) Entity {
	return cedar.NewEntityUID(cedar.EntityType(kind), cedar.String(id))
}

// The kinds of entity.
const (
	Person       = "Persoon"
	Role         = "Rol"
	Camera       = "Camera"
	Site         = "Locatie"
	Incident     = "Incident"
	Seat         = "Werkplek"
	Organisation = "Organisatie"
)

// The values facts are made of.
type (
	Facts     = cedar.EntityMap
	Context   = cedar.RecordMap
	Fact      = cedar.Entity
	Attribute = cedar.Value
	String    = cedar.String
	Long      = cedar.Long
	Boolean   = cedar.Boolean
)

// NewFact says of e what it is in and what its attributes are.
func NewFact(e Entity, in []Entity, attributes Context) Fact {
	return cedar.Entity{UID: e, Parents: cedar.NewEntityUIDSet(in...), Attributes: cedar.NewRecord(attributes)}
}

// Set is a set of values; List is a record of named ones.
func Set(values ...Attribute) Attribute { return cedar.NewSet(values...) }
func Struct(fields Context) Attribute   { return cedar.NewRecord(fields) }
