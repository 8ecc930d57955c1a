package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var eventService = map[string]func(call) (string, *fault){
	"GetEventProperties":          call.topics,
	"CreatePullPointSubscription": call.subscribe,
	"PullMessages":                call.pull,
	"Renew":                       call.renew,
	"Unsubscribe":                 call.unsubscribe,
}

const (
	mostPlaces = 8  // for who listens
	mostKept   = 64 // events for one of them
	stays      = 2 * time.Minute
)

// A place is where events wait for one who listens.
type place struct {
	events chan string
	until  time.Time // by the camera's clock
}

// Motion makes the camera notice that something moves, or moves no more.
func (c *Camera) Motion(on bool) {
	at := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moves = on
	for _, p := range c.places {
		select {
		case p.events <- motion(at, "Changed", on):
		default: // who doesn't come for them misses them
		}
	}
}

// Listeners is how many listen to it.
func (c *Camera) Listeners() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.places)
}

// motion is the event that tells of it.
func motion(at time.Time, operation string, on bool) string {
	return fmt.Sprintf(`<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">`+
		`tns1:RuleEngine/CellMotionDetector/Motion</wsnt:Topic><wsnt:Message><tt:Message UtcTime="%s" PropertyOperation="%s"><tt:Source>`+
		`<tt:SimpleItem Name="VideoSourceConfigurationToken" Value="%s"/><tt:SimpleItem Name="Rule" Value="MyMotionDetectorRule"/></tt:Source>`+
		`<tt:Data><tt:SimpleItem Name="IsMotion" Value="%t"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`,
		at.Format("2006-01-02T15:04:05.000Z"), operation, source, on)
}

func (q call) topics() (string, *fault) {
	return `<tev:GetEventPropertiesResponse><tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml</tev:TopicNamespaceLocation>` +
		`<wsnt:FixedTopicSet>true</wsnt:FixedTopicSet><wstop:TopicSet xmlns:wstop="http://docs.oasis-open.org/wsn/t-1"><tns1:RuleEngine><CellMotionDetector>` +
		`<Motion wstop:topic="true"/></CellMotionDetector></tns1:RuleEngine></wstop:TopicSet></tev:GetEventPropertiesResponse>`, nil
}

func (q call) subscribe() (string, *fault) {
	now := q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, p := range q.places {
		if now.After(p.until) {
			delete(q.places, id)
		}
	}
	if len(q.places) == mostPlaces {
		return "", &fault{"ter:Action", "too many listen already"}
	}
	q.count++
	id := strconv.Itoa(q.count)
	p := &place{events: make(chan string, mostKept), until: now.Add(stays)}
	p.events <- motion(now, "Initialized", q.moves)
	q.places[id] = p
	where := tag("wsa5:Address", q.at("pull/"+id))
	if q.o.ByReference {
		where = tag("wsa5:Address", q.at("event_service")) +
			tag("wsa5:ReferenceParameters", `<sim:Place xmlns:sim="urn:camera" sim:kind="pull">`+id+`</sim:Place>`)
	}
	return tag("tev:CreatePullPointSubscriptionResponse", tag("tev:SubscriptionReference", where)+tag("wsnt:CurrentTime", now.Format(time.RFC3339))+
		tag("wsnt:TerminationTime", p.until.Format(time.RFC3339))), nil
}

// place is that of who asks; nil if they have none.
func (q call) place() (string, *place) {
	id := q.r.URL.Path[strings.LastIndex(q.r.URL.Path, "/")+1:]
	if q.o.ByReference {
		id = q.all.find("Header").text("Place")
	}
	now := q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.places[id]
	if p == nil || now.After(p.until) {
		return id, nil
	}
	return id, p
}

var gone = &fault{"ter:InvalidArgVal", "there is no such subscription"}

func (q call) pull() (string, *fault) {
	_, p := q.place()
	if p == nil {
		return "", gone
	}
	wait, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(q.what.text("Timeout"), "PT")))
	if err != nil || wait > time.Minute {
		return "", &fault{"ter:InvalidArgVal", "that is no time to wait"}
	}
	if q.o.NoWait {
		wait = 0
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	all := ""
	select {
	case all = <-p.events:
		for more := true; more; {
			select {
			case one := <-p.events:
				all += one
			default:
				more = false
			}
		}
	case <-timeout.C:
	case <-q.over:
	case <-q.r.Context().Done():
	}
	return tag("tev:PullMessagesResponse", q.times("tev", p)+all), nil
}

// times say when it is, and until when a subscription lasts.
func (q call) times(prefix string, p *place) string {
	now := q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	p.until = now.Add(stays)
	return tag(prefix+":CurrentTime", now.Format(time.RFC3339)) + tag(prefix+":TerminationTime", p.until.Format(time.RFC3339))
}

func (q call) renew() (string, *fault) {
	_, p := q.place()
	if p == nil {
		return "", gone
	}
	return tag("wsnt:RenewResponse", q.times("wsnt", p)), nil
}

func (q call) unsubscribe() (string, *fault) {
	id, p := q.place()
	if p == nil {
		return "", gone
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.places, id)
	return "<wsnt:UnsubscribeResponse/>", nil
}
