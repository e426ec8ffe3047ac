-- +goose Up
-- Text that lists are ordered by is ordered by its bytes, as in SQLite, whatever the locale of the database.
ALTER TABLE "models" ALTER COLUMN "name" TYPE character varying COLLATE "C";
ALTER TABLE "model_versions" ALTER COLUMN "sort_key" TYPE character varying COLLATE "C";
ALTER TABLE "aliases" ALTER COLUMN "name" TYPE character varying COLLATE "C";
ALTER TABLE "metric_points" ALTER COLUMN "name" TYPE character varying COLLATE "C";
ALTER TABLE "metric_summaries" ALTER COLUMN "name" TYPE character varying COLLATE "C";

-- +goose Down
ALTER TABLE "metric_summaries" ALTER COLUMN "name" TYPE character varying;
ALTER TABLE "metric_points" ALTER COLUMN "name" TYPE character varying;
ALTER TABLE "aliases" ALTER COLUMN "name" TYPE character varying;
ALTER TABLE "model_versions" ALTER COLUMN "sort_key" TYPE character varying;
ALTER TABLE "models" ALTER COLUMN "name" TYPE character varying;
