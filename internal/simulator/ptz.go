package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

var ptzService = map[string]func(call) (string, *fault){
	"GetNodes":          call.nodes,
	"GetConfigurations": call.heads,
	"GetStatus":         call.status,
	"ContinuousMove":    call.move,
	"Stop":              call.halt,
	"GetPresets":        call.presets,
	"GotoPreset":        call.goTo,
}

// A head is what turns: where it was, and how it moves since.
type head struct {
	at    [3]float64 // pan, tilt and zoom: from -1, zoom from 0, to 1
	speed [3]float64 // a second
	since time.Time
	until time.Time
}

// speedMost is how far it gets in a second at full speed.
const speedMost = 0.5

// settle brings the head to where it is at now.
func (h *head) settle(now time.Time) {
	end := now
	if h.until.Before(end) {
		end = h.until
	}
	if d := end.Sub(h.since).Seconds(); d > 0 {
		for i, least := range []float64{-1, -1, 0} {
			h.at[i] = max(least, min(1, h.at[i]+h.speed[i]*d))
		}
	}
	h.since = now
}

// Position is where it looks: pan and tilt from -1 to 1, zoom from 0.
func (c *Camera) Position() (pan, tilt, zoom float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.head.settle(c.o.Now())
	return c.head.at[0], c.head.at[1], c.head.at[2]
}

// Moving reports whether it turns or zooms.
func (c *Camera) Moving() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.head.speed != [3]float64{} && c.o.Now().Before(c.head.until)
}

const (
	panTiltSpace = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/VelocityGenericSpace"
	zoomSpace    = "http://www.onvif.org/ver10/tptz/ZoomSpaces/VelocityGenericSpace"
)

func (q call) nodes() (string, *fault) {
	if !q.o.Turns {
		return "", absent
	}
	span := func(name string) string { return tag("tt:"+name, `<tt:Min>-1</tt:Min><tt:Max>1</tt:Max>`) }
	return tag("tptz:GetNodesResponse", tag(`tptz:PTZNode token="NODE"`, `<tt:Name>head</tt:Name>`+tag("tt:SupportedPTZSpaces",
		tag("tt:ContinuousPanTiltVelocitySpace", tag("tt:URI", panTiltSpace)+span("XRange")+span("YRange"))+
			tag("tt:ContinuousZoomVelocitySpace", tag("tt:URI", zoomSpace)+span("XRange")))+
		fmt.Sprintf(`<tt:MaximumNumberOfPresets>%d</tt:MaximumNumberOfPresets><tt:HomeSupported>false</tt:HomeSupported>`, len(q.o.Presets)))), nil
}

func (q call) heads() (string, *fault) {
	if !q.o.Turns {
		return "", absent
	}
	return tag("tptz:GetConfigurationsResponse", `<tptz:PTZConfiguration token="PTZ"><tt:Name>head</tt:Name><tt:UseCount>1</tt:UseCount>`+
		`<tt:NodeToken>NODE</tt:NodeToken></tptz:PTZConfiguration>`), nil
}

func (q call) status() (string, *fault) {
	if no := q.mayTurn(); no != nil {
		return "", no
	}
	pan, tilt, zoom := q.Position()
	return tag("tptz:GetStatusResponse", tag("tptz:PTZStatus", tag("tt:Position", fmt.Sprintf(`<tt:PanTilt x="%.3f" y="%.3f"/><tt:Zoom x="%.3f"/>`, pan, tilt, zoom))+
		tag("tt:UtcTime", q.now().Format(time.RFC3339)))), nil
}

// mayTurn refuses for a camera that doesn't, and for a profile that isn't there.
func (q call) mayTurn() *fault {
	token := q.what.text("ProfileToken")
	switch {
	case !q.o.Turns:
		return absent
	case !slices.ContainsFunc(q.o.Streams, func(s Stream) bool { return s.Token == token }):
		return &fault{"ter:NoProfile", "there is no such profile"}
	}
	return nil
}

func (q call) move() (string, *fault) {
	if no := q.mayTurn(); no != nil {
		return "", no
	}
	lasts := 10 * time.Second
	if text := q.what.text("Timeout"); text != "" {
		d, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(text, "PT")))
		if err != nil || d <= 0 || d > time.Minute {
			return "", &fault{"ter:InvalidArgVal", "that is no time to move"}
		}
		lasts = d
	}
	velocity := q.what.find("Velocity")
	speed := [3]float64{}
	for i, where := range [][2]string{{"PanTilt", "x"}, {"PanTilt", "y"}, {"Zoom", "x"}} {
		text := velocity.find(where[0]).attribute(where[1])
		v, err := strconv.ParseFloat(text, 64)
		if text != "" && err != nil || !(v >= -1 && v <= 1) {
			return "", &fault{"ter:InvalidVelocity", "that is no speed"}
		}
		speed[i] = v * speedMost
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.o.Now()
	q.head.settle(now)
	q.head.speed, q.head.until = speed, now.Add(lasts)
	return "<tptz:ContinuousMoveResponse/>", nil
}

func (q call) halt() (string, *fault) {
	if no := q.mayTurn(); no != nil {
		return "", no
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.head.settle(q.o.Now())
	q.head.speed = [3]float64{}
	return "<tptz:StopResponse/>", nil
}

func (q call) presets() (string, *fault) {
	if no := q.mayTurn(); no != nil {
		return "", no
	}
	all := ""
	for _, p := range q.o.Presets {
		all += tag(`tptz:Preset token="`+escape(p.Token)+`"`, tag("tt:Name", escape(p.Name)))
	}
	return tag("tptz:GetPresetsResponse", all), nil
}

func (q call) goTo() (string, *fault) {
	if no := q.mayTurn(); no != nil {
		return "", no
	}
	token := q.what.text("PresetToken")
	i := slices.IndexFunc(q.o.Presets, func(p Preset) bool { return p.Token == token })
	if i < 0 {
		return "", &fault{"ter:NoToken", "there is no such position"}
	}
	p := q.o.Presets[i]
	q.mu.Lock()
	defer q.mu.Unlock()
	q.head = head{at: [3]float64{p.Pan, p.Tilt, p.Zoom}, since: q.o.Now()}
	return "<tptz:GotoPresetResponse/>", nil
}
