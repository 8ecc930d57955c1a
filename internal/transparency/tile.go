package transparency

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	// TileWidth is how many hashes, or entries, a full tile has.
	TileWidth = 1 << tileHeight
	// EntriesLevel is the Level of an entry bundle.
	EntriesLevel = -1

	maxLevel = 63
	maxTile  = 1<<(63-tileHeight) - 1 // beyond it entry numbers aren't int64
)

// A Tile is a place in the tree as C2SP tlog-tiles cuts it up: Width hashes
// of Level, or as many entries.
type Tile struct {
	Level int // 0: leaf hashes; EntriesLevel: the entries themselves
	N     int64
	Width int // 1 … TileWidth
}

// Start is the number of the tile's first hash among those of its level.
func (t Tile) Start() int64 { return t.N * TileWidth }

// Path is where the tile is served, relative to the log.
func (t Tile) Path() string {
	level := "entries"
	if t.Level != EntriesLevel {
		level = strconv.Itoa(t.Level)
	}
	n := fmt.Sprintf("%03d", t.N%1000)
	for rest := t.N / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	path := "tile/" + level + "/" + n
	if t.Width < TileWidth {
		path += ".p/" + strconv.Itoa(t.Width)
	}
	return path
}

var errTilePath = errors.New("not the path of a tile: it looks like tile/0/x001/234 or tile/entries/000.p/5")

// ParseTile is the opposite of [Tile.Path]. It accepts nothing else than what
// Path makes.
func ParseTile(path string) (Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	level, rest, slash := strings.Cut(rest, "/")
	if !ok || !slash {
		return Tile{}, errTilePath
	}
	t := Tile{Level: EntriesLevel, Width: TileWidth}
	var err error
	if level != "entries" {
		if t.Level, err = strconv.Atoi(level); err != nil || t.Level < 0 || t.Level > maxLevel {
			return Tile{}, errTilePath
		}
	}
	number, width, partial := strings.Cut(rest, ".p/")
	if partial {
		if t.Width, err = strconv.Atoi(width); err != nil || t.Width < 1 || t.Width >= TileWidth {
			return Tile{}, errTilePath
		}
	}
	digits := strings.NewReplacer("x", "", "/", "").Replace(number)
	if t.N, err = strconv.ParseInt(digits, 10, 64); err != nil || t.N < 0 || t.N > maxTile {
		return Tile{}, errTilePath
	}
	if t.Path() != path { // leading zeros, a sign, an x too many
		return Tile{}, errTilePath
	}
	return t, nil
}

// tilesAt returns the tiles of a level in a tree of size leaves, from left to
// right; only the last may be partial.
func tilesAt(level int, size int64) iter.Seq[Tile] {
	hashes := size
	for range max(level, 0) {
		hashes >>= tileHeight
	}
	return func(yield func(Tile) bool) {
		for n := int64(0); n*TileWidth < hashes; n++ {
			if !yield(Tile{Level: level, N: n, Width: int(min(hashes-n*TileWidth, TileWidth))}) {
				return
			}
		}
	}
}

// tiles lets tlog read tiles.
type tiles func(Tile) ([]byte, error)

func (read tiles) Height() int { return tileHeight }

func (read tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (read tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, w := range wanted {
		t := Tile{Level: w.L, N: w.N, Width: w.W}
		b, err := read(t)
		if err != nil {
			return nil, fmt.Errorf("couldn't read %s: %w", t.Path(), err)
		}
		if len(b) != t.Width*HashSize {
			return nil, fmt.Errorf("%s has %d bytes, not %d", t.Path(), len(b), t.Width*HashSize)
		}
		data = append(data, b)
	}
	return data, nil
}
