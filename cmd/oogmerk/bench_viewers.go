package main

import (
	"bufio"
	big "encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"oogmerk/internal/premises"
)

// An audience is this program started again, as people who watch over real
// connections. It is apart from who is measured.
type audience struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// A viewerTold is what one viewer tells when it leaves.
type viewerTold struct {
	Key      time.Duration   // from asking to the key picture
	Pictures float64         // a second, that it got
	Delays   []time.Duration // of each of them: from the camera writing its last packet
}

// A seating is where an audience is, and what it watches.
type seating struct {
	token, address string
	cameras        []premises.Camera
	direct         string // a camera's own address, to be asked without a recorder in between
	cores          int    // that the machine has, to keep to all but the first; 0: to none
}

// start has so many people watch cameras in turn, and returns when each has its
// key picture.
func (s seating) start(n int) (*audience, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range s.cameras {
		ids = append(ids, string(c.ID))
	}
	a := &audience{cmd: exec.Command(self, "bench", "viewers", "--address", s.address, "--direct", s.direct, "--cameras", strings.Join(ids, ","),
		"--n", strconv.Itoa(n), "--cores", strconv.Itoa(s.cores))}
	a.cmd.Stderr = os.Stderr
	a.cmd.Env = append(os.Environ(), "OOGMERK_BENCH_TOKEN="+s.token)
	if a.in, err = a.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	said, err := a.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := a.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start the viewers: %w", err)
	}
	a.out = bufio.NewScanner(said)
	a.out.Buffer(nil, 64<<20)
	if a.out.Scan() && a.out.Text() == sourceReady {
		return a, nil
	}
	return nil, errors.Join(errors.New("couldn't start the viewers: their process ended"), a.in.Close(), a.cmd.Wait())
}

// leave has them leave, and returns what they tell.
func (a *audience) leave() (all []viewerTold, err error) {
	err = a.in.Close()
	for a.out.Scan() {
		var told viewerTold
		if err := json.Unmarshal(a.out.Bytes(), &told); err != nil {
			return nil, err
		}
		all = append(all, told)
	}
	if err = errors.Join(err, a.out.Err(), a.cmd.Wait()); err == nil && len(all) == 0 {
		err = errors.New("the viewers told nothing")
	}
	return all, err
}

// benchViewers is that other process: it watches until its input ends.
func benchViewers(args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench viewers", flag.ContinueOnError)
	address := set.String("address", "", "host:port of the program")
	cameras := set.String("cameras", "", "ids, with commas")
	direct := set.String("direct", "", "a camera's own `address`, to be asked instead")
	n := set.Int("n", 1, "how many watch")
	cores := set.Int("cores", 0, "that the machine has, to keep to all but the first; 0: to none")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if *cores > 0 {
		if err := pinAmong(otherCores, *cores); err != nil {
			return err
		}
	}
	ids := strings.Split(*cameras, ",")
	var all []*viewer
	for i := range *n { // one after the other, as people come
		var v *viewer
		var err error
		if *direct != "" {
			v, err = listenTo(*direct)
		} else {
			v, err = watchAt(*address, os.Getenv("OOGMERK_BENCH_TOKEN"), ids[i%len(ids)])
		}
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	fmt.Fprintln(out, sourceReady)
	_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, nobody needs us any more
	for _, v := range all {
		if err := json.NewEncoder(out).Encode(v.leave()); err != nil {
			return err
		}
	}
	return nil
}

// A viewer is one WebSocket with one camera on it.
type viewer struct {
	conn   net.Conn
	in     *bufio.Reader
	buffer []byte // the last message
	key    time.Duration
	done   sync.WaitGroup

	began    time.Time // it asked
	pictures int
	delays   []time.Duration
}

// got counts a picture. Those that were there before it asked came as soon as
// they could.
func (v *viewer) got(picture []byte) {
	v.pictures++
	if at := stampOf(picture); at.After(v.began) {
		v.delays = append(v.delays, time.Since(at))
	}
}

// watchAt opens a WebSocket, asks for a camera and waits for the key picture.
// After that it counts pictures.
func watchAt(address, token, camera string) (*viewer, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	v := &viewer{conn: conn, in: bufio.NewReaderSize(conn, 256<<10)}
	fmt.Fprintf(conn, "GET /kijken HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: oogmerk=%s\r\n\r\n", address, address, token)
	answer, err := http.ReadResponse(v.in, nil)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("couldn't open a WebSocket: %s", answer.Status)
	}
	wish, err := json.Marshal(map[string]any{"kanaal": 0, "camera": camera, "doel": benchPurpose})
	if err != nil {
		return nil, err
	}
	v.began = time.Now()
	// A client masks what it says; a mask of zeros is one.
	if _, err := conn.Write(append([]byte{0x81, 0x80 | 126, byte(len(wish) >> 8), byte(len(wish)), 0, 0, 0, 0}, wish...)); err != nil {
		return nil, err
	}
	for pictures := 0; pictures < 2; { // the initialisation segment, and the key picture
		picture, err := v.message()
		if err != nil {
			return nil, err
		}
		if picture {
			pictures++
		}
	}
	v.key = time.Since(v.began)
	v.done.Go(func() {
		for {
			picture, err := v.message()
			if err != nil {
				return // it left
			}
			if picture {
				v.got(v.buffer)
			}
		}
	})
	return v, nil
}

// message reads one, and reports whether it is a picture.
func (v *viewer) message() (picture bool, err error) {
	var head [10]byte
	if _, err := io.ReadFull(v.in, head[:2]); err != nil {
		return false, err
	}
	opcode, length := head[0]&15, int64(head[1]&0x7f)
	switch length {
	case 126:
		_, err = io.ReadFull(v.in, head[:2])
		length = int64(big.BigEndian.Uint16(head[:]))
	case 127:
		_, err = io.ReadFull(v.in, head[:8])
		length = int64(big.BigEndian.Uint64(head[:]))
	}
	if err != nil {
		return false, err
	}
	v.buffer = slices.Grow(v.buffer[:0], int(length))[:length]
	_, err = io.ReadFull(v.in, v.buffer)
	return opcode == 2, err
}

func (v *viewer) leave() viewerTold {
	watched := time.Since(v.began).Seconds()
	v.conn.Close()
	v.done.Wait()
	return viewerTold{Key: v.key, Pictures: float64(v.pictures) / watched, Delays: v.delays}
}
