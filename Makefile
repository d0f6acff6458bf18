# The machine's Python only makes .venv; the one in .venv does everything else.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do command -v $$each && exit; done; echo python3)
VENV_PYTHON := .venv/bin/python
# Runs a command with the embedded servers, or with those of the running application.
WITH_SERVERS := $(VENV_PYTHON) -m aftersales.local
# Plugins that no test of this run uses but that each process would import.
WITHOUT := $(addprefix -p no:,playwright hypothesispytest faker anyio valkey platformdirs)
PIN := uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links

export PYTHONUTF8 = 1
.DEFAULT_GOAL := help
.PHONY: help run demo test browser-test fault-test lint bench messages requirements packages tools

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: packages ## start the application with its servers (HOST=127.0.0.1 PORT=8000 DEMO=1)
	@exec $(WITH_SERVERS)

demo: packages ## throw the demo dealership away and load it anew
	@exec $(WITH_SERVERS) manage.py renew_demo

test: tools ## run all tests but those in a browser or under faults (TESTS=customers/tests)
	@$(VENV_PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not browser and not faults" $(WITHOUT) $(TESTS)

browser-test: tools ## click through the main flows in Chromium
	@$(VENV_PYTHON) -m pytest -m browser $(TESTS)

fault-test: tools ## start and kill all of it, also while twenty callers work
	@$(VENV_PYTHON) -m pytest -s -m faults $(WITHOUT) $(TESTS)

lint: tools ## check format, style, types, imports, templates, migrations, catalogs, pins
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy .
	.venv/bin/lint-imports --no-cache
	.venv/bin/djlint --lint --quiet templates
	$(WITH_SERVERS) manage.py check --fail-level WARNING --database default
	$(WITH_SERVERS) manage.py makemigrations --check --dry-run
	$(VENV_PYTHON) manage.py messages --check
	$(VENV_PYTHON) -m pip check
	! grep -nE '^-|file:|://' requirements.txt requirements-dev.txt

bench: tools ## measure speed, as ratios within one run (CUSTOMERS="10000 1000000")
	@exec $(WITH_SERVERS) -m bench $(CUSTOMERS)

messages: tools ## gather new texts into the catalogs
	@$(VENV_PYTHON) manage.py messages

requirements: ## pin the newest versions that requirements*.in allow (needs uv)
	$(PIN) requirements.in -o requirements.txt
	$(PIN) requirements-dev.in -o requirements-dev.txt

packages:
	@"$(PYTHON)" aftersales/local/install.py requirements.txt

tools:
	@"$(PYTHON)" aftersales/local/install.py requirements.txt requirements-dev.txt
