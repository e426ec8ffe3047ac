-- +goose Up
-- create "metric_buckets" table
CREATE TABLE `metric_buckets` (`id` text NOT NULL, `version_id` text NOT NULL, `name` text NOT NULL, `count` integer NOT NULL, `at_from` datetime NOT NULL, `at_to` datetime NOT NULL, `first_step` integer NOT NULL, `first_at` datetime NOT NULL, `first` real NULL, `last_step` integer NOT NULL, `last_at` datetime NOT NULL, `last` real NULL, `min_step` integer NOT NULL, `min_at` datetime NOT NULL, `min` real NULL, `max_step` integer NOT NULL, `max_at` datetime NOT NULL, `max` real NULL, PRIMARY KEY (`id`));
-- create index "metricbucket_version_id_name_first_step_first_at" to table: "metric_buckets"
CREATE UNIQUE INDEX `metricbucket_version_id_name_first_step_first_at` ON `metric_buckets` (`version_id`, `name`, `first_step`, `first_at`);

-- +goose Down
-- reverse: create index "metricbucket_version_id_name_first_step_first_at" to table: "metric_buckets"
DROP INDEX `metricbucket_version_id_name_first_step_first_at`;
-- reverse: create "metric_buckets" table
DROP TABLE `metric_buckets`;
