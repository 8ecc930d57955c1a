package footage

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"testing"
	"time"
)

// What follows up to the test was written from docs/formats/segment.md alone
// and uses nothing of this package. It reads the fragments one by one and
// doesn't trust the table, then compares the two.

type strangerSample struct {
	size, duration uint64
	cts            int64
	key            bool
}

type strangerFragment struct {
	at, ticks int64
	config    []byte
	samples   []strangerSample
	data      []byte
	offset    int64
	length    uint32
	tag       []byte
}

func strangerRead(file []byte, private hpke.PrivateKey) (out []strangerFragment, err error) {
	defer func() { // slices out of range, for a reader in a hurry
		if r := recover(); r != nil {
			err = fmt.Errorf("unreadable: %v", r)
		}
	}()
	be := binary.BigEndian
	crc := func(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
	head := file[:4096]
	if string(head[:8]) != "OOGMSEG\n" || be.Uint16(head[8:]) != 1 || be.Uint32(head[48:]) != 0 || be.Uint32(head[4092:]) != crc(head[:4092]) {
		return nil, errors.New("no segment")
	}
	n := be.Uint16(head[78:])
	info := append([]byte("oogmerk run v1\x00"), head[78:80]...)
	info = append(append(append(info, head[80:80+n]...), head[32:40]...), head[16:32]...)
	secret, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), info, head[146:146+int(be.Uint16(head[144:]))])
	if err != nil {
		return nil, err
	}
	var key []byte
	for range be.Uint32(head[12:]) + 1 {
		both, err := hkdf.Expand(sha256.New, secret, "oogmerk segment v1", 64)
		if err != nil {
			return nil, err
		}
		key, secret = both[:32], both[32:]
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(head)
	unseal := func(at int64) (clearHeader, plain []byte, err error) {
		h := file[at : at+64]
		if be.Uint32(h[60:]) != crc(h[:60]) {
			return nil, nil, errors.New("bad checksum")
		}
		nonce := make([]byte, 12)
		copy(nonce, h[:4])
		be.PutUint64(nonce[4:], uint64(be.Uint32(h[4:])))
		plain, err = gcm.Open(nil, nonce, file[at+64:at+64+int64(be.Uint32(h[8:]))], append(sum[:], h...))
		return h, plain, err
	}
	at := int64(4096)
	for string(file[at:at+4]) == "OGFR" {
		h, plain, err := unseal(at)
		if err != nil {
			return nil, err
		}
		f := strangerFragment{at: int64(be.Uint64(h[16:])), ticks: int64(be.Uint64(h[24:])), offset: at, length: be.Uint32(h[8:])}
		f.tag = file[at+64+int64(f.length)-16 : at+64+int64(f.length)]
		r := bytes.NewReader(plain)
		if be.Uint32(h[32:])&1 != 0 {
			f.config = strangerConfig(r)
		}
		f.samples = strangerSamples(r, uint64(be.Uint32(h[12:])))
		f.data = plain[len(plain)-r.Len():]
		out = append(out, f)
		at += (64 + int64(f.length) + 4095) / 4096 * 4096
	}
	if string(file[len(file)-8:]) != "OOGMEND\n" || int64(be.Uint64(file[len(file)-16:])) != at {
		return nil, errors.New("no footer")
	}
	_, plain, err := unseal(at)
	if err != nil {
		return nil, err
	}
	return out, strangerTable(plain, int64(be.Uint64(head[40:])), sum, out)
}

func strangerConfig(r *bytes.Reader) []byte {
	var out []byte
	uv := func() uint64 { v, _ := binary.ReadUvarint(r); return v }
	if uv() != 1 {
		panic("codec")
	}
	for range uv() {
		set := make([]byte, uv())
		r.Read(set)
		out = append(append(out, set...), '|')
	}
	return out
}

func strangerSamples(r *bytes.Reader, n uint64) []strangerSample {
	out := make([]strangerSample, n)
	for i := range out {
		v, _ := binary.ReadUvarint(r)
		out[i].size, out[i].key = v/2, v%2 == 1
		out[i].duration, _ = binary.ReadUvarint(r)
		out[i].cts, _ = binary.ReadVarint(r)
	}
	return out
}

// strangerTable checks that the table says what the fragments said.
func strangerTable(plain []byte, start int64, sum [32]byte, fragments []strangerFragment) error {
	r := bytes.NewReader(plain)
	uv := func() uint64 { v, _ := binary.ReadUvarint(r); return v }
	hash := sha256.New()
	hash.Write(sum[:])
	if uv() != uint64(len(fragments)) {
		return errors.New("table: number of fragments")
	}
	var config []byte
	for _, f := range fragments {
		offset, length, tag := uv()*4096, uv(), make([]byte, 16)
		r.Read(tag)
		hash.Write(tag)
		delta, _ := binary.ReadVarint(r)
		if uv() == 1 {
			if uv() == 1 {
				config = strangerConfig(r)
			}
			if !bytes.Equal(config, f.config) {
				return errors.New("table: config")
			}
		}
		samples := strangerSamples(r, uv())
		if offset != uint64(f.offset) || length != uint64(f.length) || !bytes.Equal(tag, f.tag) || start+delta != f.at || len(samples) != len(f.samples) {
			return errors.New("table: fragment")
		}
		for i := range samples {
			if samples[i] != f.samples[i] {
				return errors.New("table: sample")
			}
		}
	}
	sum32 := make([]byte, 32)
	r.Read(sum32)
	if !bytes.Equal(sum32, hash.Sum(nil)) {
		return errors.New("table: hash")
	}
	if n := uv(); n != uint64(r.Len()) {
		return errors.New("table: activity")
	}
	return nil
}

func TestStrangerReadsASegment(t *testing.T) {
	s := lite(t)
	film := shoot(noon.Add(time.Minute), 200, 6)
	for _, f := range film[100:] {
		if f.Key() {
			f.Config.SPS = []byte("set up differently")
		}
	}
	s.record(film)
	private, err := s.vault.Private(string(cam), noonH)
	s.must(err)
	i := 0
	for _, g := range s.allRows() { // index 0 and 1 of a run
		fragments, err := strangerRead(read(t, s.dir+"/"+g.Blob), private)
		s.must(err)
		for _, f := range fragments {
			want := film[i]
			i++
			if f.at != want.Start.UnixMicro() || !bytes.Equal(f.data, want.Data) || len(f.samples) != len(want.Samples) || f.ticks != int64(want.Ticks()) {
				t.Fatalf("a stranger reads fragment %d differently", i-1)
			}
			for j, sample := range f.samples {
				w := want.Samples[j]
				if sample != (strangerSample{uint64(w.Size), uint64(w.Duration), int64(w.CTS), w.Key}) {
					t.Fatalf("a stranger reads sample %d of fragment %d differently", j, i-1)
				}
			}
			if want.Key() && string(f.config) != string(want.Config.SPS)+"|"+string(want.Config.PPS)+"|" {
				t.Fatalf("a stranger reads the config of fragment %d differently: %q", i-1, f.config)
			}
		}
	}
	if i != len(film) {
		t.Errorf("a stranger reads %d fragments, want %d", i, len(film))
	}
}
