-- +goose Up
-- modify "prediction_records" table
ALTER TABLE "prediction_records" ADD COLUMN "rollout_id" character varying NULL, ADD COLUMN "arm_reason" character varying NULL;
-- create "leases" table
CREATE TABLE "leases" ("id" character varying NOT NULL, "holder" character varying NOT NULL, "beat" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"));
-- create "rollout_counts" table
CREATE TABLE "rollout_counts" ("id" character varying NOT NULL, "rollout_id" character varying NOT NULL, "since" bigint NOT NULL, "arm" character varying NOT NULL, "requests" bigint NOT NULL DEFAULT 0, "errors" bigint NOT NULL DEFAULT 0, "compared" bigint NOT NULL DEFAULT 0, "agreed" bigint NOT NULL DEFAULT 0, "dropped" bigint NOT NULL DEFAULT 0, "largest" double precision NOT NULL DEFAULT 0, "sketch" bytea NOT NULL, PRIMARY KEY ("id"));
-- create index "rolloutcount_rollout_id_since" to table: "rollout_counts"
CREATE INDEX "rolloutcount_rollout_id_since" ON "rollout_counts" ("rollout_id", "since");
-- create "rollout_subjects" table
CREATE TABLE "rollout_subjects" ("id" character varying NOT NULL, "rollout_id" character varying NOT NULL, "since" bigint NOT NULL, "arm" character varying NOT NULL, PRIMARY KEY ("id"));
-- create index "rolloutsubject_rollout_id_since_arm" to table: "rollout_subjects"
CREATE INDEX "rolloutsubject_rollout_id_since_arm" ON "rollout_subjects" ("rollout_id", "since", "arm");
-- create "rollouts" table
CREATE TABLE "rollouts" ("id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "kind" character varying NOT NULL, "plan" jsonb NOT NULL, "status" character varying NOT NULL, "step" bigint NOT NULL DEFAULT 0, "since" timestamptz NOT NULL, "quiet_since" timestamptz NULL, "pause" character varying NULL, "promoted" character varying NOT NULL DEFAULT '', "why" text NOT NULL DEFAULT '', "evidence" jsonb NULL, "sample_ratio" jsonb NULL, "decided_at" timestamptz NULL, "revision" bigint NOT NULL DEFAULT 1, "principal" character varying NOT NULL, "reason" text NOT NULL DEFAULT '', "ended_at" timestamptz NULL, "model_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "rollouts_models_rollouts" FOREIGN KEY ("model_id") REFERENCES "models" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "rollout_goes_on" to table: "rollouts"
CREATE UNIQUE INDEX "rollout_goes_on" ON "rollouts" ("model_id") WHERE (ended_at IS NULL);
-- create index "rollout_model_id_created_at" to table: "rollouts"
CREATE INDEX "rollout_model_id_created_at" ON "rollouts" ("model_id", "created_at");
-- create "rollout_events" table
CREATE TABLE "rollout_events" ("id" character varying NOT NULL, "model_id" character varying NOT NULL, "created_at" timestamptz NOT NULL, "act" character varying NOT NULL, "principal" character varying NOT NULL, "why" text NOT NULL DEFAULT '', "step" bigint NOT NULL, "status" character varying NOT NULL, "evidence" jsonb NULL, "sample_ratio" jsonb NULL, "rollout_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "rollout_events_rollouts_events" FOREIGN KEY ("rollout_id") REFERENCES "rollouts" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "rolloutevent_rollout_id_created_at" to table: "rollout_events"
CREATE INDEX "rolloutevent_rollout_id_created_at" ON "rollout_events" ("rollout_id", "created_at");

-- +goose Down
-- reverse: create index "rolloutevent_rollout_id_created_at" to table: "rollout_events"
DROP INDEX "rolloutevent_rollout_id_created_at";
-- reverse: create "rollout_events" table
DROP TABLE "rollout_events";
-- reverse: create index "rollout_model_id_created_at" to table: "rollouts"
DROP INDEX "rollout_model_id_created_at";
-- reverse: create index "rollout_goes_on" to table: "rollouts"
DROP INDEX "rollout_goes_on";
-- reverse: create "rollouts" table
DROP TABLE "rollouts";
-- reverse: create index "rolloutsubject_rollout_id_since_arm" to table: "rollout_subjects"
DROP INDEX "rolloutsubject_rollout_id_since_arm";
-- reverse: create "rollout_subjects" table
DROP TABLE "rollout_subjects";
-- reverse: create index "rolloutcount_rollout_id_since" to table: "rollout_counts"
DROP INDEX "rolloutcount_rollout_id_since";
-- reverse: create "rollout_counts" table
DROP TABLE "rollout_counts";
-- reverse: create "leases" table
DROP TABLE "leases";
-- reverse: modify "prediction_records" table
ALTER TABLE "prediction_records" DROP COLUMN "arm_reason", DROP COLUMN "rollout_id";
