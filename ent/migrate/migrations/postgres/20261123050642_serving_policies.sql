-- +goose Up
-- create "serving_policies" table
CREATE TABLE "serving_policies" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "cache" boolean NULL, "cache_ttl" bigint NULL, "threads" bigint NULL, "instances" bigint NULL, "max_batch_rows" bigint NULL, "max_queue" bigint NULL, "timeout" bigint NULL, "max_rows" bigint NULL, "max_bytes" bigint NULL, "breaker_failures" bigint NULL, "breaker_delay" bigint NULL, "fallback" character varying NULL, "model_id" character varying NOT NULL, "version_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "serving_policies_model_versions_serving_policy" FOREIGN KEY ("version_id") REFERENCES "model_versions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "serving_policies_models_serving_policies" FOREIGN KEY ("model_id") REFERENCES "models" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "serving_policies_version_id_key" to table: "serving_policies"
CREATE UNIQUE INDEX "serving_policies_version_id_key" ON "serving_policies" ("version_id");
-- create index "servingpolicy_model_id" to table: "serving_policies"
CREATE INDEX "servingpolicy_model_id" ON "serving_policies" ("model_id");
-- create index "servingpolicy_of_model" to table: "serving_policies"
CREATE UNIQUE INDEX "servingpolicy_of_model" ON "serving_policies" ("model_id") WHERE (version_id IS NULL);

-- +goose Down
-- reverse: create index "servingpolicy_of_model" to table: "serving_policies"
DROP INDEX "servingpolicy_of_model";
-- reverse: create index "servingpolicy_model_id" to table: "serving_policies"
DROP INDEX "servingpolicy_model_id";
-- reverse: create index "serving_policies_version_id_key" to table: "serving_policies"
DROP INDEX "serving_policies_version_id_key";
-- reverse: create "serving_policies" table
DROP TABLE "serving_policies";
