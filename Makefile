# The newest Python that the code supports and this machine has; `make PYTHON=… install` chooses another.
PYTHON ?= $(shell sh scripts/find-python 3.13 3.12 3.11 any)
OLDEST ?= $(filter-out $(PYTHON),$(shell sh scripts/find-python 3.11))
BIN := .venv/bin
LOCKED := requirements/development.txt pyproject.toml

.PHONY: help install build demo dev sample-evidence openapi test e2e browser sim sim-mutants mutants check check-template bench-worktime bench-replay bench-audit bench-growth bench-reports bench-coldstart load fuzz lock clean

help:
	@echo "make install   .venv with all that development needs, and the slaclock command"
	@echo "make build     the layer as it is deployed, and what it and the functions weigh"
	@echo "make demo      one story, from webhook to breach record, in virtual time"
	@echo "make dev       the same stack as a server on 127.0.0.1:8787; AUTH=jwt lets in by tokens, as one deployed so"
	@echo "make sample-evidence  docs/evidence: the demo's breach as evidence, with the key to check it"
	@echo "make openapi   docs/openapi.json, of the routes as they are declared"
	@echo "make test      every test; tests/spec on the oldest Python as well"
	@echo "make e2e       the template as it is deployed, in an emulator of AWS: from a delivery to its evidence"
	@echo "make sim       lives of tickets in a region where things go wrong: SEEDS=1000 FIRST=7 MODE=gentle"
	@echo "make sim-mutants  the code without one of its guards, and the check that it falls to"
	@echo "make mutants   mutmut on what decides, arms and announces, and what no test notices: ONLY=\"slaclock.arming.*\""
	@echo "make check     ruff, mypy strict and the checks of template.yaml"
	@echo "make check-template  the same of template.yaml alone: translated, linted, validated, built, and held against rules"
	@echo "make bench-worktime  working time against other libraries, as ratios"
	@echo "make bench-replay    a history told again, as ratios to json.loads"
	@echo "make fuzz      coverage-guided fuzzing, MINUTES=5 over all targets or TARGETS=\"NAME …\""
	@echo "make bench-reports   reports of a month and a year on a million cycles, as ratios to a floor"
	@echo "make bench-audit     what the auditor reads, at a thousand to a million tickets, as ratios to a Scan"
	@echo "make bench-growth    what each request reads, at a thousand to a million tickets"
	@echo "make bench-coldstart  what each function takes to start and handle an event, as ratios to bare clients; COUNTED=yes by instructions"
	@echo "make load      the stack as it is deployed, under load in an emulator of AWS, MINUTES=1 RATE=4 SENDERS=8"
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

sample-evidence: install
	@$(BIN)/python -m local.sample_evidence

openapi: install
	@$(BIN)/python -m scripts.openapi

test: install browser .venv-emulator/.installed .venv-contract/.installed .venv-template/.installed .venv-checkov/.installed build/layer/.built $(if $(OLDEST),.venv-oldest/.installed)
	$(BIN)/python -m pytest -n 2 --dist worksteal tests
	$(if $(OLDEST),EXAMPLES_PART=5 .venv-oldest/bin/python -m pytest -n 2 --dist worksteal -p no:cacheprovider tests/spec)

# Most of it is waiting for schedules to fire. What none of it exercises is listed at its end. The quick tests come
# first: a worker is given its tests two by two, and two of the three long ones would be run one after the other.
e2e: install .venv-emulator/.installed build/layer/.built
	$(BIN)/python -m pytest -n 3 tests/e2e/test_exercise.py tests/e2e/test_deployed.py tests/e2e/test_gaps.py tests/e2e/test_microburst.py

browser:
	@sh scripts/find-browser

sim: install
	PYTHONPATH=layers/core:. $(BIN)/python -m tests.sim $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(if $(MODE),--mode $(MODE)) --faults

sim-mutants: install
	PYTHONPATH=layers/core:. $(BIN)/python -m tests.sim.mutants

# In a copy, below build/: `cd build/mutation && ../../.venv-mutation/bin/mutmut browse` shows each mutant.
mutants: .venv-mutation/.installed
	.venv-mutation/bin/python -m scripts.mutate $(ONLY)

# mutmut imports the code and its tests, so its environment has all that they need, too.
.venv-mutation/.installed: requirements/mutation.txt
	@[ -x .venv-mutation/bin/python ] || "$(PYTHON)" -m venv .venv-mutation
	@.venv-mutation/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench-worktime: .venv-benchmarks/.installed
	PYTHONPATH=layers/core:. .venv-benchmarks/bin/python benchmarks/worktime.py

bench-replay: install
	PYTHONPATH=layers/core:. $(BIN)/python benchmarks/replay.py

