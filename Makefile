# What a developer types. `make test` is what CI runs.

# Packages in which goroutines share things: tested with the race detector too.
RACE = ./internal/gate ./internal/logbook ./internal/people ./internal/governance ./internal/footage ./internal/recorder ./internal/viewing ./internal/vault

.PHONY: test deps vet static vuln fuzz demo

test: deps vet static
	go test -timeout 20m ./...
	go test -timeout 20m -race $(RACE)

# What the tests need and Go can't bring: a browser, ffmpeg, PostgreSQL, axe-core.
deps:
	tools/deps.sh

vet:
	test -z "$$(gofmt -l cmd internal regulations)" || { gofmt -l cmd internal regulations; exit 1; }
	go vet ./...
	go tool staticcheck ./...

# Static binaries, without cgo.
static:
	CGO_ENABLED=0 go build -o /dev/null ./cmd/oogmerk
	CGO_ENABLED=0 go build -o /dev/null ./cmd/oogmerk-verify

# Needs the vulnerability database, which not every network lets through.
vuln:
	go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

# Each parser of foreign bytes, a little while.
FUZZTIME ?= 20s
fuzz:
	tools/fuzz.sh $(FUZZTIME)

demo:
	go run ./cmd/oogmerk demo
