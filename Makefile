# One task list: CI calls the same names a person types. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
EXE := .exe
else
BIN := $(VENV)/bin
endif
GRADERS := $(VENV)-graders
HUB := $(VENV)-hub
.DEFAULT_GOAL := help
.PHONY: help lab test graders lint notebooks bench fuzz server lite litetest floors binder address clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

$(BIN)/python$(EXE):
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Copydesk needs Python 3.11 or newer; this is ' + sys.version.split()[0] + '. Name another with: make lab PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/lab.done: pyproject.toml | $(BIN)/python$(EXE)
	@echo "Setting up: JupyterLab and Copydesk are downloaded into $(VENV), about 420 MB. This takes a few minutes, once."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[lab,classroom]"
	$(BIN)/python tools/no_news.py
	@touch $@

$(VENV)/test.done: pyproject.toml | $(BIN)/python$(EXE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test,browser,lite]"
	$(BIN)/python tools/no_news.py
	@touch $@ $(VENV)/lab.done

lab: $(VENV)/lab.done ## set up and open JupyterLab on the first lesson (BROWSER=no prints the address)
	$(BIN)/python -m copydesk start

test: $(VENV)/test.done lint ## set up and run all tests: unit, doctest, nbval, browser where Chromium is present
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not browser" tests src
	$(BIN)/python -m copydesk check
	@$(BIN)/python -m tools.fetch_lite
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m browser --reruns 1 -rR tests/browser

graders: $(GRADERS)/done ## run assignments through nbgrader and Otter and a class through Dask, set up apart, in about 3 minutes
	$(GRADERS)/$(notdir $(BIN))/python -m pytest -q -n 2 --dist loadfile tests/classroom/test_nbgrader.py tests/classroom/test_otter.py tests/classroom/test_dask.py

$(GRADERS)/done: pyproject.toml
	$(PYTHON) -m venv $(GRADERS)
	$(GRADERS)/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check -e ".[test,graders,dask]"
	@touch $@

lint: $(VENV)/test.done ## formatter, linter, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

notebooks: $(VENV)/test.done ## run every lesson and store the outputs that nbval compares
	$(BIN)/python -m tools.refresh_notebooks
	$(BIN)/python -m tools.refresh_sheets

bench: $(VENV)/test.done ## print the figures the README quotes as one table, in about 4 minutes (STORIES=file.jsonl adds attribution)
	$(BIN)/python benchmarks/all.py $(STORIES)

fuzz: $(VENV)/test.done ## change files of every format with new seeds, for about an hour, and print what each cost (FUZZ_TRIES, FUZZ_FIRST)
	FUZZ_TRIES=$(or $(FUZZ_TRIES),80000) FUZZ_FIRST=$(or $(FUZZ_FIRST),$(shell date +%s)) $(BIN)/python -m pytest -q -n 2 --dist loadfile tests/fuzz

server: $(HUB)/done ## a class of 30 on a JupyterHub with one browser beside them, set up apart, in about 6 minutes (needs npm)
	$(HUB)/$(notdir $(BIN))/python benchmarks/class_server.py

$(HUB)/done: pyproject.toml
	$(PYTHON) -m venv $(HUB)
	$(HUB)/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check -e ".[lab,classroom,browser]" "jupyterhub>=5" jupyterhub-idle-culler
	npm install --global --silent --prefix $(HUB) configurable-http-proxy
	@touch $@

lite: $(VENV)/test.done ## the lessons as a website that runs in the browser alone, in dist/lite (needs npm once)
	$(BIN)/python -m copydesk release dist/lite --lite

litetest: $(VENV)/test.done ## try that website: restarts, two tabs, a full store, graded editions; in about 10 minutes
	COPYDESK_LITE=all $(BIN)/python -m pytest -q -m browser tests/browser/test_lite.py

floors: $(VENV)/test.done ## the kit at Binder's versions, at the newest, the core alone and the wheel alone, on each Python there is, in about 45 minutes
	$(BIN)/python -m tools.floors $(FLOORS)

binder: ## what repo2docker and conda make of this repository, without building it, set up apart, in about 1 minute
	$(PYTHON) -m venv $(VENV)-binder
	$(subst $(VENV),$(VENV)-binder,$(BIN))/python -m pip install --quiet --disable-pip-version-check jupyter-repo2docker py-rattler
	$(subst $(VENV),$(VENV)-binder,$(BIN))/python tools/binder.py

address: $(VENV)/test.done ## write the repository's address, as pyproject.toml has it, into README and docs
	$(BIN)/python -m tools.addresses

clean: ## remove what make made
	rm -rf $(VENV) $(GRADERS) $(HUB) $(VENV)-binder
