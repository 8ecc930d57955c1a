package premises

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"oogmerk/internal/db"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
)

// A Room is a part of a site: what may happen there depends on its kind.
type Room struct {
	ID      string
	Site    SiteID
	Name    string
	Kind    string // one of [RoomKinds]
	Storage bool   // the recordings stand here; a server room is for that
}

const goneRoom Invalid = "Deze ruimte is er niet (meer): kies er een uit de lijst."

const roomColumns = "id, site, name, kind, storage"

func scanRoom(scan func(...any) error) (m Room, err error) {
	return m, scan(&m.ID, &m.Site, &m.Name, &m.Kind, &m.Storage)
}

// Rooms returns the rooms of a site by name.
func (r *Register) Rooms(ctx context.Context, id SiteID) ([]Room, error) {
	return list(ctx, r.db, scanRoom,
		"SELECT "+roomColumns+" FROM room WHERE site = $1 AND gone_at IS NULL ORDER BY name, id", string(id))
}

// Room returns one room, there still or not, or an error wrapping
// sql.ErrNoRows.
func (r *Register) Room(ctx context.Context, id string) (Room, error) {
	m, err := scanRoom(r.db.QueryRowContext(ctx, "SELECT "+roomColumns+" FROM room WHERE id = $1", id).Scan)
	if err != nil {
		return Room{}, fmt.Errorf("couldn't find room %s: %w", id, err)
	}
	return m, nil
}

// AddRoom adds a room: act "plaatsen" on its site.
func (r *Register) AddRoom(ctx context.Context, by gate.Request, m Room) (string, error) {
	m.Name, m.Storage = strings.TrimSpace(m.Name), m.Storage || m.Kind == serverRoom
	if err := cmp.Or(line("de naam van de ruimte", m.Name), oneOf("de soort ruimte", m.Kind, RoomKinds())); err != nil {
		return "", err
	}
	m.ID = db.NewID()
	what := aRoom
	if m.Storage {
		what = theStorage
	}
	err := r.place(ctx, by, m.Site.Entity(), change{what: what, how: "erbij"}, func(ctx context.Context, tx *logbook.Tx) error {
		if err := known(ctx, tx, m.Site); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO room (id, site, name, kind, storage) VALUES ($1, $2, $3, $4, $5)",
			m.ID, string(m.Site), m.Name, m.Kind, m.Storage)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("couldn't add a room: %w", err)
	}
	return m.ID, r.announce(ctx)
}

// SetStorage notes whether the recordings stand in a room: act "plaatsen" on
// its site.
func (r *Register) SetStorage(ctx context.Context, by gate.Request, m Room, storage bool) error {
	err := r.place(ctx, by, m.Site.Entity(), change{what: theStorage, how: "anders"}, func(ctx context.Context, tx *logbook.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE room SET storage = $3 WHERE id = $1 AND site = $2 AND gone_at IS NULL",
			m.ID, string(m.Site), storage)
		return changed(done, err, goneRoom)
	})
	if err != nil {
		return fmt.Errorf("couldn't note where the recordings stand: %w", err)
	}
	return r.announce(ctx)
}

// RemoveRoom notes that a room is no more: act "plaatsen" on its site. It must
// be empty, because what a camera or a screen may depends on its room.
func (r *Register) RemoveRoom(ctx context.Context, by gate.Request, m Room) error {
	err := r.place(ctx, by, m.Site.Entity(), change{what: aRoom, how: "weg"}, func(ctx context.Context, tx *logbook.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM camera WHERE room = $1 AND removed_at IS NULL)
			+ (SELECT count(*) FROM workstation WHERE room = $1 AND gone_at IS NULL)`, m.ID).Scan(&n)
		if err != nil {
			return err
		}
		if n > 0 {
			return Invalid("In deze ruimte is nog een camera of werkplek: haal die eerst weg.")
		}
		return r.end("room", m.ID, m.Site, goneRoom)(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("couldn't remove a room: %w", err)
	}
	return r.announce(ctx)
}

// at refuses a room that isn't there, or is of another site.
func at(ctx context.Context, q db.Querier, room string, site SiteID) error {
	var n int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM room WHERE id = $1 AND site = $2 AND gone_at IS NULL", room, string(site)).Scan(&n)
	if err == nil && n == 0 {
		return goneRoom
	}
	return err
}
