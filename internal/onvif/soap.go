package onvif

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// The services, by namespace.
const (
	nsDevice    = "http://www.onvif.org/ver10/device/wsdl"
	nsMedia     = "http://www.onvif.org/ver10/media/wsdl"
	nsMedia2    = "http://www.onvif.org/ver20/media/wsdl"
	nsEvents    = "http://www.onvif.org/ver10/events/wsdl"
	nsPTZ       = "http://www.onvif.org/ver20/ptz/wsdl"
	nsRecording = "http://www.onvif.org/ver10/recording/wsdl"
	nsSchema    = "http://www.onvif.org/ver10/schema"
	nsNotify    = "http://docs.oasis-open.org/wsn/b-2"
	nsManager   = "http://docs.oasis-open.org/wsn/bw-2"
	nsAddress   = "http://www.w3.org/2005/08/addressing"
)

const (
	deepest = 40     // elements within elements of an answer
	most    = 20_000 // elements of an answer
)

// A Fault is a camera's own account of why it doesn't do what was asked.
type Fault struct {
	Code   string // the innermost, such as "ter:NotAuthorized"
	Reason string // in the camera's words
}

func (f *Fault) Error() string {
	return fmt.Sprintf("the camera answers: %s (%s)", f.Reason, f.Code)
}

// Is makes a fault [ErrLogin] or [ErrAbsent], if it is that.
func (f *Fault) Is(target error) bool {
	switch f.Code[strings.LastIndex(f.Code, ":")+1:] {
	case "NotAuthorized", "FailedAuthentication", "SenderNotAuthorized":
		return target == ErrLogin
	case "ActionNotSupported", "OptionalActionNotImplemented", "UnknownAction", "NoSuchService":
		return target == ErrAbsent
	}
	return false
}

// spoken reports whether err came from a camera that answered, and said no.
func spoken(err error) bool {
	var fault *Fault
	return errors.As(err, &fault) || errors.Is(err, ErrLogin) || errors.Is(err, errNoTime)
}

// ask puts a question to a camera. Of T, the answer's elements and attributes
// are filled in by their local names: cameras differ in what namespaces they
// put them in.
func ask[T any](ctx context.Context, c *Client, q question) (T, error) {
	reply, err := askOnce[T](ctx, c, q)
	if errors.Is(err, ErrLogin) && !q.open && c.drifted(ctx) {
		return askOnce[T](ctx, c, q)
	}
	return reply, err
}

// drifted reports whether the camera's clock is no longer what it was: a proof
// of who asks was refused because of that, then.
func (c *Client) drifted(ctx context.Context) bool {
	c.mu.Lock()
	was, byClock := c.ahead, c.asked == nil && c.o.Username != ""
	c.mu.Unlock()
	if !byClock {
		return false
	}
	ahead, err := c.Clock(ctx)
	return err == nil && (ahead-was).Abs() > 2*time.Second
}

func askOnce[T any](ctx context.Context, c *Client, q question) (reply T, err error) {
	text, status, err := c.send(ctx, q)
	if err != nil {
		return reply, err
	}
	answer, err := read[T](text)
	switch {
	case err != nil && status/100 != 2:
		return reply, fmt.Errorf("%w (HTTP %d)", ErrForeign, status)
	case err != nil:
		return reply, err
	case answer.Body.Fault != nil:
		return reply, answer.Body.Fault.plain()
	case status/100 != 2:
		return reply, fmt.Errorf("%w (HTTP %d)", ErrForeign, status)
	case answer.Body.Reply != nil:
		return *answer.Body.Reply, nil
	case q.command:
		return reply, nil
	}
	return reply, errors.New("the camera's answer is empty; ask its maker for newer firmware")
}

// An envelope is a message with an answer of type T in it.
type envelope[T any] struct {
	XMLName xml.Name `xml:"Envelope"`
	Body    struct {
		Fault *fault `xml:"Fault"`
		Reply *T     `xml:",any"`
	}
}

// A fault is that of SOAP 1.2, or of 1.1.
type fault struct {
	Code   faultCode
	Reason struct{ Text string }

	Old     string `xml:"faultcode"`
	OldText string `xml:"faultstring"`
}

type faultCode struct {
	Value   string
	Subcode *faultCode
}

func (f *fault) plain() *Fault {
	inner := &f.Code
	for inner.Subcode != nil && inner.Subcode.Value != "" {
		inner = inner.Subcode
	}
	p := &Fault{Code: clean(inner.Value), Reason: clean(f.Reason.Text)}
	if p.Code == "" {
		p.Code, p.Reason = clean(f.Old), clean(f.OldText)
	}
	// "ter:NotAuthorized" may stand above something more particular.
	for c := &f.Code; c != nil; c = c.Subcode {
		if strings.HasSuffix(c.Value, ":NotAuthorized") || strings.HasSuffix(c.Value, ":ActionNotSupported") {
			p.Code = clean(c.Value)
		}
	}
	return p
}

// read reads an answer, of which nothing is believed.
func read[T any](text []byte) (e envelope[T], err error) {
	if err := decent(text); err != nil {
		return e, err
	}
	d := decoder(text)
	if err := d.Decode(&e); err != nil {
		return e, fmt.Errorf("%w: %s", ErrForeign, clean(err.Error()))
	}
	return e, nil
}

// decent refuses an answer that isn't XML, that declares anything, or that
// goes too deep.
func decent(text []byte) error {
	d := decoder(text)
	depth, elements := 0, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if elements == 0 {
				return ErrForeign
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %s", ErrForeign, clean(err.Error()))
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
			elements++
		case xml.EndElement:
			depth--
		case xml.Directive:
			return fmt.Errorf("%w: it declares things of its own", ErrForeign)
		}
		if depth > deepest || elements > most {
			return fmt.Errorf("%w: its answer is too involved", ErrForeign)
		}
	}
}

// decoder reads XML in UTF-8, or in what old cameras write.
func decoder(text []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "us-ascii", "ascii", "iso-8859-1", "latin1":
			return &latin{input: input}, nil
		}
		return nil, fmt.Errorf("unknown character set %q", clean(charset))
	}
	return d
}

// latin reads ISO 8859-1 as UTF-8.
type latin struct {
	input io.Reader
	rest  []byte
}

func (l *latin) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		var b [512]byte
		n, err := l.input.Read(b[:])
		for _, c := range b[:n] {
			l.rest = append(l.rest, string(rune(c))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// envelop makes a message.
func envelop(header, body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:t="` + nsSchema +
		`"><s:Header>` + header + `</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

// element is an empty element, or one with text in it, which is XML already.
func element(namespace, name, inner string) string {
	return `<` + name + ` xmlns="` + namespace + `">` + inner + `</` + name + `>`
}

// escape is text as XML.
func escape(text string) string {
	var b strings.Builder
	// A strings.Builder doesn't fail.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// clean is text of a camera's as it can be shown: one line, not too long, and
// nothing in it that isn't seen.
func clean(text string) string {
	const longest = 120
	var out []rune
	for _, r := range strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ") {
		if !unicode.IsPrint(r) {
			continue
		}
		if out = append(out, r); len(out) == longest {
			return string(out) + "…"
		}
	}
	return string(out)
}
