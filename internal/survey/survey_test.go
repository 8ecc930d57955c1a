package survey_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"oogmerk/internal/gate"
	"oogmerk/internal/onvif"
	"oogmerk/internal/premises"
	"oogmerk/internal/simulator"
	"oogmerk/internal/survey"
)

// TestFindTryPlace is the whole way: what is found is tried, what is tried
// answers, and what is chosen can be placed.
func TestFindTryPlace(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	p := s.find()
	if len(p.Found) != 1 || p.Found[0].Device != s.camera.Device() || p.Found[0].Name != "Hal" || p.Found[0].Placed || p.Wrong != "" || p.Site != s.site {
		t.Fatalf("found %+v", p)
	}
	id, err := s.try(nil)
	must(t, err)
	trial, err := s.survey.Trial(s.wim, id)
	must(t, err)
	want := survey.Answer{Device: s.camera.Device(), Is: onvif.Device{Maker: "Kijk", Model: "K1", Firmware: "V20r4", Serial: "7"},
		Clock: survey.Yes, Sound: survey.Yes, Keeps: survey.Yes, Masks: 1, Masking: survey.Yes, Turns: survey.Yes, Notices: true}
	got := trial.Answer
	streams, ahead := got.Streams, got.Ahead
	if got.Streams, got.Ahead = nil, 0; !same(got, want) || (ahead-3*time.Hour).Abs() > 2*time.Second {
		t.Errorf("it answers %+v, %v ahead", got, ahead)
	}
	if len(streams) != 3 || !streams[1].Answers || streams[0].Answers || streams[1].URL != s.rtsp.URL(0) || !streams[1].Sound {
		t.Errorf("its streams are %+v", streams)
	}
	main, sub := trial.Chosen()
	if main != "hoofd" || sub != "klein" {
		t.Errorf("we would choose %q and %q", main, sub)
	}
	c, err := trial.Camera(main, sub)
	must(t, err)
	if c.URL != s.rtsp.URL(0) || c.Sub != s.rtsp.URL(1) || c.Device != s.camera.Device() || c.Profile != "hoofd" || !c.Steers || c.Senses != premises.ByCamera ||
		c.Username != "admin" || c.Password != "" || c.Site != s.site {
		t.Errorf("the camera is %+v", c)
	}
	c.Name, c.Aim = "Hal", "diefstal"
	c = trial.Complete(c)
	placed, err := s.premises.AddCamera(t.Context(), gate.Request{Who: s.manager.Entity()}, c)
	must(t, err)
	if c, err := s.premises.Camera(t.Context(), placed); err != nil || c.Password != s.options.Password {
		t.Errorf("placed %+v, %v", c, err)
	}
	if p := s.find(); len(p.Found) != 1 || !p.Found[0].Placed {
		t.Errorf("found again: %+v", p)
	}
	if slices.Contains(s.camera.Asked(), "snapshot") || len(s.rtsp.Setups()) > 0 {
		t.Error("a picture was asked for")
	}
}

func same(a, b survey.Answer) bool {
	return a.Device == b.Device && a.Is == b.Is && a.Clock == b.Clock && a.Sound == b.Sound && a.Keeps == b.Keeps && a.Masks == b.Masks &&
		a.Masking == b.Masking && a.Turns == b.Turns && a.Notices == b.Notices && a.Trust == b.Trust
}

// TestNobodyElse: who may not place a camera sends nothing to anyone, and the
// refusal is in the logbook.
func TestNobodyElse(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	var no *gate.Refusal
	if _, err := s.survey.Find(t.Context(), s.samira, s.site, ""); !errors.As(err, &no) {
		t.Errorf("Samira looks for cameras: %v", err)
	}
	if _, err := s.survey.Try(t.Context(), s.samira, s.site, survey.Attempt{Address: s.camera.Device()}); !errors.As(err, &no) {
		t.Errorf("Samira tries a camera: %v", err)
	}
	if asked := s.camera.Asked(); len(asked) > 0 {
		t.Errorf("it was asked %v", asked)
	}
	if got := s.acts()[:2]; !slices.Equal(got, []string{"besluit geweigerd camera proberen", "besluit geweigerd camera zoeken"}) {
		t.Errorf("the logbook says %q", got)
	}
	// What Wim found and tried isn't hers to see either.
	id, err := s.survey.Find(t.Context(), s.wim, s.site, "")
	must(t, err)
	s.wait(id)
	if _, err := s.survey.Progress(s.samira, id); err == nil {
		t.Error("Samira sees what Wim found")
	}
	id, err = s.try(nil)
	must(t, err)
	if _, err := s.survey.Trial(s.samira, id); err == nil {
		t.Error("Samira sees what Wim tried")
	}
}

