package logbook_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
	"oogmerk/internal/logbook"
)

// told writes a morning: a recording each hour, a look at what it recorded,
// and what came of that.
func told(t *testing.T, b *logbook.Book) {
	t.Helper()
	write := func(hour int, kind, act, camera, result string) {
		t.Helper()
		if _, err := appendOne(b, logbook.Entry{At: morning.Add(time.Duration(hour) * time.Hour), Kind: kind, Act: act,
			Object: fmt.Sprintf(`Camera::"%s"`, camera), Result: result}); err != nil {
			t.Fatal(err)
		}
	}
	write(0, logbook.Ruling, "opnemen", "hal", "toegestaan")        // 0
	write(1, logbook.Ruling, "opnemen", "plein", "geweigerd")       // 1
	write(2, logbook.Ruling, "terugkijken", "hal", "geweigerd")     // 2
	write(3, logbook.Ruling, "terugkijken", "hal", "toegestaan")    // 3
	write(4, logbook.Withdrawal, "terugkijken", "hal", "beëindigd") // 4
	write(4, logbook.Outcome, "terugkijken", "hal", "beëindigd")    // 5
	write(5, logbook.Ruling, "uitkijken", "plein", "toegestaan")    // 6
	write(6, logbook.Outcome, "vasthouden", "plein", "mislukt")     // 7
	write(7, logbook.Ruling, "wissen", "hal", "toegestaan")         // 8
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		told(t, b)
		program := []string{"opnemen", "wissen"}
		cases := []struct {
			name   string
			search logbook.Search
			before int64
			n      int
			want   []int64
		}{
			{"everything", logbook.Search{}, -1, 99, []int64{8, 7, 6, 5, 4, 3, 2, 1, 0}},
			{"a page", logbook.Search{}, 5, 2, []int64{4, 3}},
			{"people", logbook.Search{Without: program}, -1, 99, []int64{7, 6, 5, 4, 3, 2}},
			{"one camera", logbook.Search{Object: `Camera::"plein"`}, -1, 99, []int64{7, 6, 1}},
			{"no camera", logbook.Search{Object: `Camera::"' OR '1' = '1"`}, -1, 99, nil},
			{"refusals", logbook.Search{Refused: true}, -1, 99, []int64{7, 4, 2, 1}},
			{"a stretch of time", logbook.Search{From: morning.Add(time.Hour), To: morning.Add(4 * time.Hour)}, -1, 99, []int64{3, 2, 1}},
			{"all at once", logbook.Search{Object: `Camera::"hal"`, From: morning.Add(time.Hour), Refused: true, Without: program}, 4, 99, []int64{2}},
			{"nothing", logbook.Search{}, -1, 0, nil},
		}
		for _, c := range cases {
			records, err := b.Search(t.Context(), c.search, c.before, c.n)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			var got []int64
			for _, r := range records {
				got = append(got, r.Seq)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Search(ctx, logbook.Search{}, -1, 1); err == nil {
			t.Error("a search that was called off finds something")
		}
	})
}
