# Everything that is built, tested and measured. `make help` lists it.

VERSION  := 0.1.0
COMMIT   := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
RELEASE  := $(shell git describe --exact-match --tags --match 'v$(VERSION)' 2>/dev/null)
STAMP    := $(VERSION)$(if $(COMMIT),+$(if $(RELEASE),,dev.)$(COMMIT))
VENDORS  := sipauth easemob ippbx ekuaibao lingju http oauth2
MODULE   := github.com/authrun/authrun
LDFLAGS  := -s -w -X $(MODULE)/runtime.Version=$(STAMP)
GOBUILD  := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$(LDFLAGS)"

# Modules of their own, so that what they test against stays out of authrun's dependencies.
TESTMODULES := runtime/internal/catalog/source/registrytest plugins/oauth2/servertest

# Tools, pinned. They are built from the module proxy when first used.
BUF         := go run github.com/bufbuild/buf/cmd/buf@v1.75.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
REVIVE      := go run github.com/mgechev/revive@v1.16.0

PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64

.PHONY: help build test demo bench lint proto proto-check dist clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

build: ## authrun and its plugins into bin/
	@mkdir -p bin
	$(GOBUILD) -o bin/ . ./sdk/client/launch/cmd/authrun-launch $(foreach v,$(VENDORS),./plugins/$(v)/cmd/authrun-plugin-$(v))

test: ## all tests, race detector on
	go test -race ./...
	@# These run servers of others, which take minutes to build a second time; what they test has tests with the detector.
	@for module in $(TESTMODULES); do (cd $$module && go test ./...) || exit 1; done

demo: build ## the main job against a simulator of the five vendors, on loopback
	@go run ./examples/demo -bin bin

bench: build ## what it costs, as ratios measured in one run
	@go run ./runtime/internal/bench -bin bin

lint: ## formatting, vet, staticcheck, doc comments
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -d $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	@for module in $(TESTMODULES); do (cd $$module && go vet ./...) || exit 1; done
	GOOS=windows go vet ./...
	@# Of macOS only what differs and does without SQLite, which takes a bare machine a minute to build once more; `make dist` builds the rest.
	GOOS=darwin go vet ./sdk/... ./plugins/... ./runtime/internal/catalog/... ./runtime/internal/clock ./runtime/internal/seal
	$(STATICCHECK) ./...
	$(REVIVE) -config .ci/revive.toml -set_exit_status -formatter friendly ./...

proto: ## generated code of the plugin protocol, by pinned tools
	cd sdk/proto && $(BUF) generate

proto-check: ## lint of the protocol, no breaking change, generated code as it would be made
	cd sdk/proto && $(BUF) lint && $(BUF) format -d --exit-code && $(BUF) breaking --against baseline.binpb
	$(MAKE) proto
	git diff --exit-code -- sdk/internal/pluginpb

dist: ## release archives with checksums into dist/
	@.ci/dist "$(VERSION)" "$(STAMP)" $(PLATFORMS)

clean: ## what was built
	rm -rf bin dist
