-- +goose Up
-- create "artifacts" table
CREATE TABLE "artifacts" ("id" character varying NOT NULL, "digest" character varying NOT NULL, "size" bigint NOT NULL, "created_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "artifact_digest" to table: "artifacts"
CREATE UNIQUE INDEX "artifact_digest" ON "artifacts" ("digest");
-- create "audit_events" table
CREATE TABLE "audit_events" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "principal" character varying NOT NULL, "action" character varying NOT NULL, "subject_id" character varying NOT NULL, "model" character varying NOT NULL DEFAULT '', "request_id" character varying NOT NULL DEFAULT '', "before" jsonb NULL, "after" jsonb NULL, PRIMARY KEY ("id"));
-- create index "auditevent_created_at" to table: "audit_events"
CREATE INDEX "auditevent_created_at" ON "audit_events" ("created_at");
-- create index "auditevent_model" to table: "audit_events"
CREATE INDEX "auditevent_model" ON "audit_events" ("model");
-- create index "auditevent_subject_id" to table: "audit_events"
CREATE INDEX "auditevent_subject_id" ON "audit_events" ("subject_id");
-- create "catalog_revisions" table
CREATE TABLE "catalog_revisions" ("id" character varying NOT NULL, "revision" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"));
-- create "models" table
CREATE TABLE "models" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "archived_at" timestamptz NULL, "deleted_at" timestamptz NULL, "name" character varying NOT NULL, "description" text NOT NULL DEFAULT '', "owner" character varying NULL, "revision" bigint NOT NULL DEFAULT 1, PRIMARY KEY ("id"));
-- create index "model_name" to table: "models"
CREATE UNIQUE INDEX "model_name" ON "models" ("name") WHERE (deleted_at IS NULL);
-- create "model_versions" table
CREATE TABLE "model_versions" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "archived_at" timestamptz NULL, "deleted_at" timestamptz NULL, "version" character varying NOT NULL, "semver" character varying NOT NULL, "sort_key" character varying NOT NULL, "ordinal" bigint NOT NULL, "status" character varying NOT NULL DEFAULT 'PENDING', "status_message" text NOT NULL DEFAULT '', "description" text NOT NULL DEFAULT '', "format" character varying NOT NULL DEFAULT 'onnx', "signature" jsonb NOT NULL, "deterministic" boolean NOT NULL DEFAULT true, "framework" character varying NOT NULL DEFAULT '', "run_id" character varying NOT NULL DEFAULT '', "git_commit" character varying NOT NULL DEFAULT '', "dataset_name" character varying NOT NULL DEFAULT '', "dataset_digest" character varying NOT NULL DEFAULT '', "author" character varying NOT NULL DEFAULT '', "metadata" jsonb NOT NULL, "revision" bigint NOT NULL DEFAULT 1, "model_id" character varying NOT NULL, "artifact_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "model_versions_artifacts_artifact" FOREIGN KEY ("artifact_id") REFERENCES "artifacts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "model_versions_models_versions" FOREIGN KEY ("model_id") REFERENCES "models" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "modelversion_artifact_id" to table: "model_versions"
CREATE INDEX "modelversion_artifact_id" ON "model_versions" ("artifact_id");
-- create index "modelversion_model_id_ordinal" to table: "model_versions"
CREATE UNIQUE INDEX "modelversion_model_id_ordinal" ON "model_versions" ("model_id", "ordinal");
-- create index "modelversion_model_id_semver" to table: "model_versions"
CREATE UNIQUE INDEX "modelversion_model_id_semver" ON "model_versions" ("model_id", "semver") WHERE (deleted_at IS NULL);
-- create index "modelversion_model_id_sort_key" to table: "model_versions"
CREATE INDEX "modelversion_model_id_sort_key" ON "model_versions" ("model_id", "sort_key");
-- create "alias_events" table
CREATE TABLE "alias_events" ("id" character varying NOT NULL, "name" character varying NOT NULL, "principal" character varying NOT NULL, "reason" text NOT NULL DEFAULT '', "created_at" timestamptz NOT NULL, "version_id" character varying NULL, "previous_id" character varying NULL, "model_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "alias_events_model_versions_previous" FOREIGN KEY ("previous_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "alias_events_model_versions_version" FOREIGN KEY ("version_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "alias_events_models_alias_history" FOREIGN KEY ("model_id") REFERENCES "models" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "aliasevent_model_id_name_created_at" to table: "alias_events"
CREATE INDEX "aliasevent_model_id_name_created_at" ON "alias_events" ("model_id", "name", "created_at");
-- create "aliases" table
CREATE TABLE "aliases" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "model_id" character varying NOT NULL, "version_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "aliases_model_versions_aliases" FOREIGN KEY ("version_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "aliases_models_aliases" FOREIGN KEY ("model_id") REFERENCES "models" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "alias_model_id_name" to table: "aliases"
CREATE UNIQUE INDEX "alias_model_id_name" ON "aliases" ("model_id", "name");
-- create index "alias_version_id" to table: "aliases"
CREATE INDEX "alias_version_id" ON "aliases" ("version_id");
-- create "metric_points" table
CREATE TABLE "metric_points" ("id" character varying NOT NULL, "name" character varying NOT NULL, "step" bigint NOT NULL DEFAULT 0, "value" double precision NULL, "is_nan" boolean NOT NULL DEFAULT false, "at" timestamptz NOT NULL, "dataset_digest" character varying NOT NULL DEFAULT '', "version_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "metric_points_model_versions_metric_points" FOREIGN KEY ("version_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "metricpoint_version_id_name_step_at_dataset_digest" to table: "metric_points"
CREATE UNIQUE INDEX "metricpoint_version_id_name_step_at_dataset_digest" ON "metric_points" ("version_id", "name", "step", "at", "dataset_digest");
-- create "metric_summaries" table
CREATE TABLE "metric_summaries" ("id" character varying NOT NULL, "name" character varying NOT NULL, "count" bigint NOT NULL DEFAULT 0, "last" double precision NULL, "last_step" bigint NOT NULL DEFAULT 0, "last_at" timestamptz NOT NULL, "min" double precision NULL, "max" double precision NULL, "version_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "metric_summaries_model_versions_metric_summaries" FOREIGN KEY ("version_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "metricsummary_name_last" to table: "metric_summaries"
CREATE INDEX "metricsummary_name_last" ON "metric_summaries" ("name", "last");
-- create index "metricsummary_version_id_name" to table: "metric_summaries"
CREATE UNIQUE INDEX "metricsummary_version_id_name" ON "metric_summaries" ("version_id", "name");
-- create "tags" table
CREATE TABLE "tags" ("id" character varying NOT NULL, "key" character varying NOT NULL, "value" character varying NOT NULL DEFAULT '', "model_id" character varying NULL, "version_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "tags_model_versions_tags" FOREIGN KEY ("version_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "tags_models_tags" FOREIGN KEY ("model_id") REFERENCES "models" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "tag_key_value" to table: "tags"
CREATE INDEX "tag_key_value" ON "tags" ("key", "value");
-- create index "tag_model_id_key" to table: "tags"
CREATE UNIQUE INDEX "tag_model_id_key" ON "tags" ("model_id", "key");
-- create index "tag_version_id_key" to table: "tags"
CREATE UNIQUE INDEX "tag_version_id_key" ON "tags" ("version_id", "key");

-- +goose Down
-- reverse: create index "tag_version_id_key" to table: "tags"
DROP INDEX "tag_version_id_key";
-- reverse: create index "tag_model_id_key" to table: "tags"
DROP INDEX "tag_model_id_key";
-- reverse: create index "tag_key_value" to table: "tags"
DROP INDEX "tag_key_value";
-- reverse: create "tags" table
DROP TABLE "tags";
-- reverse: create index "metricsummary_version_id_name" to table: "metric_summaries"
DROP INDEX "metricsummary_version_id_name";
-- reverse: create index "metricsummary_name_last" to table: "metric_summaries"
DROP INDEX "metricsummary_name_last";
-- reverse: create "metric_summaries" table
DROP TABLE "metric_summaries";
-- reverse: create index "metricpoint_version_id_name_step_at_dataset_digest" to table: "metric_points"
DROP INDEX "metricpoint_version_id_name_step_at_dataset_digest";
-- reverse: create "metric_points" table
DROP TABLE "metric_points";
-- reverse: create index "alias_version_id" to table: "aliases"
DROP INDEX "alias_version_id";
-- reverse: create index "alias_model_id_name" to table: "aliases"
DROP INDEX "alias_model_id_name";
-- reverse: create "aliases" table
DROP TABLE "aliases";
-- reverse: create index "aliasevent_model_id_name_created_at" to table: "alias_events"
DROP INDEX "aliasevent_model_id_name_created_at";
-- reverse: create "alias_events" table
DROP TABLE "alias_events";
-- reverse: create index "modelversion_model_id_sort_key" to table: "model_versions"
DROP INDEX "modelversion_model_id_sort_key";
-- reverse: create index "modelversion_model_id_semver" to table: "model_versions"
DROP INDEX "modelversion_model_id_semver";
-- reverse: create index "modelversion_model_id_ordinal" to table: "model_versions"
DROP INDEX "modelversion_model_id_ordinal";
-- reverse: create index "modelversion_artifact_id" to table: "model_versions"
DROP INDEX "modelversion_artifact_id";
-- reverse: create "model_versions" table
DROP TABLE "model_versions";
-- reverse: create index "model_name" to table: "models"
DROP INDEX "model_name";
-- reverse: create "models" table
DROP TABLE "models";
-- reverse: create "catalog_revisions" table
DROP TABLE "catalog_revisions";
-- reverse: create index "auditevent_subject_id" to table: "audit_events"
DROP INDEX "auditevent_subject_id";
-- reverse: create index "auditevent_model" to table: "audit_events"
DROP INDEX "auditevent_model";
-- reverse: create index "auditevent_created_at" to table: "audit_events"
DROP INDEX "auditevent_created_at";
-- reverse: create "audit_events" table
DROP TABLE "audit_events";
-- reverse: create index "artifact_digest" to table: "artifacts"
DROP INDEX "artifact_digest";
-- reverse: create "artifacts" table
DROP TABLE "artifacts";
