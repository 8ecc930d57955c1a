#!/usr/bin/env bash
# Runs every fuzz test for a while: tools/fuzz.sh 20s
set -euo pipefail
cd "$(dirname "$0")/.."
for file in $(grep -rl --include='*_test.go' '^func Fuzz' cmd internal); do
	for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "$name in ./$(dirname "$file")"
		go test -run '^$' -fuzz "^$name\$" -fuzzminimizetime 10x -fuzztime "${1:-20s}" "./$(dirname "$file")"
	done
done
