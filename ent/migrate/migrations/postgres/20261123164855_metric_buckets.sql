-- +goose Up
-- create "metric_buckets" table
CREATE TABLE "metric_buckets" ("id" character varying NOT NULL, "version_id" character varying NOT NULL, "name" character varying NOT NULL, "count" bigint NOT NULL, "at_from" timestamptz NOT NULL, "at_to" timestamptz NOT NULL, "first_step" bigint NOT NULL, "first_at" timestamptz NOT NULL, "first" double precision NULL, "last_step" bigint NOT NULL, "last_at" timestamptz NOT NULL, "last" double precision NULL, "min_step" bigint NOT NULL, "min_at" timestamptz NOT NULL, "min" double precision NULL, "max_step" bigint NOT NULL, "max_at" timestamptz NOT NULL, "max" double precision NULL, PRIMARY KEY ("id"));
-- create index "metricbucket_version_id_name_first_step_first_at" to table: "metric_buckets"
CREATE UNIQUE INDEX "metricbucket_version_id_name_first_step_first_at" ON "metric_buckets" ("version_id", "name", "first_step", "first_at");

-- +goose Down
-- reverse: create index "metricbucket_version_id_name_first_step_first_at" to table: "metric_buckets"
DROP INDEX "metricbucket_version_id_name_first_step_first_at";
-- reverse: create "metric_buckets" table
DROP TABLE "metric_buckets";