bench-audit: install .venv-emulator/.installed
	PYTHONPATH=layers/core:. $(BIN)/python benchmarks/audit_reads.py $(TICKETS)

bench-growth: install
	PYTHONPATH=layers/core:. $(BIN)/python benchmarks/growth.py $(TICKETS)

bench-reports: install
	PYTHONPATH=layers/core:. $(BIN)/python benchmarks/reports.py $(CYCLES)

load: install .venv-emulator/.installed build/layer/.built
	PYTHONPATH=layers/core:. $(BIN)/python benchmarks/load.py $(if $(MINUTES),--minutes $(MINUTES)) $(if $(RATE),--rate $(RATE)) $(if $(SENDERS),--senders $(SENDERS))

bench-coldstart: install build/layer/.built
	PYTHONPATH=layers/core:. $(BIN)/python -m benchmarks.coldstart $(ROUNDS) $(if $(COUNTED),--counted)

build: build/layer/.built
	@$(BIN)/python -m scripts.sizes

# The layer as `sam build` makes it: what is deployed to the emulator.
build/layer/.built: build/layer.of | install
	@rm -rf build/layer
	@$(MAKE) -s -C layers/core build-CoreLayer ARTIFACTS_DIR="$(CURDIR)/build/layer" PIP="$(CURDIR)/$(BIN)/python -m pip"
	@touch $@

# What it is made of, by name and content, written where that changed: no date tells that a file is gone, or a former one.
build/layer.of: FORCE
	@mkdir -p build
	@{ sh scripts/find-python 3.13; find layers/core scripts/find-python scripts/endpoints.py requirements/runtime.txt -type f \
	  ! -path '*/__pycache__/*' -exec cksum {} + | LC_ALL=C sort; } > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

FORCE:

# The peers that benchmarks compare with live in an environment of their own.
.venv-benchmarks/.installed: requirements/benchmarks.txt
	@[ -x .venv-benchmarks/bin/python ] || "$(PYTHON)" -m venv .venv-benchmarks
	@.venv-benchmarks/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# ministack asks for a botocore of its own, so it has an environment to itself. The functions that it runs see that one:
# it is of the functions' Python wherever this machine has it.
.venv-emulator/.installed: requirements/emulator.txt
	@[ -x .venv-emulator/bin/python ] || "$(PYTHON)" -m venv .venv-emulator
	@.venv-emulator/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# schemathesis is a plugin of pytest wherever it is installed, so the tests run it as a command of another environment.
.venv-contract/.installed: requirements/contract.txt
	@[ -x .venv-contract/bin/python ] || "$(PYTHON)" -m venv .venv-contract
	@.venv-contract/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Coverage-guided fuzzing of all that reads what others wrote; `make test` runs the same targets without it.
fuzz: .venv-fuzz/.installed
	PYTHONPATH=layers/core:. .venv-fuzz/bin/python -m tests.fuzz.run --minutes $(or $(MINUTES),5) $(TARGETS)

.venv-fuzz/.installed: requirements/fuzz.txt
	@[ -x .venv-fuzz/bin/python ] || "$(PYTHON)" -m venv .venv-fuzz
	@.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

check: install check-template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Translated, linted, held against checkov, validated and built by SAM, and against rules of our own.
check-template: .venv-template/.installed .venv-checkov/.installed
	.venv-template/bin/python -m scripts.check_template

# What looks at the template pins much that is not ours to pin, and not the same: two environments, neither ours.
.venv-template/.installed: requirements/template.txt
	@[ -x .venv-template/bin/python ] || "$(PYTHON)" -m venv .venv-template
	@.venv-template/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv-checkov/.installed: requirements/checkov.txt
	@[ -x .venv-checkov/bin/python ] || "$(PYTHON)" -m venv .venv-checkov
	@.venv-checkov/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra command --extra development -c requirements/runtime.txt pyproject.toml -o requirements/development.txt
	printf 'ministack==1.5.33\nmicroburst==0.10.0\naws-sam-translator\ncryptography\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/emulator.txt
	printf 'schemathesis==4.32.5\nopenapi-spec-validator==0.9.0\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/contract.txt
	printf 'aws-sam-translator==1.115.0\ncfn-lint==1.58.0\naws-sam-cli==1.170.0\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/template.txt
	printf 'checkov==3.3.30\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/checkov.txt
	printf 'atheris==3.1.0\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra command -c requirements/development.txt pyproject.toml - -o requirements/fuzz.txt
	printf 'mutmut==3.8.1\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra command --extra development -c requirements/development.txt pyproject.toml - -o requirements/mutation.txt

clean:
	rm -rf .venv .venv-oldest .venv-benchmarks .venv-fuzz .fuzz .venv-emulator .venv-contract .venv-mutation .venv-template .venv-checkov build .pytest_cache .mypy_cache .ruff_cache .hypothesis
