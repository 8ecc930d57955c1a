package transparency

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// A stranger who has docs/formats/logbook.md, and nothing of this package,
// verifies the example in it; and this package finds it in order too.
func TestStranger(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/logbook.md")
	if err != nil {
		t.Fatal(err)
	}
	key, export := strings.TrimSpace(fence(t, string(page), "key")), fence(t, string(page), "export")
	if err := strangerVerifies(export, key); err != nil {
		t.Error(err)
	}
	if err := strangerVerifies(strings.Replace(export, "terugkijken", "uitkijken", 1), key); err == nil {
		t.Error("the stranger notices nothing")
	}
	v, err := NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := VerifyExport(strings.NewReader(export), v, nil, func(fault string) { t.Error(fault) })
	if err != nil || c.Size != 2 {
		t.Error(c, err)
	}
}

func fence(t *testing.T, page, name string) string {
	_, rest, _ := strings.Cut(page, "\n```"+name+"\n")
	text, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatalf("the page has no example called %s", name)
	}
	return text
}

func strangerVerifies(export, key string) error {
	parts := strings.SplitN(export, "\n\n", 3)
	text, signature, entries := parts[0]+"\n", parts[1], parts[2]
	head := strings.Split(text, "\n")
	keyParts := strings.SplitN(key, "+", 3)
	publicKey, err := base64.StdEncoding.DecodeString(keyParts[2])
	if err != nil {
		return err
	}
	encoded := strings.TrimPrefix(signature, "— "+keyParts[0]+" ")
	signed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	if keyParts[0] != head[0] || fmt.Sprintf("%x", signed[:4]) != keyParts[1] || !ed25519.Verify(publicKey[1:], []byte(text), signed[4:]) {
		return fmt.Errorf("the checkpoint isn't signed")
	}
	var leaves [][]byte
	for line := range strings.Lines(entries) {
		leaf, err := strangerHashes(line)
		if err != nil {
			return err
		}
		leaves = append(leaves, leaf)
	}
	if root := base64.StdEncoding.EncodeToString(strangerRoot(leaves)); fmt.Sprint(len(leaves)) != head[1] || root != head[2] {
		return fmt.Errorf("%d entries make the root %s", len(leaves), root)
	}
	return nil
}

func strangerHashes(line string) ([]byte, error) {
	var entry struct {
		Salt_header, Salt_person, Commit_person []byte
		Header, Person                          *string
	}
	if err := json.Unmarshal([]byte(line), &entry); err != nil {
		return nil, err
	}
	commit := func(part string, salt []byte, body string) []byte {
		mac := hmac.New(sha256.New, salt)
		fmt.Fprintf(mac, "oogmerk logbook v1 %s\x00%s", part, body)
		return mac.Sum(nil)
	}
	person := entry.Commit_person
	if entry.Person != nil {
		person = commit("person", entry.Salt_person, *entry.Person)
	}
	return sum([]byte{0, 1}, commit("header", entry.Salt_header, *entry.Header), person), nil
}

func sum(parts ...[]byte) []byte {
	hash := sha256.Sum256(bytes.Join(parts, nil))
	return hash[:]
}

func strangerRoot(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	left := 1
	for left*2 < len(leaves) {
		left *= 2
	}
	return sum([]byte{1}, strangerRoot(leaves[:left]), strangerRoot(leaves[left:]))
}
