package footage

import (
	"context"
	"testing"
	"time"

	"oogmerk/internal/db"
)

// BenchmarkMeasure adds up one camera of 64 that recorded for 28 days each:
// 2.6 million rows.
func BenchmarkMeasure(b *testing.B) {
	s := lite(b)
	const cameras, minutes = 64, 28 * 24 * 60
	began := noon.Add(-minutes * time.Minute).Truncate(time.Hour)
	for m := range minutes / 60 { // hour by hour, all cameras: as an index grows
		hour := began.Add(time.Duration(m) * time.Hour)
		s.exec(`WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 63), m (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM m WHERE n < 59)
			INSERT INTO segment (id, camera, hour, from_at, to_at, bytes, fragments, hash, state, blob)
			SELECT 'r' || c.n || '-' || $2 || '-' || m.n, 'camera' || c.n, $1, $2 + m.n * 60000000, $2 + m.n * 60000000 + 60000000,
				30000000, 120, X'00', 'closed', 'a/name/of/a/blob/' || c.n || '/' || $2 || m.n FROM m, c`,
			hour.Unix()/3600, db.Micros(hour))
	}
	cameraNames, err := s.cameras(context.Background())
	s.must(err)
	if len(cameraNames) != cameras {
		b.Fatalf("%d cameras", len(cameraNames))
	}
	i := 0
	b.ResetTimer()
	for b.Loop() {
		u, err := s.measure(context.Background(), cameraNames[i%cameras], noon)
		s.must(err)
		if len(u.Hours) != 28*24 {
			b.Fatalf("%d hours", len(u.Hours))
		}
		i++
	}
}
