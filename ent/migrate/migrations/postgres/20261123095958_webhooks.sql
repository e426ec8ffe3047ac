-- +goose Up
-- create "webhooks" table
CREATE TABLE "webhooks" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "url" character varying NOT NULL, "description" character varying NOT NULL DEFAULT '', "events" jsonb NOT NULL, "models" jsonb NOT NULL, "enabled" boolean NOT NULL DEFAULT true, "disabled_reason" character varying NOT NULL DEFAULT '', "secret" character varying NOT NULL, "previous_secret" character varying NOT NULL DEFAULT '', "previous_secret_until" timestamptz NULL, "failures" bigint NOT NULL DEFAULT 0, "last_success_at" timestamptz NULL, "last_failure_at" timestamptz NULL, "revision" bigint NOT NULL DEFAULT 1, PRIMARY KEY ("id"));
-- create "webhook_deliveries" table
CREATE TABLE "webhook_deliveries" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "event_id" character varying NOT NULL, "event" character varying NOT NULL, "model" character varying NOT NULL DEFAULT '', "payload" text NOT NULL, "status" character varying NOT NULL DEFAULT 'PENDING', "attempt_count" bigint NOT NULL DEFAULT 0, "attempts" jsonb NOT NULL, "next_attempt_at" timestamptz NULL, "finished_at" timestamptz NULL, "webhook_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "webhook_deliveries_webhooks_deliveries" FOREIGN KEY ("webhook_id") REFERENCES "webhooks" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "webhookdelivery_created_at" to table: "webhook_deliveries"
CREATE INDEX "webhookdelivery_created_at" ON "webhook_deliveries" ("created_at");
-- create index "webhookdelivery_event_id" to table: "webhook_deliveries"
CREATE INDEX "webhookdelivery_event_id" ON "webhook_deliveries" ("event_id");
-- create index "webhookdelivery_webhook_id_created_at" to table: "webhook_deliveries"
CREATE INDEX "webhookdelivery_webhook_id_created_at" ON "webhook_deliveries" ("webhook_id", "created_at");

-- +goose Down
-- reverse: create index "webhookdelivery_webhook_id_created_at" to table: "webhook_deliveries"
DROP INDEX "webhookdelivery_webhook_id_created_at";
-- reverse: create index "webhookdelivery_event_id" to table: "webhook_deliveries"
DROP INDEX "webhookdelivery_event_id";
-- reverse: create index "webhookdelivery_created_at" to table: "webhook_deliveries"
DROP INDEX "webhookdelivery_created_at";
-- reverse: create "webhook_deliveries" table
DROP TABLE "webhook_deliveries";
-- reverse: create "webhooks" table
DROP TABLE "webhooks";
