# From a fresh checkout with only Python 3.11 or newer: `make run`, `make test`, `make check`, `make bench`;
# `make faults` kills services for half an hour, `make soak MINUTES=10` loads one for as long.
PYTHON ?= python3
BIN := .venv/bin
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

.PHONY: audit run test faults faults-bounded soak check bench format lock clean

run: .venv/runtime
	ROLLCALL_DEMO=true $(BIN)/rollcall serve

test: .venv/development
	TMPDIR=$(ROOM) $(BIN)/python -m pytest -n 2

faults: .venv/development
	ROLLCALL_FAULTS=long $(BIN)/python -m pytest -n 2 tests/faults

faults-bounded: .venv/development
	$(BIN)/python -m pytest -n 2 --durations=12 tests/faults

soak: .venv/development
	ROLLCALL_SOAK_MINUTES=$(MINUTES) $(BIN)/python -m pytest tests/faults/test_soak.py

check: .venv/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pip check
	$(BIN)/python -m tests.architecture.audit --if-reachable

audit: .venv/development
	$(BIN)/python -m tests.architecture.audit

bench: .venv/development
	$(BIN)/python -m benchmarks

format: .venv/development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/development
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml --extra charts -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml --extra charts --extra fast --group dev -o requirements-dev.lock
	printf 'editables\nhatchling==1.33.0\nuv>=0.13,<0.14\n' | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate -c requirements-dev.lock - -o requirements-build.lock

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/installer: requirements-build.lock
	@echo "Rollcall goes into the folder .venv: about 410 MB. This takes half a minute, and less the next time."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements-build.lock
	@touch $@

.venv/runtime: requirements.lock pyproject.toml .venv/installer
	@echo "Installing what Rollcall runs on ..."
	$(call install,requirements.lock)
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/development: requirements-dev.lock .venv/runtime
	@echo "Installing what the tests and checks need ..."
	$(call install,requirements-dev.lock)
	$(BIN)/python -m pip check
	@touch $@
