package web

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
	"oogmerk/internal/regulation"
	"oogmerk/internal/viewing"
)

// One WebSocket carries all live pictures of a page: docs/formats/live.md.
//
// From us, binary: one byte, the channel; then an initialisation segment or a
// fragment. From us, text: a note about a channel. From the browser, text: a
// wish.

const (
	maxChannels  = 64
	maxWish      = 512 // bytes
	stateEvery   = time.Second
	socketStalls = 10 * time.Second // after which whoever doesn't read is let go
)

// A wish is what a browser asks for over the socket.
type wish struct {
	Channel uint8              `json:"kanaal"`
	Camera  premises.CameraID  `json:"camera"` // "" closes the channel
	Purpose regulation.Purpose `json:"doel"`
	Light   bool               `json:"licht"` // its lighter stream, if it has one
}

// readWish parses a message of a browser.
func readWish(text []byte) (wish, error) {
	var w wish
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return w, fmt.Errorf("couldn't read the message: %w", err)
	}
	switch {
	case dec.More():
		return w, errors.New("couldn't read the message: more than one")
	case w.Channel >= maxChannels:
		return w, fmt.Errorf("channel %d isn't there: 0 to %d are", w.Channel, maxChannels-1)
	case len(w.Camera) > 64 || len(w.Purpose) > 64:
		return w, errors.New("couldn't read the message: a name in it is too long")
	}
	return w, nil
}

// A note says something about a channel.
type note struct {
	Channel uint8  `json:"kanaal"`
	Codec   string `json:"codec,omitempty"`  // what comes next can be decoded as this
	State   string `json:"stand,omitempty"`  // the part of the page that says how the camera is doing
	Ended   string `json:"einde,omitempty"`  // nothing more comes, for this reason: part of a page
	Again   bool   `json:"opnieuw,omitzero"` // asking again later may help
}

// A socket is one browser watching cameras.
type socket struct {
	*visit
	conn *websocket.Conn
	stop context.CancelFunc

	writing sync.Mutex  // held while anything is written, by the library too
	stall   *time.Timer // runs while something is
	parts   [2][]byte   // of a picture
	unsent  net.Buffers // what of parts isn't written yet

	mu   sync.Mutex
	open map[uint8]*channel
	done sync.WaitGroup
}

// A channel is one camera on a socket.
type channel struct {
	wish
	stop context.CancelFunc
}

// sameOrigin reports whether a page of ours opens the socket. A browser
// always says where the page came from.
func sameOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && u.Host == r.Host
}

// socket is GET /kijken.
func (s *site) socket(v *visit) error {
	if !websocket.IsWebSocketUpgrade(v.r) {
		return mistake{key: "wrong.socket", status: http.StatusUpgradeRequired}
	}
	if !sameOrigin(v.r) {
		return mistake{key: "wrong.origin", status: http.StatusForbidden}
	}
	up := websocket.Upgrader{WriteBufferSize: 1 << 10, CheckOrigin: sameOrigin,
		Error: func(w http.ResponseWriter, _ *http.Request, code int, _ error) {
			http.Error(w, v.word("wrong.socket"), code)
		}}
	conn, err := up.Upgrade(v.w, v.r, nil)
	if err != nil {
		return nil // Upgrade answered already
	}
	ctx, stop := context.WithCancel(v.ctx())
	context.AfterFunc(ctx, func() { conn.Close() }) // the program stops
	k := &socket{visit: v, conn: conn, stop: stop, open: map[uint8]*channel{}}
	k.stall = time.AfterFunc(socketStalls, func() { conn.NetConn().Close() })
	k.stall.Stop()
	conn.SetReadLimit(maxWish)
	conn.SetPingHandler(func(text string) error { return k.send(websocket.PongMessage, []byte(text)) })
	conn.SetCloseHandler(func(code int, _ string) error {
		return k.send(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""))
	})
	k.done.Go(func() { k.tellStates(ctx) })
	k.listen(ctx)
	stop()
	k.done.Wait()
	return nil
}

// listen reads wishes until the browser goes, or asks for what can't be.
func (k *socket) listen(ctx context.Context) {
	defer k.conn.Close()
	for {
		kind, text, err := k.conn.ReadMessage()
		if err != nil || kind != websocket.TextMessage {
			return
		}
		w, err := readWish(text)
		if err != nil {
			return
		}
		k.follow(ctx, w)
	}
}

// follow opens or closes a channel.
func (k *socket) follow(ctx context.Context, w wish) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.open[w.Channel]; c != nil {
		c.stop()
		delete(k.open, w.Channel)
	}
	if w.Camera == "" {
		return
	}
	watching, stop := context.WithCancel(ctx)
	c := &channel{wish: w, stop: stop}
	k.open[w.Channel] = c
	k.done.Go(func() {
		k.end(c, k.watch(watching, w))
		stop()
	})
}

