-- +goose Up
-- create "aliases" table
CREATE TABLE `aliases` (`id` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `name` text NOT NULL, `model_id` text NOT NULL, `version_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `aliases_models_aliases` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE CASCADE, CONSTRAINT `aliases_model_versions_aliases` FOREIGN KEY (`version_id`) REFERENCES `model_versions` (`id`) ON DELETE NO ACTION);
-- create index "alias_model_id_name" to table: "aliases"
CREATE UNIQUE INDEX `alias_model_id_name` ON `aliases` (`model_id`, `name`);
-- create index "alias_version_id" to table: "aliases"
CREATE INDEX `alias_version_id` ON `aliases` (`version_id`);
-- create "alias_events" table
CREATE TABLE `alias_events` (`id` text NOT NULL, `name` text NOT NULL, `principal` text NOT NULL, `reason` text NOT NULL DEFAULT (''), `created_at` datetime NOT NULL, `version_id` text NULL, `previous_id` text NULL, `model_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `alias_events_model_versions_version` FOREIGN KEY (`version_id`) REFERENCES `model_versions` (`id`) ON DELETE SET NULL, CONSTRAINT `alias_events_model_versions_previous` FOREIGN KEY (`previous_id`) REFERENCES `model_versions` (`id`) ON DELETE SET NULL, CONSTRAINT `alias_events_models_alias_history` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE CASCADE);
-- create index "aliasevent_model_id_name_created_at" to table: "alias_events"
CREATE INDEX `aliasevent_model_id_name_created_at` ON `alias_events` (`model_id`, `name`, `created_at`);
-- create "artifacts" table
CREATE TABLE `artifacts` (`id` text NOT NULL, `digest` text NOT NULL, `size` integer NOT NULL, `created_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "artifact_digest" to table: "artifacts"
CREATE UNIQUE INDEX `artifact_digest` ON `artifacts` (`digest`);
-- create "audit_events" table
CREATE TABLE `audit_events` (`id` text NOT NULL, `created_at` datetime NOT NULL, `principal` text NOT NULL, `action` text NOT NULL, `subject_id` text NOT NULL, `model` text NOT NULL DEFAULT (''), `request_id` text NOT NULL DEFAULT (''), `before` json NULL, `after` json NULL, PRIMARY KEY (`id`));
-- create index "auditevent_created_at" to table: "audit_events"
CREATE INDEX `auditevent_created_at` ON `audit_events` (`created_at`);
-- create index "auditevent_subject_id" to table: "audit_events"
CREATE INDEX `auditevent_subject_id` ON `audit_events` (`subject_id`);
-- create index "auditevent_model" to table: "audit_events"
CREATE INDEX `auditevent_model` ON `audit_events` (`model`);
-- create "catalog_revisions" table
CREATE TABLE `catalog_revisions` (`id` text NOT NULL, `revision` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`));
-- create "metric_points" table
CREATE TABLE `metric_points` (`id` text NOT NULL, `name` text NOT NULL, `step` integer NOT NULL DEFAULT (0), `value` real NULL, `is_nan` bool NOT NULL DEFAULT (false), `at` datetime NOT NULL, `dataset_digest` text NOT NULL DEFAULT (''), `version_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `metric_points_model_versions_metric_points` FOREIGN KEY (`version_id`) REFERENCES `model_versions` (`id`) ON DELETE CASCADE);
-- create index "metricpoint_version_id_name_step_at_dataset_digest" to table: "metric_points"
CREATE UNIQUE INDEX `metricpoint_version_id_name_step_at_dataset_digest` ON `metric_points` (`version_id`, `name`, `step`, `at`, `dataset_digest`);
-- create "metric_summaries" table
CREATE TABLE `metric_summaries` (`id` text NOT NULL, `name` text NOT NULL, `count` integer NOT NULL DEFAULT (0), `last` real NULL, `last_step` integer NOT NULL DEFAULT (0), `last_at` datetime NOT NULL, `min` real NULL, `max` real NULL, `version_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `metric_summaries_model_versions_metric_summaries` FOREIGN KEY (`version_id`) REFERENCES `model_versions` (`id`) ON DELETE CASCADE);
-- create index "metricsummary_version_id_name" to table: "metric_summaries"
CREATE UNIQUE INDEX `metricsummary_version_id_name` ON `metric_summaries` (`version_id`, `name`);
-- create index "metricsummary_name_last" to table: "metric_summaries"
CREATE INDEX `metricsummary_name_last` ON `metric_summaries` (`name`, `last`);
-- create "models" table
CREATE TABLE `models` (`id` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `archived_at` datetime NULL, `deleted_at` datetime NULL, `name` text NOT NULL, `description` text NOT NULL DEFAULT (''), `owner` text NULL, `revision` integer NOT NULL DEFAULT (1), PRIMARY KEY (`id`));
-- create index "model_name" to table: "models"
CREATE UNIQUE INDEX `model_name` ON `models` (`name`) WHERE deleted_at IS NULL;
-- create "model_versions" table
CREATE TABLE `model_versions` (`id` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `archived_at` datetime NULL, `deleted_at` datetime NULL, `version` text NOT NULL, `semver` text NOT NULL, `sort_key` text NOT NULL, `ordinal` integer NOT NULL, `status` text NOT NULL DEFAULT ('PENDING'), `status_message` text NOT NULL DEFAULT (''), `description` text NOT NULL DEFAULT (''), `format` text NOT NULL DEFAULT ('onnx'), `signature` json NOT NULL, `deterministic` bool NOT NULL DEFAULT (true), `framework` text NOT NULL DEFAULT (''), `run_id` text NOT NULL DEFAULT (''), `git_commit` text NOT NULL DEFAULT (''), `dataset_name` text NOT NULL DEFAULT (''), `dataset_digest` text NOT NULL DEFAULT (''), `author` text NOT NULL DEFAULT (''), `metadata` json NOT NULL, `revision` integer NOT NULL DEFAULT (1), `model_id` text NOT NULL, `artifact_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `model_versions_models_versions` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE CASCADE, CONSTRAINT `model_versions_artifacts_artifact` FOREIGN KEY (`artifact_id`) REFERENCES `artifacts` (`id`) ON DELETE NO ACTION);
-- create index "modelversion_model_id_semver" to table: "model_versions"
CREATE UNIQUE INDEX `modelversion_model_id_semver` ON `model_versions` (`model_id`, `semver`) WHERE deleted_at IS NULL;
-- create index "modelversion_model_id_ordinal" to table: "model_versions"
CREATE UNIQUE INDEX `modelversion_model_id_ordinal` ON `model_versions` (`model_id`, `ordinal`);
-- create index "modelversion_model_id_sort_key" to table: "model_versions"
CREATE INDEX `modelversion_model_id_sort_key` ON `model_versions` (`model_id`, `sort_key`);
-- create index "modelversion_artifact_id" to table: "model_versions"
CREATE INDEX `modelversion_artifact_id` ON `model_versions` (`artifact_id`);
-- create "tags" table
CREATE TABLE `tags` (`id` text NOT NULL, `key` text NOT NULL, `value` text NOT NULL DEFAULT (''), `model_id` text NULL, `version_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `tags_models_tags` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE CASCADE, CONSTRAINT `tags_model_versions_tags` FOREIGN KEY (`version_id`) REFERENCES `model_versions` (`id`) ON DELETE CASCADE);
-- create index "tag_model_id_key" to table: "tags"
CREATE UNIQUE INDEX `tag_model_id_key` ON `tags` (`model_id`, `key`);
-- create index "tag_version_id_key" to table: "tags"
CREATE UNIQUE INDEX `tag_version_id_key` ON `tags` (`version_id`, `key`);
-- create index "tag_key_value" to table: "tags"
CREATE INDEX `tag_key_value` ON `tags` (`key`, `value`);

