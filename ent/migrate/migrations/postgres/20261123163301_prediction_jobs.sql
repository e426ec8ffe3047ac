-- +goose Up
-- create "prediction_jobs" table
CREATE TABLE "prediction_jobs" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "model_id" character varying NOT NULL, "version_id" character varying NOT NULL, "model" character varying NOT NULL, "version" character varying NOT NULL, "principal" character varying NOT NULL, "idempotency_key" character varying NULL, "request_digest" character varying NOT NULL, "state" character varying NOT NULL DEFAULT 'QUEUED', "priority" character varying NOT NULL DEFAULT 'NORMAL', "input" text NOT NULL DEFAULT '', "whole" boolean NOT NULL DEFAULT false, "file" character varying NULL, "format" character varying NULL, "outputs" jsonb NULL, "subject" character varying NULL, "rows" bigint NULL, "rows_done" bigint NOT NULL DEFAULT 0, "rows_failed" bigint NOT NULL DEFAULT 0, "position" bigint NOT NULL DEFAULT 0, "size" bigint NOT NULL DEFAULT 0, "run" bigint NOT NULL DEFAULT 0, "chunks" bigint NOT NULL DEFAULT 0, "result_bytes" bigint NOT NULL DEFAULT 0, "worked_us" bigint NOT NULL DEFAULT 0, "attempts" bigint NOT NULL DEFAULT 0, "code" character varying NOT NULL DEFAULT '', "message" text NOT NULL DEFAULT '', "path" jsonb NULL, "expires_at" timestamptz NOT NULL, "next_attempt_at" timestamptz NULL, "started_at" timestamptz NULL, "finished_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "predictionjob_created_at" to table: "prediction_jobs"
CREATE INDEX "predictionjob_created_at" ON "prediction_jobs" ("created_at");
-- create index "predictionjob_finished_at" to table: "prediction_jobs"
CREATE INDEX "predictionjob_finished_at" ON "prediction_jobs" ("finished_at");
-- create index "predictionjob_model_id_created_at" to table: "prediction_jobs"
CREATE INDEX "predictionjob_model_id_created_at" ON "prediction_jobs" ("model_id", "created_at");
-- create index "predictionjob_principal_idempotency_key" to table: "prediction_jobs"
CREATE UNIQUE INDEX "predictionjob_principal_idempotency_key" ON "prediction_jobs" ("principal", "idempotency_key");
-- create index "predictionjob_state_created_at" to table: "prediction_jobs"
CREATE INDEX "predictionjob_state_created_at" ON "prediction_jobs" ("state", "created_at");
-- create "job_chunks" table
CREATE TABLE "job_chunks" ("id" character varying NOT NULL, "first_row" bigint NOT NULL, "rows" bigint NOT NULL, "answers" text NOT NULL, "errors" jsonb NULL, "outputs" text NOT NULL DEFAULT '', "job_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "job_chunks_prediction_jobs_parts" FOREIGN KEY ("job_id") REFERENCES "prediction_jobs" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "jobchunk_job_id" to table: "job_chunks"
CREATE INDEX "jobchunk_job_id" ON "job_chunks" ("job_id");

-- +goose Down
-- reverse: create index "jobchunk_job_id" to table: "job_chunks"
DROP INDEX "jobchunk_job_id";
-- reverse: create "job_chunks" table
DROP TABLE "job_chunks";
-- reverse: create index "predictionjob_state_created_at" to table: "prediction_jobs"
DROP INDEX "predictionjob_state_created_at";
-- reverse: create index "predictionjob_principal_idempotency_key" to table: "prediction_jobs"
DROP INDEX "predictionjob_principal_idempotency_key";
-- reverse: create index "predictionjob_model_id_created_at" to table: "prediction_jobs"
DROP INDEX "predictionjob_model_id_created_at";
-- reverse: create index "predictionjob_finished_at" to table: "prediction_jobs"
DROP INDEX "predictionjob_finished_at";
-- reverse: create index "predictionjob_created_at" to table: "prediction_jobs"
DROP INDEX "predictionjob_created_at";
-- reverse: create "prediction_jobs" table
DROP TABLE "prediction_jobs";
