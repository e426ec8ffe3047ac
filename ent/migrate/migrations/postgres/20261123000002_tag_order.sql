-- +goose Up
-- Tags are listed by key.
ALTER TABLE "tags" ALTER COLUMN "key" TYPE character varying COLLATE "C";

-- +goose Down
ALTER TABLE "tags" ALTER COLUMN "key" TYPE character varying;
