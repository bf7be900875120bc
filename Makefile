# Targets for people are listed by `make help`; each has its line there.

PREFIX     ?= /usr/local
DESTDIR    ?=
SYSCONFDIR ?= /etc
FUZZTIME   ?= 60s
# How many fuzz targets run at a time.
FUZZJOBS   ?= 1
# The virtual machines of test-vm.
LANE       ?= all
# How many packages are built and tested at a time.
JOBS       ?= 2

# Not expanded before it is used: `make quickstart` starts without a Go.
GO      = $(shell scripts/find-go)
VERSION = $(shell git -c safe.directory='*' describe --tags --always --dirty 2>/dev/null || echo dev)

MODULE  := github.com/nsbox/nsbox
LDFLAGS  = -X $(MODULE)/nsbox/cli.Version=$(VERSION)

# libcontainer and libseccomp are C, so only the helper is built with cgo. The
# tag makes libcontainer compile its seccomp support, too.
TAGS := seccomp

# The command does not write its own documentation at run time: so the library's
# Markdown, whose tables take half a millisecond of every start, stays out.
CLITAGS := urfave_cli_no_docs

# A clone made by one user and built by another would stop git, and so go.
export GOFLAGS := -buildvcs=false

.PHONY: help install-files deb proto proto-check build test test-root test-vm lint bench heal-bench rootfs install quickstart fuzz setup examples clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: ## install what building and running need (root, Debian)
	@scripts/setup-host

build: ## the five programs, into bin/
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -tags $(CLITAGS) -ldflags '-s -w $(LDFLAGS)' -o bin/nsbox ./cmd/nsbox
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X $(MODULE)/nsbox/daemon.Version=$(VERSION)' -o bin/nsboxd ./cmd/nsboxd
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/nsbox-healer ./cmd/nsbox-healer
	CGO_ENABLED=1 $(GO) build -trimpath -tags $(TAGS) -ldflags '-s -w $(LDFLAGS)' -o bin/nsbox-helper ./cmd/nsbox-helper
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/nsbox-init ./cmd/nsbox-init

rootfs: build ## build the images that are missing or whose recipe has changed (root)
	@scripts/images

test: ## all tests as root; without root the unit tests
	@JOBS=$(JOBS) scripts/test $(TAGS)

test-root: ## the packages with tests that need root or images, none skipped
	@JOBS=$(JOBS) NSBOX_CI_NO_SKIP=1 scripts/test $(TAGS) --root

test-vm: ## the suite under systemd on cgroup v2, in VMs; LANE=uml, qemu or all (root)
	@scripts/vm-test --lane $(LANE)

lint: ## gofmt, go vet, golangci-lint with the reasons in .golangci.yml, shellcheck
	@scripts/lint $(TAGS)

proto: ## generate the gRPC code from its .proto files
	@scripts/proto

proto-check: ## buf lint, and whether the gRPC code is what the .proto files say
	@scripts/proto --check

# BENCHFLAGS="-quick" takes half a minute; -go-judge PATH adds one that you built.
bench: build ## nsbox beside the bare command, bubblewrap, nsjail, runc (root); numbers and picture in dist/
	@mkdir -p dist
	$(GO) build -o dist/bench ./nsbox/internal/bench
	dist/bench -json dist/bench.json -svg dist/bench.svg $(BENCHFLAGS)

heal-bench: build ## how many damaged programs the rules mend, by language (root)
	$(GO) run ./nsbox/internal/healbench $(HEALBENCHFLAGS)

fuzz: ## every fuzz target for FUZZTIME (60s)
	@FUZZTIME=$(FUZZTIME) FUZZJOBS=$(FUZZJOBS) scripts/fuzz $(TAGS)

examples: build ## run every program under examples/ with the nsbox of bin/ (root)
	@scripts/run-examples

install: build ## install under PREFIX (/usr/local)
	@$(MAKE) --no-print-directory install-files

# Installs what is in bin/.
install-files:
	install -D -m 0755 bin/nsbox $(DESTDIR)$(PREFIX)/bin/nsbox
	install -D -m 0755 bin/nsboxd $(DESTDIR)$(PREFIX)/bin/nsboxd
	install -D -m 0755 bin/nsbox-helper $(DESTDIR)$(PREFIX)/libexec/nsbox/nsbox-helper
	install -D -m 0755 bin/nsbox-healer $(DESTDIR)$(PREFIX)/libexec/nsbox/nsbox-healer
	install -D -m 0755 bin/nsbox-init $(DESTDIR)$(PREFIX)/libexec/nsbox/nsbox-init
	@DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) scripts/install

deb: build ## a Debian package, into dist/
	@VERSION=$(VERSION) scripts/deb

quickstart: ## from a fresh Debian to a program in a sandbox (root)
	@PREFIX=$(PREFIX) scripts/quickstart

clean: ## remove what make built here; images and the installation stay
	rm -rf bin dist coverage.out
