# SPDX-License-Identifier: MIT
#
# Short names for what meson and scripts/ do.
#
#	make			build into ./build
#	make run [SECONDS=N]	build, compile an example and run it
#	make test		all that this machine can test
#	make test-matrix	the scenarios on other kernels and architectures
#	make test-fresh		the two above in a newly made Debian system
#	make test-interop	ours by others' tools; builds these, for minutes
#	make test-dist		what is downloaded, in bare systems: minutes
#	make hub		a folder for a web server, of the tools in ./hub
#	make bench		measure
#	make soak		ten minutes each at saturation: does memory stay flat?
#	make dist [DIST=build/dist]	files to download
#	make dist-arm64 [DIST=…]	those for 64-bit ARM beside them
#	make install [PREFIX=/usr/local] [DESTDIR=]
#	make uninstall [DESTDIR=]
#	make format, lint, clean
#	make help		this list
#
# As root, what is missing is installed first. Called through sudo, compiling
# is done as the calling user, who so keeps his files.

EUNOMIA_CACHE ?= /var/cache/eunomia
export EUNOMIA_CACHE
PREFIX ?= /usr/local
BUILD := build
DIST ?= $(BUILD)/dist
export DIST_URL
U := scripts/as-user

# bash keeps a clock of its own in a variable of this name, and one that came
# from the environment is that clock.
unexport SECONDS
ifeq ($(origin SECONDS),command line)
timeout := --timeout $(SECONDS)
endif

.PHONY: all build run test test-matrix test-fresh test-interop test-dist hub bench soak dist dist-arm64 install uninstall format lint clean help
.NOTPARALLEL:

all: build

build:
	@scripts/setup build
	@$U scripts/build $(BUILD) '$(if $(filter install,$(MAKECMDGOALS)),$(PREFIX))'

example := examples/bootstrap/bootstrap
run:
	@scripts/setup run
	@$U scripts/build $(BUILD)
	@$U mkdir -p $(BUILD)/example
	$U $(BUILD)/tools/ecc -o $(BUILD)/example $(example).bpf.c $(example).h
	scripts/foreground $(BUILD)/tools/ecli run $(timeout) \
		$(BUILD)/example/package.json

test:
	@scripts/setup test
	@$U scripts/build $(BUILD)
	@tests/run

# KERNELS="arm64/6.12 amd64/5.10": these alone.
test-matrix:
	@scripts/setup matrix
	@$U scripts/build $(BUILD)
	@tests/matrix $(KERNELS)

test-fresh:
	@scripts/setup test
	@scripts/test-fresh

test-interop:
	@scripts/setup test
	@$U scripts/build $(BUILD)
	@BUILD='$(CURDIR)/$(BUILD)' bats tests/interop

test-dist:
	@scripts/setup test-dist
	@$U scripts/build $(BUILD)
	@BUILD='$(CURDIR)/$(BUILD)' bats tests/dist

hub:
	@scripts/setup build
	@$U scripts/build $(BUILD)
	@$U $(MAKE) -s -C hub ECC='$(CURDIR)/$(BUILD)/tools/ecc' \
		OUT='$(CURDIR)/$(BUILD)/hub-packages'
	@$U scripts/hub $(BUILD)/hub-packages '$(CURDIR)/$(BUILD)/hub' \
		$(BUILD)/tools/lmp $(BUILD)/tools/ecli

dist:
	@scripts/setup dist
	@$U scripts/dist $(DIST)

dist-arm64:
	@scripts/setup dist-arm64
	@$U scripts/dist -a arm64 $(DIST)

bench:
	@scripts/setup bench
	@$U scripts/build $(BUILD)
	@bench/run

soak: build
	@bench/soak

install: build
	@scripts/install $(BUILD) '$(DESTDIR)'

uninstall:
	@scripts/install -u $(BUILD) '$(DESTDIR)'

format:
	@find src tools include tests bench examples hub -type f -name '*.[ch]' -print0 | \
		xargs -0 $U clang-format-16 -i

lint:
	@tests/run lint

clean:
	rm -rf $(BUILD) $(BUILD)-*

help:
	@sed -n 's/^#	make/make/p' Makefile
