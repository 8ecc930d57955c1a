package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"oogmerk/regulations"
)

// A Setup describes an organisation that begins. It is a JSON file; a key
// that isn't here is an error.
type Setup struct {
	// Organisation is its name, as people read it.
	Organisation string `json:"organisation"`
	// Regulation is the file of the regulation the board adopted: a path, or
	// the name of one that comes with the program.
	Regulation string `json:"regulation"`
	// Decision is the board's decision to adopt it, with its date.
	Decision string `json:"decision"`
	// Choices are the answers to what the regulation asks at adoption, by
	// question. What isn't answered is read in the strictest way.
	Choices map[string]string `json:"choices"`
	// Consents are those of councils to exactly this text and these choices.
	Consents []SetupConsent `json:"consents"`
	// Announced is the day on which the text was made known: 2026-08-31.
	Announced string `json:"announced"`
	// People, in this order: the first is of the board and appoints others.
	People []SetupPerson `json:"people"`
	// Sites are the places, with what is there.
	Sites []SetupSite `json:"sites"`
	// Cameras are placed by the person with key PlacedBy.
	Cameras  []SetupCamera `json:"cameras"`
	PlacedBy string        `json:"placed_by"`
	// Files are documents, put on file by the person with key FiledBy unless
	// they say otherwise: as soon as that person has a role.
	Files   []SetupFile `json:"files"`
	FiledBy string      `json:"filed_by"`
	// Sessions are entered by the person with key RosteredBy.
	Sessions   []SetupSession `json:"sessions"`
	RosteredBy string         `json:"rostered_by"`
}

// A SetupConsent is that of a council.
type SetupConsent struct {
	Council  string `json:"council"`  // its key in the regulation
	Evidence string `json:"evidence"` // letter or minutes it shows from
	On       string `json:"on"`       // 2026-08-31
}

// A SetupPerson is someone, and what they are appointed to.
type SetupPerson struct {
	Key                  string `json:"key"` // how this file refers to them
	Login                string `json:"login"`
	Name                 string `json:"name"`
	Kind                 string `json:"kind"`                  // medewerker unless given; verwerker, bewoner, gedeeld
	Password             string `json:"password"`              // at least twelve characters
	Confidentiality      bool   `json:"confidentiality"`       // they must keep silent
	ConfidentialityBasis string `json:"confidentiality_basis"` // what that rests on
	Title                string `json:"title"`                 // what they are, for people to read
	By                   string `json:"by"`                    // key of who enters and appoints them

	Appointments []SetupAppointment `json:"appointments"`
}

// A SetupAppointment is what somebody is.
type SetupAppointment struct {
	Role      string `json:"role"`
	Site      string `json:"site"`       // key of a site, "" for the organisation
	StandsFor string `json:"stands_for"` // key of whose work they do in their absence, "" nobody's
	Basis     string `json:"basis"`
	By        string `json:"by"` // key of who makes this one, if that isn't who enters them
}

// A SetupSite is a place, with its rooms, its entrances and what hangs there.
type SetupSite struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	Kind      string `json:"kind"`      // school, gemeentehuis, woongebouw …
	Buildings int    `json:"buildings"` // 1 unless given
	AddedBy   string `json:"added_by"`  // key of who adds it, if that isn't who places all that is there

	Rooms     []SetupRoom `json:"rooms"`
	Entrances []string    `json:"entrances"` // those without a sign; a sign brings its own
	Signs     []SetupSign `json:"signs"`
	// Workstations get a code each, for the computer that is one.
	Workstations []SetupWorkstation `json:"workstations"`
}

