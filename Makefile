# make demo    from a fresh Debian or Ubuntu with Rust, make and git: installs the rest, makes a dataset, scores it
# make test    installs what the tests need and runs every test
# make test-ecosystem    reads a dataset with the tools that users read it with; needs the network once
# make lint    formatting and lints alone
# make bench   times the stages on the example haystacks

VNIAH := target/release/vniah
DATASET := demo/dataset
PYTHON := .venv/bin/python
REQUIREMENTS := $(wildcard tests/decoders/requirements.txt tests/browser/requirements.txt)
BROWSER_TESTS := $(sort $(wildcard tests/browser/*.py))

.DEFAULT_GOAL := help
.PHONY: help demo test test-ecosystem lint bench build packages packages-test footage browser clean-demo

help:
	@sed -n 's/^# //;/^make /p' $(MAKEFILE_LIST)

packages:
	@scripts/packages.sh build

packages-test:
	@scripts/packages.sh test

build: packages
	cargo build --release --locked

# The dataset resumes where it stopped; answers and scores are made anew.
demo: build
	@mkdir -p demo
	@rm -f demo/oracle.jsonl demo/oracle.json demo/blind.jsonl demo/blind.json demo/report.html
	$(VNIAH) generate haystacks.example/spec.toml -o $(DATASET)
	$(VNIAH) verify $(DATASET)
	$(VNIAH) baseline oracle $(DATASET) -o demo/oracle.jsonl
	$(VNIAH) baseline blind $(DATASET) -o demo/blind.jsonl
	$(VNIAH) score $(DATASET) demo/oracle.jsonl -o demo/oracle.json
	$(VNIAH) score $(DATASET) demo/blind.jsonl -o demo/blind.json
	$(VNIAH) report $(DATASET) demo/oracle.json demo/blind.json -o demo/report.html
	@echo
	@echo "The dataset is in $(DATASET); open demo/report.html in a browser."

clean-demo:
	rm -rf demo

lint:
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings

# Last comes what says most: cargo's own count of tests.
test: packages-test footage
	$(MAKE) lint
	$(MAKE) browser
	cargo test --locked

.venv/installed: $(REQUIREMENTS)
	python3 -m venv .venv
	$(if $(REQUIREMENTS),$(PYTHON) -m pip install -q $(addprefix -r ,$(REQUIREMENTS)))
	touch $@

footage: packages-test .venv/installed
	PYTHON=$(PYTHON) tests/footage.sh

browser: .venv/installed
ifneq ($(BROWSER_TESTS),)
	cargo build --locked
	@if command -v chromedriver >/dev/null; then \
	    for script in $(BROWSER_TESTS); do echo "+ $$script"; VNIAH=target/debug/vniah $(PYTHON) $$script || exit 1; done; \
	else \
	    echo "No chromedriver here: the tests in a browser are left out."; \
	fi
endif

# The tools are large and change often, so they have an environment of their own, and CI leaves them out.
ECOSYSTEM := .venv-ecosystem
$(ECOSYSTEM)/installed: tests/ecosystem/requirements.txt
	python3 -m venv $(ECOSYSTEM)
	$(ECOSYSTEM)/bin/pip install -q -r $<
	touch $@

test-ecosystem: build $(ECOSYSTEM)/installed
	$(ECOSYSTEM)/bin/python tests/ecosystem/check.py $(VNIAH)

bench: build
	python3 benches/engine.py $(BENCH)
