# What a newcomer needs: make demo, make test. What a change needs before it lands: make check.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# A process a core; more than four would only start more accounts. Tests of a group share what they applied.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup

ACTIONLINT := v1.7.12
AWS_CDK := 2.275.0
TOOLS := .tools

.PHONY: demo test check fuzz lint types linters lint-modules prove oracle accept examples bench setup tools clean

# The project's own dependencies, without those of its tests. Python compiles what it runs.
$(VENV)/.runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
	  > $(VENV)/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement $(VENV)/runtime.txt
	@touch $@

setup: $(VENV)/.installed ## create a virtual environment with everything that the project needs

$(VENV)/.installed: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,prove]'
	@# As pip does it with what it installs: what is edited later, Python compiles for itself.
	$(BIN)/python -m compileall -q -x flow_templates/ generator
	@touch $@

tools: $(TOOLS)/.actionlint-$(ACTIONLINT) ## install the tools for tests that are not Python packages; needs Go

$(TOOLS)/.actionlint-$(ACTIONLINT):
	@mkdir -p $(TOOLS)
	@GOBIN=$(abspath $(TOOLS)) go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT) && touch $@ \
		|| echo "actionlint could not be installed; workflows are not linted"

demo: $(VENV)/.runtime ## generate the examples; show a module, a finding, and a policy
	@$(BIN)/python tools/demo.py

ORACLE := tests/terraform/oracle/node_modules

oracle: $(ORACLE)/.installed ## install iam-simulate, a second opinion on IAM decisions; needs npm

$(ORACLE)/.installed: tests/terraform/oracle/package.json
	@if command -v npm >/dev/null && npm install --prefix tests/terraform/oracle --no-package-lock --ignore-scripts --no-audit \
	  --no-fund --silent; then touch $@; else echo "npm is not installed; skipping the second opinion on IAM decisions"; fi

test: setup tools oracle ## run every test that this machine can run, and prove one module with Terraform
	$(PYTEST)

fuzz: setup ## run 100,000 hostile documents and 20,000 doctored output folders; print figures
	$(BIN)/python tests/support/fuzz.py
	PYTHONPATH=tests/output $(BIN)/python tests/support/doctored.py

check: setup lint types test ## run what CI runs: format, lint, types, tests

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

linters: setup ## install Terraform linters at pinned releases in .tools
	$(BIN)/python tools/install_linters.py

lint-modules: linters ## lint generated modules
	$(PYTEST) -v -m linters -rs

prove: setup oracle ## run every module through its life in real Terraform; print a table
	$(PYTEST) --prove -m terraform -rs

accept: setup ## rewrite expected results; read the diff before you commit
	$(BIN)/python -m pytest tests/test_cases.py tests/test_examples.py tests/test_docs.py tests/validation/test_planted_defects.py \
	  tests/editor/test_schema.py tests/scaffold/test_init.py tests/test_day.py \
	  tests/terraform/test_prove_access.py tests/terraform/test_proof_mutations.py --accept

# The peer that bench/ratios.py compares with, where Node is there.
$(TOOLS)/.aws-cdk-$(AWS_CDK):
	@mkdir -p $(TOOLS)
	@if command -v node >/dev/null && $(PYTHON) -m venv $(TOOLS)/cdk && $(TOOLS)/cdk/bin/python -m pip install --quiet \
	  --disable-pip-version-check aws-cdk-lib==$(AWS_CDK) PyYAML; then touch $@; else echo "without Node there is no aws-cdk-lib"; fi

bench: setup $(TOOLS)/.aws-cdk-$(AWS_CDK) ## measure ratios to aws-cdk-lib and other peers, and seconds per stage
	$(BIN)/python bench/ratios.py
	$(BIN)/python bench/generate_flows.py
	$(BIN)/python bench/unchanged_flows.py
	$(BIN)/python bench/validate_flows.py

clean:
	rm -rf $(VENV) $(ORACLE) $(TOOLS) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
