-- After a failover or a recovery to a point in time, the log of the new primary may lack events that subscribers have seen, and gives
-- their positions to others. PostgreSQL marks both by a new timeline. No position is given on a timeline that is not the recorded one:
-- the gateway first gives every log a new epoch, so that older cursors are refused. Nodes of the version before number no events on
-- a new timeline until one of this version has done so.

-- The timeline of the server; empty where the server does not tell it. Only a primary has one.
CREATE FUNCTION "server_timeline"() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN left(pg_walfile_name(pg_current_wal_lsn()), 8);
EXCEPTION WHEN feature_not_supported OR insufficient_privilege THEN
  RETURN '';
END
$$;

INSERT INTO "setting" ("name", "value") VALUES ('timeline', "server_timeline"());

CREATE OR REPLACE FUNCTION "sequence_events"("of_merchant" text, "batch_size" integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  numbered integer;
  numbered_at timestamptz;
BEGIN
  PERFORM 1 FROM "event_head" WHERE "merchant_id" = "of_merchant" FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN -1;
  END IF;
  IF (SELECT "value" FROM "setting" WHERE "name" = 'timeline') IS DISTINCT FROM "server_timeline"() THEN
    RETURN -2;
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
