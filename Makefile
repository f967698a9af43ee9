# make demo    from a fresh Debian or Ubuntu with Rust, make and git: installs the rest, makes a dataset, scores it
# make test    installs what the tests need and runs every test
# make test-ecosystem    reads and evaluates a dataset with the tools of users (gigabytes); needs the network once
# make test-samplers     compares `vniah sampler` with the libraries it names (gigabytes); needs the network once
# make wheel   writes dist/*.whl, a Python package with the program and FFmpeg inside; half an hour the first time
# make wheel-aarch64   the same for 64-bit ARM
# make wheel-sources   writes dist/*-sources.tar.xz, the sources of all that the wheel holds
# make test-builds   builds vniah against the FFmpeg of Debian 13, too, and compares what both builds make; as root, an hour
# make test-wheel   installs the wheel in fresh Debian and Ubuntu roots and compares the datasets made there; as root
# make lint    formatting and lints alone
# make test-decoders   compares what every video reader reads, torchcodec (gigabytes) included
# make test-python   builds the Python package and tests it: frames against PyAV, types, interrupts, the page of docs, the notebooks
# make notebooks   runs the notebooks of docs/notebooks and writes their outputs again
# make test-serving   asks a tiny random model behind a real server, `transformers serve` (gigabytes); needs the network once
# make bench-frames  times the frames that a sampler takes against PyAV and decord
# make test-slurm   makes a dataset on a real Slurm on loopback; as root
# make test-mutants   1,600 damaged media files in eight containers through haystacks list, generate and verify; half an hour
# make test-faults   kills, full disks, failed reads and the like at each system call of every command that writes; hours (FAULTS=--most\ 6: minutes)
# make soak    an hour of generate, of ask to a server that misbehaves, and of serve to 200 clients; memory and descriptors as curves
# make fuzz     coverage-guided fuzzing of the readers of foreign input, SECONDS each (60); needs the network once
# make test-memory   the tests of media under valgrind; half an hour
# make supply-chain   licences, sources and vulnerabilities of dependencies, unused ones, typing errors; needs the network
# make bench-whole   times a whole benchmark against one ffmpeg command a sample
# make bench-motion   times needles that move against ffmpeg's overlay filter with an expression
# make docs      builds the documentation as a site in target/site
# make reference   writes the pages that the program determines: commands, gallery
# make bench-engine   times one sample against other ways of making the same video
# make bench-scale   times the commands that grow with a dataset's rows: plan, audit, score, report, merge
# make bench   all of these; each prints its targets beside what it measured; half a day

