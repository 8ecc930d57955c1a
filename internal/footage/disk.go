package footage

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"oogmerk/internal/blob"
)

// What is written is synced with the first fragment that comes syncAfter
// later, or if none comes at syncLast: waking up for it costs more than it does.
const (
	syncAfter = 900 * time.Millisecond
	syncLast  = 1200 * time.Millisecond
)

type jobKind int

const (
	jobBegin    jobKind = iota // block is a header: make a file
	jobFragment                // block is a fragment
	jobEnd                     // block is the table: close the file
)

// A job is blocks on their way to the disk.
type job struct {
	kind   jobKind
	block  []byte
	header *header // jobBegin
	entry  entry   // jobFragment
}

// A diskline writes one camera's segments, one after the other, on a
// goroutine of its own: a disk that waits holds up nobody else.
type diskline struct {
	store *Store
	jobs  chan job
	done  chan struct{}

	mu  sync.Mutex
	err error // the first thing that went wrong; nothing is written after it

	file *blob.File // nil between segments
	sum  [32]byte   // of its header
	tags []entry    // of its fragments; nothing but the tags
	row  Segment    // what is in the file
	safe Segment    // what of it survives a power cut

	late  *time.Timer // runs while there is something to sync,
	since time.Time   // and since when
}

// startDisk starts a diskline. It ends when jobs is closed.
func (s *Store) startDisk() *diskline {
	d := &diskline{store: s, jobs: make(chan job, queueLength), done: make(chan struct{}), late: time.NewTimer(syncLast)}
	go d.run()
	return d
}

func (d *diskline) failed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

func (d *diskline) run() {
	defer close(d.done)
	defer d.late.Stop()
	for {
		select {
		case j, more := <-d.jobs:
			if !more {
				d.note(d.settle(nil))
				return
			}
			if d.failed() == nil {
				d.note(d.do(j))
			}
			d.store.release(j.block)
		case <-d.late.C:
			if d.failed() == nil {
				d.note(d.sync())
			}
		}
	}
}

// note remembers what went wrong, and saves what was kept until then.
func (d *diskline) note(err error) {
	if err == nil {
		return
	}
	err = d.settle(err)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = errors.Join(d.err, err)
}

func (d *diskline) do(j job) error {
	switch j.kind {
	case jobBegin:
		return d.begin(j)
	case jobFragment:
		return d.fragment(j)
	default:
		return d.end(j)
	}
}

func (d *diskline) begin(j job) error {
	d.row = j.header.row()
	d.store.index.put(line{Segment: d.row})
	var err error
	if d.file, err = d.store.blobs.Create(d.row.Blob); err != nil {
		d.store.index.put(line{Segment: d.row, gone: true})
		return err
	}
	d.sum, d.tags, d.safe, d.since = headerSum(j.block), d.tags[:0], d.row, time.Time{}
	return d.append(j.block)
}

func (d *diskline) append(block []byte) error {
	if err := d.file.Append(block); err != nil {
		return fmt.Errorf("segment %s: %w", d.row.ID, err)
	}
	d.row.Bytes = d.file.Size()
	return nil
}

func (d *diskline) fragment(j job) error {
	if err := d.append(j.block); err != nil {
		return err
	}
	d.tags = append(d.tags, entry{tag: j.entry.tag})
	d.row.Fragments++
	d.row.Span.To = timeOf(j.entry.end())
	return d.syncInTime()
}

// syncInTime syncs, or sees to it that it will be done.
func (d *diskline) syncInTime() error {
	now := d.store.now()
	switch waited := now.Sub(d.since); {
	case d.since.IsZero():
		d.since = now
		d.late.Reset(syncLast)
	case waited >= syncAfter:
		return d.sync()
	}
	return nil
}

// sync makes the disk keep what it was given, and then tells the index: a row
// never promises what isn't safe. What a failed sync was for is given up: the
// system forgets what it couldn't write, and the next sync would say it's fine.
func (d *diskline) sync() error {
	d.since = time.Time{}
	d.late.Stop()
	if d.file == nil || d.safe.Bytes == d.row.Bytes {
		return nil
	}
	if err := d.file.Sync(); err != nil {
		err = fmt.Errorf("segment %s: %w", d.row.ID, err)
		d.row = d.safe
		if d.row.Fragments == 0 {
			return err
		}
		return errors.Join(err, d.store.blobs.Truncate(d.row.Blob, d.row.Bytes))
	}
	d.safe = d.row
	d.store.index.put(line{Segment: d.row})
	return nil
}

// end closes a segment that has all it should.
func (d *diskline) end(j job) error {
	if d.row.Fragments > 0 {
		if err := d.append(j.block); err != nil {
			return err
		}
	}
	return d.settle(nil)
}

// settle closes the file as it is. After an error it does what can be done,
// and returns that error with any new one.
func (d *diskline) settle(why error) error {
	if d.file == nil {
		return why
	}
	f := d.file
	d.file = nil
	if d.row.Fragments == 0 {
		if err := errors.Join(f.Close(), d.store.blobs.Remove(d.row.Blob)); err != nil {
			return errors.Join(why, err) // the next start finds it
		}
		d.store.index.put(line{Segment: d.row, gone: true})
		return why
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return errors.Join(why, fmt.Errorf("segment %s: %w", d.row.ID, err))
	}
	d.row.State = closed
	d.row.Hash = segmentHash(d.sum, d.tags[:d.row.Fragments])
	d.store.index.put(line{Segment: d.row})
	return why
}
