# One command each. `make help` lists them. Needs Python 3.11+ with pip and venv, make and git.
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test check bench fuzz proof proof-kill pins

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
# Every command starts a process or many: to compile the same modules again in each takes twice the time.
unexport PYTHONDONTWRITEBYTECODE
HAS_CHROMIUM := command -v "$${CHROMIUM:-chromium}" >/dev/null || command -v google-chrome >/dev/null
PINS   := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
CYCLES ?= 200
SEEDS  ?= 1-10000
UV     := UV_LINK_MODE=copy $(BIN)/uv

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup: $(STAMP) ## make .venv with everything in it (done by the others too)

$(STAMP): requirements/setup.txt requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "dzvin needs Python 3.11 or newer with pip and venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/setup.txt
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

browser: ## install Chromium for the browser tests, where we may
	@$(HAS_CHROMIUM) || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null; } || exit 0; \
	$(HAS_CHROMIUM) || { echo "Installing Chromium for the browser tests ..."; apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium fonts-noto-core >/dev/null; } || echo "Chromium could not be installed"

demo: setup ## start pages, engine, a LiraX simulator and a sample campaign
	@$(BIN)/dzvin demo --with-parent

test: setup browser ## run the whole test suite
	@$(BIN)/python -m pytest tests --ignore=tests/browser -n 4 --dist loadfile --no-loadscope-reorder
	@if $(HAS_CHROMIUM); then $(BIN)/python -m pytest tests/browser; \
		else echo "SKIPPED: the browser tests, for want of Chromium (install it, or set CHROMIUM)"; \
		test "$$CI" != true; fi

check: setup ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports

bench: setup ## run the benchmarks
	@$(BIN)/python -m tests.bench

proof: setup ## the long proofs that `make test` only samples (SEEDS="1-10000")
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --jobs 2
	@$(BIN)/python -m tests.simulation --mutants --jobs 2
	@$(BIN)/python -m pytest tests --ignore=tests/browser -n 2 -m proof

proof-kill: setup ## kill -9 and worse, cycle after cycle: CYCLES=200 on each database
	@$(BIN)/python -m tests.killing sqlite $(CYCLES)
	@$(BIN)/python -m tests.killing postgresql $(CYCLES)

fuzz: setup ## spoil whatever comes from outside, for ten minutes (FUZZ="--seconds 60 --seed 7")
	@$(BIN)/python -m tests.fuzz $(FUZZ)

pins: setup ## renew requirements/*.txt
	@echo uv | $(UV) pip compile $(PINS) --output-file requirements/setup.txt - >/dev/null
	@$(UV) pip compile $(PINS) --output-file requirements/run.txt pyproject.toml >/dev/null
	@$(UV) pip compile $(PINS) --output-file requirements/dev.txt --group dev pyproject.toml >/dev/null
