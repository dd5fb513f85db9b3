# What a newcomer needs: make demo, make test. What a change needs before it lands: make check.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# A process a core; more than four would only start more accounts.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup

.PHONY: demo test check lint types prove accept examples bench setup clean

setup: $(VENV)/.installed ## a virtual environment with everything that the project needs

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,prove]'
	@touch $@

demo: setup ## generate the examples, show a module, a finding and a policy
	@$(BIN)/python tools/demo.py

test: setup ## every test that this machine can run, one module proven by Terraform; a skip says what is missing
	$(PYTEST)

check: setup lint types test ## what CI asks for

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

prove: setup ## every module through its whole life, by real Terraform; a table of what was shown
	$(PYTEST) --prove -m terraform -rs

accept: setup ## rewrite the expected results of the cases and examples; read the diff before you commit
	$(BIN)/python -m pytest tests/test_cases.py tests/test_examples.py tests/test_docs.py --accept

bench: setup ## seconds by stage for 1, 10, 100 and 1,000 flows
	$(BIN)/python bench/generate_flows.py

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