VNIAH := target/release/vniah
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
DATASET := demo/dataset
DEMO = $(VNIAH) demo -o demo --no-open
PYTHON := .venv/bin/python
REQUIREMENTS := $(wildcard tests/decoders/requirements.txt tests/browser/requirements.txt)
BROWSER_TESTS := $(sort $(wildcard tests/browser/*.py))

# `cargo build` would make the library once more: tests need other features of what it depends on.
TEST_BUILD := cargo test --locked --no-run

.DEFAULT_GOAL := help
.PHONY: help demo test-mutants test-faults test-memory soak fuzz supply-chain test-slurm test test-decoders test-ecosystem test-samplers test-serving test-python notebooks lint bench bench-engine bench-scale bench-frames bench-motion bench-whole build wheel wheel-aarch64 wheel-sources test-wheel test-builds packages packages-test footage decoders browser $(BROWSER_TESTS:%=run/%) clean-demo

help:
	@sed -n 's/^# //;/^make /p' $(MAKEFILE_LIST)

packages:
	@scripts/packages.sh build

packages-test:
	@scripts/packages.sh test

build: packages
	cargo build --release --locked

# scripts/wheel says what is built and where it comes from; RELEASING.md how it is published.
wheel wheel-aarch64:
	@scripts/packages.sh wheel
	scripts/wheel/build.sh $(if $(filter %-aarch64,$@),aarch64,x86_64)

wheel-sources:
	scripts/wheel/sources.sh

test-wheel: footage
	@scripts/packages.sh wheel-test
	python3 tests/wheel/check.py dist/vniah-*_x86_64.whl $(WHEEL_TEST)

test-builds: build footage
	$(SUDO) env PATH="$$PATH" tests/builds/other.sh target/builds
	python3 tests/builds/check.py $(VNIAH) target/builds/vniah

# The dataset resumes where it stopped; answers and scores are made anew. Exit code 3 says that the dataset is another
# version's: what `make demo` made, it may replace.
demo: build
	@rm -f demo/oracle.jsonl demo/oracle.json demo/blind.jsonl demo/blind.json demo/report.html
	$(DEMO) || { test $$? = 3 && echo "Making $(DATASET) anew." && rm -rf $(DATASET) && $(DEMO); }

clean-demo:
	rm -rf demo

lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings

# One build for lints and tests: what `cargo clippy` checks beside it takes minutes, of which most go into dependencies.
test: export RUSTC_WORKSPACE_WRAPPER = $(CURDIR)/scripts/linting-rustc

# Last comes what says most: cargo's own count of tests.
test: packages-test footage
	cargo fmt --check
	$(MAKE) browser
	$(MAKE) decoders FEW=--few
	cargo test --locked

.venv/installed: $(REQUIREMENTS) | packages-test
	python3 -m venv .venv
	$(if $(REQUIREMENTS),$(PYTHON) -m pip install -q $(addprefix -r ,$(REQUIREMENTS)))
	touch $@

footage: packages-test .venv/installed
	PYTHON=$(PYTHON) tests/footage.sh

# torchcodec is compared too where it is installed.
# FEW=--few: all videos and readers, and a third of the frames that are asked for by their index.
decoders: footage
	$(TEST_BUILD)
	VNIAH=target/debug/vniah $(PYTHON) tests/decoders/run.py $(FEW)
	VNIAH=target/debug/vniah $(PYTHON) tests/decoders/player.py

test-decoders: .venv/torch
	$(MAKE) decoders

.venv/torch: .venv/installed tests/decoders/requirements-torch.txt
	$(PYTHON) -m pip install -q -r tests/decoders/requirements-torch.txt
	touch $@

browser: .venv/installed
ifneq ($(BROWSER_TESTS),)
	$(TEST_BUILD)
	@if command -v chromedriver >/dev/null; then \
	    $(MAKE) --no-print-directory --jobs 2 --output-sync=target $(BROWSER_TESTS:%=run/%); \
	else \
	    echo "No chromedriver here: the tests in a browser are left out."; \
	fi
endif

# Two at a time: a browser that is waited for leaves a processor idle.
$(BROWSER_TESTS:%=run/%): run/%: .venv/installed
	VNIAH=target/debug/vniah $(PYTHON) $*

# Where `make test-decoders` has installed torch, an environment beside it takes it from there.
on-torch = $(if $(wildcard .venv/torch),for site in $(1)/lib/python3*/site-packages; do \
    echo $(CURDIR)/.venv/lib/$$(basename $$(dirname $$site))/site-packages > $$site/torch.pth; done)

# These tools are large and change often, so they have environments of their own, and CI leaves them out.
.venv-ecosystem/installed: tests/ecosystem/requirements.txt
.venv-samplers/installed: tests/samplers/requirements.txt
.venv-bench/installed: benches/requirements.txt
.venv-ecosystem/installed .venv-samplers/installed .venv-bench/installed:
	python3 -m venv $(@D)
	$(call on-torch,$(@D))
	$(@D)/bin/pip install -q -r $<
	touch $@

test-ecosystem: build .venv-ecosystem/installed .venv-vlmevalkit/installed .venv-inspect/installed
	.venv-ecosystem/bin/python tests/ecosystem/check.py $(VNIAH)
	.venv-ecosystem/bin/python tests/ecosystem/grounding.py $(VNIAH)
	.venv-ecosystem/bin/python tests/ecosystem/families.py $(VNIAH)
	.venv-ecosystem/bin/python tests/ecosystem/sounds.py $(VNIAH)
	.venv-vlmevalkit/bin/python tests/ecosystem/vlmevalkit.py $(VNIAH)
	.venv-inspect/bin/python tests/ecosystem/inspect_task.py $(VNIAH)

.venv-inspect/installed: tests/ecosystem/requirements-inspect.txt
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q -r $<
	touch $@

# It takes what .venv-ecosystem has, and what that takes from .venv, from there.
.venv-vlmevalkit/installed: tests/ecosystem/requirements-vlmevalkit.txt .venv-ecosystem/installed
	python3 -m venv $(@D)
	for site in $(@D)/lib/python3*/site-packages; do \
	    other=$(CURDIR)/.venv-ecosystem/lib/$$(basename $$(dirname $$site))/site-packages; \
	    { echo $$other; cat $$other/torch.pth 2>/dev/null || true; } > $$site/ecosystem.pth; done
	$(@D)/bin/pip install -q --no-deps -r $<
	touch $@

test-samplers: build .venv-samplers/installed
	.venv-samplers/bin/python tests/samplers/check.py $(VNIAH)

# The server runs on the torch of test-decoders: its site-packages are read beside its own.
.venv-serving/installed: tests/serving/requirements.txt .venv/torch
	python3 -m venv $(@D)
	$(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$($(@D)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/torch.pth"
	$(@D)/bin/pip install -q -r $<
	touch $@

test-serving: build .venv-serving/installed
	.venv-serving/bin/python tests/serving/check.py $(VNIAH)

.venv-python/installed: tests/python/requirements.txt
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q -r $<
	touch $@

# The package is built as `cargo build` builds, into the same directory.
test-python: footage .venv-python/installed
	cd python && VIRTUAL_ENV=$(CURDIR)/.venv-python ../.venv-python/bin/maturin develop --locked --quiet
	.venv-python/bin/mypy --config-file python/pyproject.toml python/vniah tests/python
	.venv-python/bin/pytest -q -p no:cacheprovider tests/python

notebooks: .venv-python/installed
	cd python && VIRTUAL_ENV=$(CURDIR)/.venv-python ../.venv-python/bin/maturin develop --locked --quiet
	.venv-python/bin/python tests/python/notebooks.py

# A real Slurm on loopback, which takes root and packages that CI has no other use for.
test-slurm: build
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends slurm-wlm munge
	$(SUDO) env VNIAH=$(VNIAH) tests/cluster/slurm.sh

test-mutants: build
	python3 tests/mutants/check.py $(VNIAH) $(MUTANTS)

test-faults: build
	python3 tests/faults/check.py $(VNIAH) $(FAULTS)

soak: build footage
	python3 tests/soak/check.py $(VNIAH) --draw docs/images/soak.svg $(SOAK)

SECONDS := 60
fuzz: packages-test
	tests/fuzz/run.sh $(SECONDS)

test-memory:
	tests/memory/check.sh

# The tools are those of their authors: typos from PyPI, the others from crates.io. Known vulnerabilities come from a database on
# GitHub.
supply-chain: .venv-supply/installed
	.venv-supply/bin/typos
	command -v cargo-machete >/dev/null || cargo install --locked cargo-machete
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo machete
	cargo deny check licenses bans sources advisories

.venv-supply/installed:
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q typos==1.52.0
	touch $@

bench: build footage .venv-bench/installed
	python3 benches/engine.py --python $(CURDIR)/.venv-bench/bin/python --prepared-until 60 $(BENCH)
	python3 benches/whole.py
	python3 benches/motion.py --minutes 1,10,60
	$(PYTHON) benches/frames.py
	python3 benches/scale.py

bench-engine: build footage .venv-bench/installed
	python3 benches/engine.py --python $(CURDIR)/.venv-bench/bin/python $(BENCH)

bench-scale: build
	python3 benches/scale.py $(BENCH)

bench-whole: build footage
	python3 benches/whole.py $(BENCH)

bench-motion: build footage
	python3 benches/motion.py $(BENCH)

bench-frames: build .venv/installed
	$(PYTHON) benches/frames.py $(BENCH)

# The documentation as a site in target/site. A link that leads nowhere fails.
.PHONY: docs reference
docs: .venv-docs/installed
	.venv-docs/bin/mkdocs build -q -f docs/site/mkdocs.yml

.venv-docs/installed: docs/site/requirements.txt
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q -r $<
	touch $@

# Pages that the program determines: the help of every command, the gallery. Types without a picture get one first.
reference: build
	python3 scripts/gallery.py $(VNIAH)
	python3 docs/site/reference.py $(VNIAH)
