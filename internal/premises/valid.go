package premises

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"oogmerk/internal/db"
)

// Invalid is what is wrong with what someone filled in: one line for the
// page, in Dutch, that says what, why and how to mend it.
type Invalid string

func (i Invalid) Error() string { return string(i) }

const unknownSite Invalid = "Deze locatie is niet bekend: kies er een uit de lijst."

// address refuses what isn't the address of a stream.
func address(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || len(raw) > 500 || u.Scheme != "rtsp" && u.Scheme != "rtsps":
		return Invalid("Dit is geen adres van een camerabeeld: het begint met rtsp:// of rtsps://, dan de camera en het pad.")
	case u.Hostname() == "":
		return Invalid("In het adres staat geen camera: zet naam of IP-adres achter rtsp://.")
	case u.User != nil:
		return Invalid("In het adres staat een naam of wachtwoord: haal die weg en vul ze in hun eigen veld in.")
	}
	return nil
}

// service refuses what isn't the address of an ONVIF service.
func service(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || len(raw) > 500 || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return Invalid("Dit is geen adres van een ONVIF-dienst: het begint met http:// of https://, dan de camera en het pad.")
	case u.User != nil:
		return Invalid("In het ONVIF-adres staat een naam of wachtwoord: haal die weg en vul ze in hun eigen veld in.")
	}
	return nil
}

// fingerprint refuses what isn't the SHA-256 of a certificate.
func fingerprint(hash string) error {
	if b, err := hex.DecodeString(hash); err != nil || len(b) != 0 && len(b) != sha256.Size || strings.ToLower(hash) != hash {
		return Invalid("Dit is geen kenmerk van een certificaat: het zijn 64 tekens, cijfers en de letters a tot en met f.")
	}
	return nil
}

// line refuses what is empty, or too long for a line.
func line(what, text string) error {
	if text == "" {
		return Invalid("Vul " + what + " in: zonder kan het niet.")
	}
	return short(what, text, 80)
}

func short(what, text string, most int) error {
	if len([]rune(text)) > most || strings.ContainsAny(text, "\r\n\x00") {
		return Invalid(fmt.Sprintf("Maak van %s één regel van hoogstens %d tekens.", what, most))
	}
	return nil
}

// known refuses a site that isn't there.
func known(ctx context.Context, q db.Querier, id SiteID) error {
	var n int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM site WHERE id = $1", string(id)).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return unknownSite
	}
	return nil
}
