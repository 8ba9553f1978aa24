# Bare `make` lists what there is. Every target but help and clean sets up .venv first.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
PYTHONS := $(PYTHON) python3.13 python3.12 python3.11 python3 python

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format eval bench soak audit lock clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with the ipnews command in it

$(STAMP): requirements.lock pyproject.toml
	@set -e; found=; \
	for python in $(PYTHONS); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "ipnews needs Python 3.11 or newer; install it, or name it: make setup PYTHON=/path/to/python3" >&2; exit 2; fi; \
	if ! "$$found" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$found has no venv; install it (Debian, Ubuntu: apt-get install python3-venv) and call make again" >&2; exit 2; fi; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  echo "Making $(VENV) with $$("$$found" --version)"; rm -rf $(VENV); "$$found" -m venv $(VENV); fi
	@echo "Installing what requirements.lock names (once; some minutes where uv cannot reach the index)"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r requirements-uv.lock \
	  && UV_HTTP_TIMEOUT=30 $(BIN)/uv pip install --python $(BIN)/python --require-hashes --no-deps -r requirements.lock \
	  || $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## Run the whole job against the bundled mirror network
	@$(BIN)/ipnews demo

test: $(STAMP) ## Run the tests, two processes a core: half of their time is waiting for servers
	@$(BIN)/python -m pytest -n $$((2 * $$(getconf _NPROCESSORS_ONLN))) --dist worksteal

lint: $(STAMP) ## Check style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: $(STAMP) ## Lay the code out
	@$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

eval: $(STAMP) ## Measure quality: figures by family, with sample sizes and floors
	@$(BIN)/python -m bench.run eval

bench: $(STAMP) ## Measure speed, side by side with peers (installs them from requirements-bench.lock)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r requirements-bench.lock
	@$(BIN)/python -m bench.run bench

soak: $(STAMP) ## Kill, fill, cut and restart a long crawl, and count what is lost
	@$(BIN)/python -m bench.soak

audit: $(STAMP) ## Look the locked packages up in the list of known holes
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.lock

lock: $(STAMP) ## Resolve the dependencies anew into hashed locks
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --extra browser --extra export --extra postgres --extra ray --extra dev pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --constraint requirements.lock --extra bench pyproject.toml -o requirements-bench.lock
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header --constraint requirements.lock - -o requirements-uv.lock
	@printf 'pywb\nsetuptools<81\n' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header - -o requirements-replay.lock

clean: ## Remove .venv, caches and the demo's archive
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis data/archive/demo
