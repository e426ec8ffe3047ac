-- +goose Up
-- An alias's revision is the number of its moves.
ALTER TABLE "aliases" ADD COLUMN "revision" bigint NOT NULL DEFAULT 1;
UPDATE "aliases" SET "revision" = (SELECT COUNT(*) FROM "alias_events" WHERE "alias_events"."model_id" = "aliases"."model_id" AND "alias_events"."name" = "aliases"."name");
ALTER TABLE "serving_policies" ADD COLUMN "revision" bigint NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE "serving_policies" DROP COLUMN "revision";
ALTER TABLE "aliases" DROP COLUMN "revision";
