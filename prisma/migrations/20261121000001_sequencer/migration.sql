-- The event log's order. "ordinal" is taken at INSERT and so is not the order of commits: a reader that goes by it loses
-- events of transactions that commit late. Positions are given after commit, dense and per merchant, by sequence_events.

CREATE INDEX "event_unsequenced" ON "event"("ordinal") WHERE "position" IS NULL;
CREATE UNIQUE INDEX "event_position" ON "event"("merchant_id", "position") WHERE "position" IS NOT NULL;

INSERT INTO "event_lock" ("one") VALUES (true);
ALTER TABLE "event_lock" ADD CONSTRAINT "event_lock_one_row" CHECK ("one");

-- Numbers at most "batch_size" events and returns how many, or -1 when another node is numbering. To be called by itself,
-- outside any transaction: the lock is then held until the positions are visible, and no later call can come between.
-- A transaction that commits late is simply found later; changes of one object are in order, because the second could not
-- begin before the first had committed.
CREATE FUNCTION "sequence_events"("batch_size" integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  numbered integer;
BEGIN
  PERFORM 1 FROM "event_lock" FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN -1;
  END IF;

  -- A statement of its own: its snapshot is taken with the lock held, and sees what the last holder committed.
  WITH "todo" AS (
    SELECT "ordinal", "merchant_id", row_number() OVER (PARTITION BY "merchant_id" ORDER BY "ordinal") AS "nth"
    FROM (SELECT "ordinal", "merchant_id" FROM "event" WHERE "position" IS NULL ORDER BY "ordinal" LIMIT "batch_size") AS "oldest"
  ), "base" AS (
    UPDATE "event_head" AS "head" SET "last_position" = "head"."last_position" + "counted"."count"
    FROM (SELECT "merchant_id", count(*) AS "count" FROM "todo" GROUP BY "merchant_id") AS "counted"
    WHERE "head"."merchant_id" = "counted"."merchant_id"
    RETURNING "head"."merchant_id", "head"."last_position" - "counted"."count" AS "before"
  )
  UPDATE "event" SET "position" = "base"."before" + "todo"."nth", "sequenced_at" = clock_timestamp()
  FROM "todo" JOIN "base" USING ("merchant_id")
  WHERE "event"."ordinal" = "todo"."ordinal";
  GET DIAGNOSTICS numbered = ROW_COUNT;

  -- Only here: a NOTIFY in the writers' transactions would take a lock of the whole cluster at each commit.
  IF numbered > 0 THEN
    PERFORM pg_notify('events', '');
  END IF;
  RETURN numbered;
END
$$;
