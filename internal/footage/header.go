package footage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"oogmerk/internal/blob"
	"oogmerk/internal/premises"
	"oogmerk/internal/vault"
)

// What is in a segment file is docs/formats/segment.md; the code follows that
// page, not the other way round.

// errDamaged is what a segment file says that isn't as it was written.
var errDamaged = errors.New("damaged")

func damaged(format string, a ...any) error {
	return fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, a...))
}

const (
	headerMagic   = "OOGMSEG\n"
	version       = 1
	flagContinues = 1
	sealedSecret  = 1168 // bytes of a run secret sealed with MLKEM768-X25519
	clockAt       = 146 + sealedSecret

	kemID, kdfID, aeadID = 0x647a, 0x0001, 0x0002
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A place is a segment's run and its index in it.
type place struct {
	run   [16]byte
	index uint32
}

func (p place) id() SegmentID {
	return SegmentID(fmt.Sprintf("%x-%04d", p.run, p.index))
}

// A header is the first block of a segment file.
type header struct {
	place
	camera  premises.CameraID
	hour    vault.Hour
	start   int64 // microseconds
	before  place // the segment this one continues
	chained bool  // there is one
	sealed  []byte
	ahead   int64 // milliseconds that the camera's clock was ahead of ours
}

// validCamera refuses ids that can't be a name on a file system.
func validCamera(id premises.CameraID) error {
	ok := len(id) >= 1 && len(id) <= 64 && strings.Trim(string(id), ".") != ""
	for _, c := range []byte(id) {
		ok = ok && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.')
	}
	if !ok {
		return fmt.Errorf("%q can't be a camera's id: give at most 64 letters, digits, dots, - and _", string(id))
	}
	return nil
}

// blobName is where a segment is kept.
func blobName(camera premises.CameraID, hour vault.Hour, id SegmentID) string {
	return blobDir(camera, hour) + "/" + string(id) + ".seg"
}

func blobDir(camera premises.CameraID, hour vault.Hour) string {
	return string(camera) + "/" + hour.Start().Format("2006-01-02T15Z")
}

func (h *header) blob() string { return blobName(h.camera, h.hour, h.id()) }

// put writes h in block, which is zero.
func (h *header) put(block []byte) {
	e := binary.BigEndian
	copy(block, headerMagic)
	e.PutUint16(block[8:], version)
	if h.chained {
		e.PutUint16(block[10:], flagContinues)
		e.PutUint32(block[52:], h.before.index)
		copy(block[56:], h.before.run[:])
	}
	e.PutUint32(block[12:], h.index)
	copy(block[16:], h.run[:])
	e.PutUint64(block[32:], uint64(h.hour))
	e.PutUint64(block[40:], uint64(h.start))
	e.PutUint16(block[72:], kemID)
	e.PutUint16(block[74:], kdfID)
	e.PutUint16(block[76:], aeadID)
	e.PutUint16(block[78:], uint16(len(h.camera)))
	copy(block[80:], h.camera)
	e.PutUint16(block[144:], uint16(len(h.sealed)))
	copy(block[146:], h.sealed)
	e.PutUint64(block[clockAt:], uint64(h.ahead))
	e.PutUint32(block[blob.Block-4:], crc32.Checksum(block[:blob.Block-4], castagnoli))
}

// parseHeader reads the first block of a segment file. Whatever it accepts,
// put writes the same bytes again: nothing in the block goes unread.
func parseHeader(block []byte) (*header, error) {
	e := binary.BigEndian
	if len(block) != blob.Block || string(block[:8]) != headerMagic {
		return nil, damaged("it doesn't begin like a segment")
	}
	if e.Uint32(block[blob.Block-4:]) != crc32.Checksum(block[:blob.Block-4], castagnoli) {
		return nil, damaged("the checksum of the header is wrong")
	}
	if v := e.Uint16(block[8:]); v != version {
		return nil, fmt.Errorf("the segment is of version %d; this program reads version %d", v, version)
	}
	if e.Uint32(block[48:]) != 0 {
		return nil, errors.New("the segment is sealed for a gate that two persons open; this program can't")
	}
	h := &header{
		place:   place{index: e.Uint32(block[12:])},
		hour:    vault.Hour(e.Uint64(block[32:])),
		start:   int64(e.Uint64(block[40:])),
		before:  place{index: e.Uint32(block[52:])},
		chained: e.Uint16(block[10:]) == flagContinues,
	}
	copy(h.run[:], block[16:])
	copy(h.before.run[:], block[56:])
	camera, sealed := int(e.Uint16(block[78:])), int(e.Uint16(block[144:]))
	if camera > 64 || sealed != sealedSecret {
		return nil, damaged("the header has impossible lengths")
	}
	h.camera = premises.CameraID(block[80 : 80+camera])
	h.sealed = bytes.Clone(block[146 : 146+sealed])
	h.ahead = int64(e.Uint64(block[clockAt:]))
	if err := validCamera(h.camera); err != nil {
		return nil, damaged("%v", err)
	}
	if vault.HourOf(timeOf(h.start)) != h.hour {
		return nil, damaged("it begins outside its hour")
	}
	again := make([]byte, blob.Block)
	h.put(again)
	if !bytes.Equal(again, block) {
		return nil, damaged("the header has something where nothing may be")
	}
	return h, nil
}

// headerSum is what binds every record of a segment to its header.
func headerSum(block []byte) [32]byte { return sha256.Sum256(block) }
