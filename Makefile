PYTHON ?= python3
export ENGINE ?= auto
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
EMBEDDED = $(VENV)/.embedded
SPARK4 = .venv-spark4
DBT = .venv-dbt
MINISTACK = .venv-ministack
LAKE ?= data/lake
ENV ?= dev
# Each has a Spark of its own; more would want more memory than many a laptop has.
TWO_AT_ONCE = --numprocesses 2 --dist worksteal
# The release is for a stack that is made; one that is there keeps what its jobs run.
STACK_REQUEST = --release "$$($(BIN)/salesetl release)" $(PARAMETERS:%=--parameter %)

.DEFAULT_GOAL := help
.PHONY: help setup demo query analytics charts report dbt test test-spark4 check lock audit format docs package \
	package-lambda infra-plan infra-deploy deploy-function deploy deploy-job rollback-job run-job e2e athena-check bench bench-scale \
	bench-start clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY) ## make .venv with Spark 3.5.6 and all that the other targets need

$(READY): setup.cfg pyproject.toml requirements/venv.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(VENV) local,aws,report,test,lint requirements/venv.txt
	@touch $(READY) $(EMBEDDED)

$(EMBEDDED): setup.cfg pyproject.toml
	@PYTHON="$(PYTHON)" scripts/setup.sh $(VENV) aws,report
	@touch $(EMBEDDED)

$(SPARK4)/.ready: setup.cfg pyproject.toml requirements/venv-spark4.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(SPARK4) local-spark4,report,test requirements/venv-spark4.txt
	@touch $(SPARK4)/.ready $(SPARK4)/.embedded

demo: $(EMBEDDED) ## generate a retailer's sales and orders, load them, and show what came out
	@scripts/demo.sh $(BIN)

$(DBT)/.ready: setup.cfg pyproject.toml requirements/venv-dbt.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(DBT) dbt requirements/venv-dbt.txt
	@touch $(DBT)/.ready

$(MINISTACK)/.ready: setup.cfg pyproject.toml requirements/venv-ministack.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(MINISTACK) emulator requirements/venv-ministack.txt
	@touch $(MINISTACK)/.ready

query: $(EMBEDDED) ## show the rows of a query or view, such as make query Q=monthly_revenue LAKE=data/lake
	@$(BIN)/salesetl query $(Q) --output_path "$(LAKE)"

analytics: $(EMBEDDED) ## write the six analytics of orders as CSV files into data/analytics
	@$(BIN)/salesetl analytics data/analytics --output_path "$(LAKE)"

charts: $(EMBEDDED) ## draw the charts of the lake in LAKE as PNG files into data/charts
	@$(BIN)/salesetl charts data/charts --output_path "$(LAKE)"

report: $(EMBEDDED) ## write the report of the lake in LAKE as one page, data/report.html
	@$(BIN)/salesetl report data/report.html --output_path "$(LAKE)"

dbt: $(DBT)/.ready ## build and test the dbt models of orders on the lake in LAKE
	@scripts/dbt.sh $(DBT)/bin "$(LAKE)"

test: $(READY) $(MINISTACK)/.ready ## run all tests, those of Spark on Spark 3.5.6, the Spark of Glue 5.1
	@$(BIN)/python -m pytest $(TWO_AT_ONCE)

test-spark4: $(SPARK4)/.ready ## run again on Spark 4.1.1, the Spark of Glue 6.0, what depends on Spark or on what it needs
	@$(SPARK4)/bin/python -m pytest $(TWO_AT_ONCE) -m "both_sparks and not e2e"

check: $(READY) ## lint and check types
	@scripts/check.sh $(BIN)

lock: $(READY) ## pin what the environments are made of, with hashes (UPGRADE=--upgrade: to what is newest)
	@scripts/lock.sh $(BIN) $(UPGRADE)

audit: $(READY) ## look for known faults in what the environments are made of (asks PyPI)
	@for lock in requirements/*.txt; do $(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement $$lock || exit 1; done

format: $(READY) ## format the code
	@$(BIN)/isort -q . && $(BIN)/black -q .

docs: $(READY) ## write the pages and the SQL that are made from contracts, jobs and dbt models
	@$(BIN)/salesetl docs .

package: $(EMBEDDED) ## build the wheel and the job scripts into dist/ (WITH=--zip or WITH=--venv for more)
	@scripts/package.sh $(BIN) $(WITH)

package-lambda: $(EMBEDDED) ## build the package of the Lambda function into dist/
	@scripts/package_lambda.sh $(BIN)

infra-plan: $(EMBEDDED) ## show what infra-deploy would change in ENV=dev, with PARAMETERS='Name=value …'
	@scripts/package.sh $(BIN) >/dev/null
	@$(BIN)/salesetl infra plan --env "$(ENV)" $(STACK_REQUEST)

infra-deploy: $(EMBEDDED) ## make or change buckets, jobs, roles and alarms in ENV; jobs run what they ran
	@scripts/package.sh $(BIN) >/dev/null
	@$(BIN)/salesetl infra deploy --env "$(ENV)" $(STACK_REQUEST)

deploy-function: $(EMBEDDED) ## deploy the Lambda functions, which load new files, to ENV
	@scripts/package_lambda.sh $(BIN)
	@$(BIN)/salesetl infra deploy --env "$(ENV)" --function "$$(echo dist/salesetl-lambda-*.zip)" $(STACK_REQUEST)

deploy: $(EMBEDDED) ## deploy all jobs to the Glue of ENV (DRY_RUN=--dry-run: only show what changes)
	@scripts/deploy_job.sh $(BIN) "$(ENV)" "" $(DRY_RUN)

deploy-job: $(EMBEDDED) ## deploy one job, such as make deploy-job JOB=enrich_sales ENV=dev
	@scripts/deploy_job.sh $(BIN) "$(ENV)" "$${JOB:?which one? make deploy-job JOB=enrich_sales}" $(DRY_RUN)

rollback-job: $(EMBEDDED) ## let JOB on the Glue of ENV be what it was before the last deploy
	@$(BIN)/salesetl rollback "$${JOB:?which one? make rollback-job JOB=enrich_sales}" --env "$(ENV)" $(DRY_RUN)

run-job: $(EMBEDDED) ## run JOB on the Glue of ENV with ARGS and follow it to its report and cost
	@scripts/run_job.sh $(BIN) "$(ENV)" "$${JOB:?which one? make run-job JOB=enrich_sales}" $(ARGS)

e2e: $(READY) $(SPARK4)/.ready $(MINISTACK)/.ready ## take the whole path on an emulated AWS, on both Sparks
	@scripts/e2e.sh $(BIN)
	@scripts/e2e.sh $(SPARK4)/bin

athena-check: $(READY) ## run all of sql/athena on a real Trino, and compare it with DuckDB (wants Maven and Java 24)
	@scripts/athena_check.sh $(BIN)

bench: $(READY) ## compare with what a user would pick instead, and write docs/benchmarks.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@$(BIN)/python -m benchmarks $(SIZES)

bench-scale: $(READY) ## measure 1, 10 and 100 million sales on both engines, and write docs/sizing.md
	@$(BIN)/python -m benchmarks.scale $(SIZES)

bench-start: $(READY) ## compare the 10,000-row job with the same code on a default Spark session
	@$(BIN)/python -m benchmarks.start

clean: ## remove what was made, but for the environments
	@rm -rf build data dist .cache .hypothesis .mypy_cache .pytest_cache
