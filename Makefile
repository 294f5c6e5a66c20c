# `make demo` and `make test` need Python 3.11 or newer with its venv module, and nothing else.

# The first Python that is new enough and can make environments; `make PYTHON=... test` to choose another.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

# Both, because pip 25.3 stopped applying the first to what packages are built with.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP_INSTALL = $(BIN)/python -m pip install -qq --editable

.PHONY: help demo test lint format serve docs bench clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    solve an example"
	@echo "make test    style, types and tests"
	@echo "make lint    style and types alone"
	@echo "make format  let ruff rewrite what it can"
	@echo "make serve   the HTTP service on http://127.0.0.1:8000"
	@echo "make docs    the guides as a site, build/site/index.html"
	@echo "make bench   how long it takes beside other libraries, small sizes only"
	@echo "make clean   remove everything that was made here"

demo: .venv/installed
	@$(BIN)/oremix examples lithium-japan | $(BIN)/oremix solve -

test: lint .venv/browser
	@$(BIN)/pytest -q -n auto --maxprocesses 4 --dist worksteal

lint: .venv/installed-dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary

format: .venv/installed-dev
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

serve: .venv/installed
	@$(BIN)/oremix serve

# Warnings are errors: no link that leads nowhere, no page that none leads to.
docs: .venv/installed-docs
	@$(BIN)/python docs/site/reference.py
	@$(BIN)/python docs/site/pictures.py
	@$(BIN)/sphinx-build -q -W --keep-going -n -E -b html -d build/doctrees -c docs/site docs build/site
	@echo "build/site/index.html"

bench: .venv/installed-bench
	@$(BIN)/python -m benchmarks.run --sizes 0.1k 1k --only-sizes --no-write

clean:
	@rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist oremix.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: pyproject.toml constraints.txt
	$(if $(PYTHON),,$(error Python 3.11 or newer with its venv module is needed (on Debian: apt-get install python3-venv)))
	@echo "Setting up .venv (once; about a minute)"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP_INSTALL) .
	@touch $@

.venv/installed-dev: .venv/installed
	@echo "Adding the tools for the tests"
	@$(PIP_INSTALL) '.[dev]'
	@touch $@

.venv/installed-docs: .venv/installed
	@echo "Adding what makes the site of the guides"
	@$(PIP_INSTALL) '.[docs]'
	@touch $@

# The machine's Chromium, or one that needs neither root nor anything of the machine.
.venv/browser: .venv/installed-dev tests/chromium.py
	@$(BIN)/python -m tests.chromium
	@touch $@

.venv/installed-bench: .venv/installed-dev
	@echo "Adding the libraries to measure beside"
	@$(PIP_INSTALL) '.[bench]'
	@touch $@
