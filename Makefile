# Everything starts here: `make` alone lists what there is.
# Each target does the set-up that it needs, and is quick where nothing is to do.

PYTHON := .venv/bin/python
ARGS :=
CYCLES := 200
SEED := 1
LOCK := .venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help up setup face test chaos lint audit bench card docs lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-6s %s\n' "$$name" "$$text"; done

up:  ## set up what is missing, and run the whole system until Ctrl-C
	@sh local/python.sh -m local.setup
	@exec $(PYTHON) -m local.up

setup:  ## the set-up alone: .venv, Java, Maven, a database server, Kafka
	@sh local/python.sh -m local.setup

face:  ## add what reads the mood of a face from a photograph
	@sh local/python.sh -m local.setup --face

test:  ## run the tests, with set-up and servers of their own; ARGS go to pytest
	@sh local/python.sh -m local.setup --test
	$(PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

chaos:  ## break everything under load, CYCLES times, drawn from SEED, and hold what is stored against what was sent
	@sh local/python.sh -m local.setup --test
	$(PYTHON) -m tests.chaos --cycles $(CYCLES) --seed $(SEED)

lint:  ## check style and types
	@sh local/python.sh -m local.setup --lint
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy -p moodstream -p local

audit:  ## ask PyPI whether what the locks pin has known faults
	@sh local/python.sh -m local.setup --lint
	@$(PYTHON) -m local.audit

bench:  ## measure, each figure beside its limit
	@sh local/python.sh -m local.setup
	$(PYTHON) -m benchmarks

card:  ## train what comes along from TABLES, judge it on them and on MUSIC, and write docs/model-card.md
	@sh local/python.sh -m local.setup --lint
	$(PYTHON) -m docs.model_card "$(TABLES)" "$(MUSIC)"

docs:  ## write the pages that follow from the code anew
	@sh local/python.sh -m local.setup --lint
	$(PYTHON) -m docs.generate
	$(PYTHON) -m docs.journey

lock:  ## resolve requirements*.txt anew into requirements*.lock
	@sh local/python.sh -m local.setup --lint
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) requirements-face.txt --constraint requirements.lock --output-file requirements-face.lock

clean:  ## remove .local (all data), .venv and the caches here
	@sh local/python.sh -m local.clean
