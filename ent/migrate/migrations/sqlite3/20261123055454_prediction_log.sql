-- +goose Up
-- create "prediction_records" table
CREATE TABLE `prediction_records` (`id` text NOT NULL, `created_at` datetime NOT NULL, `model_id` text NOT NULL, `version_id` text NOT NULL, `arm` text NOT NULL DEFAULT (''), `code` text NOT NULL, `message` text NOT NULL DEFAULT (''), `path` json NULL, `route_reason` text NOT NULL DEFAULT (''), `route_ref` text NOT NULL DEFAULT (''), `rows` integer NOT NULL DEFAULT (0), `row_errors` integer NOT NULL DEFAULT (0), `cache` text NOT NULL DEFAULT (''), `total_ms` real NOT NULL DEFAULT (0), `queue_ms` real NOT NULL DEFAULT (0), `run_ms` real NOT NULL DEFAULT (0), `subject` text NULL, `request_id` text NOT NULL DEFAULT (''), `inputs` text NULL, `answer` text NULL, `outcome` text NULL, `outcome_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "predictionrecord_created_at" to table: "prediction_records"
CREATE INDEX `predictionrecord_created_at` ON `prediction_records` (`created_at`);
-- create index "predictionrecord_model_id_created_at" to table: "prediction_records"
CREATE INDEX `predictionrecord_model_id_created_at` ON `prediction_records` (`model_id`, `created_at`);
-- create index "predictionrecord_subject_created_at" to table: "prediction_records"
CREATE INDEX `predictionrecord_subject_created_at` ON `prediction_records` (`subject`, `created_at`) WHERE subject IS NOT NULL;
-- create "serving_rollups" table
CREATE TABLE `serving_rollups` (`id` text NOT NULL, `version_id` text NOT NULL, `arm` text NOT NULL DEFAULT (''), `replica` text NOT NULL, `seconds` integer NOT NULL, `start` datetime NOT NULL, `requests` integer NOT NULL DEFAULT (0), `errors` integer NOT NULL DEFAULT (0), `faults` integer NOT NULL DEFAULT (0), `rows` integer NOT NULL DEFAULT (0), `row_errors` integer NOT NULL DEFAULT (0), `memory_hits` integer NOT NULL DEFAULT (0), `shared_hits` integer NOT NULL DEFAULT (0), `misses` integer NOT NULL DEFAULT (0), `cached_rows` integer NOT NULL DEFAULT (0), `runs` integer NOT NULL DEFAULT (0), `run_rows` integer NOT NULL DEFAULT (0), `total_ns` integer NOT NULL DEFAULT (0), `queue_ns` integer NOT NULL DEFAULT (0), `run_ns` integer NOT NULL DEFAULT (0), `sketch` blob NOT NULL, PRIMARY KEY (`id`));
-- create index "servingrollup_version_id_seconds_start_arm_replica" to table: "serving_rollups"
CREATE UNIQUE INDEX `servingrollup_version_id_seconds_start_arm_replica` ON `serving_rollups` (`version_id`, `seconds`, `start`, `arm`, `replica`);
-- create index "servingrollup_seconds_start" to table: "serving_rollups"
CREATE INDEX `servingrollup_seconds_start` ON `serving_rollups` (`seconds`, `start`);

-- +goose Down
-- reverse: create index "servingrollup_seconds_start" to table: "serving_rollups"
DROP INDEX `servingrollup_seconds_start`;
-- reverse: create index "servingrollup_version_id_seconds_start_arm_replica" to table: "serving_rollups"
DROP INDEX `servingrollup_version_id_seconds_start_arm_replica`;
-- reverse: create "serving_rollups" table
DROP TABLE `serving_rollups`;
-- reverse: create index "predictionrecord_subject_created_at" to table: "prediction_records"
DROP INDEX `predictionrecord_subject_created_at`;
-- reverse: create index "predictionrecord_model_id_created_at" to table: "prediction_records"
DROP INDEX `predictionrecord_model_id_created_at`;
-- reverse: create index "predictionrecord_created_at" to table: "prediction_records"
DROP INDEX `predictionrecord_created_at`;
-- reverse: create "prediction_records" table
DROP TABLE `prediction_records`;
