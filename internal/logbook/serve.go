package logbook

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"oogmerk/internal/transparency"
)

// Handler serves the tree as C2SP tlog-tiles: checkpoint, tile/…. Beside
// these it serves key: the public key. It may be mounted under any prefix
// with [http.StripPrefix]. It publishes no person: of an entry, two
// commitments are all there is to see.
func (b *Book) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the logbook is read only", http.StatusMethodNotAllowed)
			return
		}
		body, err := b.publish(r.Context(), strings.TrimPrefix(r.URL.Path, "/"), w.Header())
		switch {
		case errors.Is(err, sql.ErrNoRows):
			clear(w.Header())
			http.NotFound(w, r)
		case err != nil:
			clear(w.Header())
			http.Error(w, "couldn't read the logbook; `oogmerk check` says what is wrong", http.StatusInternalServerError)
		default:
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			// What fails now is the connection, and the client knows.
			_, _ = w.Write(body)
		}
	})
}

// publish returns the file at path and sets the headers it goes with, or an
// error wrapping sql.ErrNoRows.
func (b *Book) publish(ctx context.Context, path string, header http.Header) ([]byte, error) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	switch path {
	case "checkpoint":
		return b.Checkpoint(ctx)
	case "key":
		return []byte(b.VerifierKey() + "\n"), nil
	}
	t, err := transparency.ParseTile(path)
	if err != nil {
		return nil, errors.Join(err, sql.ErrNoRows)
	}
	tile, err := readTile(ctx, b.db, t)
	header.Set("Content-Type", "application/octet-stream")
	// A tile of some width never changes, not even a partial one.
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	return tile, err
}
