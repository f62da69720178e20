# Two commands: `make run` to try Solidarity, `make test` to check it. Both set themselves up.

PORT ?= 8000
# The first Python of 3.11 or newer; name another with `make run PYTHON=python3.14`.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; done; echo python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes --no-build-isolation
LOCK := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --upgrade
# The browser's script and style sheet, and what they are built from; a folder is newer when a file of it has come or gone.
BUILT := platform/solidarity/built/script.js
SOURCES := $(addprefix platform/solidarity/,assets/folders.py assets/npm.py assets/style_sheet.py) platform/front/package-lock.json \
	$(shell find platform/solidarity/scripts platform/solidarity/styles)
TEMPLATES := $(wildcard platform/solidarity/templates workers/emails)

.DEFAULT_GOAL := run
.PHONY: run test test-slow storm bench pictures screenshots lint measure format lock messages clean

# Where they cannot be built the product runs without the script.
run: OR_GO_ON := || true
run: .venv/for-running $(BUILT)
	@$(BIN)/solidarity up --port $(PORT) --end-with-parent

test: lint
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow" $(ARGS)

test-slow: .venv/for-developing $(BUILT)
	$(BIN)/pytest -n 2 --dist worksteal -m slow $(ARGS)

# Faults against everything that sends mail, and against the naive way: make storm SEED=11 SECONDS=120.
SEED ?= 7
SECONDS ?= 60
storm: .venv/for-developing $(BUILT)
	@$(BIN)/python tests/storm/run.py --seed $(SEED) --seconds $(SECONDS) $(ARGS)

# Everything, or some of it: make bench ARGS=home-among-many. Needs several GB of memory or disk for a while.
bench: .venv/for-developing $(BUILT)
	$(BIN)/python tests/benchmarks/run.py $(ARGS)

# The pictures of README.md, taken from the running product.
pictures: .venv/for-developing $(BUILT)
	$(BIN)/python tests/screenshots/readme_pictures.py

# Every page as each kind of reader sees it, into screenshots/ (ignored): make screenshots ARGS="--only plan".
screenshots: .venv/for-developing $(BUILT)
	$(BIN)/python tests/screenshots/every_page.py $(ARGS)

lint: .venv/for-developing $(BUILT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(TEMPLATES)

# Folders, imports, names and templates against the limits of docs/style.md: make measure ARGS="--list terms".
measure: .venv/for-developing
	@$(BIN)/python tests/rules/measure.py $(ARGS)

format: .venv/for-developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Newest versions that fit pyproject.toml, each with the hashes of its files; no address of a registry.
lock: .venv/for-developing
	$(LOCK) pyproject.toml --extra embedded --output-file requirements.lock
	$(LOCK) --group build --constraint requirements.lock --output-file requirements-build.lock
	$(LOCK) pyproject.toml --extra embedded --group dev --constraint requirements.lock \
		--constraint requirements-build.lock --output-file requirements-dev.lock

messages: .venv/for-developing
	$(BIN)/python -m solidarity.i18n.catalogues

# Leaves var/, which holds data.
clean:
	rm -rf $(dir $(BUILT)) platform/front/node_modules
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find platform tenants workers migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit("Solidarity needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name one: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	@echo "Making the virtual environment .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/for-running: .venv/made requirements-build.lock requirements.lock pyproject.toml
	@echo "Installing what Solidarity needs (requirements.lock) ..."
	@$(INSTALL) -r requirements-build.lock
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/for-developing: .venv/for-running requirements-dev.lock
	@echo "Installing what its developers need (requirements-dev.lock) ..."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

$(BUILT): $(SOURCES) | .venv/for-running
	@echo "Building the browser's script and style sheet ..."
	@$(BIN)/python -m solidarity.assets.npm $(OR_GO_ON)
