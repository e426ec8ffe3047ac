-- +goose Up
-- create "api_keys" table
CREATE TABLE "api_keys" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "name" character varying NOT NULL, "creator" character varying NOT NULL, "hash" character varying NOT NULL, "scopes" jsonb NOT NULL, "models" jsonb NOT NULL, "expires_at" timestamptz NULL, "revoked_at" timestamptz NULL, "last_used_at" timestamptz NULL, PRIMARY KEY ("id"));

-- +goose Down
-- reverse: create "api_keys" table
DROP TABLE "api_keys";
