package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed static
var staticFiles embed.FS

// assets are the files pages consist of. They live under a name made of all
// their contents, so a browser may keep them for ever.
type assets struct {
	version string
	files   map[string][]byte
}

// types are said here: what a machine knows of them differs.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func readAssets() (assets, error) {
	a := assets{files: map[string][]byte{}}
	sum := sha256.New()
	err := fs.WalkDir(staticFiles, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if types[path.Ext(p)] == "" {
			return fmt.Errorf("%s is of a kind no page uses", p)
		}
		text, err := staticFiles.ReadFile(p)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", p, len(text))
		sum.Write(text)
		a.files[path.Base(p)] = text
		return nil
	})
	a.version = hex.EncodeToString(sum.Sum(nil)[:8])
	return a, err
}

// path is the address of a file. A template that names one that isn't there
// fails.
func (a assets) path(file string) (string, error) {
	if _, ok := a.files[file]; !ok {
		return "", fmt.Errorf("there is no file static/%s", file)
	}
	return "/static/" + a.version + "/" + file, nil
}

// static is GET /static/{version}/{file}.
func (s *site) static(v *visit) error {
	if v.r.PathValue("version") != s.assets.version {
		return missing // a page from before an update: it gets new addresses when it loads again
	}
	return v.asset(v.r.PathValue("file"), "public, max-age=31536000, immutable")
}

// favicon is GET /favicon.ico, which browsers ask for by themselves.
func (s *site) favicon(v *visit) error { return v.asset("logo.svg", "public, max-age=86400") }

func (v *visit) asset(file, keep string) error {
	text, ok := v.assets.files[file]
	if !ok {
		return missing
	}
	h := v.w.Header()
	h.Set("Content-Type", types[path.Ext(file)])
	h.Set("Cache-Control", keep)
	h.Set("ETag", `"`+v.assets.version+`"`)
	http.ServeContent(v.w, v.r, file, time.Time{}, bytes.NewReader(text))
	return nil
}
