# Every target sets up what it needs: a fresh clone, Python 3.11 or newer and a package index are enough.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
RUNTIME := $(VENV)/.runtime-ready
READY := $(VENV)/.ready
UV_VERSION := 0.13.9
LOCK := $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --upgrade --quiet --custom-compile-command "make lock"
TESTS := $(PY) -m pytest --numprocesses=logical --maxprocesses=4 --dist=loadfile
MIGRATIONS := $(VENV)/bin/alembic upgrade head && $(VENV)/bin/alembic check

export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check run bench pictures lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with everything for tests and the demo
	@echo "$(VENV) is ready"

demo: $(READY) ## the bot and a stand-in Slack workspace in the browser (DEMO_PORT=3000, RESET=1 starts afresh)
	@RESET="$(RESET)" DEMO_PORT="$(DEMO_PORT)" $(PY) -m bot demo

test: $(READY) ## every test, on SQLite and on a real PostgreSQL
	@$(TESTS)

check: $(READY) ## what CI runs: format, lint, types, migrations against models, every test
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		echo "alembic check on SQLite"; DATABASE_URL="sqlite:///$$folder/new.db" sh -c '$(MIGRATIONS)'
	@echo "alembic check on PostgreSQL"; $(PY) -m tests.postgres sh -c '$(MIGRATIONS)'
	@$(TESTS)

run: $(RUNTIME) ## the bot against a real Slack workspace, settings from .env
	@$(PY) -m bot run

bench: $(READY) ## measure against the targets, as ratios to a floor
	@$(PY) -m bench

pictures: $(READY) ## take the README's pictures from a demo of their own
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		DEMO_FOLDER="$$folder" DEMO_PORT=3199 $(PY) -m sandbox.pictures docs/pictures \
		--steps docs/pictures/steps.json --url http://127.0.0.1:3199 --start "$(PY) -m bot demo"

lock: $(VENV)/bin/python ## pin requirements*.txt anew from requirements*.in
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(LOCK) --output-file requirements.txt requirements.in
	@$(LOCK) --output-file requirements-dev.txt requirements-dev.in

clean: ## remove .venv, caches and the demo's data
	rm -rf $(VENV) .demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --upgrade pip

$(RUNTIME): requirements.txt | $(VENV)/bin/python
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(READY): requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(RUNTIME) $@
