package survey

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
)

const (
	errAddress  Invalid = "Dit is geen adres van een camera: vul een IP-adres in, of het ONVIF- of rtsp-adres."
	errPath     Invalid = "Dit pad hoort niet bij ONVIF: laat het weg, of begin het met /onvif/."
	errInside   Invalid = "In het adres staat een naam of wachtwoord: haal die weg en vul ze in hun eigen veld in."
	errLong     Invalid = "De gebruikersnaam en het wachtwoord zijn elk hoogstens 80 tekens."
	errLogin    Invalid = "De camera weigert deze gebruikersnaam met dit wachtwoord: verbeter ze en probeer het opnieuw."
	errForeign  Invalid = "Wat daar antwoordt, spreekt geen ONVIF: zet ONVIF aan in de camera, of vul haar rtsp-adres in."
	errPlain    Invalid = "De camera wil het wachtwoord onversleuteld hebben: kies digest of https in haar instellingen."
	errSilent   Invalid = "Op dit adres antwoordt geen camera: kijk of het adres klopt en of zij aanstaat."
	errNoVideo  Invalid = "De camera antwoordt, maar stuurt op dit adres geen beeld dat opgenomen kan worden: verbeter het pad, of kies H.264 in haar instellingen."
	errShuffled Invalid = "De camera stuurt haar H.265 in een volgorde die niet opgenomen kan worden (sprop-max-don-diff): zet dat uit, of kies H.264 in haar instellingen."
	errNoStream Invalid = "De camera antwoordt, maar noemt geen beeld dat opgenomen kan worden: kies H.264 in haar instellingen."
)

// Untrusted is the error for a camera whose certificate nobody vouches for.
// Whoever can read it off the camera itself may say that it is the right one.
type Untrusted struct{ Fingerprint string } // SHA-256 in hex

func (u *Untrusted) Error() string { return "nobody vouches for certificate " + u.Fingerprint }

// An Attempt is what somebody tries to reach a camera with.
type Attempt struct {
	Address            string // of a machine, of an ONVIF service, or of a stream
	Username, Password string
	Trust              string // SHA-256, in hex, of the certificate it may show; "" for one that somebody vouches for
}

// Try asks a camera at a site who it is and what it has, and keeps what came of
// it for [Survey.Trial]. It fetches no picture.
func (s *Survey) Try(ctx context.Context, who people.Presence, site premises.SiteID, a Attempt) (string, error) {
	at, err := s.target(a)
	if err != nil {
		return "", err
	}
	if !take(s.trying) {
		return "", errBusy
	}
	defer func() { <-s.trying }()
	permit, err := s.enter(ctx, who, site, "proberen")
	if err != nil {
		return "", err
	}
	bounded, done := until(ctx, permit, tryTime)
	defer done()
	answer, err := s.ask(bounded, at, a)
	result := "gedaan"
	if err != nil {
		result = "mislukt"
	}
	if no := permit.Withdrawn(); no != nil {
		err = no
	}
	err = errors.Join(line(err), permit.Close(context.WithoutCancel(ctx), result, nil))
	if err != nil {
		return "", err
	}
	return s.trials.put(who, s.now(), &Trial{Site: site, Answer: answer, Username: a.Username, host: at.Hostname(), password: a.Password}), nil
}

// target is what an attempt is at: a stream, or an ONVIF service.
func (s *Survey) target(a Attempt) (*url.URL, error) {
	text := strings.TrimSpace(a.Address)
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > 500 || u.Hostname() == "":
		return nil, errAddress
	case u.User != nil:
		return nil, errInside
	case len([]rune(a.Username)) > 80 || len([]rune(a.Password)) > 80:
		return nil, errLong
	}
	switch u.Scheme {
	case "rtsp", "rtsps":
		return u, nil
	case "http", "https":
	default:
		return nil, errAddress
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/onvif/device_service"
	}
	// Other services of other machines are none of our business.
	if !strings.HasPrefix(u.Path, "/onvif/") && !s.known(u.String()) {
		return nil, errPath
	}
	return u, nil
}

// ask asks whatever is at an address.
func (s *Survey) ask(ctx context.Context, at *url.URL, a Attempt) (Answer, error) {
	if at.Scheme == "rtsp" || at.Scheme == "rtsps" {
		one, err := s.stream(ctx, Stream{URL: at.String(), Name: at.Path}, a)
		return Answer{Trust: a.Trust, Streams: []Stream{one}, Sound: fact(one.Sound, nil)}, err
	}
	return s.device(ctx, at.String(), a)
}

// stream asks what a stream has to send.
func (s *Survey) stream(ctx context.Context, one Stream, a Attempt) (Stream, error) {
	offer, err := recorder.Try(ctx, premises.Camera{URL: one.URL, Username: a.Username, Password: a.Password, Trust: a.Trust}, s.allow)
	if offer.Trust != "" {
		return one, &Untrusted{offer.Trust}
	}
	if err != nil {
		return one, err
	}
	one.Codec, one.Sound, one.Answers = offer.Codec, offer.Sound, true
	if one.Width == 0 {
		one.Width, one.Height = offer.Width, offer.Height
	}
	return one, nil
}

// line is what went wrong as somebody can mend it.
func line(err error) error {
	var strange *onvif.Untrusted
	var refusal *gate.Refusal
	var known *Untrusted
	var invalid Invalid
	switch {
	case err == nil || errors.As(err, &refusal) || errors.As(err, &known) || errors.As(err, &invalid):
		return err
	case errors.As(err, &strange):
		return &Untrusted{strange.Fingerprint}
	case errors.Is(err, errOutside):
		return errPublic
	case errors.Is(err, onvif.ErrLogin) || errors.Is(err, recorder.ErrLogin):
		return errLogin
	case errors.Is(err, onvif.ErrPlain):
		return errPlain
	case errors.Is(err, onvif.ErrForeign):
		return errForeign
	case errors.Is(err, recorder.ErrShuffled):
		return errShuffled
	case errors.Is(err, recorder.ErrNoVideo):
		return errNoVideo
	}
	return errSilent
}
