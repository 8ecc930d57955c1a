package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

	writing sync.Mutex

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
	up := websocket.Upgrader{WriteBufferSize: 32 << 10, CheckOrigin: sameOrigin,
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
	conn.SetReadLimit(maxWish)
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
	for {
		picture, err := live.Next(ctx)
		if err != nil {
			return err
		}
		if c := live.Codec(); c != codec {
			codec = c
			if err := k.tell(note{Channel: channel, Codec: codec}); err != nil {
				return err
			}
		}
		if err := k.sendPicture(channel, picture); err != nil {
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
	said := map[uint8]string{}
	tick := time.NewTicker(stateEvery)
	defer tick.Stop()
	for {
		for channel, camera := range k.cameras() {
			part, err := k.render("live", "state", k.state(camera))
			if err != nil {
				k.Report(err)
				return
			}
			if said[channel] == string(part) {
				continue
			}
			said[channel] = string(part)
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
	return k.send(websocket.TextMessage, nil, text)
}

func (k *socket) sendPicture(channel uint8, picture []byte) error {
	return k.send(websocket.BinaryMessage, []byte{channel}, picture)
}

// send writes one message. Whoever reads nothing for too long is cut off.
func (k *socket) send(kind int, head, body []byte) error {
	k.writing.Lock()
	defer k.writing.Unlock()
	timer := time.AfterFunc(socketStalls, func() { k.conn.NetConn().Close() })
	defer timer.Stop()
	w, err := k.conn.NextWriter(kind)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close()
}
