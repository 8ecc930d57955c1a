// Package metrics tells a machine that watches machines how the program is
// doing. It knows cameras by id, and nobody: what somebody watched is in the
// logbook alone.
package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"oogmerk/internal/footage"
	"oogmerk/internal/gate"
	"oogmerk/internal/logbook"
	"oogmerk/internal/premises"
	"oogmerk/internal/recorder"
	"oogmerk/internal/regulation"
	"oogmerk/internal/retention"
)

// Sources are what is asked, each time somebody wants to know. Nothing is
// counted here: what isn't asked for costs nothing.
type Sources struct {
	Gate     *gate.Gate
	Book     *logbook.Book
	Premises *premises.Register
	Footage  *footage.Store
	Recorder *recorder.Recorder
	Sweeper  *retention.Sweeper
	Now      func() time.Time
	Report   func(error) // gets what couldn't be found out
}

// patience is how long the database may take to say what there is.
const patience = 5 * time.Second

// Handler answers with everything in the text format of Prometheus.
func Handler(s Sources) http.Handler {
	all := prometheus.NewRegistry()
	all.MustRegister(s, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(all, promhttp.HandlerOpts{ErrorLog: reporter{s.Report}, ErrorHandling: promhttp.ContinueOnError}))
	return mux
}

// A reporter passes on what goes wrong while answering.
type reporter struct{ report func(error) }

// Println is what promhttp calls.
func (r reporter) Println(v ...any) {
	for _, what := range v {
		if err, ok := what.(error); ok {
			r.report(err)
		}
	}
}

// Describe says nothing: which cameras there are changes.
func (s Sources) Describe(chan<- *prometheus.Desc) {}

// Collect asks everything.
func (s Sources) Collect(to chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	out := sink(to)
	s.cameras(ctx, out)
	s.store(out)
	s.sweeps(out)
	s.rulings(out)
	if n, err := s.Book.Size(ctx); err != nil {
		s.Report(err)
	} else {
		out.gauge("logbook_entries", "Entries in the logbook.", float64(n))
	}
	if s.Recorder.Guard != nil {
		trusted, _ := s.Recorder.Guard.Trusted()
		out.gauge("clock_trusted", "1 if our clock is believed; 0 while erasing waits for it.", yes(trusted))
	}
}

// cameras says how each camera is doing.
func (s Sources) cameras(ctx context.Context, out sink) {
	all, err := s.Premises.Cameras(ctx)
	if err != nil {
		s.Report(err)
		return
	}
	health, now := s.Footage.Health(), s.Now()
	for _, c := range all {
		id, status, volume := string(c.ID), s.Recorder.Status(c.ID), health.Cameras[c.ID]
		out.gauge("camera_state", "1 for the state that a camera is in.", 1, "camera", id, "state", status.State)
		out.counter("camera_recorded_bytes_total", "Bytes of video that a camera recorded.", float64(volume.Bytes), "camera", id)
		out.counter("camera_recorded_fragments_total", "Fragments (about half a second) that a camera recorded.", float64(volume.Fragments), "camera", id)
		out.gauge("camera_lost_packets", "Packets that never came, of this connection.", float64(status.Lost), "camera", id)
		out.gauge("camera_garbage_packets", "Packets that nothing could be made of, of this connection.", float64(status.Garbage), "camera", id)
		out.gauge("camera_clock_offset_seconds", "How far a camera's clock is ahead of ours.", status.ClockOff.Seconds(), "camera", id)
		if !status.Picture.IsZero() {
			out.gauge("camera_picture_age_seconds", "How long ago the last key picture of a camera came.", now.Sub(status.Picture).Seconds(), "camera", id)
		}
	}
	for _, u := range s.Footage.Usage() {
		id := string(u.Camera)
		out.gauge("camera_stored_bytes", "What a camera has on disk.", float64(u.Bytes()), "camera", id)
		out.gauge("camera_held_bytes", "What of that is held for an incident.", float64(u.Held), "camera", id)
	}
	for cause, n := range health.GapsBegun {
		out.counter("gaps_total", "Gaps that began, by cause.", float64(n), "cause", cause)
	}
}

