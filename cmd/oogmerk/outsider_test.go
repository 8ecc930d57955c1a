package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"oogmerk/internal/db"
)

// TestOutsider verifies the logbook as somebody who trusts nobody would: over
// HTTP while the program runs, from an export afterwards, and again after
// somebody with access to the database tried to change what happened.
func TestOutsider(t *testing.T) {
	verify := buildVerifier(t)
	dir := t.TempDir()
	p := start(t, "demo", "--data", dir, "--listen", "127.0.0.1:0", "--cameras", "1")
	c := newClient(p.base)
	if _, _, err := c.post("/aanmelden", "naam", "noor", "wachtwoord", "linde-toezicht-26"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.get("/logboek"); err != nil {
		t.Fatal(err)
	}
	tree, seen := p.base+"/logboek/boom", filepath.Join(dir, "seen")
	if said, err := exec.Command(verify, "logbook", "--save", seen, tree).CombinedOutput(); err != nil {
		t.Fatalf("over HTTP: %v\n%s", err, said)
	}
	if _, _, err := c.get("/logboek"); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(verify, "logbook", "--after", seen, tree).CombinedOutput(); err != nil {
		t.Errorf("after a saved checkpoint: %v\n%s", err, said)
	}
	p.kill()

	key, err := ask(t, "logbook", "--data", dir, "key")
	if err != nil {
		t.Fatalf("%v\n%s", err, key)
	}
	fromFile := func() (string, error) {
		text, err := ask(t, "logbook", "--data", dir, "export")
		if err != nil {
			return text, err
		}
		file := filepath.Join(t.TempDir(), "logbook.jsonl")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(verify, "logbook", "--key", strings.TrimSpace(key), "--after", seen, file).CombinedOutput()
		return string(said), err
	}
	if said, err := fromFile(); err != nil {
		t.Errorf("from an export: %v\n%s", err, said)
	}
	falsify(t, dir)
	if said, err := fromFile(); err == nil {
		t.Errorf("a falsified logbook passes:\n%s", said)
	}
	if said, err := ask(t, "check", "--data", dir); err == nil || !strings.Contains(said, "entry") {
		t.Errorf("check passes a falsified logbook: %v\n%s", err, said)
	}
}

func buildVerifier(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "oogmerk-verify")
	if out, err := exec.Command("go", "build", "-o", path, "../oogmerk-verify").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// falsify has somebody else look at the logbook.
func falsify(t *testing.T, dir string) {
	t.Helper()
	d, err := db.Open(t.Context(), filepath.Join(dir, "oogmerk.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(t.Context(), `UPDATE log_entry SET body_person = (SELECT body_person FROM log_entry WHERE seq = 1)
		WHERE act = 'raadplegen' AND kind = 'besluit'`); err != nil {
		t.Fatal(err)
	}
}
