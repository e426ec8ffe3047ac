# Augur. Run make for the list of targets. The work is in scripts/, one file a job.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BUILD := .build
# The address that make run listens on, and what it imports.
LISTEN ?= 127.0.0.1:8080
IMPORT ?= examples/models

##@ Everyday

.PHONY: help
help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build, import the demo models and serve on LISTEN
	@scripts/run "$(LISTEN)" "$(IMPORT)"

.PHONY: build
build: ort ## Build the program to .build/augur
	@scripts/build

.PHONY: test
test: ## Run every test, from a bare machine
	@scripts/test

##@ Parts of make test

.PHONY: deps
deps: ## Install what the tests need from apt: PostgreSQL, Redis, nginx, Prometheus, Chromium, shellcheck
	@scripts/deps

.PHONY: ort
ort: ## Fetch ONNX Runtime's shared library, pinned and checked
	@scripts/ort

.PHONY: s3
s3: ## Build the S3 server that tests talk to, pinned in tools/s3
	@scripts/s3

.PHONY: verify
verify: ## Prove that generated code and built pages are current
	@scripts/verify

.PHONY: lint
lint: ## Format, vet and lint
	@scripts/lint

.PHONY: unit
unit: ort s3 ## Run the Go tests against real databases
	@scripts/with-servers scripts/unit

.PHONY: race
race: ort s3 ## Run the Go tests of RACE_PKGS (the rooms with concurrency) under the race detector
	@scripts/with-servers scripts/race

.PHONY: examples
examples: build ## Run the example operations against a real server
	@scripts/with-augur scripts/examples
	@scripts/with-augur scripts/python

.PHONY: e2e
e2e: build ## Hold a real server against the reference clients, and drive its Playground in a real browser
	@scripts/with-augur scripts/e2e

.PHONY: deploy
deploy: build ## Hold the files of deploy/ against nginx, Prometheus, compose and the API types of Kubernetes
	@scripts/deploy

.PHONY: fuzz
fuzz: ort ## Run each fuzz target for FUZZTIME (10s)
	@scripts/fuzz

##@ Long forms

.PHONY: bench
bench: ort ## Measure the prediction path against its bars, with BENCH=small in a minute; prints ratios
	@scripts/with-servers scripts/bench

.PHONY: soak
soak: build ## Predict and register for SOAKTIME (30m) while the server is killed again and again
	@scripts/soak

.PHONY: audit
audit: build ## Scan for vulnerabilities, secrets and what the image holds; says what could not be checked
	@scripts/audit

##@ Making things

.PHONY: generate
generate: ## Generate the entities, the GraphQL executor and the references
	@scripts/generate

.PHONY: web
web: ## Build the pages into web/dist
	@scripts/web

.PHONY: docker
docker: ## Build the container image augur:dev
	docker build -t augur:dev .

.PHONY: clean
clean: ## Remove what was built and fetched (data stays)
	rm -rf $(BUILD)
