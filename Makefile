# `make run` and `make test` need Python 3.11 (or newer) and make, nothing else: each sets itself
# up the first time, and only starts the second time. `make help` lists the rest.

PYTHON ?= $(shell for each in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; \
	done)
BIN := .venv/bin
NO_PYTHON = Brandgraph needs Python 3.11 or newer: install it, or tell where it is: make run PYTHON=/path/to/python3.11
SETUP = @$(if $(PYTHON),"$(PYTHON)" scripts/setup.py,echo "$(NO_PYTHON)" >&2; exit 1;)
RUN := .venv/.ready-embedded
DEV := .venv/.ready-dev
EXPLORER := .venv/.explorer

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run demo doctor test check format schema docs explorer bench soak lock clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name about; do \
		printf '  make %-9s %s\n' "$$name" "$$about"; done

run: $(RUN) $(EXPLORER) ## Start the server, on http://127.0.0.1:8000/graphql
	@$(BIN)/brandgraph serve

demo: $(RUN) ## Fill an account with months of lifelike content (the server may run or not)
	@$(BIN)/brandgraph demo

doctor: $(RUN) ## Tell what is configured and what answers
	@$(BIN)/brandgraph doctor

test: $(DEV) ## Run the tests, on real engines
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -m "not soak" -rs -n auto --maxprocesses 4 --dist loadfile

check: $(DEV) ## Lint, format, types, imports, and schema.graphql against the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m server.sdl --check

format: $(DEV) ## Put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: $(DEV) ## Write schema.graphql
	$(BIN)/python -m server.sdl

docs: $(DEV) ## Write docs/settings.md
	$(BIN)/python -m server.settings_page

explorer: ## Bundle GraphiQL again (needs Node 20.19 and npm)
	@rm -f $(EXPLORER)
	@$(MAKE) $(EXPLORER)

bench: $(DEV) ## Measure, beside peers; writes bench/results.json
	$(BIN)/python -m bench

soak: $(DEV) ## The long measurements: kills and cuts by the hundred
	$(BIN)/pytest -m soak -rs

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

lock: $(DEV) ## Pin all dependencies again
	$(COMPILE) pyproject.toml -o requirements/production.lock
	$(COMPILE) pyproject.toml --extra embedded -o requirements/embedded.lock
	$(COMPILE) pyproject.toml --extra embedded --extra dev -o requirements/dev.lock
	sed -n '/^requires = \["\(.*\)"\]$$/s//\1/p' pyproject.toml | $(COMPILE) - -o requirements/build.lock

clean: ## Remove what was made here, except ./data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		*.egg-info build explorer/node_modules server/static/explorer

$(RUN): requirements/embedded.lock requirements/build.lock pyproject.toml scripts/setup.py
	$(SETUP) embedded

$(DEV): requirements/dev.lock requirements/build.lock pyproject.toml scripts/setup.py
	$(SETUP) dev

$(EXPLORER): explorer/package-lock.json explorer/vite.config.js \
		$(wildcard explorer/src/* server/static/graphiql/*.js) | $(RUN)
	@$(BIN)/python scripts/bundle_explorer.py $@
