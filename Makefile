# Needs nothing but make and Python 3.11 or newer.
VENV ?= .venv
PORT ?= 8000
ARGS ?=
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
IN_VENV = $(VENV)/bin/python

# install(file): pip runs only when the requirements differ from what was installed last.
define install
	@wanted=$$(cat requirements.txt $(1) | cksum); stamp=$(VENV)/installed-$(subst /,-,$(1)); \
	if [ "$$(cat $$stamp 2>/dev/null)" != "$$wanted" ]; then \
		echo "Installing $(1) into $(VENV) …"; \
		$(IN_VENV) -m pip install --quiet --disable-pip-version-check -r $(1) \
		&& echo "$$wanted" > $$stamp; \
	fi
endef

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-scale check bench venv runtime tools

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | while IFS="$$(printf '\t')" \
		read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

setup: tools ## Virtual environment with everything for work on the program

demo: runtime ## Demo data and a running server (PORT=8000); safe to run again
	@$(IN_VENV) manage.py migrate --verbosity 0
	@$(IN_VENV) manage.py load_demo
	@echo; echo "Open http://127.0.0.1:$(PORT)/admin/   (Ctrl+C stops the server)"
	@$(IN_VENV) manage.py runserver --noreload 127.0.0.1:$(PORT)

run: runtime ## The server with your own data, reloading when code changes (PORT=8000)
	@$(IN_VENV) manage.py migrate --verbosity 0
	@$(IN_VENV) manage.py runserver 127.0.0.1:$(PORT)

test: tools ## Every check and test, on SQLite, PostgreSQL and in Chromium (ARGS="-k spend")
	@$(IN_VENV) -m tests.run $(ARGS)

test-scale: runtime tools ## Sums on Apache Spark, needs Java 17 (SCALE_LEADS=100000)
	$(call install,tests/scale/requirements.txt)
	@$(IN_VENV) -m tests.scale.run $(ARGS)

check: tools ## Lint, types, missing migrations, system checks
	@$(IN_VENV) -m tests.run --checks

bench: runtime tools ## Timings on large data (ARGS is passed on)
	$(call install,bench/requirements.txt)
	@$(IN_VENV) -m bench.run $(ARGS)

runtime: venv
	$(call install,requirements.txt)

# With what the program itself needs: pip looks once instead of twice.
tools: venv
	$(call install,tests/requirements.txt)

venv:
	@if $(IN_VENV) -c '' 2>/dev/null; then exit 0; fi; \
	if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3"; \
		exit 1; \
	fi; \
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) cannot make virtual environments: its ensurepip or venv module is missing."; \
		echo "On Debian or Ubuntu: apt-get install python3-venv. Then run make again."; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$($(PYTHON) --version) …"; \
	rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
