# Visis. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
PY := $(VENV)/bin/python
comma := ,
LOCKED := $(PYTHON) deploy/locked.py .install.lock sh -c
CODE := contract gateway job_runner catalog_service bart_service llama_service training bookreader modelkit narration servicekit textkit deploy
JOBS ?= 2
BOOK ?=
BOOKS ?=
REFERENCES ?=
MODEL ?=
VOICE ?=
CLIENT := clients/typescript
# Node.js comes from a Python package, for tests and checks alone; `make run` needs none.
NODE := PATH="$(abspath $(VENV))/bin:$$PATH"
NODE_TOOLS := $(CLIENT)/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help run demo models test test-docker check types format fuzz up down logs ps docs api client check-api sbom clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(VENV)/.run ## start everything on this machine (GATEWAY_PORT, VISIS_HOME)
	@exec $(PY) -m deploy.local

demo: $(VENV)/.run ## import a book, summarise it, speak it (BOOK=path for your own)
	@$(PY) -m deploy.demo $(BOOK)

models: $(VENV)/.models ## fetch and convert the configured models (MODEL=owner/name or folder for BART, VOICE=en_US-joe-medium)
	@$(PY) -m bart_service.models fetch $(MODEL)
	@$(PY) -m llama_service.models
ifneq ($(VOICE),)
	@$(PY) -m bart_service.speech.fetch fetch $(VOICE)
endif

test: $(VENV)/.test $(NODE_TOOLS) ## run every test
	@$(PY) -m pytest -q -n $(JOBS)

check: $(VENV)/.test ## lint, types, import boundaries
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy $(CODE)
	@$(PY) -m pytest -q tests/test_boundaries.py tests/test_docs.py

types: $(VENV)/.test ## check the types
	@$(PY) -m mypy $(CODE)

format: $(VENV)/.test ## format the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

up: ## build the images and start them with docker compose
	@$(PYTHON) -m deploy.secrets $(or $(VISIS_SECRETS),deploy/secrets)
	@mkdir -p $(or $(VISIS_MODELS),var/models)
	@docker compose up --build --detach --wait

down: ## stop the containers; the data stays
	@docker compose down

logs: ## follow the containers' logs
	@docker compose logs --follow --tail 100

ps: ## the containers and their health
	@docker compose ps

test-docker: $(VENV)/.test ## test the compose file on this machine's Docker engine
	@VISIS_TEST_DOCKER=1 $(PY) -m pytest -q tests/deploy/test_docker.py

fuzz: $(VENV)/.test ## ten thousand generated requests with stateful links (ADDRESS= of a running gateway)
	@$(PY) -m benchmarks.fuzz $(ADDRESS)

bench-extractive: $(VENV)/.run ## seconds per book for the embedded summariser (BOOKS=folder)
	@BOOKS="$(BOOKS)" $(PY) -m benchmarks.bench_extractive

bench-quality: $(VENV)/.bench ## summaries against sumy's (BOOKS=folder, REFERENCES=folder of summaries)
	@BOOKS="$(BOOKS)" REFERENCES="$(REFERENCES)" $(PY) -m benchmarks.bench_quality

bench-bart: $(VENV)/.test ## the BART worker against generating one by one
	@$(PY) -m benchmarks.bench_bart --folder $(or $(VISIS_HOME),var)/bench/bart

bench-llama: $(VENV)/.test ## the Llama worker against others (BENCH_LLAMA_SERVER=binary)
	@$(PY) -m benchmarks.bench_llama

bench-llama-quality: $(VENV)/.test ## what a small real model writes, before and after the checks (BOOKS=folder)
	@BOOKS="$(BOOKS)" $(PY) -m benchmarks.bench_llama_quality

bench-catalog: $(VENV)/.bench ## PDF, requests, growth, hostile files, kills (BOOKS=folder)
	@BOOKS="$(BOOKS)" $(PY) -m benchmarks.bench_catalog

bench-jobs: $(VENV)/.run ## whole books: times, and what interactive requests feel (BOOKS=folder)
	@BOOKS="$(BOOKS)" BOOK="$(BOOK)" $(PY) -m benchmarks.bench_jobs

bench-faults: $(VENV)/.run ## what killing each process costs a novel's job (BOOKS=folder)
	@BOOKS="$(BOOKS)" BOOK="$(BOOK)" $(PY) -m benchmarks.bench_faults

bench-training: $(VENV)/.test ## training samples a second against the original's recipe (BOOKS=folder)
	@BOOKS="$(BOOKS)" $(PY) -m benchmarks.bench_training

bench-voice: $(VENV)/.bench ## seconds of speech a second, beside piper-tts
	@$(PY) -m benchmarks.bench_voice

bench-replicas: $(VENV)/.run ## three replicas against one, under docker compose
	@$(PY) -m benchmarks.bench_replicas

bench-overload: $(VENV)/.run ## many waiting clients, slow uploads, many imports, and ten times too many summaries
	@$(PY) -m benchmarks.bench_overload

docs: $(VENV)/.run ## rewrite the generated tables of README.md and docs/
	@$(PY) -m deploy.doc_tables

api: $(VENV)/.run ## write docs/openapi.json, the API document
	@$(PY) -m deploy.api_document

client: api $(NODE_TOOLS) ## write docs/openapi.json and the types of clients/typescript
	@cd $(CLIENT) && $(NODE) npm run --silent generate

check-api: $(VENV)/.test $(NODE_TOOLS) ## lint the API document, find breaking changes, try its clients
	@$(PY) -m pytest -q tests/contract/test_document.py tests/contract/test_breaking.py \
	  tests/contract/test_typescript.py tests/contract/test_python_client.py

sbom: $(VENV)/.test ## write a CycloneDX bill of the installed packages (SBOM=file)
	@$(PY) -m deploy.sbom $(or $(SBOM),sbom.json)

clean: ## remove what make made, but no data
	rm -rf $(VENV) $(CLIENT)/node_modules $(CLIENT)/dist .mypy_cache .ruff_cache .pytest_cache

# Two makes at once install one after the other; the second finds the work done.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Visis needs Python 3.11 or newer; try PYTHON=python3.11 make ...")'
	@$(LOCKED) 'test -x $@ || $(PYTHON) -m venv $(VENV) || { echo "python3 has no venv module; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }'

define install
@$(LOCKED) 'test $@ -nt pyproject.toml && test $@ -nt constraints.txt || { echo "Installing $(2) ..." && $(PIP) install -q -c constraints.txt -e ".[$(1)]" && touch $@; }'
endef

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(call install,run,what running needs (once))

$(VENV)/.models: $(VENV)/.run
	$(call install,run$(comma)models,what the models need (once; building llama.cpp takes about ten minutes))

$(VENV)/.test: $(VENV)/.run
	$(call install,run$(comma)models$(comma)training$(comma)test,what the tests need (once; building llama.cpp takes about ten minutes))

$(NODE_TOOLS): $(CLIENT)/package-lock.json | $(VENV)/.test
	@$(LOCKED) 'test $@ -nt $< || { echo "Installing the linters and the compiler of $(CLIENT) (once) ..." && cd $(CLIENT) && $(NODE) npm ci --silent && touch node_modules/.package-lock.json; }'

$(VENV)/.bench: $(VENV)/.test
	$(call install,run$(comma)models$(comma)training$(comma)test$(comma)bench,what the benchmarks compare with)
