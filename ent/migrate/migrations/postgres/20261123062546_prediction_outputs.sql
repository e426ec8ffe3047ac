-- +goose Up
-- modify "prediction_records" table
ALTER TABLE "prediction_records" ADD COLUMN "outputs" text NULL;

-- +goose Down
-- reverse: modify "prediction_records" table
ALTER TABLE "prediction_records" DROP COLUMN "outputs";
