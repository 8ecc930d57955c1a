package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/gate"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
)

// A day on which nothing is closed, and the offices are.
var evening = time.Date(2026, 11, 24, 20, 0, 0, 0, calendar.Amsterdam)

// foundCast founds the cast of a regulation with two cameras more than it has.
func foundCast(t *testing.T, file string) (*program, cast) {
	t.Helper()
	c, err := castFor(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := build(t.Context(), place{dir: t.TempDir()}, func() time.Time { return evening }, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.close() })
	c.hang(make([]string, len(c.Cameras)+2))
	for i := range c.Cameras {
		c.Cameras[i].URL = "rtsp://127.0.0.1:1/x"
	}
	c.begin(calendar.DateOf(evening))
	if _, err := found(t.Context(), p, c.Setup); err != nil {
		t.Fatal(err)
	}
	return p, c
}

// TestEveryCastPlays: under each regulation that comes with the program, and
// under one that nobody here has seen, people can begin, and cameras record;
// except where that takes six steps first.
func TestEveryCastPlays(t *testing.T) {
	for file, records := range map[string]bool{"clusius.md": true, "vo-haaglanden.md": true, "soest.md": true, "welbions.md": true,
		"model-school.md": false, "../../internal/scenario/testdata/vreemd.md": true} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p, c := foundCast(t, file)
			held := map[string]bool{}
			for _, someone := range c.People {
				for _, a := range someone.Appointments {
					held[a.Role] = true
				}
			}
			for _, role := range c.law.Terms.Roles {
				if !held[role.Key] && !strings.HasPrefix(role.Key, "plv_") {
					t.Errorf("nobody is %s", role.Key)
				}
			}
			cameras, err := p.premises.Cameras(t.Context())
			if err != nil || len(cameras) != len(c.Cameras) {
				t.Fatalf("%d cameras, want %d: %v", len(cameras), len(c.Cameras), err)
			}
			for _, camera := range cameras {
				if r := mayRecord(t, p, camera); r.Allowed != records || len(r.Warnings) > 0 {
					t.Errorf("%s may record: %v, want %v: %+v %+v", camera.Name, r.Allowed, records, r.Articles, r.Warnings)
				}
			}
		})
	}
}

func mayRecord(t *testing.T, p *program, camera premises.Camera) regulation.Ruling {
	t.Helper()
	law, q, err := p.gate.Ask(t.Context(), gate.Request{Who: people.System.Entity(), Act: regulation.Record, On: gate.Subject{Entity: camera.ID.Entity()}})
	if err != nil {
		t.Fatal(err)
	}
	return law.Rule(q)
}

// A file with the name of ours but other roles is a stranger's.
func TestCastFitsTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../internal/scenario/testdata/vreemd.md")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), defaultRegulation)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := castFor(path)
	if err != nil || len(c.People) != 3 || c.People[0].Login != "bestuurslid" || !strings.Contains(c.try, "As klusser: plaatsen") {
		t.Errorf("the cast is %+v, %v\n%s", c.People, err, c.try)
	}
	if _, err := castFor("nergens.md"); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("of a file that isn't there it says: %v", err)
	}
}
