# `make test` is the gate: it makes its own environment, then checks format, spelling and types and runs the tests.
# `make test-all` runs the slow tests too and measures what they cover.
VENV ?= .venv
PYTHON ?= python3
# Tests wait more often than they compute, so there are more of them at once than processors.
JOBS ?= $(shell expr $$(nproc) + 5)
PYTHONS ?= 3.10 3.13
BIN = $(VENV)/bin
# Where this is set, as it often is in containers, each of the tests' hundred servers compiles every module again.
unexport PYTHONDONTWRITEBYTECODE
INSTALL = -m pip install --quiet --disable-pip-version-check
# What `make test` and `make docs` need: uv installs it in a tenth of pip's time. Where uv finds no index, since only
# pip was told of a mirror, pip does it.
INSTALL_EXTRA = { $(BIN)/python $(INSTALL) -c constraints.txt uv && \
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[$(1)]'; } || \
	$(BIN)/python $(INSTALL) -c constraints.txt -e '.[$(1)]'
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

.PHONY: chaos soak fuzz-api test-hostile benchmark-learning test test-all lint unit format fuzz docs tables clean test-pythons test-trainers sources test-trl test-verifiers test-gym test-judge test-peers test-operations test-ray

test: lint unit

test-all: lint
	$(PYTEST) --cov --cov-report=term:skip-covered

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports

# Tests that fail beside others run once more, alone: one that was short of time passes then, and stays in the
# record as failed; one that is wrong fails again.
FAST = -m "not slow and not peers"
unit: $(VENV)/.dev
	$(PYTEST) $(FAST) || \
		{ test $$? -eq 1 && $(BIN)/python -m pytest $(FAST) -rA --last-failed --last-failed-no-failures none; }

# Random examples, many more of them. What they find becomes a case.
fuzz: $(VENV)/.dev
	HYPOTHESIS_PROFILE=fuzz $(PYTEST) -m hypothesis

# Requests made of /openapi.json: valid ones and invalid ones, random, so many of each for each operation.
EXAMPLES ?= 300
fuzz-api: $(VENV)/.dev
	HYPOTHESIS_PROFILE=fuzz EXAMPLES=$(EXAMPLES) $(PYTEST) tests/web/api/test_requests.py

# Faults of every kind against a real service under load, by seeds, and an account of what came of them.
SEEDS ?= 1 2 3 4 5
SECONDS ?= 60
chaos: $(VENV)/.dev
	$(BIN)/python -m benchmarks.chaos.run --seed $(SEEDS) --seconds $(SECONDS)

# Everything at once for an hour, without faults: rules, programs, a judge, groups, reloads, journal and pages.
soak: SECONDS = 3600
soak: $(VENV)/.dev
	$(BIN)/python -m benchmarks.soak.run --seconds $(SECONDS)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The tables of the documentation, from the code; and the site, into site/.
tables: $(VENV)/.dev
	$(BIN)/python docs/tables.py

docs: $(VENV)/.docs
	$(BIN)/mkdocs build --strict

$(VENV)/.docs: $(VENV)/.dev
	$(call INSTALL_EXTRA,docs)
	touch $@

# The oldest and the newest Python that are supported, each in an environment of its own.
test-pythons: $(PYTHONS:%=test-python%)

# pyenv's, if it has one.
test-python%:
	$(MAKE) unit VENV=$(VENV)-$* PYTHON=$(firstword $(wildcard $(HOME)/.pyenv/versions/$*.*/bin/python$*) python$*)

# A tiny policy and GRPO, in an environment of its own: a few minutes on a CPU.
benchmark-learning: $(VENV)-learning/.dev
	$(VENV)-learning/bin/python -m benchmarks.learning.run --plot docs/images/learning.svg

$(VENV)-learning/.dev: setup.cfg benchmarks/learning/requirements.txt
	test -x $(VENV)-learning/bin/python || $(PYTHON) -m venv $(VENV)-learning
	$(VENV)-learning/bin/python $(INSTALL) -e . -r benchmarks/learning/requirements.txt
	touch $@

# Real trainers, in environments of their own: several GB, some minutes, no GPU. Some are on no index: the
# tests of one that can't be fetched are skipped. The generations of verifiers exclude each other, and ms-swift
# takes no TRL from 1.0 on. NeMo-Gym names a patch of Python that few machines have, so pip hides its newest version;
# it runs on earlier patches. With a Python before 3.13 an older version is tested, or none.
SOURCES = THUDM/slime hiyouga/EasyR1 PKU-Alignment/align-anything NVIDIA-NeMo/RL
GYM_PYTHON ?= python3.13
test-trainers: $(VENV)-trainers/.dev sources test-trl test-verifiers test-gym
	$(VENV)-trainers/bin/python -m pytest -W default -rs tests/trainers

# TRL's newest version; the environment of the others has the last one that ms-swift takes.
OF_TRL = tests/trainers/test_trl.py tests/trainers/test_none_in_advantages.py tests/trainers/test_restart.py
OF_TRL += tests/trainers/test_chat_templates.py tests/trainers/test_tool_calls.py
test-trl: $(VENV)-trl/.dev
	$(VENV)-trl/bin/python -m pytest -W default -rs $(OF_TRL)

test-verifiers: $(VENV)-verifiers/.dev
	$(VENV)-verifiers/bin/python -m pytest -W default -rs tests/trainers/test_verifiers.py || test $$? -eq 5

test-gym: $(VENV)-gym/.dev
	$(VENV)-gym/bin/python -m pytest -W default -rs tests/trainers/test_nemo_gym.py || test $$? -eq 5

$(VENV)-trainers/.dev: setup.cfg tests/trainers/requirements.txt tests/trainers/without_dependencies.txt
	test -x $(VENV)-trainers/bin/python || $(PYTHON) -m venv $(VENV)-trainers
	$(VENV)-trainers/bin/python $(INSTALL) -e . -r tests/trainers/requirements.txt
	$(VENV)-trainers/bin/python $(INSTALL) --no-deps -r tests/trainers/without_dependencies.txt
	touch $@

# Each time, as a source may be within reach later; the git of a machine without a network would wait for minutes.
sources: $(VENV)-trainers/.dev
	@for source in $(SOURCES); do \
		folder=$(VENV)-trainers/src/$${source##*/}; \
		test -d $$folder || GIT_TERMINAL_PROMPT=0 timeout 300 git clone --quiet --depth 1 https://github.com/$$source $$folder || \
		{ rm -rf $$folder; echo "test-trainers: https://github.com/$$source can't be cloned, so its tests are skipped;" \
			"put the source into $$folder" >&2; }; \
	done

$(VENV)-trl/.dev: setup.cfg
	test -x $(VENV)-trl/bin/python || $(PYTHON) -m venv $(VENV)-trl
	$(VENV)-trl/bin/python $(INSTALL) -e . pytest hypothesis torch==2.13.0 'trl>=1.16'
	touch $@

$(VENV)-verifiers/.dev: setup.cfg
	test -x $(VENV)-verifiers/bin/python || $(PYTHON) -m venv $(VENV)-verifiers
	$(VENV)-verifiers/bin/python $(INSTALL) -e . pytest hypothesis 'verifiers>=0.4'
	touch $@

$(VENV)-gym/.dev: setup.cfg
	test -x $(VENV)-gym/bin/python || $(GYM_PYTHON) -m venv $(VENV)-gym || $(PYTHON) -m venv $(VENV)-gym
	$(VENV)-gym/bin/python $(INSTALL) -e . pytest hypothesis
	$(VENV)-gym/bin/python $(INSTALL) --ignore-requires-python 'nemo-gym>=0.7' || $(VENV)-gym/bin/python $(INSTALL) nemo-gym || \
		echo "test-gym: the index has no NeMo-Gym for this Python, so its tests are skipped" >&2
	touch $@

# A real Ray cluster of several nodes on this machine, in an environment of its own: a minute or two.
test-ray: $(VENV)-ray/.dev
	$(VENV)-ray/bin/python -m pytest -W default tests/engine/cluster

$(VENV)-ray/.dev: setup.cfg
	test -x $(VENV)-ray/bin/python || $(PYTHON) -m venv $(VENV)-ray
	$(VENV)-ray/bin/python $(INSTALL) -e '.[ray]' pytest hypothesis
	touch $@

# Hostile programs put together at random, against the strongest sandbox here: 5,000 take half an hour to an hour.
COUNT ?= 5000
SEED ?= 1
test-hostile: $(VENV)/.dev
	RULE_RM_MUTANTS=$(COUNT) RULE_RM_SEED=$(SEED) $(BIN)/python -m pytest -s -p no:cacheprovider tests/sandbox/test_mutants.py

# Real judges and models, in an environment of their own: 2 GB and llama.cpp built from source, no GPU.
test-judge: $(VENV)-judge/.dev
	$(VENV)-judge/bin/python -m pytest -W default tests/judge tests/models

$(VENV)-judge/.dev: setup.cfg tests/judge/peers/requirements.txt
	test -x $(VENV)-judge/bin/python || $(PYTHON) -m venv $(VENV)-judge
	$(VENV)-judge/bin/python $(INSTALL) -r tests/judge/peers/requirements.txt
	$(VENV)-judge/bin/python $(INSTALL) -e .
	touch $@

# Audits of reward functions by others, in an environment of their own: a minute. The tests of math-verify are in no
# package: they are skipped where its source can't be fetched.
test-peers: $(VENV)-peers/.dev
	MATH_VERIFY_TESTS=$(VENV)-peers/src/Math-Verify/tests $(VENV)-peers/bin/python -m pytest -W default tests/math/peers

$(VENV)-peers/.dev: setup.cfg tests/math/peers/requirements.txt
	test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python $(INSTALL) -e . -r tests/math/peers/requirements.txt
	test -d $(VENV)-peers/src/Math-Verify || \
		git clone --quiet --depth 1 https://github.com/huggingface/Math-Verify $(VENV)-peers/src/Math-Verify || true
	touch $@

# The files of deploy/ by the tools of those who read them (promtool where it is installed: Debian's package
# `prometheus` has it), real boards of curves, and the viewer in Chromium.
test-operations: $(VENV)-operations/.dev
	$(VENV)-operations/bin/python -m pytest -W default -rs tests/test_deploy.py tests/journal/test_pushing.py \
		tests/web/viewer

$(VENV)-operations/.dev: setup.cfg tests/operations_requirements.txt
	test -x $(VENV)-operations/bin/python || $(PYTHON) -m venv $(VENV)-operations
	$(VENV)-operations/bin/python $(INSTALL) -e . -r tests/operations_requirements.txt
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-* build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

# An environment that is broken, or whose Python is too old, is made anew; its stamps don't count then.
$(shell $(BIN)/python -c "import pip" 2>/dev/null || rm -f $(VENV)/.dev $(VENV)/.docs)

$(VENV)/.dev: setup.cfg pyproject.toml constraints.txt
	PYTHON=$(PYTHON) .ci/venv $(VENV)
	$(call INSTALL_EXTRA,dev)
	touch $@