// store says how much room there is, and how writing goes.
func (s Sources) store(out sink) {
	room, health := s.Footage.Room(), s.Footage.Health()
	out.gauge("store_free_bytes", "What fits on the disk of the footage.", float64(room.Free))
	out.gauge("store_size_bytes", "How large that disk is.", float64(room.Size))
	out.gauge("store_reserve_bytes", "What footage doesn't take of it.", float64(room.Reserve))
	out.gauge("store_low", "1 if less is free than the reserve.", yes(room.Low))
	out.gauge("store_full", "1 if nothing is recorded because the disk is full.", yes(room.Full))
	out.gauge("store_queue_length", "How many fragments of a camera may wait for the disk.", footage.QueueLength)
	out.gauge("store_queue_deepest", "Most fragments of a camera that waited for the disk in the last hour.", float64(health.Deepest))
	out.gauge("store_slowest_sync_seconds", "The slowest sync of the last hour.", health.Slowest.Seconds())
	out.counter("store_errors_total", "Errors of the disk that ended a segment.", float64(health.Errors))
	classes, below := map[float64]uint64{}, uint64(0)
	for i, most := range footage.SyncClasses {
		below += uint64(health.Classes[i])
		classes[most.Seconds()] = below
	}
	total := below + uint64(health.Classes[len(footage.SyncClasses)])
	out <- prometheus.MustNewConstHistogram(desc("store_sync_seconds", "How long syncs took.", nil), total, health.SyncTime.Seconds(), classes)
}

// sweeps says how erasing goes.
func (s Sources) sweeps(out sink) {
	o := s.Sweeper.Outcome()
	if !o.At.IsZero() {
		out.gauge("sweep_last_timestamp_seconds", "When the last sweep began.", float64(o.At.UnixMilli())/1000)
		out.gauge("sweep_last_seconds", "How long it took.", o.Took.Seconds())
	}
	out.gauge("sweep_failing", "1 if the last sweep couldn't erase all that it should.", yes(!o.Failing.IsZero()))
	out.counter("sweeps_total", "Sweeps.", float64(o.Sweeps))
	out.counter("sweep_failures_total", "Sweeps that couldn't erase all that they should.", float64(o.Failures))
	out.counter("erased_hours_total", "Hours of a camera that were erased.", float64(o.Hours))
	out.counter("erased_segments_total", "Segments that were erased.", float64(o.Segments))
	out.counter("erased_bytes_total", "Bytes that were erased.", float64(o.Bytes))
}

// rulings says how the gate ruled, and what is going on by its permits.
func (s Sources) rulings(out sink) {
	for c, n := range s.Gate.Rulings() {
		out.counter("rulings_total", "Rulings by act and result.", float64(n), "act", string(c.Act), "result", c.Result)
	}
	open := s.Gate.Open()
	out.gauge("live_viewers", "Live views that are open.", float64(open[regulation.Watch]))
	out.gauge("playbacks", "Playbacks that are open.", float64(open[regulation.PlayBack]))
	for act, n := range open {
		out.gauge("permits_open", "Permits that are good now, by act.", float64(n), "act", string(act))
	}
}

// A sink is where metrics go.
type sink chan<- prometheus.Metric

// gauge and counter send a figure. labels are name, value, name, value.
func (out sink) gauge(name, help string, value float64, labels ...string) {
	out.send(prometheus.GaugeValue, name, help, value, labels)
}

func (out sink) counter(name, help string, value float64, labels ...string) {
	out.send(prometheus.CounterValue, name, help, value, labels)
}

func (out sink) send(kind prometheus.ValueType, name, help string, value float64, labels []string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	out <- prometheus.MustNewConstMetric(desc(name, help, names), kind, value, values...)
}

func desc(name, help string, labels []string) *prometheus.Desc {
	return prometheus.NewDesc("oogmerk_"+name, help, labels, nil)
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
