package internal_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"crypto/rand"

	"oogmerk/internal/blob"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/media"
	"oogmerk/internal/people"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/vault"
)

// harmless are the exported methods that ask for no permit, and why they may:
// none of them gives or takes a picture. A new method is either in this list,
// with a reason, or takes a permit.
var harmless = map[string]string{
	"Store.Run":      "commits the index and publishes public keys",
	"Store.Recover":  "finishes what was interrupted; what it erases was permitted",
	"Store.OpenGap":  "writes why there are no pictures",
	"Store.EndGap":   "the same",
	"Store.Segments": "metadata",
	"Store.Gaps":     "metadata",
	"Store.Oldest":   "metadata",
	"Store.Kept":     "metadata",
	"Store.End":      "metadata",
	"Store.Resume":   "says where a recording goes on, and ends gaps there",
	"Store.Check":    "opens footage to verify it, and returns lines of text alone",

	"Store.KeepFree": "sets how much of the disk stays free", "Store.Mind": "watches how much of the disk is free", "Store.Room": "how much that is",
	"Store.Health": "counts of what was written", "Store.Measure": "adds up how much there is", "Store.Usage": "what that came to",
	"Store.Timeline": "metadata", "Store.Summarise": "metadata, from metadata", "Store.KeepSummaries": "the same, from time to time",

	"Recorder.Run":    "asks the gate itself, for each camera",
	"Recorder.Status": "how a camera is doing", "Recorder.Notices": "what is wrong with cameras",
	"Recorder.Play": "asks the gate itself, for the camera it plays to",
	"Recorder.Ask":  "a signal",

	"Register.AddSite": "passes the gate itself", "Register.AddSign": "the same", "Register.AddCamera": "the same",
	"Register.ChangeCamera": "the same", "Register.RemoveCamera": "the same", "Register.RemoveSign": "the same", "Register.Signs": "metadata",
	"Register.Sites": "metadata", "Register.Cameras": "metadata", "Register.Camera": "metadata",
	"Register.Changed": "a signal", "Register.Testify": "facts for the gate",
	"Register.ChangeSite": "passes the gate itself", "Register.AddRoom": "the same", "Register.RemoveRoom": "the same", "Register.SetStorage": "the same",
	"Register.AddEntrance": "the same", "Register.RemoveEntrance": "the same", "Register.AddMask": "the same", "Register.RemoveMask": "the same",
	"Register.AddWorkstation": "the same", "Register.RemoveWorkstation": "the same", "Register.EnrolDevice": "works once, with a code that passed the gate",
	"Register.NoteClock": "what was measured", "Register.Site": "metadata", "Register.Room": "metadata", "Register.Rooms": "metadata",
	"Register.Entrances": "metadata", "Register.Masks": "metadata", "Register.Workstations": "metadata", "Register.StationOf": "metadata",
	"Register.SignPhoto": "a picture of a sign, that somebody put there; pages show it to who may place",

	"Register.SignIn": "a sign-in", "Register.Join": "a sign-in", "Register.Leave": "the end of one",
	"Register.Present": "who sits there", "Register.Sitting": "the same",
	"Register.Persons": "metadata", "Register.Person": "metadata", "Register.ByLogin": "metadata",
	"Register.Appointments": "metadata", "Register.AddPerson": "passes the gate itself", "Register.Appoint": "the same",
	"Register.Withdraw": "the same", "Register.FoundPerson": "works once, on an empty register, inside the founding",
	"Register.Undertake": "passes the gate itself", "Register.EndPerson": "the same", "Register.GiveGrant": "the same",
	"Register.EndGrant": "the same", "Register.EnterAbsence": "the same", "Register.EndAbsence": "the same",
	"Register.AddSession": "the same", "Register.EndSession": "the same", "Register.ReceiveVisitor": "the same",
	"Register.VisitorLeaves": "the same", "Register.Appointed": "metadata", "Register.Grants": "metadata",
	"Register.Absences": "metadata", "Register.Sessions": "metadata", "Register.Visitors": "metadata",
	"Register.AtStation": "says at which screen a seat is; who calls it has seen the screen prove itself",
}

// TestNothingOpensWithoutAPermit calls every exported method that reaches
// footage, people or premises with no permit, the zero permit and a closed
// one, and expects each to refuse.
func TestNothingOpensWithoutAPermit(t *testing.T) {
	d := dbtest.SQLite(t)
	dir := t.TempDir()
	keys, err := vault.Open(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	blobs, err := blob.Open(filepath.Join(dir, "segments"))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }
	store := footage.Open(d, blobs, keys, now)
	cameras := premises.Open(d, nil, now)
	rec := recorder.New(nil, store, cameras, now)

	tested := 0
	for _, of := range []any{store, rec, cameras, people.Open(d, nil, now)} {
		v := reflect.ValueOf(of)
		for i := range v.NumMethod() {
			name := v.Type().Elem().Name() + "." + v.Type().Method(i).Name
			for what, p := range map[string]*gate.Permit{"no permit": nil, "the zero permit": {}} {
				args, asks := arguments(t, v.Method(i).Type(), p)
				if !asks {
					if harmless[name] == "" {
						t.Errorf("%s asks for no permit, and isn't in the list of methods that needn't", name)
					}
					break
				}
				tested++
				refuses(t, name+" with "+what, v.Method(i).Call(args))
			}
		}
	}
	if tested < 2*5 {
		t.Errorf("only %d calls asked for a permit", tested)
	}
}

// arguments makes zero arguments for a method, with p where a permit goes.
func arguments(t *testing.T, m reflect.Type, p *gate.Permit) (args []reflect.Value, asks bool) {
	for i := range m.NumIn() {
		switch in := m.In(i); in {
		case reflect.TypeFor[*gate.Permit]():
			asks = true
			args = append(args, reflect.ValueOf(p))
		case reflect.TypeFor[[]footage.Due]():
			asks = true
			args = append(args, reflect.ValueOf([]footage.Due{{Permit: p}}))
		case reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(t.Context()))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	return args, asks
}

// refuses expects the last result to be ErrNoPermit. What Record returns is
// asked to write instead.
func refuses(t *testing.T, what string, results []reflect.Value) {
	t.Helper()
	last := results[len(results)-1].Interface()
	if w, ok := last.(*footage.Writer); ok {
		last = w.Write(t.Context(), &media.Fragment{Start: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC),
			Config: &media.Config{Codec: media.H264, SPS: []byte{1}, PPS: []byte{1}}, Samples: []media.Sample{{Size: 1, Duration: 3600, Key: true}}, Data: []byte{1}})
	}
	if all, ok := last.([]footage.Erased); ok {
		last = all[0].Err
	}
	err, ok := last.(error)
	if !ok || !errors.Is(err, gate.ErrNoPermit) {
		t.Errorf("%s: got %v, want ErrNoPermit", what, last)
	}
}