// watch sends what a camera sees until it may not, can't, or nobody looks.
func (k *socket) watch(ctx context.Context, w wish) error {
	watch := k.Room.Watch
	if w.Light {
		watch = k.Room.WatchLight
	}
	live, err := watch(ctx, k.who, w.Camera, w.Purpose)
	if err != nil {
		return err
	}
	err = k.relay(ctx, w.Channel, live)
	// What was watched is written down even if the browser is gone.
	if closing := live.Close(context.WithoutCancel(ctx)); closing != nil {
		k.Report(fmt.Errorf("couldn't end watching camera %s: %w", w.Camera, closing))
	}
	return err
}

func (k *socket) relay(ctx context.Context, channel uint8, live *viewing.Live) error {
	codec := ""
	buffer := make([]byte, frameHead) // of the beginning of one message, and then of the next
	for {
		head, body, err := live.Next(ctx, append(buffer[:frameHead], channel))
		if err != nil {
			return err
		}
		buffer = head
		if c := live.Codec(); c != codec {
			codec = c
			if err := k.tell(note{Channel: channel, Codec: codec}); err != nil {
				return err
			}
		}
		if err := k.sendPicture(head, body); err != nil {
			return err
		}
	}
}

// end says why a channel ended, unless another took its place.
func (k *socket) end(c *channel, why error) {
	k.mu.Lock()
	replaced := k.open[c.Channel] != c
	if !replaced {
		delete(k.open, c.Channel)
	}
	k.mu.Unlock()
	if replaced || errors.Is(why, context.Canceled) {
		return
	}
	n := note{Channel: c.Channel, Ended: k.word("live.ended"), Again: true}
	var refusal *gate.Refusal
	if errors.As(why, &refusal) {
		part, err := k.reasonPart(refusal, "/?"+url.Values{"doel": {string(c.Purpose)}}.Encode())
		if err != nil {
			k.Report(err)
			part = k.refusalLine(refusal)
		}
		n.Ended, n.Again = part, false
	}
	// Whoever can't be told is gone, and listen ends for the same reason.
	_ = k.tell(n)
}

// tellStates tells how the cameras on the page are doing, when that changes.
func (k *socket) tellStates(ctx context.Context) {
	said := map[uint8]read{}
	tick := time.NewTicker(stateEvery)
	defer tick.Stop()
	for {
		for channel, camera := range k.cameras() {
			now := k.state(camera)
			if s := now.read(); said[channel] != s {
				said[channel] = s
			} else {
				continue
			}
			part, err := k.render("live", "state", now)
			if err != nil {
				k.Report(err)
				return
			}
			if k.tell(note{Channel: channel, State: string(part)}) != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (k *socket) cameras() map[uint8]premises.CameraID {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := map[uint8]premises.CameraID{}
	for n, c := range k.open {
		all[n] = c.Camera
	}
	return all
}

func (k *socket) tell(n note) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return k.send(websocket.TextMessage, text)
}

// send writes one message. Whoever reads nothing for too long is cut off.
func (k *socket) send(kind int, message []byte) error {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.stall.Reset(socketStalls)
	defer k.stall.Stop()
	return k.conn.WriteMessage(kind, message)
}

// frameHead is how many bytes may come before a message of ours (RFC 6455 §5.2).
const frameHead = 2 + 8

// sendPicture writes one binary message. It begins after the first frameHead
// bytes of head, and goes on with body. The library would copy it; this doesn't,
// since others are sent the same bytes.
func (k *socket) sendPicture(head, body []byte) error {
	frame := framed(head, len(body))
	k.writing.Lock()
	defer k.writing.Unlock()
	k.stall.Reset(socketStalls)
	defer k.stall.Stop()
	k.parts = [2][]byte{frame, body}
	k.unsent = k.parts[:]
	_, err := k.unsent.WriteTo(k.conn.NetConn())
	return err
}

// framed is head with what comes before a binary message that goes on for so
// many bytes.
func framed(head []byte, more int) []byte {
	const final = 0x80
	size := len(head) - frameHead + more
	from := 0
	switch {
	case size < 126:
		from = frameHead - 2
		head[from+1] = byte(size)
	case size < 1<<16:
		from = frameHead - 4
		head[from+1] = 126
		binary.BigEndian.PutUint16(head[from+2:], uint16(size))
	default:
		head[1] = 127
		binary.BigEndian.PutUint64(head[2:], uint64(size))
	}
	head[from] = final | websocket.BinaryMessage
	return head[from:]
}
