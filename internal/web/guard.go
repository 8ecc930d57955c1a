package web

import (
	"net/http"
	"strings"
	"time"
)

// policy is what a browser may do on our pages: nothing that isn't ours.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"media-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const (
	maxBody   = 64 << 10         // bytes in a form or an SDP offer
	maxFile   = 6 << 20          // bytes in a form with a file
	paperTime = 30 * time.Second // for reading a request and writing a page
)

// longAgo is a deadline that has passed by any clock.
var longAgo = time.Unix(1, 0)

// guard is around everything: headers that keep a browser strict, no changes
// asked for by other sites' pages, no endless bodies.
func (s *site) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.visit(w, r).fail(mistake{key: "wrong.origin", status: http.StatusForbidden})
	}))
	inner := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		strict(h)
		h.Set("Cache-Control", "no-store")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, most(r.URL.Path))
		inner.ServeHTTP(w, r)
	})
}

// most is how many bytes a body may have: forms that come with a file go to
// paths that end so.
func most(path string) int64 {
	if strings.HasSuffix(path, "/bestand") {
		return maxFile
	}
	return maxBody
}

// strict sets what every answer says to a browser.
func strict(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// strictly is for handlers of others, which may clear the headers.
type strictly struct{ http.ResponseWriter }

func (w strictly) WriteHeader(code int) {
	strict(w.Header())
	w.ResponseWriter.WriteHeader(code)
}

// hurry cuts the connection if reading or writing takes longer than a page
// may. The deadline itself is in the past: a timer decides when, not a clock.
func hurry(w http.ResponseWriter) (stop func()) {
	connection := http.NewResponseController(w)
	timer := time.AfterFunc(paperTime, func() {
		// Where deadlines aren't supported there is no connection to cut.
		_ = connection.SetReadDeadline(longAgo)
		_ = connection.SetWriteDeadline(longAgo)
	})
	return func() { timer.Stop() }
}

// orMissing answers what no route answers, with a page like any other.
func (s *site) orMissing(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var said status
		mux.ServeHTTP(&said, r)
		key := "wrong.missing"
		if said.code == http.StatusMethodNotAllowed {
			key = "wrong.method"
			w.Header().Set("Allow", said.Header().Get("Allow"))
		} else if said.code < http.StatusBadRequest { // a tidied path
			http.Redirect(w, r, said.Header().Get("Location"), said.code)
			return
		}
		v := s.visit(w, r)
		if err := v.sit(); err != nil {
			v.fail(err)
			return
		}
		v.fail(mistake{key: key, status: said.code})
	})
}

// A status keeps what a handler would have said, without saying it.
type status struct {
	header http.Header
	code   int
}

func (s *status) Header() http.Header {
	if s.header == nil {
		s.header = http.Header{}
	}
	return s.header
}
func (s *status) Write(b []byte) (int, error) { return len(b), nil }
func (s *status) WriteHeader(code int)        { s.code = code }
