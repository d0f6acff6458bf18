# The machine's Python, which makes .venv; from then on the one in .venv does everything.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do command -v $$each && exit; done; echo python3)
IN_VENV := .venv/bin/python
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help run demo test browser-test lint bench messages requirements packages tools

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: packages ## start the application (HOST=127.0.0.1 PORT=8000)
	@exec $(IN_VENV) -m aftersales.local

demo: packages ## throw the demo dealership away and load it anew
	@$(IN_VENV) -m aftersales.local manage renew_demo

test: tools ## run all tests but those in a browser
	@$(IN_VENV) -m pytest -n 2 -m "not browser" $(TESTS)

browser-test: tools ## click through the main flows in Chromium
	@$(IN_VENV) -m pytest -m browser $(TESTS)

lint: tools ## format, style, types, import direction, templates, migrations, catalogs, pins
	@$(IN_VENV) -m ruff format --check .
	@$(IN_VENV) -m ruff check .
	@$(IN_VENV) -m mypy .
	@.venv/bin/lint-imports --no-cache

bench: tools ## measure speed, as ratios within one run
	@$(IN_VENV) -m aftersales.local manage bench

messages: tools ## gather new texts into the catalogs
	@$(IN_VENV) manage.py messages

requirements: ## pin the newest packages that fit requirements*.in (needs uv)
	uv pip compile $(PIN) requirements.in -o requirements.txt
	uv pip compile $(PIN) requirements-dev.in -o requirements-dev.txt

PIN := --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

packages:
	@"$(PYTHON)" aftersales/local/install.py requirements.txt

tools:
	@"$(PYTHON)" aftersales/local/install.py requirements.txt requirements-dev.txt
