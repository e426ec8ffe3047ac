-- +goose Up
-- create "serving_policies" table
CREATE TABLE `serving_policies` (`id` text NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `cache` bool NULL, `cache_ttl` integer NULL, `threads` integer NULL, `instances` integer NULL, `max_batch_rows` integer NULL, `max_queue` integer NULL, `timeout` integer NULL, `max_rows` integer NULL, `max_bytes` integer NULL, `breaker_failures` integer NULL, `breaker_delay` integer NULL, `fallback` text NULL, `model_id` text NOT NULL, `version_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `serving_policies_models_serving_policies` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE CASCADE, CONSTRAINT `serving_policies_model_versions_serving_policy` FOREIGN KEY (`version_id`) REFERENCES `model_versions` (`id`) ON DELETE CASCADE);
-- create index "serving_policies_version_id_key" to table: "serving_policies"
CREATE UNIQUE INDEX `serving_policies_version_id_key` ON `serving_policies` (`version_id`);
-- create index "servingpolicy_of_model" to table: "serving_policies"
CREATE UNIQUE INDEX `servingpolicy_of_model` ON `serving_policies` (`model_id`) WHERE version_id IS NULL;
-- create index "servingpolicy_model_id" to table: "serving_policies"
CREATE INDEX `servingpolicy_model_id` ON `serving_policies` (`model_id`);

-- +goose Down
-- reverse: create index "servingpolicy_model_id" to table: "serving_policies"
DROP INDEX `servingpolicy_model_id`;
-- reverse: create index "servingpolicy_of_model" to table: "serving_policies"
DROP INDEX `servingpolicy_of_model`;
-- reverse: create index "serving_policies_version_id_key" to table: "serving_policies"
DROP INDEX `serving_policies_version_id_key`;
-- reverse: create "serving_policies" table
DROP TABLE `serving_policies`;
