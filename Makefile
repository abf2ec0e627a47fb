# Two commands are all a new machine needs: `make app` and `make test`.
# With uv on the PATH both are done by it, in seconds where pip takes minutes.
UV := $(shell command -v uv 2>/dev/null)
# The first supported Python that starts, or one that uv brings: PYTHON=… names another.
PYTHON ?= $(or $(shell for one in python3.11 python3.12 python3.13; do $$one -c "" 2>/dev/null && echo $$one && break; done),\
	$(if $(UV),3.12),$(error $(NO_PYTHON)))
define NO_PYTHON
Winnow needs Python 3.11, 3.12 or 3.13 on the PATH.
    Debian, Ubuntu   apt-get install python3 python3-venv
    Fedora           dnf install python3.12
    macOS            brew install python@3.12
    anywhere         install uv, which brings a Python of its own
  PYTHON=/path/to/python names one elsewhere
endef
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501

# Hundreds of processes that the tests start read compiled modules; some containers say that none are kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: app test slow quick lock lint types contracts check bench clean

app: $(VENV)/.app
	$(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT) --server.headless true

# Scans, predictions and fine-tunes that run again on a second device without hardware.
GHOSTLY := tests/ghost tests/unit/arrays tests/unit/modalities tests/unit/heads tests/unit/duplicates tests/unit/finetune tests/unit/jobs \
	tests/integration/test_resident.py tests/integration/test_cli_train.py

# How many files with a browser or jobs are tested at a time. With three on two cores both are full, and what waits for a
# job or a page waits too long now and then.
WAITING := 2

# What waits for a real browser and for jobs is tried once more where it fails, and named among the reruns: a race to be mended.
# What takes longest is named too.
AGAIN := --reruns 1 -rR --durations 25

# Short tests, a file on each core; then real jobs and a real browser.
test: $(VENV)/.dev
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n auto --dist loadfile -m "not slow" tests/unit tests/pages tests/damage tests/full_disk
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n $(WAITING) --dist loadfile $(AGAIN) -m "not slow" tests/integration tests/browser

# What `make test` leaves out, as CI runs it too: whole jobs, servers and journeys, and the second device.
slow: $(VENV)/.dev
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n auto --dist loadfile -m slow tests/unit tests/pages tests/damage tests/full_disk
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n $(WAITING) --dist loadfile --no-loadscope-reorder $(AGAIN) -m slow tests/integration tests/browser
	HF_HUB_OFFLINE=1 PYTHONPATH=$(CURDIR)/tests/ghost $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(GHOSTLY)

# For between two edits: the unit tests but the slow ones, in less than a minute.
quick: $(VENV)/.dev
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n auto --dist loadfile -m quick tests/unit

check: lint types contracts

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	HF_HUB_OFFLINE=1 $(BIN)/python -m bench

# An environment that came out without pip, as on a Debian without python3-venv, does not stay.
$(BIN)/python:
ifdef UV
	uv venv --quiet --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
endif

# constraints.txt says the version of everything that the requirements bring along, so that nothing is searched for.
INSTALL := $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet) -c constraints.txt

$(VENV)/.app: requirements.txt constraints.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt constraints.txt | $(BIN)/python
	$(INSTALL) -r requirements-dev.txt
	touch $@ $(VENV)/.app

# Writes constraints.txt anew, after a change of the requirements: for every platform and supported Python at once.
# torch is pinned in the requirements, and what it asks for on a GPU by torch itself.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --upgrade requirements-dev.txt | \
		grep -vE '^(cuda-|nvidia-|triton|torch==)' > constraints.part
	mv constraints.part constraints.txt

clean:
	rm -rf $(VENV)
