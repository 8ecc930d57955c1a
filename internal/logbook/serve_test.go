package logbook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/logbook"
)

const prefix = "/logboek"

func serve(t *testing.T, b *logbook.Book) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, b.Handler()))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + prefix + "/"
}

func TestHandler(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		fill(t, b, 300)
		base := serve(t, b)
		const text, binary, fresh = "text/plain; charset=utf-8", "application/octet-stream", "no-cache"
		const forever = "public, max-age=31536000, immutable"
		for _, c := range []struct {
			path             string
			code, size       int
			kind, cache      string
			method, contains string
		}{
			{"checkpoint", 200, -1, text, fresh, "GET", origin + "\n300\n"},
			{"key", 200, -1, text, fresh, "GET", b.VerifierKey()},
			{"tile/0/000", 200, 256 * 32, binary, forever, "GET", ""},
			{"tile/0/001.p/44", 200, 44 * 32, binary, forever, "GET", ""},
			{"tile/0/001.p/7", 200, 7 * 32, binary, forever, "GET", ""},
			{"tile/1/000.p/1", 200, 32, binary, forever, "GET", ""},
			{"tile/entries/000", 200, 256 * 67, binary, forever, "GET", ""},
			{"tile/entries/001.p/44", 200, 44 * 67, binary, forever, "GET", ""},
			{"tile/entries/001.p/44", 200, 0, binary, forever, "HEAD", ""},
			{"tile/0/001", 404, -1, "", "", "GET", ""},
			{"tile/0/001.p/45", 404, -1, "", "", "GET", ""},
			{"tile/2/000.p/1", 404, -1, "", "", "GET", ""},
			{"tile/63/000.p/1", 404, -1, "", "", "GET", ""},
			{"tile/entries/002.p/1", 404, -1, "", "", "GET", ""},
			{"tile/0/0", 404, -1, "", "", "GET", ""},
			{"", 404, -1, "", "", "GET", ""},
			{"checkpoint", 405, -1, "", "", "POST", ""},
		} {
			req, err := http.NewRequestWithContext(t.Context(), c.method, base+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != c.code || c.size >= 0 && len(body) != c.size || !strings.Contains(string(body), c.contains) {
				t.Errorf("%s %s: %s, %d bytes, %v", c.method, c.path, resp.Status, len(body), err)
			}
			if h := resp.Header; c.kind != "" && h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache {
				t.Errorf("%s: %v", c.path, h)
			}
		}
	})
}

// A stranger's verifier finds our log in order, and finds it out of order
// once a byte is altered.
func TestFsck(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		base := serve(t, b)
		fill(t, b, 600)
		if err := runFsck(t, b, base); err != nil {
			t.Errorf("600 entries: %v", err)
		}
		err := b.Write(t.Context(), func(ctx context.Context, tx *logbook.Tx) error {
			return tx.ErasePerson(ctx, 599, morning, "proef")
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := runFsck(t, b, base); err != nil {
			t.Errorf("after an erasure: %v", err)
		}
		fill(t, b, 768-601)
		if err := runFsck(t, b, base); err != nil {
			t.Errorf("768 entries: %v", err)
		}
		for _, column := range []string{"leaf", "commit_header", "commit_person"} {
			var was []byte
			if err := d.QueryRow("SELECT " + column + " FROM log_entry WHERE seq = 300").Scan(&was); err != nil {
				t.Fatal(err)
			}
			altered := append([]byte{was[0] ^ 1}, was[1:]...)
			mustExec(t, d, "UPDATE log_entry SET "+column+" = $1 WHERE seq = 300", altered)
			if err := runFsck(t, b, base); err == nil {
				t.Errorf("one byte of %s may be anything", column)
			}
			mustExec(t, d, "UPDATE log_entry SET "+column+" = $1 WHERE seq = 300", was)
		}
		if err := runFsck(t, b, base); err != nil {
			t.Errorf("put right: %v", err)
		}
	})
}

func runFsck(t *testing.T, b *logbook.Book, base string) error {
	t.Helper()
	v, err := fnote.NewVerifier(b.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	fetcher, err := client.NewHTTPFetcher(u, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fsck.New(origin, v, fetcher, leafHashes, fsck.Opts{N: 2}).Check(t.Context())
}

func leafHashes(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range b.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
