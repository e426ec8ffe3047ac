-- +goose Up
-- modify "prediction_records" table
ALTER TABLE "prediction_records" ADD COLUMN "answered" boolean NOT NULL DEFAULT true;
-- by hand: what was not answered before
UPDATE "prediction_records" SET "answered" = false WHERE "code" <> 'OK';
-- create index "predictionrecord_errors" to table: "prediction_records"
CREATE INDEX "predictionrecord_errors" ON "prediction_records" ("created_at") WHERE (NOT answered);
-- create index "predictionrecord_errors_of_model" to table: "prediction_records"
CREATE INDEX "predictionrecord_errors_of_model" ON "prediction_records" ("model_id", "created_at") WHERE (NOT answered);
-- create index "predictionrecord_errors_of_version" to table: "prediction_records"
CREATE INDEX "predictionrecord_errors_of_version" ON "prediction_records" ("version_id", "created_at") WHERE (NOT answered);
-- create index "predictionrecord_model_id_total_ms" to table: "prediction_records"
CREATE INDEX "predictionrecord_model_id_total_ms" ON "prediction_records" ("model_id", "total_ms") WHERE (row_errors >= 0);
-- create index "predictionrecord_outcomes" to table: "prediction_records"
CREATE INDEX "predictionrecord_outcomes" ON "prediction_records" ("created_at") WHERE (outcome_at IS NOT NULL);
-- create index "predictionrecord_request_id" to table: "prediction_records"
CREATE INDEX "predictionrecord_request_id" ON "prediction_records" ("request_id");
-- create index "predictionrecord_route_reason_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_route_reason_created_at" ON "prediction_records" ("route_reason", "created_at");
-- create index "predictionrecord_row_errors" to table: "prediction_records"
CREATE INDEX "predictionrecord_row_errors" ON "prediction_records" ("created_at") WHERE (row_errors > 0);
-- create index "predictionrecord_total_ms" to table: "prediction_records"
CREATE INDEX "predictionrecord_total_ms" ON "prediction_records" ("total_ms") WHERE (row_errors >= 0);
-- create index "predictionrecord_version_id_created_at" to table: "prediction_records"
CREATE INDEX "predictionrecord_version_id_created_at" ON "prediction_records" ("version_id", "created_at");
-- modify "serving_policies" table
ALTER TABLE "serving_policies" ADD COLUMN "log_successes" bigint NULL, ADD COLUMN "log_input_share" double precision NULL, ADD COLUMN "log_redact" text NULL;

-- +goose Down
-- reverse: modify "serving_policies" table
ALTER TABLE "serving_policies" DROP COLUMN "log_redact", DROP COLUMN "log_input_share", DROP COLUMN "log_successes";
-- reverse: create index "predictionrecord_version_id_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_version_id_created_at";
-- reverse: create index "predictionrecord_total_ms" to table: "prediction_records"
DROP INDEX "predictionrecord_total_ms";
-- reverse: create index "predictionrecord_row_errors" to table: "prediction_records"
DROP INDEX "predictionrecord_row_errors";
-- reverse: create index "predictionrecord_route_reason_created_at" to table: "prediction_records"
DROP INDEX "predictionrecord_route_reason_created_at";
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
-- reverse: modify "prediction_records" table
ALTER TABLE "prediction_records" DROP COLUMN "answered";
