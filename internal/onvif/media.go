package onvif

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// A Profile is one way in which a camera sends what it sees.
type Profile struct {
	Token, Name   string
	Codec         string // "h264", "h265", "mjpeg"; "" for another
	Width, Height int    // of a picture
	Rate          float64
	Sound         bool   // it sends sound too, to who asks for that
	Source        string // its video source configuration, for masks
	Turns         bool   // it can be turned or zoomed
}

// A videoEncoder says how pictures are sent, in both media services.
type videoEncoder struct {
	Encoding    string
	Resolution  struct{ Width, Height int }
	RateControl struct{ FrameRateLimit float64 }
}

// A part is a configuration of which we only want to know whether it is there,
// and how it is called.
type part struct {
	Token string `xml:"token,attr"`
}

// Profiles returns the ways in which the camera sends what it sees.
func (c *Client) Profiles(ctx context.Context) (all []Profile, err error) {
	if c.has(ctx, nsMedia2) {
		all, err = c.profiles2(ctx)
	} else {
		all, err = c.profiles1(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't learn which streams the camera has: %w", err)
	}
	return all, nil
}

// has reports whether the camera has a service.
func (c *Client) has(ctx context.Context, namespace string) bool {
	_, err := c.service(ctx, namespace)
	return err == nil
}

func (c *Client) profiles2(ctx context.Context) (all []Profile, err error) {
	at, err := c.service(ctx, nsMedia2)
	if err != nil {
		return nil, err
	}
	reply, err := ask[struct {
		Profiles []struct {
			part
			Name           string
			Configurations struct {
				VideoSource  part
				VideoEncoder videoEncoder
				Audio        *part `xml:"AudioEncoder"`
				AudioSource  *part
				PTZ          *part
			}
		}
	}](ctx, c, question{to: at, action: nsMedia2 + "/GetProfiles", body: element(nsMedia2, "GetProfiles", "<Type>All</Type>")})
	for _, p := range reply.Profiles {
		with := p.Configurations
		all = append(all, profile(p.Token, p.Name, with.VideoEncoder, with.VideoSource.Token, with.Audio != nil, with.PTZ != nil))
	}
	return all, err
}

func (c *Client) profiles1(ctx context.Context) (all []Profile, err error) {
	at, err := c.service(ctx, nsMedia)
	if err != nil {
		return nil, err
	}
	reply, err := ask[struct {
		Profiles []struct {
			part
			Name   string
			Source part         `xml:"VideoSourceConfiguration"`
			Video  videoEncoder `xml:"VideoEncoderConfiguration"`
			Audio  *part        `xml:"AudioEncoderConfiguration"`
			PTZ    *part        `xml:"PTZConfiguration"`
		}
	}](ctx, c, question{to: at, action: nsMedia + "/GetProfiles", body: element(nsMedia, "GetProfiles", "")})
	for _, p := range reply.Profiles {
		all = append(all, profile(p.Token, p.Name, p.Video, p.Source.Token, p.Audio != nil, p.PTZ != nil))
	}
	return all, err
}

func profile(token, name string, v videoEncoder, source string, sound, turns bool) Profile {
	p := Profile{Token: token, Name: clean(name), Source: source, Width: v.Resolution.Width, Height: v.Resolution.Height,
		Rate: v.RateControl.FrameRateLimit, Sound: sound, Turns: turns}
	switch strings.ToUpper(v.Encoding) {
	case "H264":
		p.Codec = "h264"
	case "H265", "HEVC":
		p.Codec = "h265"
	case "JPEG":
		p.Codec = "mjpeg"
	}
	return p
}

// Stream returns the RTSP address of a profile, as we can reach it, without
// credentials.
func (c *Client) Stream(ctx context.Context, profile string) (string, error) {
	raw, err := c.uri(ctx, "GetStreamUri", profile, "<Protocol>RtspUnicast</Protocol>",
		"<StreamSetup><t:Stream>RTP-Unicast</t:Stream><t:Transport><t:Protocol>RTSP</t:Protocol></t:Transport></StreamSetup>")
	if err != nil {
		return "", fmt.Errorf("couldn't learn where the camera sends a stream: %w", err)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "rtsp" && u.Scheme != "rtsps" || u.Hostname() == "" {
		return "", errors.New("couldn't learn where the camera sends a stream: what it says is no address")
	}
	c.mendHost(u)
	return u.String(), nil
}

// Snapshot returns the address of single pictures of a profile, as we can
// reach it. Nobody here fetches one: looking is an act.
func (c *Client) Snapshot(ctx context.Context, profile string) (string, error) {
	raw, err := c.uri(ctx, "GetSnapshotUri", profile, "", "")
	if err != nil {
		return "", fmt.Errorf("couldn't learn where the camera has single pictures: %w", err)
	}
	at := c.mend(raw)
	if at == "" {
		return "", errors.New("couldn't learn where the camera has single pictures: what it says is no address")
	}
	return at, nil
}

// uri asks either media service for an address of a profile. The two want
// different things said before its token.
func (c *Client) uri(ctx context.Context, what, profile, before2, before1 string) (string, error) {
	token := "<ProfileToken>" + escape(profile) + "</ProfileToken>"
	namespace, before := nsMedia2, before2
	if !c.has(ctx, nsMedia2) {
		namespace, before = nsMedia, before1
	}
	at, err := c.service(ctx, namespace)
	if err != nil {
		return "", err
	}
	reply, err := ask[struct {
		Uri      string
		MediaUri struct{ Uri string }
	}](ctx, c, question{to: at, action: namespace + "/" + what, body: element(namespace, what, before+token)})
	return reply.Uri + reply.MediaUri.Uri, err
}

// mendHost makes the address of a stream one that we can reach, and takes
// credentials out of it. The port is the camera's own choice.
func (c *Client) mendHost(u *url.URL) {
	if host := c.device.Hostname(); u.Hostname() != host {
		if port := u.Port(); port != "" {
			u.Host = net.JoinHostPort(host, port)
		} else if u.Host = host; strings.Contains(host, ":") {
			u.Host = "[" + host + "]"
		}
	}
	u.User, u.Fragment = nil, ""
}

// A Mask is a part of the picture that the camera makes invisible.
type Mask struct {
	Token   string
	Enabled bool
	Kind    string  // "Color", "Pixelated", "Blurred"
	Polygon []Point // in the picture, from -1 to 1 both ways
}

// A Point is in the picture: -1, -1 is its lower left corner.
type Point struct {
	X float64 `xml:"x,attr"`
	Y float64 `xml:"y,attr"`
}

// Masks reads back which parts of a profile's picture the camera makes
// invisible; an error wrapping [ErrAbsent] if it can't tell.
func (c *Client) Masks(ctx context.Context, p Profile) (all []Mask, err error) {
	at, err := c.service(ctx, nsMedia2)
	if err != nil {
		return nil, fmt.Errorf("couldn't learn what the camera masks: %w", err)
	}
	reply, err := ask[struct {
		Masks []struct {
			part
			ConfigurationToken string
			Polygon            struct{ Point []Point }
			Type               string
			Enabled            bool
		}
	}](ctx, c, question{to: at, action: nsMedia2 + "/GetMasks",
		body: element(nsMedia2, "GetMasks", "<ConfigurationToken>"+escape(p.Source)+"</ConfigurationToken>"), command: true})
	if err != nil {
		return nil, fmt.Errorf("couldn't learn what the camera masks: %w", err)
	}
	for _, m := range reply.Masks {
		if m.ConfigurationToken == p.Source || m.ConfigurationToken == "" {
			all = append(all, Mask{Token: m.Token, Enabled: m.Enabled, Kind: clean(m.Type), Polygon: m.Polygon.Point})
		}
	}
	return all, nil
}

// Microphones returns how many sources of sound the camera has; an error
// wrapping [ErrAbsent] if it can't tell.
func (c *Client) Microphones(ctx context.Context) (int, error) {
	namespace, what := nsMedia, "GetAudioSources"
	if !c.has(ctx, nsMedia) {
		namespace, what = nsMedia2, "GetAudioSourceConfigurations"
	}
	at, err := c.service(ctx, namespace)
	if err != nil {
		return 0, fmt.Errorf("couldn't learn whether the camera hears: %w", err)
	}
	reply, err := ask[struct {
		AudioSources   []part
		Configurations []part
	}](ctx, c, question{to: at, action: namespace + "/" + what, body: element(namespace, what, ""), command: true})
	if err != nil {
		return 0, fmt.Errorf("couldn't learn whether the camera hears: %w", err)
	}
	return len(reply.AudioSources) + len(reply.Configurations), nil
}

// Keeps reports whether the camera records on a card of its own; an error
// wrapping [ErrAbsent] if it can't tell.
func (c *Client) Keeps(ctx context.Context) (bool, error) {
	at, err := c.service(ctx, nsRecording)
	if err != nil {
		return false, fmt.Errorf("couldn't learn whether the camera records itself: %w", err)
	}
	reply, err := ask[struct {
		JobItem []struct {
			JobConfiguration struct{ Mode string }
		}
	}](ctx, c, question{to: at, action: nsRecording + "/GetRecordingJobs", body: element(nsRecording, "GetRecordingJobs", ""), command: true})
	for _, job := range reply.JobItem {
		if strings.EqualFold(strings.TrimSpace(job.JobConfiguration.Mode), "Active") {
			return true, nil
		}
	}
	if err == nil {
		return false, nil
	}
	// One that doesn't tell of jobs records if it has recordings.
	recordings, err := ask[struct{ RecordingItem []struct{} }](ctx, c, question{to: at, action: nsRecording + "/GetRecordings",
		body: element(nsRecording, "GetRecordings", ""), command: true})
	if err != nil {
		return false, fmt.Errorf("couldn't learn whether the camera records itself: %w", err)
	}
	return len(recordings.RecordingItem) > 0, nil
}
