package media

// NAL unit types (H.265 table 7-1), and those that RFC 7798 adds for RTP.
const (
	hevcRASLN  = 8
	hevcRASLR  = 9
	hevcBLA    = 16 // the first that decoding can start at; BLA as far as 18
	hevcCRA    = 21
	hevcIRAP   = 23 // the last
	hevcVCL    = 31 // what is of a picture itself ends here
	hevcVPS    = 32
	hevcSPS    = 33
	hevcPPS    = 34
	hevcSEI    = 39 // before the picture
	hevcAP     = 48
	hevcFU     = 49
	hevcHeader = 2 // bytes before each NAL unit's content
)

func hevcType(nal []byte) uint8 { return nal[0] >> 1 & 63 }

// unpack265 adds the NAL units, or the part of one, in a payload (RFC 7798
// §4.4).
func (u *assembly) unpack265(payload []byte) {
	if len(payload) < hevcHeader+1 {
		u.foul()
		return
	}
	switch kind := hevcType(payload); {
	case kind == hevcFU:
		header := [2]byte{payload[0]&0x81 | payload[2]&63<<1, payload[1]}
		u.fragment(payload[2]&0x80 != 0, payload[2]&0x40 != 0, header, hevcHeader, payload[3:])
	case u.nal >= 0: // the last fragments of a unit are missing
		u.damage()
	case kind == hevcAP:
		u.aggregate(payload[hevcHeader:])
	case kind < hevcAP:
		u.single(payload)
	default: // PACI, which no camera uses
		u.foul()
	}
}

func (u *assembly) note265(at int, nal []byte) {
	if len(nal) <= hevcHeader {
		return
	}
	switch kind := hevcType(nal); {
	case kind <= hevcVCL:
		u.note265Slice(kind, nal)
	case kind == hevcVPS:
		u.set(&u.vps, at, len(nal))
	case kind == hevcSPS:
		u.set(&u.sps, at, len(nal))
	case kind == hevcPPS:
		u.set(&u.pps, at, len(nal))
	case kind == hevcSEI:
		u.recovery = u.recovery || isRecoveryPoint(nal[hevcHeader:])
	}
}

// note265Slice notes a slice. Its first bit says whether a picture begins.
func (u *assembly) note265Slice(kind uint8, nal []byte) {
	u.key = u.key || kind >= hevcBLA && kind <= hevcIRAP
	u.joint = u.joint || kind == hevcCRA
	u.cut = u.cut || kind >= hevcBLA && kind <= hevcBLA+2
	u.leading = u.leading || kind == hevcRASLN || kind == hevcRASLR
	u.slice(nal[hevcHeader]&0x80 != 0)
}
