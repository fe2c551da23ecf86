# `make test` is the one test command: it makes its own environment, then lints, checks types and runs the tests.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin

.PHONY: test lint unit format docs tables clean test-trainers test-judge

test: lint unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/python -m pytest

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The tables of the documentation, from the code; and the site, into site/.
tables: $(VENV)/.dev
	$(BIN)/python docs/tables.py

docs: $(VENV)/.docs
	$(BIN)/mkdocs build --strict

$(VENV)/.docs: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	touch $@

# Real trainers, in an environment of their own: several GB, some minutes, no GPU.
test-trainers: $(VENV)-trainers/.dev
	$(VENV)-trainers/bin/python -m pytest -W default tests/trainers

$(VENV)-trainers/.dev: setup.cfg tests/trainers/requirements.txt tests/trainers/without_dependencies.txt
	test -x $(VENV)-trainers/bin/python || $(PYTHON) -m venv $(VENV)-trainers
	$(VENV)-trainers/bin/python -m pip install --quiet --disable-pip-version-check -e . -r tests/trainers/requirements.txt
	$(VENV)-trainers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r tests/trainers/without_dependencies.txt
	touch $@

# Real judges and models, in an environment of their own: 2 GB and llama.cpp built from source, no GPU.
test-judge: $(VENV)-judge/.dev
	$(VENV)-judge/bin/python -m pytest -W default tests/judge tests/models

$(VENV)-judge/.dev: setup.cfg tests/judge/peers/requirements.txt
	test -x $(VENV)-judge/bin/python || $(PYTHON) -m venv $(VENV)-judge
	$(VENV)-judge/bin/python -m pip install --quiet --disable-pip-version-check -r tests/judge/peers/requirements.txt
	$(VENV)-judge/bin/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-trainers $(VENV)-judge build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.dev: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@
