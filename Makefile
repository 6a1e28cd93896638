# From a fresh checkout with Python 3.11 or newer: `make run` starts the demo, `make serve` the service with your
# settings; `make test`, `make check`, `make bench`; `make faults` kills services for half an hour, `make soak
# MINUTES=10` loads one for as long.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MINUTES ?= 10
# Where the databases of the tests lie: in memory where there is room for it, which saves waiting for the disk.
SHM_KB := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR==2 { print $$4 }')
ROOM := $(shell [ "$(SHM_KB)" -gt 4000000 ] 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")

# The locks name every package with its hash, so nothing is resolved: a resolver of an old pip departs from them.
# uv takes seconds; pip, which knows of private indexes too, takes over where uv cannot install.
define install
$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r $(1) \
  || $(BIN)/python -m pip install -q --no-deps --require-hashes -r $(1)
endef

.PHONY: audit run serve test faults faults-bounded soak check bench format lock clean

run: $(VENV)/runtime
	@ROLLCALL_DEMO=true ROLLCALL_QUIET_HOURS=none exec $(BIN)/rollcall serve

serve: $(VENV)/runtime
	@exec $(BIN)/rollcall serve

test: $(VENV)/development
	TMPDIR=$(ROOM) $(BIN)/python -m pytest -n 2

faults: $(VENV)/development
	ROLLCALL_FAULTS=long $(BIN)/python -m pytest -n 2 tests/faults

faults-bounded: $(VENV)/development
	$(BIN)/python -m pytest -n 2 --durations=12 tests/faults

soak: $(VENV)/development
	ROLLCALL_SOAK_MINUTES=$(MINUTES) $(BIN)/python -m pytest tests/faults/test_soak.py

check: $(VENV)/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pip check
	$(BIN)/python -m tests.architecture.audit --if-reachable

audit: $(VENV)/development
	$(BIN)/python -m tests.architecture.audit

bench: $(VENV)/development
	$(BIN)/python -m benchmarks

format: $(VENV)/development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/development
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml --extra charts -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml --extra charts --extra fast --group dev -o requirements-dev.lock
	printf 'editables\nhatchling==1.33.0\nuv>=0.13,<0.14\n' | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate -c requirements-dev.lock - -o requirements-build.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/installer: requirements-build.lock
	@echo "Setting up Rollcall in $(VENV) (about 410 MB, once). With a fast connection this takes half a minute."
	@echo "Meanwhile: docs/journey.md follows one message through the code; README.md says how to connect a real number."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements-build.lock
	@touch $@

$(VENV)/runtime: requirements.lock pyproject.toml $(VENV)/installer
	@echo "Installing the packages that Rollcall runs on ..."
	@$(call install,requirements.lock)
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	@echo "Installing the packages for tests and checks ..."
	@$(call install,requirements-dev.lock)
	$(BIN)/python -m pip check
	@touch $@
