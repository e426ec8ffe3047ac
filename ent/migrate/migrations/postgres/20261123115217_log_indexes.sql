-- +goose Up
-- create index "predictionrecord_errors" to table: "prediction_records"
CREATE INDEX "predictionrecord_errors" ON "prediction_records" ("created_at") WHERE ((code)::text <> 'OK'::text);
-- create index "predictionrecord_errors_of_model" to table: "prediction_records"
CREATE INDEX "predictionrecord_errors_of_model" ON "prediction_records" ("model_id", "created_at") WHERE ((code)::text <> 'OK'::text);
-- create index "predictionrecord_errors_of_version" to table: "prediction_records"
CREATE INDEX "predictionrecord_errors_of_version" ON "prediction_records" ("version_id", "created_at") WHERE ((code)::text <> 'OK'::text);
-- create index "predictionrecord_model_id_total_ms" to table: "prediction_records"
CREATE INDEX "predictionrecord_model_id_total_ms" ON "prediction_records" ("model_id", "total_ms") WHERE (total_ms >= (0)::double precision);
-- create index "predictionrecord_outcomes" to table: "prediction_records"
CREATE INDEX "predictionrecord_outcomes" ON "prediction_records" ("created_at") WHERE (outcome_at IS NOT NULL);
-- create index "predictionrecord_request_id" to table: "prediction_records"
CREATE INDEX "predictionrecord_request_id" ON "prediction_records" ("request_id");
-- create index "predictionrecord_routes" to table: "prediction_records"
CREATE INDEX "predictionrecord_routes" ON "prediction_records" ("route_reason", "created_at") WHERE ((route_reason)::text <> 'LIVE'::text);
-- create index "predictionrecord_row_errors" to table: "prediction_records"
CREATE INDEX "predictionrecord_row_errors" ON "prediction_records" ("created_at") WHERE (row_errors > 0);
-- create index "predictionrecord_total_ms" to table: "prediction_records"
CREATE INDEX "predictionrecord_total_ms" ON "prediction_records" ("total_ms") WHERE (total_ms >= (0)::double precision);
-- create index "predictionrecord_version_id_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_version_id_created_at" ON "prediction_records" ("version_id", "created_at");

-- +goose Down
-- reverse: create index "predictionrecord_version_id_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_version_id_created_at";
-- reverse: create index "predictionrecord_total_ms" to table: "prediction_records"
DROP INDEX "predictionrecord_total_ms";
-- reverse: create index "predictionrecord_row_errors" to table: "prediction_records"
DROP INDEX "predictionrecord_row_errors";
-- reverse: create index "predictionrecord_routes" to table: "prediction_records"
DROP INDEX "predictionrecord_routes";
-- reverse: create index "predictionrecord_request_id" to table: "prediction_records"
DROP INDEX "predictionrecord_request_id";
-- reverse: create index "predictionrecord_outcomes" to table: "prediction_records"
DROP INDEX "predictionrecord_outcomes";
-- reverse: create index "predictionrecord_model_id_total_ms" to table: "prediction_records"
DROP INDEX "predictionrecord_model_id_total_ms";
-- reverse: create index "predictionrecord_errors_of_version" to table: "prediction_records"
DROP INDEX "predictionrecord_errors_of_version";
-- reverse: create index "predictionrecord_errors_of_model" to table: "prediction_records"
DROP INDEX "predictionrecord_errors_of_model";
-- reverse: create index "predictionrecord_errors" to table: "prediction_records"
DROP INDEX "predictionrecord_errors";
