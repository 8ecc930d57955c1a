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
	Key      time.Duration // from asking to the key picture
	Pictures float64       // a second, that it got
}

// startViewers has so many people watch cameras in turn, and returns when each
// has its key picture.
func startViewers(token, address string, cameras []premises.Camera, n int) (*audience, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range cameras {
		ids = append(ids, string(c.ID))
	}
	a := &audience{cmd: exec.Command(self, "bench", "viewers", "--address", address, "--cameras", strings.Join(ids, ","), "--n", strconv.Itoa(n))}
	a.cmd.Stderr = os.Stderr
	a.cmd.Env = append(os.Environ(), "OOGMERK_BENCH_TOKEN="+token)
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
	if a.out.Scan() && a.out.Text() == sourceReady {
		return a, nil
	}
	return nil, errors.Join(errors.New("couldn't start the viewers: their process ended"), a.in.Close(), a.cmd.Wait())
}

// leave has them leave, and returns what they tell.
func (a *audience) leave() (keys []time.Duration, pictures float64, err error) {
	err = a.in.Close()
	for a.out.Scan() {
		var told viewerTold
		if err := json.Unmarshal(a.out.Bytes(), &told); err != nil {
			return nil, 0, err
		}
		keys, pictures = append(keys, told.Key), pictures+told.Pictures
	}
	if err = errors.Join(err, a.cmd.Wait()); err == nil && len(keys) == 0 {
		err = errors.New("the viewers told nothing")
	}
	return keys, pictures / float64(max(1, len(keys))), err
}

// benchViewers is that other process: it watches until its input ends.
func benchViewers(args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench viewers", flag.ContinueOnError)
	address := set.String("address", "", "host:port of the program")
	cameras := set.String("cameras", "", "ids, with commas")
	n := set.Int("n", 1, "how many watch")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	ids := strings.Split(*cameras, ",")
	var all []*viewer
	for i := range *n { // one after the other, as people come
		v, err := watchAt(*address, os.Getenv("OOGMERK_BENCH_TOKEN"), ids[i%len(ids)])
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
	conn net.Conn
	in   *bufio.Reader
	key  time.Duration
	done sync.WaitGroup

	began    time.Time
	pictures int
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
	began := time.Now()
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
	v.key, v.began = time.Since(began), time.Now()
	v.done.Go(func() {
		for {
			picture, err := v.message()
			if err != nil {
				return // it left
			}
			if picture {
				v.pictures++
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
	_, err = io.CopyN(io.Discard, v.in, length)
	return opcode == 2, err
}

func (v *viewer) leave() viewerTold {
	watched := time.Since(v.began).Seconds()
	v.conn.Close()
	v.done.Wait()
	return viewerTold{Key: v.key, Pictures: float64(v.pictures) / watched}
}
