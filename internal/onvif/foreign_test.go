package onvif_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/onvif"
)

type netipAddr = netip.Addr

// listen is the address of something that answers every question, given its
// path, with the same text.
func listen(t *testing.T, answer func(path string) string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(answer(r.URL.Path)))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/onvif/device_service"
}

func envelope(body string) string {
	return `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>` + body + `</e:Body></e:Envelope>`
}

// TestForeign: whatever answers, it is one clear line.
func TestForeign(t *testing.T) {
	for name, c := range map[string]struct{ text, line string }{
		"a page":          {"<html><body>Welkom<br></body></html>", "isn't ONVIF"},
		"nothing":         {"", "isn't ONVIF"},
		"text":            {"\x00\xff nee", "isn't ONVIF"},
		"a declaration":   {`<!DOCTYPE x [<!ENTITY a "aaaa">]>` + envelope("<r>&a;</r>"), "declares"},
		"an entity":       {envelope("<r>&lol;</r>"), "isn't ONVIF"},
		"too deep":        {envelope(strings.Repeat("<r>", 100) + strings.Repeat("</r>", 100)), "too involved"},
		"too much":        {envelope(strings.Repeat("<r/>", 30_000)), "too involved"},
		"too long":        {strings.Repeat(" ", 2<<20), "longer than"},
		"an empty answer": {envelope(""), "is empty"},
		"a fault": {envelope(`<e:Fault><e:Code><e:Value>e:Receiver</e:Value></e:Code><e:Reason><e:Text>Kapot` + "\x1b[31m\n\n" +
			strings.Repeat("x", 500) + `</e:Text></e:Reason></e:Fault>`), "isn't ONVIF"}, // a control character is no XML
		"a readable fault": {envelope(`<e:Fault><e:Code><e:Value>e:Receiver</e:Value></e:Code><e:Reason><e:Text>Kapot` + "\n\u202e" +
			strings.Repeat("x", 500) + `</e:Text></e:Reason></e:Fault>`), "Kapot xxx"},
		"an old fault": {envelope(`<e:Fault><faultcode>e:Client</faultcode><faultstring>Oud</faultstring></e:Fault>`), "Oud (e:Client)"},
	} {
		t.Run(name, func(t *testing.T) {
			device := listen(t, func(string) string { return c.text })
			_, err := client(t, nil, onvif.Options{Device: device}).Device(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.line) || strings.ContainsAny(err.Error(), "\n\x1b\u202e") || len(err.Error()) > 400 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestRedirect: a camera may send us elsewhere on itself, and nowhere else.
func TestRedirect(t *testing.T) {
	o := plain()
	camera := start(t, o)
	base := strings.TrimSuffix(camera.Device(), "/onvif/device_service")
	for name, c := range map[string]struct {
		to   string
		good bool
	}{
		"itself":         {camera.Device(), true},
		"somebody else":  {"http://192.0.2.1/onvif/device_service", false},
		"with a name":    {strings.Replace(base, "http://", "http://a:b@", 1), false},
		"something else": {"file:///etc/passwd", false},
		"nowhere":        {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.RedirectHandler(c.to, http.StatusFound))
			t.Cleanup(s.Close)
			with := as(o)
			with.Device = s.URL
			_, err := client(t, nil, with).Clock(t.Context())
			if (err == nil) != c.good {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("around", func(t *testing.T) {
		n := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}))
		t.Cleanup(s.Close)
		if _, err := client(t, nil, onvif.Options{Device: s.URL}).Clock(t.Context()); err == nil || n > 5 {
			t.Errorf("%d times, %v", n, err)
		}
	})
}

// TestOptions refuses what is no address and no certificate.
func TestOptions(t *testing.T) {
	for _, o := range []onvif.Options{{Device: "10.0.0.1"}, {Device: "ftp://10.0.0.1/"}, {Device: "http://a:b@10.0.0.1/"}, {Device: "http:///x"},
		{Device: "http://10.0.0.1/", Trust: "abc"}, {Device: "http://10.0.0.1/", Trust: "abcd"}} {
		o.Now = time.Now
		if _, err := onvif.New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if _, err := onvif.New(onvif.Options{Device: "http://10.0.0.1/"}); err == nil {
		t.Error("there was no clock")
	}
}

// TestOddWords: a camera that writes in the letters of long ago, and tells a
// time that isn't one.
func TestOddWords(t *testing.T) {
	answers := func(path string) string { return "" }
	device := listen(t, func(path string) string { return answers(path) })
	answers = func(string) string {
		return `<?xml version="1.0" encoding="ISO-8859-1"?>` + envelope("<R><Manufacturer>Caf\xe9</Manufacturer></R>")
	}
	got, err := client(t, nil, onvif.Options{Device: device}).Device(t.Context())
	if err != nil || got.Maker != "Café" {
		t.Errorf("it is %+v, %v", got, err)
	}
	answers = func(string) string {
		return envelope("<R><SystemDateAndTime><UTCDateTime><Date><Year>2026</Year><Month>13</Month><Day>40</Day></Date></UTCDateTime></SystemDateAndTime></R>")
	}
	if _, err := client(t, nil, onvif.Options{Device: device}).Clock(t.Context()); err == nil || errors.Is(err, onvif.ErrForeign) {
		t.Errorf("its clock: %v", err)
	}
}
