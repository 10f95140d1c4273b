CREATE TYPE "amendment_status" AS ENUM ('NONE', 'PENDING', 'REJECTED');

CREATE TYPE "approval_window" AS ENUM ('REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK', 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE', 'DELAYED_REAL_TIME_TT1', 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2');

CREATE TYPE "first_collection_mode" AS ENUM ('REPLACES_INSTALMENT', 'ADDITIONAL');

CREATE TYPE "adjustment_category" AS ENUM ('NEVER', 'QUARTERLY', 'BIANNUALLY', 'ANNUALLY', 'REPO');

CREATE TYPE "adjustment_type" AS ENUM ('RATE', 'AMOUNT');

CREATE TYPE "mandate_request_kind" AS ENUM ('INITIATE', 'AMEND', 'NOTIFY', 'WITHDRAW', 'CANCEL');

ALTER TYPE "event_actor" ADD VALUE 'DEBTOR';

ALTER TABLE "mandate" ADD COLUMN     "adjustment_amount_cents" BIGINT,
ADD COLUMN     "adjustment_anchor" DATE,
ADD COLUMN     "adjustment_category" "adjustment_category",
ADD COLUMN     "adjustment_rate" INTEGER,
ADD COLUMN     "adjustment_type" "adjustment_type",
ADD COLUMN     "adjustments_made" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "allow_date_adjustment" BOOLEAN,
ADD COLUMN     "allow_payment_tracking" BOOLEAN,
ADD COLUMN     "allow_variable_amount" BOOLEAN,
ADD COLUMN     "amendment" JSONB,
ADD COLUMN     "amendment_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "amendment_reason" TEXT,
ADD COLUMN     "amendment_status" "amendment_status" NOT NULL DEFAULT 'NONE',
ADD COLUMN     "approval_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "approval_window" "approval_window",
ADD COLUMN     "approved_at" TIMESTAMPTZ(3),
ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "authentication_reference" TEXT,
ADD COLUMN     "cancel_reason" TEXT,
ADD COLUMN     "cancelled_at" TIMESTAMPTZ(3),
ADD COLUMN     "converted_from_id" TEXT COLLATE "C",
ADD COLUMN     "created_by" TEXT COLLATE "C",
ADD COLUMN     "debtor_snapshot" JSONB,
ADD COLUMN     "first_amount_cents" BIGINT,
ADD COLUMN     "first_date" DATE,
ADD COLUMN     "first_mode" "first_collection_mode",
ADD COLUMN     "maximum_amount_cents" BIGINT,
ADD COLUMN     "payment_tracking_max_days" INTEGER,
ADD COLUMN     "rejection_code" TEXT,
ADD COLUMN     "rejection_reason" TEXT,
ADD COLUMN     "requested_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_at" TIMESTAMPTZ(3);

ALTER TABLE "payment" ADD COLUMN     "stop_cause" TEXT;

ALTER TABLE "payment_method" ADD COLUMN     "debicheck_defaults" JSONB;

CREATE TABLE "mandate_request" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT COLLATE "C" NOT NULL,
    "mandate_id" TEXT COLLATE "C" NOT NULL,
    "kind" "mandate_request_kind" NOT NULL,
    "send_at" TIMESTAMPTZ(3) NOT NULL,
    "attempted_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "debtor_snapshot" JSONB,

    CONSTRAINT "mandate_request_pkey" PRIMARY KEY ("merchant_id","reference")
);

CREATE TABLE "repo_change" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "date" DATE NOT NULL,
    "rate" INTEGER NOT NULL,
    "created_by" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repo_change_pkey" PRIMARY KEY ("merchant_id","id")
);

DROP INDEX "due_work_merchant_id_timeline_due_at_idx";

CREATE INDEX "due_work_merchant_id_timeline_due_at_kind_subject_id_idx" ON "due_work"("merchant_id", "timeline", "due_at", "kind", "subject_id");

CREATE INDEX "mandate_request_merchant_id_mandate_id_idx" ON "mandate_request"("merchant_id", "mandate_id");

CREATE UNIQUE INDEX "repo_change_merchant_id_date_key" ON "repo_change"("merchant_id", "date");

CREATE INDEX "bank_message_merchant_id_reference_idx" ON "bank_message"("merchant_id", "reference");

CREATE INDEX "mandate_merchant_id_reference_idx" ON "mandate"("merchant_id", "reference");

CREATE INDEX "mandate_merchant_id_amendment_status_id_idx" ON "mandate"("merchant_id", "amendment_status", "id");

CREATE UNIQUE INDEX "mandate_merchant_id_converted_from_id_key" ON "mandate"("merchant_id", "converted_from_id");

ALTER TABLE "mandate" ADD CONSTRAINT "mandate_merchant_id_converted_from_id_fkey" FOREIGN KEY ("merchant_id", "converted_from_id") REFERENCES "mandate"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

ALTER TABLE "mandate_request" ADD CONSTRAINT "mandate_request_merchant_id_mandate_id_fkey" FOREIGN KEY ("merchant_id", "mandate_id") REFERENCES "mandate"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what Prisma's schema language cannot say.
CREATE INDEX "mandate_follows_repo_rate" ON "mandate"("merchant_id", "id") WHERE "adjustment_category" = 'REPO';

ALTER TABLE "mandate"
  ADD CONSTRAINT "mandate_amount_within_maximum" CHECK ("maximum_amount_cents" IS NULL OR "maximum_amount_cents" >= "amount_cents"),
  ADD CONSTRAINT "mandate_amendment_is_pending" CHECK (("amendment_status" = 'PENDING') = ("amendment" IS NOT NULL)),
  ADD CONSTRAINT "mandate_first_collection_is_whole" CHECK (("first_amount_cents" IS NULL) = ("first_date" IS NULL));

-- A text that stands in the planner's sample is taken for one in so many as the sample has values. Of a hundred values that
-- is common enough to look for it along the primary key, through the whole table; of a thousand it is not.
ALTER TABLE "customer" ALTER COLUMN "search_text" SET STATISTICS 1000;
