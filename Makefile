# The newest Python that the code supports and this machine has; `make PYTHON=… install` chooses another.
PYTHON ?= $(shell sh scripts/find-python 3.13 3.12 3.11 any)
OLDEST ?= $(filter-out $(PYTHON),$(shell sh scripts/find-python 3.11))
BIN := .venv/bin
LOCKED := requirements/development.txt pyproject.toml

.PHONY: help install demo dev test check check-template bench-worktime bench-replay lock clean

help:
	@echo "make install   .venv with all that development needs, and the slaclock command"
	@echo "make demo      one story, from webhook to breach record, in virtual time"
	@echo "make dev       the same stack as a server on 127.0.0.1:8787"
	@echo "make test      every test; tests/spec on the oldest Python as well"
	@echo "make check     ruff, mypy strict and the checks of template.yaml"
	@echo "make bench-worktime  working time against other libraries, as ratios"
	@echo "make bench-replay    a history told again, as ratios to json.loads"
	@echo "make lock      choose versions anew (needs uv)"

install: .venv/.installed

.venv/.installed: $(LOCKED)
	@sh scripts/make-venv .venv "$(PYTHON)"
	@touch $@

# The code promises Python 3.11 too: where the main environment is newer, the rules are tested on both.
.venv-oldest/.installed: $(LOCKED)
	@sh scripts/make-venv .venv-oldest "$(OLDEST)"
	@touch $@

demo: install
	@$(BIN)/python -m local.demo

dev: install
	@exec $(BIN)/python -m local.server

test: install $(if $(OLDEST),.venv-oldest/.installed)
	$(BIN)/python -m pytest -n 2 tests
	$(if $(OLDEST),.venv-oldest/bin/python -m pytest -n 2 -p no:cacheprovider tests/spec)

bench-worktime: .venv-benchmarks/.installed
	PYTHONPATH=layers/core:. .venv-benchmarks/bin/python benchmarks/worktime.py

bench-replay: install
	PYTHONPATH=layers/core:. $(BIN)/python benchmarks/replay.py

# The peers that benchmarks compare with live in an environment of their own.
.venv-benchmarks/.installed: requirements/benchmarks.txt
	@[ -x .venv-benchmarks/bin/python ] || "$(PYTHON)" -m venv .venv-benchmarks
	@.venv-benchmarks/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

check: install check-template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check-template: install
	$(BIN)/python -m scripts.check_template

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra command --extra development -c requirements/runtime.txt pyproject.toml -o requirements/development.txt

clean:
	rm -rf .venv .venv-oldest .venv-benchmarks build .pytest_cache .mypy_cache .ruff_cache .hypothesis
