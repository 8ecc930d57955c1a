package footage

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"testing"
	"time"

	"oogmerk/internal/regulation"
	"oogmerk/internal/vault"
)

// Check sees keys, canaries and erasures that don't agree.
func TestCheckSeesWrongKeys(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(s *stage){
		"key destroyed, nothing written down": func(s *stage) {
			_, err := s.vault.Destroy(context.Background(), string(cam), noonH+1)
			s.must(err)
		},
		"erased, key still there": func(s *stage) {
			s.exec(`INSERT INTO erasure (camera, hour, state, segments, bytes, entry, vault_version, at) VALUES ($1, $2, 'done', 0, 0, 0, 1, 0)`, cam, noonH)
		},
		"erasure hangs": func(s *stage) {
			s.exec(`INSERT INTO erasure (camera, hour, state, segments, bytes, entry, vault_version, at) VALUES ($1, $2, 'intended', 0, 0, 0, 0, 0)`, cam, noonH)
		},
		"canary of another hour": func(s *stage) {
			s.must(s.publish.one(context.Background(), cam, noonH+1))
			s.exec(`UPDATE key_hour SET canary = (SELECT canary FROM key_hour WHERE hour = $1) WHERE hour = $2`, noonH, noonH+1)
		},
		"wrapped key of another segment": func(s *stage) {
			s.hold("a", Span{noon, noon.Add(3 * time.Minute)})
			s.exec(`UPDATE held_key SET wrapped = (SELECT MIN(wrapped) FROM held_key)`)
		},
		"held, erased, not kept": func(s *stage) {
			s.hold("a", Span{noon, noon.Add(3 * time.Minute)})
			s.erase(noonH + 1)
			s.exec(`DELETE FROM held_key`)
		},
		"file of a segment under another name": func(s *stage) {
			a, b := s.files()[0], s.files()[1]
			s.must(os.Rename(a, b))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := lite(t)
			s.record(shoot(noon, 200, 4))
			s.clean()
			spoil(s)
			if lines := s.check(false); len(lines) == 0 {
				t.Error("check finds nothing wrong")
			}
		})
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
		ctx := t.Context()
		s.must(s.EndGap(ctx, cam, at(0))) // none to end
		s.must(s.OpenGap(ctx, cam, at(1), "onbereikbaar", "geen route"))
		s.must(s.OpenGap(ctx, cam, at(2), "onbereikbaar", "nog steeds niet"))
		s.must(s.OpenGap(ctx, cam, at(3), "geen beeld", ""))
		s.must(s.OpenGap(ctx, "other", at(3), "geen toestemming", "artikel"))
		s.must(s.EndGap(ctx, cam, at(4)))
		s.must(s.EndGap(ctx, cam, at(5)))
		s.must(s.OpenGap(ctx, cam, at(6), "klok", ""))
		s.must(s.EndGap(ctx, cam, at(6))) // never lasted
		got, err := s.Gaps(ctx, s.d, cam, Span{at(0), at(60)})
		s.must(err)
		if len(got) != 2 || got[0].Cause != "onbereikbaar" || got[0].Span != (Span{at(1), at(3)}) || got[0].Detail != "geen route" ||
			got[1].Cause != "geen beeld" || got[1].Span != (Span{at(3), at(4)}) {
			t.Errorf("gaps: %+v", got)
		}
		if got, err := s.Gaps(ctx, s.d, cam, Span{at(4), at(60)}); err != nil || len(got) != 0 {
			t.Errorf("after the gaps: %+v, %v", got, err)
		}
		other, err := s.Gaps(ctx, s.d, "other", Span{at(50), at(60)})
		s.must(err)
		if len(other) != 1 || !other[0].Span.To.IsZero() {
			t.Errorf("the open gap of another camera: %+v", other)
		}
		s.setClock(at(30))
		s.must(s.Recover(ctx))
		if other, err = s.Gaps(ctx, s.d, "other", Span{at(0), at(60)}); err != nil || !other[0].Span.To.Equal(at(30)) {
			t.Errorf("after a restart: %+v, %v", other, err)
		}
	})
}

// The keys of the hours ahead are there before they are needed, and those of
// hours that are over go.
func TestPublishAhead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		public := func() (out []vault.Hour) {
			t.Helper()
			found, err := cameraHours(t.Context(), s.d, `SELECT camera, hour FROM key_hour WHERE public_key IS NOT NULL ORDER BY hour`)
			s.must(err)
			for _, h := range found {
				out = append(out, h.hour-noonH)
			}
			return out
		}
		s.must(s.publishAhead(t.Context()))
		if got := public(); len(got) != 4 || got[0] != 0 || got[3] != 3 {
			t.Errorf("published: %v", got)
		}
		var longest int
		s.must(s.d.QueryRow(`SELECT MAX(LENGTH(canary)) FROM key_hour`).Scan(&longest))
		if longest != 54 {
			t.Errorf("a canary has %d bytes, and they are kept for ever", longest)
		}
		s.setClock(noon.Add(3 * time.Hour))
		s.must(s.publishAhead(t.Context()))
		if got := public(); len(got) != 5 || got[0] != 2 || got[4] != 6 {
			t.Errorf("published: %v", got)
		}
		s.clean()
		// A straggler of an hour whose public key was dropped.
		film := shoot(noon, 4, 4)
		s.record(film)
		s.same(s.see(noon, noon.Add(time.Minute)), film)
		s.clean()
	})
}

// A transaction that fails leaves the index as it was, to be tried again.
func TestIndexCatchesUp(t *testing.T) {
	s := lite(t)
	film := shoot(noon, 8, 4)
	s.exec(`ALTER TABLE segment RENAME TO elsewhere`)
	p := s.permit(regulation.Record, whole(cam))
	w := s.Record(p, cam)
	s.write(w, film)
	if err := w.Close(t.Context()); err == nil {
		t.Error("Close says nothing of an index that is away")
	}
	s.exec(`ALTER TABLE elsewhere RENAME TO segment`)
	s.must(s.commit(t.Context()))
	s.same(s.see(noon, noon.Add(time.Minute)), film)
	s.clean()
}

// The database is away when the hour changes: recording goes on.
func TestHourChangesWithoutTheDatabase(t *testing.T) {
	s := lite(t)
	film := shoot(noon.Add(time.Hour-2*time.Second), 12, 4)
	w := s.Record(s.permit(regulation.Record, whole(cam)), cam)
	s.write(w, film[:2])
	s.exec(`ALTER TABLE key_hour RENAME TO elsewhere`)
	s.write(w, film[2:])
	s.exec(`ALTER TABLE elsewhere RENAME TO key_hour`)
	s.must(w.Close(t.Context()))
	s.same(s.see(noon, noon.Add(2*time.Hour)), film)
	s.clean()
}

// The side that records has public keys only: none of its files may so much as
// mention what the vault keeps.
func TestWhoRecordsNeverSeesTheVault(t *testing.T) {
	for _, name := range []string{"write.go", "segment.go", "disk.go", "index.go", "publickey.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				switch sel.Sel.Name {
				case "keys", "keyring", "Private", "Wrap", "Unwrap", "Vault", "Destroy", "Forget":
					t.Errorf("%s mentions %s", name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}
