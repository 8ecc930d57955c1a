package transparency

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// A Header is what the header part of an entry says. It names nobody.
type Header struct {
	At                        time.Time
	Kind, Act, Object, Result string
	More                      json.RawMessage // anything further; may be nil
}

// atFormat has exactly microseconds, so that one instant has one text.
const atFormat = "2006-01-02T15:04:05.000000Z"

type headerJSON struct {
	At     string          `json:"at"`
	Kind   string          `json:"kind"`
	Act    string          `json:"act"`
	Object string          `json:"object"`
	Result string          `json:"result"`
	Header json.RawMessage `json:"header,omitempty"`
}

// Body is h as the bytes that are committed to.
func (h Header) Body() ([]byte, error) {
	if y := h.At.UTC().Year(); y < 1 || y > 9999 {
		return nil, fmt.Errorf("the year %d can't be written", y)
	}
	return Marshal(headerJSON{h.At.UTC().Format(atFormat), h.Kind, h.Act, h.Object, h.Result, h.More})
}

// ParseHeader is the opposite of [Header.Body].
func ParseHeader(body []byte) (Header, error) {
	var h headerJSON
	if err := json.Unmarshal(body, &h); err != nil {
		return Header{}, fmt.Errorf("the header isn't JSON as it should be: %w", err)
	}
	at, err := time.Parse(atFormat, h.At)
	if err != nil {
		return Header{}, fmt.Errorf("the header has no time as it should be: %w", err)
	}
	return Header{at, h.Kind, h.Act, h.Object, h.Result, h.Header}, nil
}

// Marshal is v as compact JSON in UTF-8, in which < > & stand as they are.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if !utf8.Valid(b.Bytes()) { // a RawMessage is copied as it is
		return nil, errors.New("the JSON isn't UTF-8")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// ErasureAct is the act of an entry that erases who from an earlier one. Its
// header is an [Erasure].
const ErasureAct = "persoonsgegevens wissen"

// An Erasure says of which entry the person part was erased, and why.
type Erasure struct {
	Entry int64  `json:"regel"`
	Why   string `json:"waarom"`
}

// erasure returns the entry whose person part the entry of h erases, if that
// is what it does.
func (h Header) erasure() (seq int64, ok bool, err error) {
	if h.Act != ErasureAct {
		return 0, false, nil
	}
	e := Erasure{Entry: -1}
	if err := json.Unmarshal(h.More, &e); err != nil || e.Entry < 0 {
		return 0, false, errors.New("it erases a person part, but doesn't say of which entry")
	}
	return e.Entry, true, nil
}
