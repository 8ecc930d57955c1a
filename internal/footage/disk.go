package footage

import (
	"errors"
	"fmt"
	"sync"

	"oogmerk/internal/blob"
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

	file  *blob.File // nil between segments
	sum   [32]byte   // of its header
	tags  []entry    // of its fragments; nothing but the tags
	start int64      // in microseconds
	row   Segment    // what is in the file
	safe  Segment    // what of it survives a power cut; under mu

	hurry chan struct{} // has a token when the file is to be synced by itself
}

// startDisk starts a diskline. It ends when jobs is closed.
func (s *Store) startDisk() *diskline {
	d := &diskline{store: s, jobs: make(chan job, queueLength), done: make(chan struct{}), hurry: make(chan struct{}, 1)}
	s.syncs.join()
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
	defer d.store.syncs.leave()
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
			d.store.buffers.Put(j.block)
		case <-d.hurry:
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
	d.store.failed()
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
	d.row, d.start = j.header.row(), j.header.start
	d.store.index.put(line{Segment: d.row})
	var err error
	if d.file, err = d.store.blobs.Create(d.row.Blob); err != nil {
		d.store.index.put(line{Segment: d.row, gone: true})
		return err
	}
	d.sum, d.tags = headerSum(j.block), d.tags[:0]
	d.keep(d.row)
	return d.wrote(d.file.Append(j.block))
}

// wrote takes what came of appending to the file.
func (d *diskline) wrote(err error) error {
	if err != nil {
		return fmt.Errorf("segment %s: %w", d.row.ID, err)
	}
	d.row.Bytes = d.file.Size()
	return nil
}

func (d *diskline) fragment(j job) error {
	put := d.file.AppendSoon
	if len(d.jobs) > 0 {
		put = d.file.Append // there is more already: no time to wait for other cameras
	}
	if err := d.wrote(put(j.block)); err != nil {
		return err
	}
	d.tags = append(d.tags, entry{tag: j.entry.tag})
	d.row.Fragments++
	d.row.Span.To = timeOf(j.entry.end())
	d.row.Activity = marked(d.row.Activity, d.start, &j.entry)
	d.store.syncs.want(d, d.row, d.file.Together())
	return nil
}

// keep notes that row survives a power cut, if it is of the file in hand.
func (d *diskline) keep(row Segment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.safe = row
}

// kept notes that what row says was synced together with the files of others,
// and tells the index, unless the file was closed meanwhile.
func (d *diskline) kept(row Segment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.safe.ID == row.ID && d.safe.Bytes < row.Bytes {
		d.safe = row
		d.store.index.put(line{Segment: row})
	}
}

// survives is what of the file survives a power cut.
func (d *diskline) survives() Segment {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.safe
}

// sync makes the disk keep what it was given, and then tells the index: a row
// never promises what isn't safe. What a failed sync was for is given up: the
// system forgets what it couldn't write, and the next sync would say it's fine.
func (d *diskline) sync() error {
	safe := d.survives()
	if d.file == nil || safe.Bytes == d.row.Bytes {
		return nil
	}
	if err := d.syncFile(d.file); err != nil {
		err = fmt.Errorf("segment %s: %w", d.row.ID, err)
		d.row = safe
		if d.row.Fragments == 0 {
			return err
		}
		return errors.Join(err, d.file.Cut(d.row.Bytes))
	}
	d.kept(d.row)
	return nil
}

// syncFile syncs f and counts how long that took.
func (d *diskline) syncFile(f *blob.File) error {
	began := d.store.now()
	err := f.Sync()
	if err == nil {
		d.store.synced(d.store.now().Sub(began))
	}
	return err
}

// end closes a segment that has all it should.
func (d *diskline) end(j job) error {
	if d.row.Fragments > 0 {
		if err := d.wrote(d.file.Append(j.block)); err != nil {
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
	d.keep(Segment{}) // from here on the index hears of it from us alone
	if d.row.Fragments == 0 {
		if err := errors.Join(f.Close(), d.store.blobs.Remove(d.row.Blob)); err != nil {
			return errors.Join(why, err) // the next start finds it
		}
		d.store.index.put(line{Segment: d.row, gone: true})
		return why
	}
	if err := errors.Join(f.Trim(), d.syncFile(f), f.Close()); err != nil {
		return errors.Join(why, fmt.Errorf("segment %s: %w", d.row.ID, err))
	}
	d.row.State = closed
	d.row.Hash = segmentHash(d.sum, d.tags[:d.row.Fragments])
	d.store.index.put(line{Segment: d.row})
	return why
}
