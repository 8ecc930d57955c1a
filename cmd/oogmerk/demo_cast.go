package main

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"oogmerk/internal/calendar"
	"oogmerk/internal/demo"
	"oogmerk/internal/regulation"
)

//go:embed demo
var demoFiles embed.FS

// defaultRegulation is what the demo runs under unless it is told otherwise.
const defaultRegulation = "clusius.md"

// A cast is an organisation that adopted a regulation: the people, the places
// and the cameras to try it with.
type cast struct {
	Setup
	law *regulation.Regulation
	try string // what to try, for people to read
}

// castFor is who plays under the regulation with this name.
func castFor(name string) (cast, error) {
	text, err := document(name)
	if err != nil {
		return cast{}, err
	}
	return castOf(name, text)
}

// castOf is who plays under the regulation with this name and text: those who
// were written for it, or else people made from its own terms.
func castOf(name string, text []byte) (cast, error) {
	law, err := regulation.Parse(filepath.Base(name), text)
	if err != nil {
		return cast{}, err
	}
	c, err := embedded(law)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = stranger(law)
	}
	c.law, c.Regulation = law, name
	return c, err
}

// embedded is the cast that was written for the regulation with this file name.
// A regulation of the same name with other roles in it has none.
func embedded(law *regulation.Regulation) (cast, error) {
	name := strings.TrimSuffix(law.File, ".md")
	text, err := demoFiles.ReadFile("demo/" + name + ".json")
	if err != nil {
		return cast{}, err
	}
	s, err := readSetup(name+".json", text)
	if err != nil {
		return cast{}, err
	}
	for _, p := range s.People {
		for _, a := range p.Appointments {
			if _, there := law.Terms.Role(a.Role); !there {
				return cast{}, fmt.Errorf("%s knows no %s: %w", law.File, a.Role, fs.ErrNotExist)
			}
		}
	}
	try, err := demoFiles.ReadFile("demo/" + name + ".txt")
	return cast{Setup: s, try: string(try)}, err
}

// begin dates everything today, so that it holds whenever the demo is played,
// and lets every council consent.
func (c *cast) begin(today calendar.Date) {
	c.Announced, c.Consents = today.String(), nil
	for _, council := range c.law.Terms.Councils {
		c.Consents = append(c.Consents, SetupConsent{Council: council.Key, Evidence: "brief van " + today.String(), On: today.String()})
	}
	for i := range c.Files {
		c.Files[i].Dated = today.String()
	}
}

// hang puts one camera at each address. If there are more addresses than the
// cast has cameras, these are numbered on, with all that is on file of them.
func (c *cast) hang(urls []string) {
	first, about := c.Cameras, c.Files
	c.Cameras = nil
	c.Files = slices.DeleteFunc(slices.Clone(about), func(d SetupFile) bool { return d.Camera != "" })
	for i, url := range urls {
		camera := first[i%len(first)]
		like := camera.Name
		camera.Name, camera.URL = cameraName(like, i/len(first)), url
		c.Cameras = append(c.Cameras, camera)
		for _, d := range about {
			if d.Camera == like {
				d.Camera = camera.Name
				c.Files = append(c.Files, d)
			}
		}
	}
}

// speak gives each camera what it has beside its picture: a lighter one, and
// ONVIF.
func (c *cast) speak(cameras *demo.Cameras) {
	for i := range c.Cameras {
		at := &c.Cameras[i]
		at.Sub = cameras.Light(i)
		if speaks := cameras.ONVIF(i); speaks != nil {
			at.Device, at.Profile, at.Steers = speaks.Device(), speaks.Main(), speaks.Turns()
		}
	}
}

func cameraName(like string, round int) string {
	if round == 0 {
		return like
	}
	return fmt.Sprintf("%s %d", like, round+1)
}

// login is how the person with a key signs in.
func (s Setup) login(key string) string {
	i := slices.IndexFunc(s.People, func(p SetupPerson) bool { return p.Key == key })
	if i < 0 {
		return ""
	}
	return cmp.Or(s.People[i].Login, key)
}
