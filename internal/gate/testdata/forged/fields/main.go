// Command fields tries to make a permit from the outside. It must not compile.
package main

import "oogmerk/internal/gate"

func main() {
	_ = gate.Permit{gate: &gate.Gate{}}
}
