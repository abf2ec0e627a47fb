# Two commands are all a new machine needs: `make app` and `make test`.
# The first supported Python that starts: PYTHON=… names another.
PYTHON ?= $(or $(shell for one in python3.11 python3.12 python3.13; do $$one -c "" 2>/dev/null && echo $$one && break; done),\
	$(error Winnow needs Python 3.11, 3.12 or 3.13 on the PATH; PYTHON=/path/to/python names one elsewhere))
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501

.PHONY: app test quick lint types contracts check bench clean

app: $(VENV)/.app
	$(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT) --server.headless true

# Short tests, a file on each core; real jobs and a real browser, one after the other; then scans, predictions and
# fine-tunes again on a second device without hardware (tests/ghost).
GHOSTLY := tests/ghost tests/unit/arrays tests/unit/modalities tests/unit/heads tests/unit/duplicates tests/unit/finetune tests/unit/jobs \
	tests/integration/test_resident.py tests/integration/test_cli_train.py

test: $(VENV)/.dev
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n auto --dist loadfile tests/unit tests/pages tests/damage
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest tests/integration tests/browser
	HF_HUB_OFFLINE=1 PYTHONPATH=$(CURDIR)/tests/ghost $(BIN)/python -m pytest -n auto --dist loadfile $(GHOSTLY)

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

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@ $(VENV)/.app

clean:
	rm -rf $(VENV)
