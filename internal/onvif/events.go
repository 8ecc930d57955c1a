package onvif

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	pullWait  = 20 * time.Second       // for something to happen
	pullPause = 250 * time.Millisecond // after a camera that doesn't wait at all
	renewEach = 30 * time.Second       // of a subscription
	lasting   = "PT120S"               // a subscription, if it isn't renewed
	leaving   = 2 * time.Second        // for saying that we go
	plausible = time.Minute            // that an event's time may be off
)

// An Event is something that a camera noticed.
type Event struct {
	Topic   string            // without namespaces, such as "VideoSource/MotionAlarm"
	At      time.Time         // by our clock
	Motion  bool              // it is about motion
	On      bool              // something moves from now on; of motion only
	Initial bool              // how it was when we began to listen, not something that happened
	Source  map[string]string // where, in the camera's words
	Data    map[string]string // what
}

// motion is which item of which event says whether something moves.
var motion = map[string]string{
	"VideoSource/MotionAlarm":                         "State",
	"RuleEngine/CellMotionDetector/Motion":            "IsMotion",
	"RuleEngine/MotionRegionDetector/Motion":          "State",
	"RuleEngine/FieldDetector/ObjectsInside":          "IsInside",
	"VideoAnalytics/Motion":                           "State",
	"RuleEngine/VMD3/vmd3_video_1":                    "active",
	"CameraApplicationPlatform/VMD/Camera1ProfileANY": "active",
}

// Notices reports whether the camera tells what it notices.
func (c *Client) Notices(ctx context.Context) (bool, error) { return c.has(ctx, nsEvents), c.meet(ctx) }

// Events calls f with everything that the camera notices, one after the other,
// until ctx ends or the camera fails. It returns nil only in the first case.
func (c *Client) Events(ctx context.Context, f func(Event)) error {
	s, err := c.subscribe(ctx)
	if err != nil {
		return ended(ctx, fmt.Errorf("couldn't listen to what the camera notices: %w", err))
	}
	err = s.listen(ctx, f)
	// The camera keeps a place for us that it may have few of.
	bye, done := context.WithTimeout(context.WithoutCancel(ctx), leaving)
	defer done()
	_, _ = ask[struct{}](bye, c, s.question(nsManager+"/SubscriptionManager/UnsubscribeRequest", element(nsNotify, "Unsubscribe", "")))
	return ended(ctx, fmt.Errorf("couldn't hear what the camera notices: %w", err))
}

// ended is err, or nil if we wanted it to end.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// A subscription is a place of ours in the camera where it puts what it
// notices.
type subscription struct {
	c         *Client
	to        string
	reference string // XML that every question must repeat
	renewed   time.Time
	renews    bool // the camera knows how to renew it
}

// A reference is an element that a camera wants back as it was.
type reference struct {
	XMLName xml.Name
	Attr    []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
}

func (r reference) String() string {
	attributes := ""
	for _, a := range r.Attr {
		if a.Name.Space == "" && a.Name.Local != "xmlns" {
			attributes += ` ` + a.Name.Local + `="` + escape(a.Value) + `"`
		}
	}
	return `<r:` + r.XMLName.Local + ` xmlns:r="` + escape(r.XMLName.Space) + `"` + attributes + `>` + escape(strings.TrimSpace(r.Text)) + `</r:` + r.XMLName.Local + `>`
}

func (c *Client) subscribe(ctx context.Context) (*subscription, error) {
	at, err := c.service(ctx, nsEvents)
	if err != nil {
		return nil, err
	}
	action := nsEvents + "/EventPortType/CreatePullPointSubscriptionRequest"
	reply, err := ask[struct {
		SubscriptionReference struct {
			Address             string
			ReferenceParameters struct {
				All []reference `xml:",any"`
			}
		}
	}](ctx, c, question{to: at, action: action, header: addressing(action, at),
		body: element(nsEvents, "CreatePullPointSubscription", "<InitialTerminationTime>"+lasting+"</InitialTerminationTime>")})
	if err != nil {
		return nil, err
	}
	s := &subscription{c: c, to: c.mend(reply.SubscriptionReference.Address), renewed: c.o.Now(), renews: true}
	if s.to == "" {
		s.to = at // some know who asks from what they want back alone
	}
	for _, r := range reply.SubscriptionReference.ReferenceParameters.All {
		s.reference += r.String()
	}
	return s, nil
}

