package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"time"

	"oogmerk/internal/calendar"
	"oogmerk/internal/gate"
	"oogmerk/internal/incident"
	"oogmerk/internal/people"
	"oogmerk/internal/regulation"
)

// A gateResult is what bench gate prints. Times are of one deed; of each act
// the slowest question counts, whoever asks it.
type gateResult struct {
	Regulation string             `json:"regulation"`
	Policies   int                `json:"policies"` // in the document and the statutes above it
	Questions  int                `json:"questions"`
	RuleP50    map[string]float64 `json:"rule_us_p50"` // the ruling alone, by act
	RuleMost   float64            `json:"rule_us_p50_slowest"`
	AskP50     map[string]float64 `json:"ask_us_p50"` // hearing the witnesses and ruling
	AskMost    float64            `json:"ask_us_p50_slowest"`
	EnterAct   string             `json:"enter_act"`
	EnterP50   float64            `json:"enter_ms_p50"` // all that, and its line in the logbook, on disk
	EnterP99   float64            `json:"enter_ms_p99"`
}

// benchGate measures what it costs to ask the law: it founds the demo's cast
// on a real disk, and asks for everything on behalf of everyone.
func benchGate(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench gate", flag.ContinueOnError)
	name := set.String("regulation", defaultRegulation, "the regulation: a `file`, or one that comes with the program")
	times := set.Int("n", 500, "how often something is entered; each question is asked a tenth as often")
	data := set.String("data", "", "`directory` to make a temporary one in, on the disk to measure; that of the system unless given")
	profile := set.String("profile", "", "where to write a profile of the processor time, for go tool pprof")
	if err := parse(set, args, out, 0); err != nil {
		return err
	}
	if *times < 10 || *times > 1_000_000 {
		return errors.New("choose 10 to 1000000 times")
	}
	dir, err := os.MkdirTemp(*data, "oogmerk-bench-")
	if err != nil {
		return err
	}
	result, err := measureGate(ctx, dir, *name, *times, *profile)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

func measureGate(ctx context.Context, dir, name string, times int, profile string) (result gateResult, err error) {
	c, err := castFor(name)
	if err != nil {
		return result, err
	}
	p, err := build(ctx, place{dir: dir}, time.Now, func(error) {})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	c.begin(calendar.DateOf(p.now()))
	codes, err := found(ctx, p, c.Setup)
	if err != nil {
		return result, err
	}
	all, err := p.requests(ctx, c, codes)
	if err != nil {
		return result, err
	}
	result = gateResult{Regulation: c.law.File, Policies: policies(p.board.InForce(p.now())), Questions: len(all),
		RuleP50: map[string]float64{}, AskP50: map[string]float64{}}
	var failed error
	err = profiled(profile, func() {
		if failed = p.timeAsking(ctx, all, times/10+1, &result); failed == nil {
			failed = p.timeEntering(ctx, all, times, &result)
		}
	})
	return result, errors.Join(err, failed)
}

var policyLine = regexp.MustCompile(`(?m)^(permit|forbid)\b`)

// policies counts those of a regulation, with all that holds beside it.
func policies(law *regulation.Regulation) (n int) {
	sections := law.Sections
	for _, over := range law.Layers() {
		sections = append(slices.Clip(sections), over.Law.Sections...)
	}
	for _, s := range sections {
		for _, f := range s.Fences {
			if f.Language == "cedar" {
				n += len(policyLine.FindAllString(f.Text, -1))
			}
		}
	}
	return n
}

// everyone signs the whole cast in, each at a screen of their own, which is the
// first workstation if there is one.
func (p *program) everyone(ctx context.Context, c cast, codes []stationCode) (who []people.Presence, err error) {
	station := ""
	if len(codes) > 0 {
		device, err := p.premises.EnrolDevice(ctx, codes[0].code)
		if err != nil {
			return nil, err
		}
		w, _, err := p.premises.StationOf(ctx, device)
		if err != nil {
			return nil, err
		}
		station = w.ID
	}
	for _, someone := range c.People {
		token, err := p.people.SignIn(ctx, "", someone.Login, someone.Password)
		if err == nil && station != "" {
			err = p.people.AtStation(ctx, token, station)
		}
		if err != nil {
			return nil, err
		}
		here, err := p.people.Present(ctx, token)
		if err != nil {
			return nil, err
		}
		who = append(who, here)
	}
	return who, nil
}

// requests is every act on one thing of each kind, by everyone of the cast and
// by the program itself.
func (p *program) requests(ctx context.Context, c cast, codes []stationCode) (all []gate.Request, err error) {
	who, err := p.everyone(ctx, c, codes)
	if err != nil {
		return nil, err
	}
	things, err := p.things(ctx, c, who)
	if err != nil {
		return nil, err
	}
	for _, act := range regulation.Acts() {
		for _, kind := range regulation.Subjects(act) {
			on, there := things[kind]
			if !there {
				continue
			}
			for _, here := range who {
				all = append(all, here.Request(act, on))
			}
			all = append(all, gate.Request{Who: people.System.Entity(), Act: act, On: on})
		}
	}
	for i := range all {
		all[i].Details = regulation.Details(all[i].Act)
	}
	return all, nil
}

// things is one thing of each kind there is, by kind. There is an incident if
// somebody may report one.
func (p *program) things(ctx context.Context, c cast, who []people.Presence) (map[string]gate.Subject, error) {
	cameras, err := p.premises.Cameras(ctx)
	if err != nil {
		return nil, err
	}
	if len(cameras) == 0 {
		return nil, fmt.Errorf("the cast of %s has no camera", c.law.File)
	}
	all := map[string]gate.Subject{regulation.Camera: {Entity: cameras[0].ID.Entity()}, regulation.Site: {Entity: cameras[0].Site.Entity()},
		regulation.Organisation: {Entity: regulation.NewEntity(regulation.Organisation, "organisatie")},
		regulation.Person:       {Entity: who[len(who)-1].All[0].Person.ID.Entity()}}
	for _, here := range who {
		for _, kind := range incident.Kinds(c.law.Terms) {
			made, err := p.incidents.Report(ctx, here, incident.Incident{Kind: kind.Key, Site: cameras[0].Site, Happened: p.now(), State: incident.Observed,
				Description: "gemeten", Observer: "wie meet"})
			if err == nil {
				all[regulation.Incident] = gate.Subject{Entity: made.Entity()}
				return all, nil
			}
			var refusal *gate.Refusal
			if !errors.As(err, &refusal) {
				return nil, err
			}
		}
	}
	return all, nil
}

// timeAsking times every question.
func (p *program) timeAsking(ctx context.Context, all []gate.Request, times int, result *gateResult) error {
	for _, r := range all {
		var rule, ask []time.Duration
		for range times {
			began := time.Now()
			law, q, err := p.gate.Ask(ctx, r)
			if err != nil {
				return err
			}
			heard := time.Now()
			law.Rule(q)
			rule, ask = append(rule, time.Since(heard)), append(ask, time.Since(began))
		}
		act := string(r.Act)
		result.RuleP50[act] = max(result.RuleP50[act], round(microseconds(part(rule, 50)), 1))
		result.AskP50[act] = max(result.AskP50[act], round(microseconds(part(ask, 50)), 0))
		result.RuleMost, result.AskMost = max(result.RuleMost, result.RuleP50[act]), max(result.AskMost, result.AskP50[act])
	}
	return nil
}

// timeEntering times the act that people wait for, if somebody may do it, or
// else what the program does all day.
func (p *program) timeEntering(ctx context.Context, all []gate.Request, times int, result *gateResult) error {
	r, err := p.entered(ctx, all)
	if err != nil {
		return err
	}
	var took []time.Duration
	for range times {
		began := time.Now()
		permit, err := p.gate.Enter(ctx, r)
		took = append(took, time.Since(began))
		if err != nil {
			return err
		}
		if err := permit.Close(ctx, "gedaan", nil); err != nil {
			return err
		}
	}
	result.EnterAct = string(r.Act)
	result.EnterP50, result.EnterP99 = round(microseconds(part(took, 50))/1000, 2), round(microseconds(part(took, 99))/1000, 2)
	return nil
}

// entered is what to enter for: to play back, to watch, to read or to record.
func (p *program) entered(ctx context.Context, all []gate.Request) (gate.Request, error) {
	for _, act := range []regulation.Act{regulation.PlayBack, regulation.Watch, regulation.Consult, regulation.Record} {
		for _, r := range all {
			if r.Act != act {
				continue
			}
			for _, purpose := range append(p.terms(p.now()).Purposes, regulation.PurposeTerm{}) {
				r.For = purpose.Key
				law, q, err := p.gate.Ask(ctx, r)
				if err != nil {
					return r, err
				}
				if law.Rule(q).Allowed {
					return r, nil
				}
			}
		}
	}
	return gate.Request{}, errors.New("nobody may do anything that can be entered for")
}

// part is the value that so many of a hundred are no more than.
func part(all []time.Duration, of int) time.Duration {
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*of/100)]
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
