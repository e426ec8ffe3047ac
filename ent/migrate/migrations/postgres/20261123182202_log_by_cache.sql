-- +goose Up
-- create index "predictionrecord_cache_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_cache_created_at" ON "prediction_records" ("cache", "created_at") WHERE (row_errors >= 0);

-- +goose Down
-- reverse: create index "predictionrecord_cache_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_cache_created_at";