// addressing is the header that says which question is for whom.
func addressing(action, to string) string {
	return `<a:Action xmlns:a="` + nsAddress + `">` + action + `</a:Action><a:To xmlns:a="` + nsAddress + `">` + escape(to) + `</a:To>`
}

func (s *subscription) question(action, body string) question {
	return question{to: s.to, action: action, header: addressing(action, s.to) + s.reference, body: body, command: true}
}

// listen pulls what the camera noticed, until something fails.
func (s *subscription) listen(ctx context.Context, f func(Event)) error {
	for {
		asked := s.c.o.Now()
		events, err := s.pull(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			f(e)
		}
		if err := s.renew(ctx); err != nil {
			return err
		}
		// A camera that answers at once that there is nothing is asked no
		// faster than this.
		if len(events) == 0 && s.c.o.Now().Sub(asked) < pullPause {
			pause := time.NewTimer(pullPause)
			select {
			case <-ctx.Done():
				pause.Stop()
				return ctx.Err()
			case <-pause.C:
			}
		}
	}
}

// renew makes the subscription last, if it is time for that.
func (s *subscription) renew(ctx context.Context) error {
	now := s.c.o.Now()
	if !s.renews || now.Sub(s.renewed).Abs() < renewEach {
		return nil
	}
	_, err := ask[struct{}](ctx, s.c, s.question(nsManager+"/SubscriptionManager/RenewRequest",
		element(nsNotify, "Renew", "<TerminationTime>"+lasting+"</TerminationTime>")))
	var fault *Fault
	if errors.As(err, &fault) && !errors.Is(err, ErrLogin) {
		s.renews, err = false, nil // pulling is enough for those that can't
	}
	s.renewed = now
	return err
}

type items struct {
	SimpleItem []struct {
		Name  string `xml:"Name,attr"`
		Value string `xml:"Value,attr"`
	}
}

func (i items) named() map[string]string {
	all := map[string]string{}
	for _, s := range i.SimpleItem {
		all[s.Name] = s.Value
	}
	return all
}

// A pulled is what the camera noticed since the last question.
type pulled struct {
	NotificationMessage []struct {
		Topic   string
		Message struct {
			Message struct {
				UtcTime           string `xml:"UtcTime,attr"`
				PropertyOperation string `xml:"PropertyOperation,attr"`
				Source, Data      items
			}
		}
	}
}

func (s *subscription) pull(ctx context.Context) ([]Event, error) {
	q := s.question(nsEvents+"/PullPointSubscription/PullMessagesRequest", element(nsEvents, "PullMessages",
		fmt.Sprintf("<Timeout>PT%dS</Timeout><MessageLimit>100</MessageLimit>", int(pullWait.Seconds()))))
	q.wait = pullWait
	reply, err := ask[pulled](ctx, s.c, q)
	if err != nil {
		return nil, err
	}
	s.c.mu.Lock()
	ahead := s.c.ahead
	s.c.mu.Unlock()
	return reply.events(s.c.o.Now(), ahead), nil
}

// events are those that were pulled at now from a camera whose clock is ahead
// by so much.
func (p pulled) events(now time.Time, ahead time.Duration) (all []Event) {
	for _, n := range p.NotificationMessage {
		m := n.Message.Message
		e := Event{Topic: topic(n.Topic), At: now, Initial: m.PropertyOperation == "Initialized",
			Source: m.Source.named(), Data: m.Data.named()}
		at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(m.UtcTime))
		if at = at.Add(-ahead); err == nil && now.Sub(at).Abs() < plausible {
			e.At = at
		}
		if item, ok := motion[e.Topic]; ok {
			e.Motion, e.On = true, truth(e.Data[item]) && m.PropertyOperation != "Deleted"
		}
		all = append(all, e)
	}
	return all
}

// topic is a topic without its namespaces.
func topic(raw string) string {
	parts := strings.Split(strings.TrimSpace(raw), "/")
	for i, p := range parts {
		parts[i] = p[strings.LastIndex(p, ":")+1:]
	}
	return clean(strings.Join(parts, "/"))
}

// truth is a boolean as cameras write it.
func truth(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return text == "true" || text == "1"
}
