-- Positions are given to the events of one merchant at a time, so that nodes number different merchants at once. Nodes of the
-- version before can neither number events nor reset a sandbox after this migration; those that have applied it number all events.

ALTER TABLE "event" DROP CONSTRAINT "event_pkey";
ALTER TABLE "event" ADD CONSTRAINT "event_pkey" PRIMARY KEY ("merchant_id", "ordinal");
DROP INDEX "event_unsequenced";
CREATE INDEX "event_unsequenced" ON "event"("merchant_id", "ordinal") WHERE "position" IS NULL;

DROP FUNCTION "sequence_events"(integer);
DROP TABLE "event_lock";

-- Gives positions to at most "batch_size" events of a merchant and returns how many, or -1 when the log is in use. To be called by
-- itself, outside any transaction: the lock is then held until the positions are visible, and no later call can come between. A
-- transaction that commits late is simply found later; changes of one object are in order, because the second could not begin
-- before the first had committed.
CREATE FUNCTION "sequence_events"("of_merchant" text, "batch_size" integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  numbered integer;
  numbered_at timestamptz;
BEGIN
  PERFORM 1 FROM "event_head" WHERE "merchant_id" = "of_merchant" FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN -1;
  END IF;

  -- A statement of its own: its snapshot is taken with the lock held, and sees what the last holder committed.
  numbered_at := clock_timestamp();
  WITH "todo" AS (
    SELECT "ordinal", row_number() OVER (ORDER BY "ordinal") AS "nth"
    FROM (SELECT "ordinal" FROM "event" WHERE "merchant_id" = "of_merchant" AND "position" IS NULL ORDER BY "ordinal" LIMIT "batch_size") AS "oldest"
  ), "base" AS (
    UPDATE "event_head" AS "head" SET "last_position" = "head"."last_position" + (SELECT count(*) FROM "todo")
    WHERE "head"."merchant_id" = "of_merchant"
    RETURNING "head"."last_position" - (SELECT count(*) FROM "todo") AS "before"
  )
  UPDATE "event" SET "position" = "base"."before" + "todo"."nth", "sequenced_at" = numbered_at
  FROM "todo", "base"
  WHERE "event"."merchant_id" = "of_merchant" AND "event"."ordinal" = "todo"."ordinal";
  GET DIAGNOSTICS numbered = ROW_COUNT;

  -- Only here: a NOTIFY in the writers' transactions would take a lock of the whole cluster at each commit.
  IF numbered > 0 THEN
    PERFORM pg_notify('events', '');
  END IF;
  RETURN numbered;
END
$$;

-- No key is ever updated, and a change through the merchant could not be distributed by merchant.
DO $$
DECLARE
  foreign_key record;
BEGIN
  FOR foreign_key IN
    SELECT conrelid::regclass AS "table", conname AS "name", replace(pg_get_constraintdef(oid), ' ON UPDATE CASCADE', '') AS "definition"
    FROM pg_constraint
    WHERE contype = 'f' AND confupdtype = 'c' AND connamespace = current_schema()::regnamespace
    ORDER BY 1, 2
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', foreign_key."table", foreign_key."name");
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', foreign_key."table", foreign_key."name", foreign_key."definition");
  END LOOP;
END
$$;