// TestLogged: what was done is in the logbook, without addresses.
func TestLogged(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	s.find()
	_, err := s.try(nil)
	must(t, err)
	_, err = s.try(func(a *survey.Attempt) { a.Password = "anders" })
	if err == nil {
		t.Error("a wrong password was right")
	}
	want := []string{"uitkomst mislukt ", "besluit toegestaan camera proberen", "uitkomst gedaan ", "besluit toegestaan camera proberen",
		"uitkomst gedaan 1", "besluit toegestaan camera zoeken"}
	if got := s.acts()[:6]; !slices.Equal(got, want) {
		t.Errorf("the logbook says %q", got)
	}
}

// TestOnlyOurOwn: the program visits no other machines than cameras of our own
// network, and there nothing but what cameras have.
func TestOnlyOurOwn(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	for address, line := range map[string]string{
		s.camera.Device():                     "eigen netwerk", // on loopback, and it didn't tell of itself yet
		s.rtsp.URL(0):                         "eigen netwerk",
		"192.0.2.7":                           "eigen netwerk",
		"http://169.254.169.254/onvif/latest": "eigen netwerk",
		"http://10.0.0.7/admin/reset":         "begin het met /onvif/",
		"http://a:b@10.0.0.7/":                "een naam of wachtwoord",
		"ftp://10.0.0.7/":                     "geen adres",
		"":                                    "geen adres",
		"http://":                             "geen adres",
		"10.0.0.7:99999999":                   "geen",
	} {
		if _, err := s.try(func(a *survey.Attempt) { a.Address = address }); !says(err, line) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for near, line := range map[string]string{"http://10.0.0.7": "geen adres om", "a b": "geen adres om"} {
		if _, err := s.survey.Find(t.Context(), s.wim, s.site, near); !says(err, line) {
			t.Errorf("near %s: %v", near, err)
		}
	}
	id, err := s.survey.Find(t.Context(), s.wim, s.site, "127.0.0.1")
	must(t, err)
	if p := s.wait(id); !strings.Contains(string(p.Wrong), "eigen netwerk") {
		t.Errorf("near loopback: %+v", p)
	}
	if asked := s.camera.Asked(); len(asked) > 0 {
		t.Errorf("it was asked %v", asked)
	}
}

func says(err error, line string) bool {
	var invalid survey.Invalid
	return errors.As(err, &invalid) && strings.Contains(string(invalid), line)
}

// TestWrong: each thing that can be wrong is said in a line of its own.
func TestWrong(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	s.find()
	for name, c := range map[string]struct {
		change func(*survey.Attempt)
		line   string
	}{
		"password":   {func(a *survey.Attempt) { a.Password = "anders" }, "weigert deze gebruikersnaam"},
		"too long":   {func(a *survey.Attempt) { a.Password = strings.Repeat("x", 81) }, "hoogstens 80"},
		"no camera":  {func(a *survey.Attempt) { a.Address = "http://127.0.0.1:1/onvif/device_service" }, "antwoordt geen camera"},
		"no ONVIF":   {func(a *survey.Attempt) { a.Address = strings.Replace(s.rtsp.URL(0), "rtsp://", "http://", 1) }, "begin het met /onvif/"},
		"RTSP login": {func(a *survey.Attempt) { a.Address, a.Password = s.rtsp.URL(0), "x" }, "weigert deze gebruikersnaam"},
		"RTSP path":  {func(a *survey.Attempt) { a.Address = s.rtsp.URL(0) + "x" }, "geen beeld dat opgenomen kan worden"},
	} {
		if _, err := s.try(c.change); !says(err, c.line) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStreamOnly: a camera without ONVIF is tried at the address of its stream.
func TestStreamOnly(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	s.find()
	id, err := s.try(func(a *survey.Attempt) { a.Address = s.rtsp.URL(1) })
	must(t, err)
	trial, err := s.survey.Trial(s.wim, id)
	must(t, err)
	if len(trial.Streams) != 1 || !trial.Streams[0].Answers || trial.Streams[0].Codec != "h264" || trial.Streams[0].Width == 0 || trial.Sound != survey.Yes || trial.Keeps != "" {
		t.Errorf("it answers %+v", trial.Answer)
	}
	c, err := trial.Camera(trial.Chosen())
	must(t, err)
	if c.URL != s.rtsp.URL(1) || c.Sub+c.Device+c.Senses != "" || c.Steers {
		t.Errorf("the camera is %+v", c)
	}
}

// TestCertificate: one that nobody vouches for is shown, and believed once
// somebody says so.
func TestCertificate(t *testing.T) {
	t.Parallel()
	s := found(t, func(o *simulator.Options) { o.Secret = true })
	s.find()
	var strange *survey.Untrusted
	_, err := s.try(nil)
	if !errors.As(err, &strange) || strange.Fingerprint != s.camera.Fingerprint() {
		t.Fatalf("without trust: %v", err)
	}
	id, err := s.try(func(a *survey.Attempt) { a.Trust = strange.Fingerprint })
	must(t, err)
	trial, err := s.survey.Trial(s.wim, id)
	must(t, err)
	if c, err := trial.Camera("hoofd", ""); err != nil || c.Trust != strange.Fingerprint || c.Sub != "" {
		t.Errorf("the camera is %+v, %v", c, err)
	}
}

// TestPasswordStays: it goes with a camera at the machine it was tried at, and
// with no other; and is gone after a while.
func TestPasswordStays(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	s.find()
	id, err := s.try(nil)
	must(t, err)
	trial, err := s.survey.Trial(s.wim, id)
	must(t, err)
	c, err := trial.Camera("hoofd", "klein")
	must(t, err)
	for name, change := range map[string]func(*premises.Camera){
		"stream":  func(c *premises.Camera) { c.URL = "rtsp://192.0.2.1/x" },
		"lighter": func(c *premises.Camera) { c.Sub = "rtsp://192.0.2.1/x" },
		"service": func(c *premises.Camera) { c.Device = "http://192.0.2.1/x" },
		"name":    func(c *premises.Camera) { c.Username = "root" },
		"broken":  func(c *premises.Camera) { c.URL = "rtsp://%zz" },
	} {
		other := c
		if change(&other); trial.Complete(other).Password != "" {
			t.Errorf("another %s gets the password", name)
		}
	}
	if own := c; trial.Complete(own).Password != s.options.Password {
		t.Error("the camera itself doesn't get it")
	}
	if _, err := trial.Camera("nergens", ""); err == nil {
		t.Error("a stream that isn't there was chosen")
	}
	s.later = time.Hour
	if _, err := s.survey.Trial(s.wim, id); !says(err, "te lang geleden") {
		t.Errorf("an hour later: %v", err)
	}
}

// TestOneAtATime: nobody goes through a network address by address at speed.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	id, err := s.survey.Find(t.Context(), s.wim, s.site, "")
	must(t, err)
	if _, err := s.survey.Find(t.Context(), s.wim, s.site, ""); !says(err, "al gezocht") {
		t.Errorf("a second search: %v", err)
	}
	s.wait(id)
}

// TestSays: what the regulation says of hearing and of keeping is asked of it.
func TestSays(t *testing.T) {
	t.Parallel()
	s := found(t, nil)
	got, err := s.survey.Says(t.Context(), s.site)
	must(t, err)
	if len(got.Sound) != 1 || got.Sound[0].Title != "Geen geluid" {
		t.Errorf("of sound: %+v", got.Sound)
	}
	if len(got.Terms) != 1 || got.Terms[0].Title != "Bewaren" {
		t.Errorf("of terms: %+v", got.Terms)
	}
}
