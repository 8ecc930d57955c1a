package logbook_test

import (
	"fmt"
	"sync"
	"testing"

	"oogmerk/internal/db"
	"oogmerk/internal/db/dbtest"
)

// BenchmarkAppend measures durable appends: one entry a transaction. (The
// PostgreSQL of the tests doesn't sync; its number says nothing of durable.)
func BenchmarkAppend(b *testing.B) {
	for name, fresh := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres-nosync": dbtest.Postgres} {
		for _, submitters := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", name, submitters), func(b *testing.B) {
				book := open(b, fresh(b))
				todo := make(chan int)
				var wg sync.WaitGroup
				b.ResetTimer()
				for range submitters {
					wg.Go(func() {
						for i := range todo {
							if _, err := appendOne(book, entry(i)); err != nil {
								b.Error(err)
							}
						}
					})
				}
				for i := range b.N {
					todo <- i
				}
				close(todo)
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
			})
		}
	}
}
