-- +goose Up
-- add column "outputs" to table: "prediction_records"
ALTER TABLE `prediction_records` ADD COLUMN `outputs` text NULL;

-- +goose Down
-- reverse: add column "outputs" to table: "prediction_records"
ALTER TABLE `prediction_records` DROP COLUMN `outputs`;