// A SetupRoom is a room at a site.
type SetupRoom struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`    // one of regulations/woorden.md
	Storage bool   `json:"storage"` // the recordings stand here
}

// A SetupSign is a sign at an entrance.
type SetupSign struct {
	Entrance string `json:"entrance"`
	Evidence string `json:"evidence"` // where the photo of it is kept
}

// A SetupWorkstation is a screen people look at.
type SetupWorkstation struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // bekijkplek, kantoor, publiek
	Room string `json:"room"` // key of a room
}

// A SetupCamera is a camera.
type SetupCamera struct {
	Name       string   `json:"name"`
	Site       string   `json:"site"`
	Room       string   `json:"room"` // key of a room at that site, "" if nobody said
	URL        string   `json:"url"`
	Username   string   `json:"username"`
	Password   string   `json:"password"`
	Visible    bool     `json:"visible"`
	Aim        string   `json:"aim"`
	InView     []string `json:"in_view"`  // what else can be seen, words of regulations/woorden.md
	AimedAt    string   `json:"aimed_at"` // which of those it is aimed at
	Mode       string   `json:"mode"`     // continu, beweging, alleen live; as the regulation says unless given
	Pixels     int      `json:"pixels"`   // per metre
	Assessment string   `json:"assessment"`
	Sub        string   `json:"sub"`     // rtsp address of a lighter stream, "" for none
	Device     string   `json:"device"`  // http address of its ONVIF service, "" for none
	Profile    string   `json:"profile"` // its ONVIF profile that is recorded
	Steers     bool     `json:"steers"`  // it can be turned or zoomed
	Trust      string   `json:"trust"`   // SHA-256 of the certificate it may show though nobody vouches for it
	Senses     string   `json:"senses"`  // how motion is noticed: camera, ffmpeg, "" for the size of its pictures
}

// A SetupFile is a document about one thing: a site, a camera or a person, or
// else the organisation.
type SetupFile struct {
	Kind    string            `json:"kind"` // a key of the regulation's stukken
	Title   string            `json:"title"`
	Dated   string            `json:"dated"` // 2026-08-31
	Fields  map[string]string `json:"fields"`
	Content string            `json:"content"` // path of the document itself, "" if it is kept elsewhere
	Site    string            `json:"site"`    // key
	Camera  string            `json:"camera"`  // name
	Person  string            `json:"person"`  // key
	By      string            `json:"by"`      // key of who puts it on file, if that isn't FiledBy
}

// A SetupSession is something that is going on for a while, like an exam.
type SetupSession struct {
	Kind   string    `json:"kind"`
	Site   string    `json:"site"`
	Room   string    `json:"room"` // key of a room at that site, "" for all of it
	Title  string    `json:"title"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	OnDuty []string  `json:"on_duty"` // keys of people
}

func runSetup(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("setup", flag.ContinueOnError)
	at := placeFlags(set)
	if err := parse(set, args, out, 1); err != nil {
		return err
	}
	text, err := os.ReadFile(set.Arg(0))
	if err != nil {
		return err
	}
	s, err := readSetup(set.Arg(0), text)
	if err != nil {
		return err
	}
	codes, err := at.found(ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s begins: %d people, %d sites, %d cameras, %s\n", s.Organisation, len(s.People), len(s.Sites), len(s.Cameras), s.Regulation)
	for _, c := range codes {
		fmt.Fprintf(out, "workstation %s: enter code %s at /werkplek on that computer\n", c.name, c.code)
	}
	return nil
}

// found founds an installation in a new directory. What can't be founded
// whole leaves nothing behind.
func (p place) found(ctx context.Context, s Setup) ([]stationCode, error) {
	if p.dir == "" {
		return nil, errors.New("no data directory: give --data")
	}
	there, err := p.demandEmpty()
	if err != nil {
		return nil, err
	}
	all, err := build(ctx, p, time.Now, func(error) {})
	var codes []stationCode
	if err == nil {
		codes, err = found(ctx, all, s)
		err = errors.Join(err, all.close())
	}
	if err == nil {
		return codes, nil
	}
	if p.dsn != "" {
		err = fmt.Errorf("%w; the database may have a part of it: begin with an empty one", err)
	}
	return nil, errors.Join(err, p.clear(there))
}

func placeFlags(set *flag.FlagSet) *place {
	at := &place{}
	set.StringVar(&at.dir, "data", "", "`directory` of the installation")
	set.StringVar(&at.dsn, "db", "", "postgres://… `address`, instead of a SQLite file in the directory")
	return at
}

func readSetup(name string, text []byte) (Setup, error) {
	var s Setup
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("couldn't read %s near line %d: %w", name, 1+bytes.Count(text[:dec.InputOffset()], []byte("\n")), err)
	}
	if dec.More() {
		return s, fmt.Errorf("couldn't read %s: something stands after the description", name)
	}
	if err := s.valid(); err != nil {
		return s, fmt.Errorf("couldn't use %s: %w", name, err)
	}
	return s, nil
}

// document reads the regulation from a path or from what the program brings.
func document(name string) ([]byte, error) {
	if text, err := os.ReadFile(name); err == nil {
		return text, nil
	}
	text, err := regulations.Files.ReadFile(filepath.Base(name))
	if err != nil {
		return nil, fmt.Errorf("couldn't find the regulation %s, neither as a file nor among those that come with the program", name)
	}
	return text, nil
}
