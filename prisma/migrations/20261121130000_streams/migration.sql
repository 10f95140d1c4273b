-- Up to where a log is out of its retention: cursors before that are refused, not served from what is left.

ALTER TABLE "event_head" ADD COLUMN "floor_position" BIGINT NOT NULL DEFAULT 0;
