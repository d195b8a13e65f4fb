PYTHON ?= python3
export ENGINE ?= auto
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
EMBEDDED = $(VENV)/.embedded
SPARK4 = .venv-spark4
DBT = .venv-dbt
MINISTACK = .venv-ministack
AIRFLOW = .venv-airflow
LAKE ?= data/lake
DAYS ?= 2025-01-01 2025-01-02 2025-01-03 2025-01-04 2025-01-05 2025-01-06 2025-01-07
HOURS ?= 4
ENV ?= dev
# Each has a Spark of its own; more would want more memory than many a laptop has.
TWO_AT_ONCE = --numprocesses 2 --dist worksteal
# The release is for a stack that is made; one that is there keeps what its jobs run.
STACK_REQUEST = --release "$$($(BIN)/salesetl release)" $(PARAMETERS:%=--parameter %)

.DEFAULT_GOAL := help
.PHONY: help setup demo query analytics charts report dbt dbt-docs dag-test test test-spark4 check lock audit format docs package \
	package-lambda package-generator infra-plan infra-deploy deploy-function ingest-plan ingest-deploy deploy deploy-job rollback-job run-job e2e athena-check bench bench-scale \
	bench-start clean

help: ## list all targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY) ## make .venv with Spark 3.5.6 and all tools for development

$(READY): setup.cfg pyproject.toml requirements/venv.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(VENV) local,aws,report,test,lint requirements/venv.txt
	@touch $(READY) $(EMBEDDED)

$(EMBEDDED): setup.cfg pyproject.toml
	@PYTHON="$(PYTHON)" scripts/setup.sh $(VENV) aws,report
	@touch $(EMBEDDED)

$(SPARK4)/.ready: setup.cfg pyproject.toml requirements/venv-spark4.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(SPARK4) local-spark4,report,test requirements/venv-spark4.txt
	@touch $(SPARK4)/.ready $(SPARK4)/.embedded

demo: $(EMBEDDED) ## generate the data of a retailer, load it, build a star and report
	@scripts/demo.sh $(BIN) $(DBT)

$(DBT)/.ready: setup.cfg pyproject.toml requirements/venv-dbt.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(DBT) dbt-warehouses requirements/venv-dbt.txt
	@touch $(DBT)/.ready

$(MINISTACK)/.ready: setup.cfg pyproject.toml requirements/venv-ministack.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(MINISTACK) emulator requirements/venv-ministack.txt
	@touch $(MINISTACK)/.ready

$(AIRFLOW)/.ready: setup.cfg pyproject.toml requirements/venv-airflow.txt
	@PYTHON="$(PYTHON)" scripts/setup.sh $(AIRFLOW) airflow requirements/venv-airflow.txt
	@touch $(AIRFLOW)/.ready

query: $(EMBEDDED) ## run a query or view, such as make query Q=monthly_revenue LAKE=data/lake
	@$(BIN)/salesetl query $(Q) --output_path "$(LAKE)"

analytics: $(EMBEDDED) ## write six metrics of orders as CSV files to data/analytics
	@$(BIN)/salesetl analytics data/analytics --output_path "$(LAKE)"

charts: $(EMBEDDED) ## draw the charts of the lake LAKE as PNG files in data/charts
	@$(BIN)/salesetl charts data/charts --output_path "$(LAKE)"

report: $(EMBEDDED) ## write key figures, charts and runs of the lake LAKE to data/report.html
	@$(BIN)/salesetl report data/report.html --output_path "$(LAKE)"

dbt: $(DBT)/.ready ## build and test the dbt models of orders on the lake LAKE
	@scripts/dbt.sh $(DBT)/bin "$(LAKE)"

test: $(READY) $(MINISTACK)/.ready $(DBT)/.ready ## run all tests, on DuckDB and on Spark 3.5.6 (Glue 5.1)
	@$(BIN)/python -m pytest $(TWO_AT_ONCE)

test-spark4: $(SPARK4)/.ready ## run the tests that depend on Spark on Spark 4.1.1 (Glue 6.0)
	@$(SPARK4)/bin/python -m pytest $(TWO_AT_ONCE) -m "both_sparks and not (one_spark or e2e or dags)"

dbt-docs: $(DBT)/.ready ## write the documentation of all dbt models to data/dbt-docs.html
	@scripts/dbt_docs.sh $(DBT)/bin data/warehouse.duckdb data/dbt-docs.html

dag-test: $(READY) $(AIRFLOW)/.ready $(DBT)/.ready ## run the DAGs without AWS: a week of days to the star, and HOURS=48 of two days of events
	@scripts/dag_test.sh $(AIRFLOW)/bin $(DBT)/bin/dbt $(DAYS)
	@SALESETL_TEST_HOURS=$(HOURS) $(BIN)/python -m pytest -m dags tests/dags

check: $(READY) ## lint and check types
	@scripts/check.sh $(BIN)

