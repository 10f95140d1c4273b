CREATE TYPE "sandbox_default" AS ENUM ('HAPPY', 'KWIK');

CREATE TYPE "late_run_policy" AS ENUM ('NEXT_FEASIBLE', 'SKIP');

CREATE TYPE "payment_outcome" AS ENUM ('REVERSED');

CREATE TYPE "deposit_match" AS ENUM ('PARTIAL', 'EXACT', 'OVER', 'UNKNOWN');

ALTER TYPE "event_actor" ADD VALUE 'SIMULATOR';

-- Ids of a sandbox that was reset with a seed are those of any other with that seed.
DROP INDEX "event_id_key";
CREATE UNIQUE INDEX "event_merchant_id_id_key" ON "event"("merchant_id", "id");

ALTER TABLE "merchant" ADD COLUMN     "late_run_policy" "late_run_policy" NOT NULL DEFAULT 'NEXT_FEASIBLE',
ADD COLUMN     "retry_policy" JSONB,
ADD COLUMN     "sandbox_default" "sandbox_default" NOT NULL DEFAULT 'HAPPY';

ALTER TABLE "merchant_clock" ADD COLUMN     "frozen_at" TIMESTAMPTZ(3);

ALTER TABLE "payment" ADD COLUMN     "card_id" TEXT COLLATE "C",
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "outcome" "payment_outcome";

ALTER TABLE "payment_method" ADD COLUMN     "item_limit_cents" BIGINT,
ADD COLUMN     "monthly_limit_cents" BIGINT;

ALTER TABLE "sandbox_entry" ADD COLUMN     "is_held" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "submission" ADD COLUMN     "amount_cents" BIGINT;

ALTER TABLE "transaction" ADD COLUMN     "was_tracked" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "id_seed" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "seed" TEXT NOT NULL,
    "ids_made" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "id_seed_pkey" PRIMARY KEY ("merchant_id")
);

CREATE TABLE "deposit" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "payment_method_id" TEXT COLLATE "C" NOT NULL,
    "payment_id" TEXT COLLATE "C",
    "eft_reference" TEXT NOT NULL,
    "amount_cents" BIGINT NOT NULL,
    "match" "deposit_match" NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deposit_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE INDEX "deposit_merchant_id_payment_id_id_idx" ON "deposit"("merchant_id", "payment_id", "id");

CREATE INDEX "deposit_merchant_id_match_id_idx" ON "deposit"("merchant_id", "match", "id");

CREATE INDEX "deposit_merchant_id_created_at_id_idx" ON "deposit"("merchant_id", "created_at", "id");

CREATE INDEX "payment_merchant_id_card_id_id_idx" ON "payment"("merchant_id", "card_id", "id");

ALTER TABLE "payment" ADD CONSTRAINT "payment_merchant_id_card_id_fkey" FOREIGN KEY ("merchant_id", "card_id") REFERENCES "card"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

ALTER TABLE "deposit" ADD CONSTRAINT "deposit_merchant_id_payment_method_id_fkey" FOREIGN KEY ("merchant_id", "payment_method_id") REFERENCES "payment_method"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "deposit" ADD CONSTRAINT "deposit_merchant_id_payment_id_fkey" FOREIGN KEY ("merchant_id", "payment_id") REFERENCES "payment"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- By hand: a deposit quotes a reference, also of a pay-in that is over.
CREATE INDEX "payment_eft_reference" ON "payment"("merchant_id", "eft_reference_key", "id") WHERE "eft_reference_key" IS NOT NULL;