-- +goose Down
-- reverse: create index "tag_key_value" to table: "tags"
DROP INDEX `tag_key_value`;
-- reverse: create index "tag_version_id_key" to table: "tags"
DROP INDEX `tag_version_id_key`;
-- reverse: create index "tag_model_id_key" to table: "tags"
DROP INDEX `tag_model_id_key`;
-- reverse: create "tags" table
DROP TABLE `tags`;
-- reverse: create index "modelversion_artifact_id" to table: "model_versions"
DROP INDEX `modelversion_artifact_id`;
-- reverse: create index "modelversion_model_id_sort_key" to table: "model_versions"
DROP INDEX `modelversion_model_id_sort_key`;
-- reverse: create index "modelversion_model_id_ordinal" to table: "model_versions"
DROP INDEX `modelversion_model_id_ordinal`;
-- reverse: create index "modelversion_model_id_semver" to table: "model_versions"
DROP INDEX `modelversion_model_id_semver`;
-- reverse: create "model_versions" table
DROP TABLE `model_versions`;
-- reverse: create index "model_name" to table: "models"
DROP INDEX `model_name`;
-- reverse: create "models" table
DROP TABLE `models`;
-- reverse: create index "metricsummary_name_last" to table: "metric_summaries"
DROP INDEX `metricsummary_name_last`;
-- reverse: create index "metricsummary_version_id_name" to table: "metric_summaries"
DROP INDEX `metricsummary_version_id_name`;
-- reverse: create "metric_summaries" table
DROP TABLE `metric_summaries`;
-- reverse: create index "metricpoint_version_id_name_step_at_dataset_digest" to table: "metric_points"
DROP INDEX `metricpoint_version_id_name_step_at_dataset_digest`;
-- reverse: create "metric_points" table
DROP TABLE `metric_points`;
-- reverse: create "catalog_revisions" table
DROP TABLE `catalog_revisions`;
-- reverse: create index "auditevent_model" to table: "audit_events"
DROP INDEX `auditevent_model`;
-- reverse: create index "auditevent_subject_id" to table: "audit_events"
DROP INDEX `auditevent_subject_id`;
-- reverse: create index "auditevent_created_at" to table: "audit_events"
DROP INDEX `auditevent_created_at`;
-- reverse: create "audit_events" table
DROP TABLE `audit_events`;
-- reverse: create index "artifact_digest" to table: "artifacts"
DROP INDEX `artifact_digest`;
-- reverse: create "artifacts" table
DROP TABLE `artifacts`;
-- reverse: create index "aliasevent_model_id_name_created_at" to table: "alias_events"
DROP INDEX `aliasevent_model_id_name_created_at`;
-- reverse: create "alias_events" table
DROP TABLE `alias_events`;
-- reverse: create index "alias_version_id" to table: "aliases"
DROP INDEX `alias_version_id`;
-- reverse: create index "alias_model_id_name" to table: "aliases"
DROP INDEX `alias_model_id_name`;
-- reverse: create "aliases" table
DROP TABLE `aliases`;
