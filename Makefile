# Jangkau: the commands everyone uses. `make help` lists them.
PY := .venv/bin/python
PORT ?= 8000
export FLASK_APP := wsgi
# Compiled Python is kept between runs, also where the machine's setting says otherwise.
export PYTHONDONTWRITEBYTECODE :=
SETUP := .setup

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run dev demo test test-fast test-one test-js prove chaos bench check build clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(SETUP)/venv: requirements.txt
	@mkdir -p $(SETUP)
	@test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(SETUP)/dev: requirements-dev.txt $(SETUP)/venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(SETUP)/node: package.json package-lock.json $(SETUP)/venv
	@sh tools/npm.sh install --no-save --omit=dev
	@touch $@

$(SETUP)/node-dev: package.json package-lock.json $(SETUP)/venv
	@sh tools/npm.sh install --no-save
	@touch $@ $(SETUP)/node

build: $(SETUP)/venv $(SETUP)/node ## Build what phones and desks download
	@$(PY) -m outreach.build

setup: build ## Install everything that running needs

setup-test: $(SETUP)/dev $(SETUP)/node-dev build
	@sh tools/chromium.sh

run: setup ## Set up, migrate, and serve the app with demo data
	@PORT=$(PORT) sh tools/run.sh

dev: $(SETUP)/venv $(SETUP)/node ## Serve while the code changes, readable in the browser (PORT)
	@PORT=$(PORT) PYTHONPATH=. sh tools/run.sh $(PY) tools/dev.py

demo: setup ## Add synthetic workers (DEMO_WORKERS=3000)
	@DEMO=1 sh tools/prepare.sh
	@DEMO=1 $(PY) -m flask demo workers --count $${DEMO_WORKERS:-3000}

test: setup-test check ## Set up and run every test (DAY=2028-02-29: as if on that day)
	@$(PY) -m pytest -n 3 --durations=10

test-fast: $(SETUP)/dev $(SETUP)/node-dev build ## Every test that needs neither browser nor PostgreSQL
	@$(PY) -m pytest --fast -n 2

test-one: $(SETUP)/dev $(SETUP)/node-dev ## One test or folder: T=tests/features/phones/test_gaps.py::test_name
	@$(PY) tools/test_one.py $(T)

test-js: $(SETUP)/node-dev build ## The phone's JavaScript (T=tests/js/vault.test.mjs: one file)
	@PATH="$(CURDIR)/.venv/bin:$$PATH" node --test $(or $(T),$(sort $(wildcard tests/js/*.test.mjs)))

chaos: setup-test ## Save under kills, faults and restores (SAVES, PHONES, DATABASE, SEED)
	@$(PY) -m tests.chaos --saves $${SAVES:-2000} --phones $${PHONES:-4} \
		--decisions $${DECISIONS:-60} --database $${DATABASE:-sqlite} --seed $${SEED:-1}

prove: setup-test ## Prove that nothing is lost: thousands of random lives, every guard turned off (SEED)
	@$(PY) -m tests.prove $(if $(SEED),--seed $(SEED))

bench: setup-test ## Measure speed and bytes; prints the table of budgets
	@$(PY) -m bench

check: $(SETUP)/dev $(SETUP)/node-dev ## Format, lint, types, import borders
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@.venv/bin/djlint --lint --quiet outreach/templates
	@node_modules/.bin/biome check outreach/static/js outreach/static/css tests/js
	@node_modules/.bin/tsc -p jsconfig.json

clean: ## Remove what was installed and built (never the data)
	rm -rf .venv node_modules $(SETUP) outreach/static/dist outreach/static/js/gen
