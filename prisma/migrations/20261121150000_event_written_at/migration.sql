-- AlterTable
ALTER TABLE "event" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();
