package web

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/demo"
	"oogmerk/internal/gate"
)

// runs makes the world one in which time passes and cameras are recorded.
func (w *world) runs() {
	t := w.t
	start := time.Now()
	w.mu.Lock()
	w.clock = func() time.Time { return friday.Add(time.Since(start)) }
	w.mu.Unlock()
	cameras, err := demo.StartCameras(1, "127.0.0.1:0")
	must(t, err)
	t.Cleanup(cameras.Close)
	c, err := w.o.Premises.Camera(t.Context(), w.camera)
	must(t, err)
	c.URL = cameras.URL(0)
	must(t, w.o.Premises.ChangeCamera(t.Context(), gate.Request{Who: w.manager.Entity()}, c))
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, run := range []func(context.Context) error{w.o.Footage.Run, w.o.Recorder.Run,
		func(ctx context.Context) error { return w.o.Room.Run(ctx, time.Second) }} {
		all.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { stop(); all.Wait() })
}

// heard is the next message that is one of the wanted kind.
func heard(t *testing.T, conn *websocket.Conn, want func(kind int, text []byte, n note) bool) (note, []byte) {
	t.Helper()
	must(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		var n note
		if kind == websocket.TextMessage {
			must(t, json.Unmarshal(text, &n))
		}
		if want(kind, text, n) {
			return n, text
		}
	}
}

func TestLivePictures(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.runs()
	v := w.as("pieter")
	conn, _ := v.dial(w.server.URL)
	defer conn.Close()
	ask := func(conn *websocket.Conn, channel uint8, purpose string) {
		must(t, conn.WriteJSON(map[string]any{"kanaal": channel, "camera": w.camera, "doel": purpose}))
	}
	ask(conn, 3, "veiligheid")
	n, _ := heard(t, conn, func(_ int, _ []byte, n note) bool { return n.Codec != "" })
	if n.Channel != 3 || n.Codec[:5] != "avc1." {
		t.Errorf("first note: %+v", n)
	}
	picture := func(channel byte, box string) {
		t.Helper()
		heard(t, conn, func(kind int, text []byte, _ note) bool {
			return kind == websocket.BinaryMessage && text[0] == channel && bytes.Equal(text[5:9], []byte(box))
		})
	}
	picture(3, "ftyp")
	picture(3, "moof")

	ask(conn, 4, "nieuwsgierig")
	n, _ = heard(t, conn, func(_ int, _ []byte, n note) bool { return n.Channel == 4 && n.Ended != "" })
	if n.Again || !bytes.Contains([]byte(n.Ended), []byte(article(t, "Een doel kiezen"))) {
		t.Errorf("a purpose that isn't there ends with %+v", n)
	}
	picture(3, "moof") // the other goes on

	hans := w.as("hans") // may not watch
	other, _ := hans.dial(w.server.URL)
	defer other.Close()
	ask(other, 0, "veiligheid")
	n, _ = heard(t, other, func(_ int, _ []byte, n note) bool { return n.Ended != "" })
	if !bytes.Contains([]byte(n.Ended), []byte(article(t, "Live kijken"))) {
		t.Errorf("refused with %+v", n)
	}

	answered := make(chan string, 1)
	conn.SetPongHandler(func(text string) error {
		answered <- text
		return nil
	})
	must(t, conn.WriteControl(websocket.PingMessage, []byte("hoor je mij"), time.Now().Add(time.Second)))
	picture(3, "moof")
	heard(t, conn, func(kind int, _ []byte, _ note) bool {
		return kind == websocket.BinaryMessage && len(answered) > 0
	})
	if text := <-answered; text != "hoor je mij" {
		t.Errorf("a ping is answered with %q", text)
	}

	must(t, other.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)))
	if _, _, err := other.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("who says goodbye hears %v", err)
	}

	v.post("/afmelden").says(t, 303)
	n, _ = heard(t, conn, func(_ int, _ []byte, n note) bool { return n.Ended != "" })
	if n.Channel != 3 || n.Again {
		t.Errorf("signing out ends with %+v", n)
	}
}

// A frame says how long its message is, in as few bytes as that takes.
func TestFramed(t *testing.T) {
	for size, want := range map[int][]byte{
		1: {0x82, 1}, 125: {0x82, 125}, 126: {0x82, 126, 0, 126}, 1<<16 - 1: {0x82, 126, 255, 255},
		1 << 16: {0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}, 8 << 20: {0x82, 127, 0, 0, 0, 0, 0, 0x80, 0, 0},
	} {
		head := append(bytes.Repeat([]byte{9}, frameHead), 'x')
		if got := framed(head, size-1); !bytes.Equal(got, append(want, 'x')) {
			t.Errorf("%d bytes: %v, want %v and an x", size, got, want)
		}
	}
}
