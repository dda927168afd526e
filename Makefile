# Every target sets up what it needs: a fresh clone, Python 3.11 or newer and a package index are enough.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
RUNTIME := $(VENV)/.runtime-ready
DEMO := $(VENV)/.demo-ready
READY := $(VENV)/.ready
BROWSER := $(VENV)/.browser-sought
UV_VERSION := 0.13.9
LOCK := $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --upgrade --quiet --custom-compile-command "make lock"
# Four also on two cores: most tests wait for a process, a pause or a database.
TESTS := $(PY) -m pytest --numprocesses=4 --dist=loadfile
UPGRADE := $(VENV)/bin/alembic upgrade head
MIGRATIONS := $(UPGRADE) && $(VENV)/bin/alembic check
# For commands that talk to this machine only: no proxy can reach it.
DIRECTLY := env -u http_proxy -u https_proxy -u all_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY

export PIP_NO_INPUT := 1
export HOME ?= $(CURDIR)/$(VENV)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check run bench browser pictures lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(DEMO) ## the bot and a stand-in Slack workspace in the browser (DEMO_PORT=3000, RESET=1 starts afresh)
	@RESET="$(RESET)" DEMO_PORT="$(DEMO_PORT)" $(PY) -m bot demo

run: $(RUNTIME) ## the bot against a real Slack workspace, settings from .env; brings the database up to date first
	@$(UPGRADE)
	@$(PY) -m bot run

setup: $(RUNTIME) ## make .venv with what `make run` needs, and nothing for tests or the demo
	@echo "$(VENV) is ready"

test: $(READY) $(BROWSER) ## every test, on SQLite, on a real PostgreSQL and in a real browser
	@$(TESTS)

test-fast: $(READY) ## the tests that need no browser, PostgreSQL or other processes
	@$(TESTS) -m "not browser and not postgresql and not process"

check: $(READY) $(BROWSER) ## what CI runs: format, lint, types, migrations against models, every test
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		echo "alembic check on SQLite"; DATABASE_URL="sqlite:///$$folder/new.db" sh -c '$(MIGRATIONS)'
	@echo "alembic check on PostgreSQL"; $(PY) -m tests.postgres sh -c '$(MIGRATIONS)'
	@$(TESTS)

browser: $(READY) ## find a browser for the tests, or get one
	@$(PY) -m sandbox.browser

bench: $(READY) ## measure against the targets, as ratios to a floor
	@$(DIRECTLY) $(PY) -m bench

pictures: $(READY) $(BROWSER) ## take the README's pictures from a demo of their own
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		DEMO_FOLDER="$$folder" DEMO_PORT=3199 $(PY) -m sandbox.pictures docs/pictures \
		--steps docs/pictures/steps.json --url http://127.0.0.1:3199 --start "$(PY) -m bot demo"

lock: $(VENV)/bin/python ## pin the newest versions in requirements*.txt, from requirements*.in
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(LOCK) --output-file requirements.txt requirements.in
	@$(LOCK) --output-file requirements-demo.txt requirements-demo.in
	@$(LOCK) --output-file requirements-dev.txt requirements-dev.in

clean: ## remove .venv, caches and the demo's data
	rm -rf $(VENV) .demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# If this fails halfway, the folder is removed, so that the next run starts from scratch.
$(VENV)/bin/python:
	@test ! -e $(VENV)/bin || { echo "The Python of $(VENV) is gone, or you may not run it: run make as its owner, or make clean first." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@mkdir -p $(VENV) || { echo "You cannot write here. Copy this folder to where you can, and run make there." >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@trap 'rm -rf $(VENV)' EXIT; trap 'exit 1' INT TERM; \
		$(PYTHON) -m venv $(VENV) && \
		$(PY) -m pip install --quiet --disable-pip-version-check --upgrade pip && \
		trap - EXIT

$(RUNTIME): requirements.txt | $(VENV)/bin/python
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEMO): requirements.txt requirements-demo.txt | $(VENV)/bin/python
	@$(PIP_INSTALL) -r requirements-demo.txt
	@touch $(RUNTIME) $@

$(READY): requirements.txt requirements-demo.txt requirements-dev.txt | $(VENV)/bin/python
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(RUNTIME) $(DEMO) $@

# Looked for once: a machine without a network must not wait for it every time.
$(BROWSER): | $(READY)
	@$(PY) -m sandbox.browser || true
	@touch $@
