package media

import (
	"errors"
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/mp4"
)

// A storedSample is a sample of an MP4 file, in its track's ticks.
type storedSample struct {
	data     []byte
	duration uint32
	cts      int32
	key      bool
}

// errTables says that the sample tables contradict each other.
var errTables = errors.New("its sample tables don't fit together")

// readSamples reads the samples of a track of a file of so many bytes.
func readSamples(r io.ReadSeeker, size int64, stbl *mp4.StblBox) ([]storedSample, error) {
	if stbl.Stsz == nil || stbl.Stts == nil || stbl.Stsc == nil {
		return nil, errTables
	}
	samples, err := listSamples(stbl, size)
	if err != nil {
		return nil, err
	}
	chunks, err := chunkOffsets(stbl)
	if err != nil {
		return nil, err
	}
	rest := samples
	for i, offset := range chunks {
		n := min(samplesInChunk(stbl.Stsc, uint32(i+1)), uint32(len(rest)))
		if _, err := r.Seek(offset, io.SeekStart); err != nil {
			return nil, err
		}
		for k := range rest[:n] {
			if _, err := io.ReadFull(r, rest[k].data); err != nil {
				return nil, fmt.Errorf("a sample isn't there: %w", err)
			}
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return nil, errTables
	}
	return samples, nil
}

// listSamples makes room for the samples, which can't be more than the file.
func listSamples(stbl *mp4.StblBox, size int64) ([]storedSample, error) {
	var samples []storedSample
	var total int64
	n := int(stbl.Stsz.SampleNumber)
	for i := range n {
		bytes := stbl.Stsz.SampleUniformSize
		if bytes == 0 {
			bytes = stbl.Stsz.SampleSize[i]
		}
		total += int64(bytes)
		if bytes == 0 || bytes > MaxAccessUnit || total > size {
			return nil, errTables
		}
		samples = append(samples, storedSample{data: make([]byte, bytes), key: stbl.Stss == nil})
	}
	if !fillTimes(samples, stbl.Stts) || !fillShifts(samples, stbl.Ctts) || !fillKeys(samples, stbl.Stss) {
		return nil, errTables
	}
	return samples, nil
}

func fillTimes(samples []storedSample, b *mp4.SttsBox) bool {
	k := 0
	for i, count := range b.SampleCount {
		for range count {
			if k == len(samples) {
				return false
			}
			samples[k].duration = b.SampleTimeDelta[i]
			k++
		}
	}
	return k == len(samples)
}

func fillShifts(samples []storedSample, b *mp4.CttsBox) bool {
	if b == nil {
		return true
	}
	k := 0
	for i, shift := range b.SampleOffset {
		for range b.SampleCount(i) {
			if k == len(samples) {
				return false
			}
			samples[k].cts = shift
			k++
		}
	}
	return k == len(samples)
}

func fillKeys(samples []storedSample, b *mp4.StssBox) bool {
	if b == nil {
		return true
	}
	for _, n := range b.SampleNumber {
		if n == 0 || int64(n) > int64(len(samples)) {
			return false
		}
		samples[n-1].key = true
	}
	return true
}

func chunkOffsets(stbl *mp4.StblBox) ([]int64, error) {
	var offsets []int64
	switch {
	case stbl.Stco != nil:
		for _, o := range stbl.Stco.ChunkOffset {
			offsets = append(offsets, int64(o))
		}
	case stbl.Co64 != nil:
		for _, o := range stbl.Co64.ChunkOffset {
			offsets = append(offsets, int64(o))
		}
	default:
		return nil, errTables
	}
	return offsets, nil
}

// samplesInChunk is how many samples chunk n has, counting from 1.
func samplesInChunk(b *mp4.StscBox, n uint32) uint32 {
	var samples uint32
	for _, e := range b.Entries {
		if e.FirstChunk > n {
			break
		}
		samples = e.SamplesPerChunk
	}
	return samples
}
