package footage

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"fmt"

	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// A canary is a known text under a key that follows from the private key of
// its hour, and from nothing else: it opens for as long as that key exists.
// One of each camera-hour is kept for ever, so it is 54 bytes and not the
// 1,174 of a text that is sealed to the public key.

const canaryText = "oogmerk: this hour has not been erased"

func newCanary(private hpke.PrivateKey, camera premises.CameraID, hour vault.Hour) ([]byte, error) {
	aead, err := canaryCipher(private, camera, hour)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, make([]byte, aead.NonceSize()), []byte(canaryText), nil), nil
}

// openCanary returns nil if the canary is that of its hour.
func openCanary(private hpke.PrivateKey, camera premises.CameraID, hour vault.Hour, canary []byte) error {
	aead, err := canaryCipher(private, camera, hour)
	if err != nil {
		return err
	}
	text, err := aead.Open(nil, make([]byte, aead.NonceSize()), canary, nil)
	if err != nil || string(text) != canaryText {
		return damaged("it isn't the text that was sealed")
	}
	return nil
}

// canaryCipher seals one text only, always the same, so its nonce is zeros.
func canaryCipher(private hpke.PrivateKey, camera premises.CameraID, hour vault.Hour) (cipher.AEAD, error) {
	secret, err := private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("couldn't derive the key of a canary: %w", err)
	}
	defer clear(secret)
	key, err := hkdf.Expand(sha256.New, secret, string(about("oogmerk canary v1", camera, hour)), 32)
	if err != nil {
		return nil, fmt.Errorf("couldn't derive the key of a canary: %w", err)
	}
	return newAEAD(key)
}
