-- +goose Up
-- create "prediction_records" table
CREATE TABLE "prediction_records" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "model_id" character varying NOT NULL, "version_id" character varying NOT NULL, "arm" character varying NOT NULL DEFAULT '', "code" character varying NOT NULL, "message" text NOT NULL DEFAULT '', "path" jsonb NULL, "route_reason" character varying NOT NULL DEFAULT '', "route_ref" character varying NOT NULL DEFAULT '', "rows" bigint NOT NULL DEFAULT 0, "row_errors" bigint NOT NULL DEFAULT 0, "cache" character varying NOT NULL DEFAULT '', "total_ms" double precision NOT NULL DEFAULT 0, "queue_ms" double precision NOT NULL DEFAULT 0, "run_ms" double precision NOT NULL DEFAULT 0, "subject" character varying NULL, "request_id" character varying NOT NULL DEFAULT '', "inputs" text NULL, "answer" text NULL, "outcome" text NULL, "outcome_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "predictionrecord_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_created_at" ON "prediction_records" ("created_at");
-- create index "predictionrecord_model_id_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_model_id_created_at" ON "prediction_records" ("model_id", "created_at");
-- create index "predictionrecord_subject_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_subject_created_at" ON "prediction_records" ("subject", "created_at") WHERE (subject IS NOT NULL);
-- create "serving_rollups" table
CREATE TABLE "serving_rollups" ("id" character varying NOT NULL, "version_id" character varying NOT NULL, "arm" character varying NOT NULL DEFAULT '', "replica" character varying NOT NULL, "seconds" bigint NOT NULL, "start" timestamptz NOT NULL, "requests" bigint NOT NULL DEFAULT 0, "errors" bigint NOT NULL DEFAULT 0, "faults" bigint NOT NULL DEFAULT 0, "rows" bigint NOT NULL DEFAULT 0, "row_errors" bigint NOT NULL DEFAULT 0, "memory_hits" bigint NOT NULL DEFAULT 0, "shared_hits" bigint NOT NULL DEFAULT 0, "misses" bigint NOT NULL DEFAULT 0, "cached_rows" bigint NOT NULL DEFAULT 0, "runs" bigint NOT NULL DEFAULT 0, "run_rows" bigint NOT NULL DEFAULT 0, "total_ns" bigint NOT NULL DEFAULT 0, "queue_ns" bigint NOT NULL DEFAULT 0, "run_ns" bigint NOT NULL DEFAULT 0, "sketch" bytea NOT NULL, PRIMARY KEY ("id"));
-- create index "servingrollup_seconds_start" to table: "serving_rollups"
CREATE INDEX "servingrollup_seconds_start" ON "serving_rollups" ("seconds", "start");
-- create index "servingrollup_version_id_seconds_start_arm_replica" to table: "serving_rollups"
CREATE UNIQUE INDEX "servingrollup_version_id_seconds_start_arm_replica" ON "serving_rollups" ("version_id", "seconds", "start", "arm", "replica");

-- +goose Down
-- reverse: create index "servingrollup_version_id_seconds_start_arm_replica" to table: "serving_rollups"
DROP INDEX "servingrollup_version_id_seconds_start_arm_replica";
-- reverse: create index "servingrollup_seconds_start" to table: "serving_rollups"
DROP INDEX "servingrollup_seconds_start";
-- reverse: create "serving_rollups" table
DROP TABLE "serving_rollups";
-- reverse: create index "predictionrecord_subject_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_subject_created_at";
-- reverse: create index "predictionrecord_model_id_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_model_id_created_at";
-- reverse: create index "predictionrecord_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_created_at";
-- reverse: create "prediction_records" table
DROP TABLE "prediction_records";
