package recorder

import (
	"cmp"
	"slices"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/premises"
)

// A NoticeKind is what somebody should know, and mostly do something about.
type NoticeKind string

// What there is to notice.
const (
	NoticeOffline  NoticeKind = "onbereikbaar"            // nothing comes, Cause says why
	NoticeFrozen   NoticeKind = "beeld staat stil"        // the same picture comes over and over
	NoticeClock    NoticeKind = "klok loopt uiteen"       // the camera's clock is off
	NoticeDisk     NoticeKind = "schijf"                  // the disk takes nothing
	NoticeRefused  NoticeKind = "geen toestemming"        // the regulation doesn't allow recording
	NoticeEvents   NoticeKind = "bewegingsmelding"        // the camera or ffmpeg should say when something moves, and doesn't
	NoticeBlind    NoticeKind = "niet te beoordelen"      // it can't be told whether something moves
	NoticeOwnClock NoticeKind = "klok van de opnemer"     // our own clock leapt
	NoticeLight    NoticeKind = "lichte stroom ontbreekt" // the lighter stream can't be had
)

// A Notice is something that isn't as it should be, now.
type Notice struct {
	Camera  premises.CameraID // "" for the recorder itself
	Kind    NoticeKind
	Since   time.Time     // by our clock; zero if that isn't known
	Cause   string        // of the gap there is for it, "" for none
	Detail  string        // one line, or ""
	Off     time.Duration // how far a clock is ahead; less than 0 for behind
	Refusal *gate.Refusal // what forbids it
}

const (
	// A camera that connects again within it isn't worth a word.
	patience = 30 * time.Second
	// A clock that is off by less is nobody's trouble.
	worthSaying = 5 * time.Second
)

// Notices is what isn't as it should be now, by camera and kind. Our own
// clock comes first.
func (r *Recorder) Notices() []Notice {
	var all []Notice
	if r.Guard != nil {
		if ahead, since := r.Guard.Doubted(); !since.IsZero() {
			_, why := r.Guard.Trusted()
			all = append(all, Notice{Kind: NoticeOwnClock, Since: since, Off: ahead, Detail: why})
		}
	}
	r.mu.Lock()
	cameras := make([]*camera, 0, len(r.cameras))
	for _, c := range r.cameras {
		cameras = append(cameras, c)
	}
	r.mu.Unlock()
	for _, c := range cameras {
		all = append(all, c.notices()...)
	}
	slices.SortStableFunc(all, func(a, b Notice) int {
		return cmp.Or(cmp.Compare(a.Camera, b.Camera), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

// notices is what isn't as it should be with c.
func (c *camera) notices() (all []Notice) {
	now := c.recorder.now()
	add := func(n Notice) {
		n.Camera = c.id
		all = append(all, n)
	}
	status := c.condition.get()
	cause, detail, since := c.gaps.lasting()
	switch cause {
	case causeUnreachable, causeLogin, causeCertificate, causeNoPicture:
		if now.Sub(since) >= c.recorder.patience {
			add(Notice{Kind: NoticeOffline, Since: since, Cause: cause, Detail: detail})
		}
	case causeForbidden:
		add(Notice{Kind: NoticeRefused, Since: since, Cause: cause, Detail: detail, Refusal: status.Refusal})
	case causeDisk, causeDiskFull:
		add(Notice{Kind: NoticeDisk, Since: since, Cause: cause, Detail: detail})
	case causeStill:
		if c.sieve.blind() {
			add(Notice{Kind: NoticeBlind, Since: since, Cause: cause})
		}
	}
	if at := c.condition.frozen(c.recorder.frozenAfter); !at.IsZero() {
		add(Notice{Kind: NoticeFrozen, Since: at})
	}
	if at, err := c.ear.wrong(); err != nil {
		add(Notice{Kind: NoticeEvents, Since: at, Detail: oneLine(err)})
	}
	if at, err := c.light.wrong(); err != nil {
		add(Notice{Kind: NoticeLight, Since: at, Detail: oneLine(err)})
	}
	if status.ClockOff.Abs() >= worthSaying {
		add(Notice{Kind: NoticeClock, Off: status.ClockOff})
	}
	return all
}
