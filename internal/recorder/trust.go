package recorder

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
)

// An untrusted is a certificate that nobody vouches for.
type untrusted struct {
	host string
	hash [sha256.Size]byte
	was  bool // another is trusted
}

func (u *untrusted) Error() string {
	if u.was {
		return fmt.Sprintf("the camera at %s shows another certificate than the one to trust; if that is right, fill in this one's SHA-256: %x", u.host, u.hash)
	}
	return fmt.Sprintf("nobody vouches for the certificate of the camera at %s; if it is the right camera, fill in the certificate's SHA-256: %x", u.host, u.hash)
}

// trusting accepts the certificate that has trust as its SHA-256, in hex, and
// besides only one that somebody vouches for whom this machine trusts: most
// cameras make their own, for which nobody does.
func trusting(address, trust string) *tls.Config {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	return &tls.Config{
		ServerName:         host,
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // because of what follows
		VerifyConnection:   func(s tls.ConnectionState) error { return vouched(s.PeerCertificates, host, trust) },
	}
}

// vouched refuses certificates that neither are what trust says nor have
// somebody who vouches for them.
func vouched(shown []*x509.Certificate, host, trust string) error {
	if len(shown) == 0 {
		return &failure{causeCertificate, fmt.Errorf("the camera at %s shows no certificate", host)}
	}
	hash := sha256.Sum256(shown[0].Raw)
	if trust == hex.EncodeToString(hash[:]) {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range shown[1:] {
		between.AddCert(c)
	}
	if _, err := shown[0].Verify(x509.VerifyOptions{DNSName: host, Intermediates: between}); err == nil {
		return nil
	}
	return &failure{causeCertificate, &untrusted{host: host, hash: hash, was: trust != ""}}
}
