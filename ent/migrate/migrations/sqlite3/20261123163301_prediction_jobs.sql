-- +goose Up
-- create "job_chunks" table
CREATE TABLE `job_chunks` (`id` text NOT NULL, `first_row` integer NOT NULL, `rows` integer NOT NULL, `answers` text NOT NULL, `errors` json NULL, `outputs` text NOT NULL DEFAULT (''), `job_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `job_chunks_prediction_jobs_parts` FOREIGN KEY (`job_id`) REFERENCES `prediction_jobs` (`id`) ON DELETE CASCADE);
-- create index "jobchunk_job_id" to table: "job_chunks"
CREATE INDEX `jobchunk_job_id` ON `job_chunks` (`job_id`);
-- create "prediction_jobs" table
CREATE TABLE `prediction_jobs` (`id` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `model_id` text NOT NULL, `version_id` text NOT NULL, `model` text NOT NULL, `version` text NOT NULL, `principal` text NOT NULL, `idempotency_key` text NULL, `request_digest` text NOT NULL, `state` text NOT NULL DEFAULT ('QUEUED'), `priority` text NOT NULL DEFAULT ('NORMAL'), `input` text NOT NULL DEFAULT (''), `whole` bool NOT NULL DEFAULT (false), `file` text NULL, `format` text NULL, `outputs` json NULL, `subject` text NULL, `rows` integer NULL, `rows_done` integer NOT NULL DEFAULT (0), `rows_failed` integer NOT NULL DEFAULT (0), `position` integer NOT NULL DEFAULT (0), `size` integer NOT NULL DEFAULT (0), `run` integer NOT NULL DEFAULT (0), `chunks` integer NOT NULL DEFAULT (0), `result_bytes` integer NOT NULL DEFAULT (0), `worked_us` integer NOT NULL DEFAULT (0), `attempts` integer NOT NULL DEFAULT (0), `code` text NOT NULL DEFAULT (''), `message` text NOT NULL DEFAULT (''), `path` json NULL, `expires_at` datetime NOT NULL, `next_attempt_at` datetime NULL, `started_at` datetime NULL, `finished_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "predictionjob_created_at" to table: "prediction_jobs"
CREATE INDEX `predictionjob_created_at` ON `prediction_jobs` (`created_at`);
-- create index "predictionjob_model_id_created_at" to table: "prediction_jobs"
CREATE INDEX `predictionjob_model_id_created_at` ON `prediction_jobs` (`model_id`, `created_at`);
-- create index "predictionjob_state_created_at" to table: "prediction_jobs"
CREATE INDEX `predictionjob_state_created_at` ON `prediction_jobs` (`state`, `created_at`);
-- create index "predictionjob_finished_at" to table: "prediction_jobs"
CREATE INDEX `predictionjob_finished_at` ON `prediction_jobs` (`finished_at`);
-- create index "predictionjob_principal_idempotency_key" to table: "prediction_jobs"
CREATE UNIQUE INDEX `predictionjob_principal_idempotency_key` ON `prediction_jobs` (`principal`, `idempotency_key`);

-- +goose Down
-- reverse: create index "predictionjob_principal_idempotency_key" to table: "prediction_jobs"
DROP INDEX `predictionjob_principal_idempotency_key`;
-- reverse: create index "predictionjob_finished_at" to table: "prediction_jobs"
DROP INDEX `predictionjob_finished_at`;
-- reverse: create index "predictionjob_state_created_at" to table: "prediction_jobs"
DROP INDEX `predictionjob_state_created_at`;
-- reverse: create index "predictionjob_model_id_created_at" to table: "prediction_jobs"
DROP INDEX `predictionjob_model_id_created_at`;
-- reverse: create index "predictionjob_created_at" to table: "prediction_jobs"
DROP INDEX `predictionjob_created_at`;
-- reverse: create "prediction_jobs" table
DROP TABLE `prediction_jobs`;
-- reverse: create index "jobchunk_job_id" to table: "job_chunks"
DROP INDEX `jobchunk_job_id`;
-- reverse: create "job_chunks" table
DROP TABLE `job_chunks`;
