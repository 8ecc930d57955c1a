package footage

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

func kdf() hpke.KDF   { return hpke.HKDFSHA256() }
func aead() hpke.AEAD { return hpke.AES256GCM() }

// about is what is sealed to a camera-hour is bound to.
func about(what string, camera premises.CameraID, hour vault.Hour) []byte {
	b := append([]byte(what), 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(camera)))
	b = append(b, camera...)
	return binary.BigEndian.AppendUint64(b, uint64(hour))
}

func runInfo(camera premises.CameraID, hour vault.Hour, run [16]byte) []byte {
	return append(about("oogmerk run v1", camera, hour), run[:]...)
}

// A ratchet gives the keys of a run's segments, one after the other, and
// can't go back.
type ratchet struct {
	secret []byte
	next   uint32 // index of the segment whose key comes next
}

// key returns the key of the next segment and forgets what it came from.
func (r *ratchet) key() ([]byte, error) {
	out, err := hkdf.Expand(sha256.New, r.secret, "oogmerk segment v1", 64)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive a segment's key: %w", err)
	}
	clear(r.secret)
	r.secret = out[32:]
	r.next++
	return out[:32:32], nil
}

// wipe forgets the rest of the run.
func (r *ratchet) wipe() { clear(r.secret) }

// A run is what one writer records of one camera during one hour.
type run struct {
	id     [16]byte
	camera premises.CameraID
	hour   vault.Hour
	sealed []byte
	ratchet
}

// newRun makes a run whose secret is sealed to the hour's public key. Nobody
// but the holder of the private key can have it back, this program included.
func newRun(public hpke.PublicKey, camera premises.CameraID, hour vault.Hour) (*run, error) {
	r := &run{camera: camera, hour: hour, ratchet: ratchet{secret: make([]byte, 32)}}
	rand.Read(r.id[:]) // never fails: the program ends if it does
	rand.Read(r.secret)
	var err error
	r.sealed, err = hpke.Seal(public, kdf(), aead(), runInfo(camera, hour, r.id), r.secret)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal a run's secret: %w", err)
	}
	return r, nil
}

// openRun is the opposite of newRun: it needs the private key.
func openRun(private hpke.PrivateKey, h *header) (*ratchet, error) {
	secret, err := hpke.Open(private, kdf(), aead(), runInfo(h.camera, h.hour, h.run), h.sealed)
	if err != nil || len(secret) != 32 {
		return nil, damaged("the run's secret doesn't open")
	}
	return &ratchet{secret: secret}, nil
}

// A sealer seals and opens the records of one segment.
type sealer struct {
	aead cipher.AEAD
	sum  [32]byte // of the header block

	// What seal gives the cipher, so that it needn't be made anew each time.
	nonce      [12]byte
	additional [32 + recordHeader]byte
}

func newSealer(key []byte, sum [32]byte) (*sealer, error) {
	gcm, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return &sealer{aead: gcm, sum: sum}, nil
}

// newAEAD wipes key: from here on only the cipher has it.
func newAEAD(key []byte) (cipher.AEAD, error) {
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("couldn't use a key: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("couldn't use a key: %w", err)
	}
	return gcm, nil
}

// bind fills in nonce and additional data of a record.
func (s *sealer) bind(nonce *[12]byte, additional *[32 + recordHeader]byte, clearHeader []byte) {
	copy(nonce[:], clearHeader[:4])
	copy(nonce[8:], clearHeader[4:8])
	copy(additional[:], s.sum[:])
	copy(additional[32:], clearHeader[:recordHeader])
}

// seal seals plain to behind the clear header in buf, which has room for it, and
// returns the tag. plain may be there already, and else is not in buf.
func (s *sealer) seal(buf, plain []byte) (tag [tagSize]byte) {
	s.bind(&s.nonce, &s.additional, buf)
	out := s.aead.Seal(buf[recordHeader:recordHeader], s.nonce[:], plain, s.additional[:])
	copy(tag[:], out[len(plain):])
	return tag
}

// open opens what follows the clear header in buf, in place.
func (s *sealer) open(buf []byte) ([]byte, error) {
	var nonce [12]byte
	var additional [32 + recordHeader]byte
	s.bind(&nonce, &additional, buf)
	at := buf[recordHeader:]
	plain, err := s.aead.Open(at[:0], nonce[:], at, additional[:])
	if err != nil {
		return nil, damaged("what was sealed doesn't open")
	}
	return plain, nil
}
