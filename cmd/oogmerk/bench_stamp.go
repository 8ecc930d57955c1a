package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"oogmerk/internal/media"
)

// A stamp is the end of a NAL unit that decoders pass over, and of its picture:
// the instant at which the camera began to write the last packet, as nine
// digits of seven bits, the most significant first, between two marks.
const (
	stampBegins, stampEnds = 1, 0x80
	stampDigits            = 9
	stampSize              = 1 + stampDigits + 1
)

// stamped is clip with room for a stamp at the end of each picture.
func stamped(clip media.Clip) media.Clip {
	head := fillers[clip.Config.Codec]
	nal := append([]byte{0, 0, 0, byte(len(head) + stampSize)}, head...)
	nal = append(nal, stampBegins)
	nal = append(nal, bytes.Repeat([]byte{0x80}, stampDigits)...)
	nal = append(nal, stampEnds)
	out := clip
	out.Pictures = nil
	for _, p := range clip.Pictures {
		p.Data = append(bytes.Clone(p.Data), nal...)
		out.Pictures = append(out.Pictures, p)
	}
	return out
}

// stampTail is where the stamp is in what ends with a stamped picture, or its
// last packet; nil if there is none.
func stampTail(b []byte) []byte {
	if len(b) < stampSize {
		return nil
	}
	if b = b[len(b)-stampSize:]; b[0] != stampBegins || b[stampSize-1] != stampEnds {
		return nil
	}
	return b[1 : 1+stampDigits]
}

// stamp writes the instant in a picture's last packet.
func stamp(packet []byte, at time.Time) {
	n := at.UnixNano()
	digits := stampTail(packet)
	for i := range digits {
		digits[i] = 0x80 | byte(n>>(7*(stampDigits-1-i))) // never zero: that would look like a start code
	}
}

// stampOf is the instant that was written in a picture; zero if none was.
func stampOf(picture []byte) time.Time {
	digits := stampTail(picture)
	if digits == nil {
		return time.Time{}
	}
	var n int64
	for _, d := range digits {
		n = n<<7 | int64(d&0x7f)
	}
	return time.Unix(0, n)
}

// listenTo gets pictures from a camera of [benchStage] without a recorder in
// between: what that takes is what no recorder can do better.
func listenTo(camera string) (*viewer, error) {
	u, err := url.Parse(camera)
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return nil, err
	}
	v := &viewer{conn: conn, in: bufio.NewReaderSize(conn, 256<<10), began: time.Now()}
	for i, method := range []string{"DESCRIBE", "PLAY"} {
		if _, err := fmt.Fprintf(conn, "%s %s RTSP/1.0\r\nCSeq: %d\r\n\r\n", method, camera, i+1); err != nil {
			return nil, err
		}
	}
	var answers []byte
	for seen := 0; seen < 2; { // a line that says nothing ends each, and the description has none
		line, err := v.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if answers = append(answers, line...); bytes.HasSuffix(answers, []byte("\r\n\r\n")) {
			seen++
		}
	}
	v.done.Go(func() {
		for v.packet() == nil {
		}
	})
	return v, nil
}

// packet reads one of a camera that is listened to.
func (v *viewer) packet() error {
	var head [4]byte
	if _, err := io.ReadFull(v.in, head[:]); err != nil {
		return err
	}
	if head[0] != '$' {
		return errors.New("this is no packet")
	}
	v.buffer = append(v.buffer[:0], make([]byte, int(head[2])<<8|int(head[3]))...)
	if _, err := io.ReadFull(v.in, v.buffer); err != nil {
		return err
	}
	if marked := head[1] == 0 && len(v.buffer) > rtpHeader && v.buffer[1]&0x80 != 0; marked {
		v.got(v.buffer)
	}
	return nil
}
