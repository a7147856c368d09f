# `make run` starts the demo; `make test` and `make check` are what CI runs. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
DATA ?= var
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin
VENDOR := convergences/web/static/vendor
CLIENTS := tests/clients
# The sprite holds the icons that code and pages name.
DRAWN := $(shell find convergences demo \( -name '*.py' -o -name '*.html' -o -name '*.yaml' \) -not -path '*/tests/*')

# Networks that open TLS on the way have an authority of their own, which the machine knows and uv, pip and npm do not.
AUTHORITIES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(AUTHORITIES),)
export UV_SYSTEM_CERTS ?= true
export PIP_CERT ?= $(AUTHORITIES)
export NODE_EXTRA_CA_CERTS ?= $(AUTHORITIES)
endif

.PHONY: help setup run test check bench assets wheel format clean

help:  ## Say what can be asked
	@sed -n 's/^\([a-z]*\):.*  ## /  make \1\t/p' Makefile | expand -t 18

setup: .venv/.runtime $(VENDOR)/.stamp  ## Prepare .venv with the `convergences` command, and the pages' assets

run: setup  ## Start the demo: portal, worker, seven applications (PORT=8000, DATA=var)
	@exec $(BIN)/convergences demo --port $(PORT) --data $(DATA)

test: .venv/.development $(VENDOR)/.stamp $(CLIENTS)/node_modules/.package-lock.json  ## Run every test: SQLite, browser, then PostgreSQL
	@sh tools/test.sh $(WORKERS)

check: .venv/.development  ## Run every check that needs no test: style, types, layers, templates, migrations
	@sh tools/check.sh

bench: .venv/.development  ## Measure what each operation costs the server (BENCH=--database=postgresql)
	$(BIN)/python -m bench.oidc $(BENCH)
	$(BIN)/python -m bench.saml

format: .venv/.development  ## Rewrite the code in the house's format
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

assets: $(VENDOR)/.stamp  ## Bring the pages' third-party parts from npm

wheel: .venv/.development $(VENDOR)/.stamp  ## Build dist/convergences-*.whl
	$(BIN)/uv build --quiet --wheel --python $(BIN)/python --out-dir dist

clean:  ## Remove all that was built or installed here; keep var/, the demo's data
	rm -rf .venv node_modules $(CLIENTS)/node_modules dist $(VENDOR) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find convergences demo tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: pyproject.toml uv.lock tools/setup.sh tools/requirements.txt
	@sh tools/setup.sh --no-dev
	@touch $@

.venv/.development: pyproject.toml uv.lock tools/setup.sh tools/requirements.txt
	@sh tools/setup.sh
	@touch $@ .venv/.runtime

node_modules/.package-lock.json: package.json package-lock.json | .venv/.runtime
	@sh tools/npm.sh ci --no-audit --no-fund --silent
	@touch $@

$(CLIENTS)/node_modules/.package-lock.json: $(CLIENTS)/package.json $(CLIENTS)/package-lock.json | .venv/.runtime
	@sh tools/npm.sh ci --prefix $(CLIENTS) --no-audit --no-fund --silent
	@touch $@

$(VENDOR)/.stamp: node_modules/.package-lock.json tools/assets.py $(DRAWN) | .venv/.runtime
	@$(BIN)/python -m tools.assets >/dev/null
	@touch $@
