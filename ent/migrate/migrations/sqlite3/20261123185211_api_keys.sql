-- +goose Up
-- create "api_keys" table
CREATE TABLE `api_keys` (`id` text NOT NULL, `created_at` datetime NOT NULL, `name` text NOT NULL, `creator` text NOT NULL, `hash` text NOT NULL, `scopes` json NOT NULL, `models` json NOT NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `last_used_at` datetime NULL, PRIMARY KEY (`id`));

-- +goose Down
-- reverse: create "api_keys" table
DROP TABLE `api_keys`;