lock: $(READY) ## pin all packages with hashes (UPGRADE=--upgrade: use the newest versions)
	@scripts/lock.sh $(BIN) $(UPGRADE)

audit: $(READY) ## check the pinned packages for known vulnerabilities (asks PyPI)
	@for lock in requirements/*.txt; do $(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement $$lock || exit 1; done

format: $(READY) ## format the code
	@$(BIN)/isort -q . && $(BIN)/black -q .

docs: $(READY) ## generate docs, SQL and templates from contracts, jobs and dbt models
	@$(BIN)/salesetl docs .

package: $(EMBEDDED) ## build the code, what it needs on Glue and the job scripts in dist/ (WITH=--venv: a virtual environment too)
	@scripts/package.sh $(BIN) $(WITH)

package-lambda: $(EMBEDDED) ## build the package of the Lambda function in dist/
	@scripts/package_lambda.sh $(BIN)

package-generator: $(EMBEDDED) ## build the package of the Lambda function that makes events in dist/
	@scripts/package_generator.sh $(BIN)

# With `make -o dist/RELEASE deploy`, what is in dist/ is deployed, however old it is.
dist/RELEASE: $(EMBEDDED) scripts/package.sh setup.cfg pyproject.toml README.md LICENSE requirements/glue.txt \
		$(wildcard jobs/*.py) $(shell find src/salesetl sql -type f -not -name '*.pyc')
	@scripts/package.sh $(BIN) >/dev/null

infra-plan: dist/RELEASE ## show what infra-deploy would change in ENV=dev, with PARAMETERS='Name=value …'
	@$(BIN)/salesetl infra plan --env "$(ENV)" $(STACK_REQUEST)

infra-deploy: dist/RELEASE ## make or change buckets, jobs, roles and alarms in ENV; jobs run what they ran
	@$(BIN)/salesetl infra deploy --env "$(ENV)" $(STACK_REQUEST)

deploy-function: $(EMBEDDED) ## deploy the Lambda functions, which load new files, to ENV
	@scripts/package_lambda.sh $(BIN)
	@$(BIN)/salesetl infra deploy --env "$(ENV)" --function "$$(echo dist/salesetl-lambda-*.zip)" $(STACK_REQUEST)

ingest-plan: $(EMBEDDED) ## show what ingest-deploy would change in ENV
	@scripts/package_generator.sh $(BIN) >/dev/null
	@$(BIN)/salesetl infra plan --env "$(ENV)" --generator "$$(echo dist/salesetl-generator-*.zip)" $(STACK_REQUEST)

ingest-deploy: $(EMBEDDED) ## deploy the generator of events with its stream and delivery to ENV
	@scripts/package_generator.sh $(BIN)
	@$(BIN)/salesetl infra deploy --env "$(ENV)" --generator "$$(echo dist/salesetl-generator-*.zip)" $(STACK_REQUEST)

deploy: dist/RELEASE ## deploy all jobs to the Glue of ENV (DRY_RUN=--dry-run: only show what changes)
	@scripts/deploy_job.sh $(BIN) "$(ENV)" "" $(DRY_RUN)

deploy-job: dist/RELEASE ## deploy one job, such as make deploy-job JOB=enrich_sales ENV=dev
	@scripts/deploy_job.sh $(BIN) "$(ENV)" "$${JOB:?which one? make deploy-job JOB=enrich_sales}" $(DRY_RUN)

rollback-job: $(EMBEDDED) ## undo the last deploy of JOB on the Glue of ENV
	@$(BIN)/salesetl rollback "$${JOB:?which one? make rollback-job JOB=enrich_sales}" --env "$(ENV)" $(DRY_RUN)

run-job: $(EMBEDDED) ## run JOB on the Glue of ENV with ARGS, follow it, and show its report and cost
	@scripts/run_job.sh $(BIN) "$(ENV)" "$${JOB:?which one? make run-job JOB=enrich_sales}" $(ARGS)

e2e: $(READY) $(SPARK4)/.ready $(MINISTACK)/.ready ## run the whole path on an emulated AWS, on both versions of Spark
	@scripts/e2e.sh $(BIN)
	@scripts/e2e.sh $(SPARK4)/bin

athena-check: $(READY) ## run sql/athena on Trino and compare with DuckDB (needs Maven and Java 24)
	@scripts/athena_check.sh $(BIN)

bench: $(READY) ## compare salesetl with the usual alternatives, and write docs/benchmarks.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@$(BIN)/python -m benchmarks $(SIZES)

bench-scale: $(READY) ## measure 1, 10 and 100 million sales on both engines, and write docs/sizing.md
	@$(BIN)/python -m benchmarks.scale $(SIZES)

bench-start: $(READY) ## compare the 10,000-row job with the same code on a default Spark session
	@$(BIN)/python -m benchmarks.start

clean: ## remove all generated files, but not the environments
	@rm -rf build data dist .cache .hypothesis .mypy_cache .pytest_cache
