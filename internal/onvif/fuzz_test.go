package onvif

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

func wrap(body string) []byte { return []byte(envelop("", body)) }

// FuzzReply reads what a camera may answer as everything we ask for.
func FuzzReply(f *testing.F) {
	f.Add(wrap(`<a:PullMessagesResponse xmlns:a="a"><a:NotificationMessage><a:Topic>tns1:VideoSource/tnsx:MotionAlarm</a:Topic><a:Message>` +
		`<t:Message UtcTime="2026-11-20T10:00:00Z" PropertyOperation="Changed"><t:Data><t:SimpleItem Name="State" Value="1"/></t:Data></t:Message></a:Message></a:NotificationMessage></a:PullMessagesResponse>`))
	f.Add(wrap(`<Fault><Code><Value>s:Sender</Value><Subcode><Value>ter:NotAuthorized</Value><Subcode><Value>x</Value></Subcode></Subcode></Code></Fault>`))
	f.Add(wrap(`<R><Profiles token="a"><Name>b</Name><Configurations><VideoEncoder><Encoding>H265</Encoding><Resolution><Width>1</Width></Resolution></VideoEncoder></Configurations></Profiles></R>`))
	f.Add(wrap(`<R><SubscriptionReference><Address>http://x/</Address><ReferenceParameters><s:I xmlns:s="u" a="&quot;">1</s:I></ReferenceParameters></SubscriptionReference></R>`))
	f.Add(wrap(`<R><ProbeMatch><XAddrs>http://10.0.0.1/x http://[fe80::1]/x</XAddrs><Scopes>onvif://www.onvif.org/name/a%20b</Scopes></ProbeMatch></R>`))
	f.Add([]byte(`<?xml version="1.0" encoding="latin1"?><Envelope><Body><R>` + "\xe9" + `</R></Body></Envelope>`))
	f.Add([]byte(`<!DOCTYPE x><Envelope/>`))
	now := time.Date(2026, 11, 20, 10, 0, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		if answer, err := read[pulled](text); err == nil && answer.Body.Reply != nil {
			for _, e := range answer.Body.Reply.events(now, time.Hour) {
				if now.Sub(e.At).Abs() > plausible {
					t.Errorf("an event at %v", e.At)
				}
			}
		} else if err != nil && (len(err.Error()) > 500 || strings.Contains(err.Error(), "\n")) {
			t.Errorf("what is wrong is no line: %q", err)
		}
		if answer, err := read[struct{}](text); err == nil && answer.Body.Fault != nil {
			if line := answer.Body.Fault.plain().Error(); len([]rune(line)) > 400 || strings.ContainsAny(line, "\r\n\x1b") {
				t.Errorf("a fault is no line: %q", line)
			}
		}
		// What must be repeated to a camera doesn't break the question.
		if answer, err := read[struct {
			All []reference `xml:",any"`
		}](text); err == nil && answer.Body.Reply != nil {
			for _, r := range answer.Body.Reply.All {
				if err := decent([]byte(envelop(r.String(), "<q/>"))); err != nil {
					t.Errorf("%+v breaks the question: %v", r, err)
				}
			}
		}
		from := netip.MustParseAddr("10.0.0.9")
		for _, m := range matches(text, from) {
			u, err := url.Parse(m.Device)
			if err != nil || u.Hostname() != from.String() {
				t.Errorf("found at %q, which isn't who answered", m.Device)
			}
		}
	})
}

// FuzzChallenge answers what a camera may ask by HTTP.
func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="a \"b\"", nonce="n", qop="auth,auth-int", algorithm=SHA-256, stale=TRUE`)
	f.Add(`Digest nonce=x, algorithm=MD5-sess, opaque="`)
	f.Add(`Basic realm="x"`)
	f.Add(`Digest nonce="a` + "\r\n" + `b", algorithm="MD5,x"`)
	f.Fuzz(func(t *testing.T, header string) {
		asked, err := choose([]string{header}, false)
		if err != nil {
			return
		}
		if asked.basic {
			t.Fatal("the password would be sent in the open")
		}
		h := http.Header{}
		h.Set("Authorization", proof{challenge: asked, count: 1, cnonce: "c"}.answer("/x", "u", "p"))
		if strings.ContainsAny(h.Get("Authorization"), "\r\n\x00") {
			t.Errorf("%q is answered with %q", header, h.Get("Authorization"))
		}
	})
}
