package media

import (
	"bytes"
	"time"
)

// MaxAccessUnit is how many bytes one picture may have. More is no picture.
const MaxAccessUnit = 8 << 20

// A Depacketizer makes pictures of the RTP packets of one camera, copying each
// byte once: of H.264 (RFC 6184, packetization modes 0 and 1), H.265 (RFC 7798
// without decoding order numbers) or MJPEG (RFC 2435).
//
// It drops what a decoder couldn't use: a picture that misses a packet, and
// everything after it up to the next key picture.
type Depacketizer struct {
	emit func(*AccessUnit) error
	kind uint8 // payload type
	seq  sequence
	bad  uint64

	unit   assembly
	config *Config
	order  order
	pace   pace
	scale  scale
	au     AccessUnit

	waiting bool // for a key picture
	missing bool // something was dropped since the last picture
	joined  bool // the last key picture was the first: those before it are missing

	// Some cameras set the marker bit on each slice. Once seen, only a new
	// timestamp ends a picture.
	markersLie bool
	marked     bool   // the last picture ended with a marker,
	markedTime uint32 // and this was its timestamp
}

// NewDepacketizer returns a depacketizer of the packets of a payload type.
// Of H.265 none may have decoding order numbers (sprop-max-don-diff). config is what the session description promised, or nil. emit gets each
// picture as soon as it is complete, and only during Push; what it gets is
// overwritten by the next one. Its error becomes Push's.
func NewDepacketizer(codec Codec, payloadType uint8, config *Config, emit func(*AccessUnit) error) *Depacketizer {
	d := &Depacketizer{emit: emit, kind: payloadType, waiting: true, config: &Config{Codec: codec}}
	d.unit.stream = &stream{codec: codec}
	d.unit.reset()
	d.unit.unsure = true
	if config != nil && config.Codec == codec {
		d.config = config.Clone()
	}
	return d
}

// Place has each picture put together in what place returns: no bytes, with
// capacity for them. It gets what was returned before, without its bytes. A
// picture for which that isn't enough is elsewhere.
func (d *Depacketizer) Place(place func(old []byte) []byte) {
	d.unit.place = place
	d.unit.data = place(d.unit.data[:0])
}

// Lost is how many packets never came.
func (d *Depacketizer) Lost() uint64 { return d.seq.lost }

// Bad is how many packets came that nothing could be made of.
func (d *Depacketizer) Bad() uint64 { return d.bad + d.unit.bad }

// Push takes a packet as it came at arrival. Packets of other payload types,
// late ones and nonsense are passed over; the only errors are emit's.
func (d *Depacketizer) Push(packet []byte, arrival time.Time) error {
	p, ok := parsePacket(packet)
	if !ok {
		d.bad++
		return nil
	}
	if p.kind != d.kind {
		return nil
	}
	use, gap := d.seq.follow(&p)
	if !use {
		return nil
	}
	if gap {
		d.breakOff()
	}
	if err := d.add(&p, arrival); err != nil {
		return err
	}
	if p.marker && !d.markersLie && d.unit.pictured() {
		d.marked, d.markedTime = true, p.time
		return d.finish()
	}
	return nil
}

// add puts p in the unit in hand, after finishing it if p is of the next.
func (d *Depacketizer) add(p *packet, arrival time.Time) error {
	u := &d.unit
	if u.open && p.time != u.time && u.pictured() {
		d.marked = false
		if err := d.finish(); err != nil {
			return err
		}
	}
	if !u.open {
		u.open, u.arrival = true, arrival
	}
	u.time = p.time // also when only parameter sets came before, with their own
	if len(p.payload) > 0 {
		u.unpack(p)
	}
	if u.tail && d.marked && d.markedTime == p.time {
		d.markersLie = true
		d.breakOff() // what was emitted isn't whole
	}
	return nil
}

// breakOff gives up the picture in hand and those that would need it.
func (d *Depacketizer) breakOff() {
	d.unit.reset()
	d.unit.unsure = true
	d.waiting, d.missing, d.marked = true, true, false
}

// finish emits the unit in hand if it can be decoded.
func (d *Depacketizer) finish() error {
	u := &d.unit
	if u.codec == MJPEG {
		u.endJPEG()
	}
	if u.nal >= 0 || u.damaged {
		d.breakOff()
		u.unsure = false
		return nil
	}
	defer u.reset()
	d.adopt()
	key := u.starts() && d.config.complete()
	if d.waiting && !key {
		d.missing = d.missing || d.order.begun
		return nil
	}
	if u.leading && d.joined {
		return nil // it is shown before what came first
	}
	if key {
		d.joined = u.cut || u.joint && d.waiting
	}
	d.describe(key)
	d.waiting, d.missing = false, false
	return d.emit(&d.au)
}

// describe fills in d.au for the unit in hand.
func (d *Depacketizer) describe(key bool) {
	u, au := &d.unit, &d.au
	d.scale.use(d.config)
	if key {
		d.order.configure(d.config)
	}
	lost := d.order.next(u.time, u.arrival, d.missing)
	au.DTS, au.CTS = uint64(d.order.dts), int32(d.order.pts-d.order.dts)
	au.Time, au.Jump = d.pace.next(d.order.dts, u.arrival)
	au.Lost, au.Key, au.Config, au.Data = lost, key, nil, u.data
	if au.Weight = 0; key {
		au.Config = d.config
	} else {
		au.Weight = d.scale.weigh(u.data)
	}
}

// adopt takes over the parameter sets that came with the unit in hand.
func (d *Depacketizer) adopt() {
	u, old := &d.unit, d.config
	vps, sps, pps := u.vps.of(u.data), u.sps.of(u.data), u.pps.of(u.data)
	same := func(came, known []byte) bool { return came == nil || bytes.Equal(came, known) }
	if same(vps, old.VPS) && same(sps, old.SPS) && same(pps, old.PPS) {
		return
	}
	c := *old
	for _, set := range []struct {
		came  []byte
		known *[]byte
	}{{vps, &c.VPS}, {sps, &c.SPS}, {pps, &c.PPS}} {
		if set.came != nil {
			*set.known = bytes.Clone(set.came)
		}
	}
	d.config = &c
}
