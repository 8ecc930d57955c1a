// Command seq tries to revive a permit from the outside. It must not compile.
package main

import "oogmerk/internal/gate"

func main() {
	p := &gate.Permit{}
	p.ended.Store(false)
}
