package premises

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/regulation"
)

// A Workstation is a screen that stands in a known place.
type Workstation struct {
	ID       string
	Site     SiteID
	Room     string
	Name     string
	Kind     string // one of [WorkstationKinds]
	Enrolled bool   // a computer proved that it is this one
}

const (
	goneStation Invalid = "Deze werkplek is er niet (meer): kies er een uit de lijst."
	wrongCode   Invalid = "Deze code klopt niet, is al gebruikt of is verlopen: vraag een nieuwe."
)

// CodeValid is how long the code of a new workstation can be used.
const CodeValid = 24 * time.Hour

const stationColumns = "id, site, room, name, kind, device_hash IS NOT NULL"

func scanStation(scan func(...any) error) (w Workstation, err error) {
	return w, scan(&w.ID, &w.Site, &w.Room, &w.Name, &w.Kind, &w.Enrolled)
}

// Workstations returns the workstations of a site by name.
func (r *Register) Workstations(ctx context.Context, id SiteID) ([]Workstation, error) {
	return list(ctx, r.db, scanStation,
		"SELECT "+stationColumns+" FROM workstation WHERE site = $1 AND gone_at IS NULL ORDER BY name, id", string(id))
}

// AddWorkstation adds a workstation: act "plaatsen" on its site. Whoever types
// the code at a computer within [CodeValid] makes that computer the
// workstation. It is kept nowhere.
func (r *Register) AddWorkstation(ctx context.Context, by gate.Request, w Workstation) (id, code string, err error) {
	w.ID, w.Name = db.NewID(), strings.TrimSpace(w.Name)
	if err := cmp.Or(line("de naam van de werkplek", w.Name), oneOf("de soort werkplek", w.Kind, WorkstationKinds())); err != nil {
		return "", "", err
	}
	code = newCode()
	err = r.place(ctx, by, w.Site.Entity(), change{what: aWorkstation, how: "erbij"}, func(ctx context.Context, tx *logbook.Tx) error {
		if err := cmp.Or(known(ctx, tx, w.Site), at(ctx, tx, w.Room, w.Site)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO workstation (id, site, room, name, kind, code_hash, code_until)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, w.ID, string(w.Site), w.Room, w.Name, w.Kind,
			secretHash(bare(code)), db.Micros(r.now().Add(CodeValid)))
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("couldn't add a workstation: %w", err)
	}
	return w.ID, code, nil
}

// RemoveWorkstation notes that a workstation is no more: act "plaatsen" on its
// site. Who sits there sits nowhere we know.
func (r *Register) RemoveWorkstation(ctx context.Context, by gate.Request, w Workstation) error {
	err := r.place(ctx, by, w.Site.Entity(), change{what: aWorkstation, how: "weg"}, r.end("workstation", w.ID, w.Site, goneStation))
	if err != nil {
		return fmt.Errorf("couldn't remove a workstation: %w", err)
	}
	return r.announce(ctx)
}

// EnrolDevice makes the computer where a code is typed the workstation the code
// was for, and returns what the computer shows from then on to prove it. A code
// works once.
func (r *Register) EnrolDevice(ctx context.Context, code string) (token string, err error) {
	var b [32]byte
	rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	id, err := r.awaiting(ctx, bare(code))
	if err != nil {
		return "", fmt.Errorf("couldn't enrol a workstation: %w", err)
	}
	memo := gate.Memo{Act: "werkplek inschrijven", Object: regulation.NewEntity(regulation.Seat, id).String(), Result: "gedaan"}
	err = r.gate.Note(ctx, memo, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE workstation SET device_hash = $3, code_hash = NULL, code_until = NULL
			WHERE id = $1 AND code_hash = $2 AND gone_at IS NULL`, id, secretHash(bare(code)), secretHash(token))
		return changed(done, err, wrongCode)
	})
	if err != nil {
		return "", fmt.Errorf("couldn't enrol a workstation: %w", err)
	}
	return token, nil
}

// awaiting is which workstation waits for a code.
func (r *Register) awaiting(ctx context.Context, code string) (id string, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT id FROM workstation WHERE code_hash = $1 AND code_until > $2 AND gone_at IS NULL",
		secretHash(code), db.Micros(r.now())).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", wrongCode
	}
	return id, err
}

// StationOf returns which workstation a computer is, if it is one.
func (r *Register) StationOf(ctx context.Context, token string) (w Workstation, is bool, err error) {
	w, err = scanStation(r.db.QueryRowContext(ctx, "SELECT "+stationColumns+" FROM workstation WHERE device_hash = $1 AND gone_at IS NULL",
		secretHash(token)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Workstation{}, false, nil
	}
	if err != nil {
		return Workstation{}, false, fmt.Errorf("couldn't find which workstation this is: %w", err)
	}
	return w, true, nil
}

// letters can't be taken for each other when read from paper. There are 32.
const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newCode is twelve letters that nobody guesses: "ABCD-EFGH-JKLM", 60 bits.
func newCode() string {
	var b [12]byte
	rand.Read(b[:])
	var code strings.Builder
	for i, v := range b {
		if i > 0 && i%4 == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(letters[v%32])
	}
	return code.String()
}

// bare is a code as it was made, however it was typed.
func bare(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(letters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(code))
}

func secretHash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}
