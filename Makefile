# `make run` and `make test` are all one needs. `make help` lists the rest.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV := UV_PYTHON_DOWNLOADS=never scripts/uv
BIN := .venv/bin
# What was done is remembered beside what it made, so that removing the one forgets the other.
ENV_RUN := .venv/.made-to-run
ENV_DEV := .venv/.made-to-develop
MODULES := frontend/node_modules/.made
PAGES := gulou/ui/static/built/manifest.json
PAGE_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard gulou/locale/*/LC_MESSAGES/*.po))
# Runs a talkative command with its words in a log, which is shown when it fails.
quietly = mkdir -p var/logs; ( $(2) ) >var/logs/$(1).log 2>&1 || { cat var/logs/$(1).log; exit 1; }
# One process for each core runs the tests.
JOBS ?= auto
# Modules are compiled once. Where the environment forbids that, each of the many processes that a
# run or the tests start compiles Django and all the rest again: two seconds of a core each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run stop build catalogues docs test soak size lint fix types arch bench screenshots doctor

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(ENV_RUN) $(PAGES) $(CATALOGUES) ## start everything at 127.0.0.1:8000; Ctrl-C stops it
	@exec $(BIN)/gulou run

stop: $(ENV_RUN) ## stop what `make run` started in another window
	@$(BIN)/gulou stop

doctor: $(ENV_RUN) ## check configuration, database, storage, clock
	@$(BIN)/gulou doctor

build: $(PAGES) $(CATALOGUES) ## build pages and catalogues

catalogues: $(CATALOGUES)

docs: $(ENV_DEV) ## write the pages of docs/ that are made from code
	@$(BIN)/python -m gulou.config.knobs

test: $(ENV_DEV) $(PAGES) $(CATALOGUES) ## every test: pages' code, units, database, browser
	@mkdir -p var/logs
	@scripts/get-chromium
	@cd frontend && npm test --silent
	@$(BIN)/pytest -n $(JOBS) --dist worksteal --reruns 1 --rerun-show-tracebacks -raR $(PYTEST)

soak: $(ENV_DEV) $(PAGES) $(CATALOGUES) ## the tests that can be longer than in `make test`, at full length
	@SOAK=1 $(BIN)/pytest tests/imports/test_real_cases.py tests/e2e/test_failover.py tests/field/test_flaky.py tests/field/test_many_phones.py $(PYTEST)

size: $(PAGES) ## JavaScript of the field app's first load, gzipped; fails above 180 kB
	@cd frontend && npm run --silent size

lint: $(ENV_DEV) $(MODULES) ## ruff, djlint, and the pages' own linters
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; make fix does it."; exit 1; }
	@$(BIN)/djlint gulou --lint --quiet
	@cd frontend && npm run --silent check

fix: $(ENV_DEV) $(MODULES) ## let the linters correct what they can
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@cd frontend && npm run --silent fix

types: $(ENV_DEV) ## mypy, strict
	@$(BIN)/mypy

arch: $(ENV_DEV) ## imports and foreign keys go down, every address is guarded
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -q tests/arch

bench: $(ENV_DEV) $(PAGES) $(CATALOGUES) ## load cases (N=20000) and print CPU milliseconds per request
	@$(BIN)/gulou bench $(if $(CASES),--cases $(CASES))

screenshots: $(ENV_DEV) $(PAGES) $(CATALOGUES) ## write docs/images/ from the demonstration
	@$(BIN)/python -m tests.e2e.screenshots

$(ENV_RUN): pyproject.toml uv.lock
	@echo "Installing what Gulou needs."
	@$(UV) sync --quiet --locked --no-dev --inexact
	@touch $@

$(ENV_DEV): pyproject.toml uv.lock
	@echo "Installing what developing Gulou needs."
	@$(UV) sync --quiet --locked
	@touch $(ENV_RUN) $@

$(MODULES): frontend/package.json frontend/package-lock.json
	@scripts/need-node
	@echo "Installing what the pages are built with."
	@$(call quietly,npm,cd frontend && npm ci --no-audit --no-fund --loglevel=error)
	@touch $@

$(PAGES): $(MODULES) $(PAGE_SOURCES)
	@echo "Building the pages."
	@$(call quietly,build,cd frontend && npm run --silent build)
	@touch $@

%.mo: %.po | $(ENV_RUN)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
	@test -s $@ || { echo "$< was not compiled: it is marked as fuzzy."; exit 1; }
