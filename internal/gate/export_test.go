package gate

import "time"

// SetPatience makes a database that doesn't answer count as one sooner.
func (g *Gate) SetPatience(d time.Duration) { g.patience = d }
