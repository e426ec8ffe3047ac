-- +goose Up
-- add column "rollout_id" to table: "prediction_records"
ALTER TABLE `prediction_records` ADD COLUMN `rollout_id` text NULL;
-- add column "arm_reason" to table: "prediction_records"
ALTER TABLE `prediction_records` ADD COLUMN `arm_reason` text NULL;
-- create "leases" table
CREATE TABLE `leases` (`id` text NOT NULL, `holder` text NOT NULL, `beat` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`));
-- create "rollouts" table
CREATE TABLE `rollouts` (`id` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `kind` text NOT NULL, `plan` json NOT NULL, `status` text NOT NULL, `step` integer NOT NULL DEFAULT (0), `since` datetime NOT NULL, `quiet_since` datetime NULL, `pause` text NULL, `promoted` text NOT NULL DEFAULT (''), `why` text NOT NULL DEFAULT (''), `evidence` json NULL, `sample_ratio` json NULL, `decided_at` datetime NULL, `revision` integer NOT NULL DEFAULT (1), `principal` text NOT NULL, `reason` text NOT NULL DEFAULT (''), `ended_at` datetime NULL, `model_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rollouts_models_rollouts` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE CASCADE);
-- create index "rollout_model_id_created_at" to table: "rollouts"
CREATE INDEX `rollout_model_id_created_at` ON `rollouts` (`model_id`, `created_at`);
-- create index "rollout_goes_on" to table: "rollouts"
CREATE UNIQUE INDEX `rollout_goes_on` ON `rollouts` (`model_id`) WHERE ended_at IS NULL;
-- create "rollout_counts" table
CREATE TABLE `rollout_counts` (`id` text NOT NULL, `rollout_id` text NOT NULL, `since` integer NOT NULL, `arm` text NOT NULL, `requests` integer NOT NULL DEFAULT (0), `errors` integer NOT NULL DEFAULT (0), `compared` integer NOT NULL DEFAULT (0), `agreed` integer NOT NULL DEFAULT (0), `dropped` integer NOT NULL DEFAULT (0), `largest` real NOT NULL DEFAULT (0), `sketch` blob NOT NULL, PRIMARY KEY (`id`));
-- create index "rolloutcount_rollout_id_since" to table: "rollout_counts"
CREATE INDEX `rolloutcount_rollout_id_since` ON `rollout_counts` (`rollout_id`, `since`);
-- create "rollout_events" table
CREATE TABLE `rollout_events` (`id` text NOT NULL, `model_id` text NOT NULL, `created_at` datetime NOT NULL, `act` text NOT NULL, `principal` text NOT NULL, `why` text NOT NULL DEFAULT (''), `step` integer NOT NULL, `status` text NOT NULL, `evidence` json NULL, `sample_ratio` json NULL, `rollout_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `rollout_events_rollouts_events` FOREIGN KEY (`rollout_id`) REFERENCES `rollouts` (`id`) ON DELETE CASCADE);
-- create index "rolloutevent_rollout_id_created_at" to table: "rollout_events"
CREATE INDEX `rolloutevent_rollout_id_created_at` ON `rollout_events` (`rollout_id`, `created_at`);
-- create "rollout_subjects" table
CREATE TABLE `rollout_subjects` (`id` text NOT NULL, `rollout_id` text NOT NULL, `since` integer NOT NULL, `arm` text NOT NULL, PRIMARY KEY (`id`));
-- create index "rolloutsubject_rollout_id_since_arm" to table: "rollout_subjects"
CREATE INDEX `rolloutsubject_rollout_id_since_arm` ON `rollout_subjects` (`rollout_id`, `since`, `arm`);

-- +goose Down
-- reverse: create index "rolloutsubject_rollout_id_since_arm" to table: "rollout_subjects"
DROP INDEX `rolloutsubject_rollout_id_since_arm`;
-- reverse: create "rollout_subjects" table
DROP TABLE `rollout_subjects`;
-- reverse: create index "rolloutevent_rollout_id_created_at" to table: "rollout_events"
DROP INDEX `rolloutevent_rollout_id_created_at`;
-- reverse: create "rollout_events" table
DROP TABLE `rollout_events`;
-- reverse: create index "rolloutcount_rollout_id_since" to table: "rollout_counts"
DROP INDEX `rolloutcount_rollout_id_since`;
-- reverse: create "rollout_counts" table
DROP TABLE `rollout_counts`;
-- reverse: create index "rollout_goes_on" to table: "rollouts"
DROP INDEX `rollout_goes_on`;
-- reverse: create index "rollout_model_id_created_at" to table: "rollouts"
DROP INDEX `rollout_model_id_created_at`;
-- reverse: create "rollouts" table
DROP TABLE `rollouts`;
-- reverse: create "leases" table
DROP TABLE `leases`;
-- reverse: add column "arm_reason" to table: "prediction_records"
ALTER TABLE `prediction_records` DROP COLUMN `arm_reason`;
-- reverse: add column "rollout_id" to table: "prediction_records"
ALTER TABLE `prediction_records` DROP COLUMN `rollout_id`;
