ALTER TYPE "aggregate_type" ADD VALUE 'DEPOSIT';

ALTER TABLE "bank_message" ADD COLUMN     "provider_reference" TEXT;

ALTER TABLE "deposit" ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "mandate" ADD COLUMN     "authority_withdrawn_at" TIMESTAMPTZ(3),
ADD COLUMN     "authority_withdrawn_code" TEXT,
ADD COLUMN     "authority_withdrawn_reason" TEXT;

ALTER TABLE "transaction" ADD COLUMN     "is_dispute_late" BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX "transaction_merchant_id_nominal_date_id_idx" ON "transaction"("merchant_id", "nominal_date", "id");

CREATE INDEX "transaction_merchant_id_transaction_reference_id_idx" ON "transaction"("merchant_id", "transaction_reference", "id");

CREATE INDEX "transaction_merchant_id_provider_reference_idx" ON "transaction"("merchant_id", "provider_reference");

CREATE INDEX "transaction_merchant_id_unpaid_code_id_idx" ON "transaction"("merchant_id", "unpaid_code", "id");

CREATE INDEX "transaction_merchant_id_attempt_id_idx" ON "transaction"("merchant_id", "attempt", "id");

CREATE INDEX "transaction_merchant_id_updated_at_idx" ON "transaction"("merchant_id", "updated_at");

CREATE INDEX "mandate_merchant_id_authority_withdrawn_at_idx" ON "mandate"("merchant_id", "authority_withdrawn_at");

-- Mandates with a debit that came back with a code which can withdraw the authority are judged by the rule as soon as a node runs: they
-- are marked, with an event, and their payments stopped. The instant is one that the clock of the merchant has passed.
INSERT INTO "due_work" ("merchant_id", "timeline", "kind", "subject_id", "due_at", "details")
SELECT "merchant_id", '', 'JUDGE_AUTHORITY', "mandate_id", max("status_changed_at"), '{}'
  FROM "transaction"
 WHERE "mandate_id" IS NOT NULL AND "status" IN ('UNPAID', 'DISPUTED', 'REVERSED')
   AND "unpaid_code" IN ('02', '04', '08', '18', '30', '32', '34', '36')
 GROUP BY "merchant_id", "mandate_id"
ON CONFLICT DO NOTHING;

-- What stopped without a new mandate's help under older rules is told anew with its mandate's mark.
UPDATE "payment" SET "stop_cause" = 'COLLECTION_FAILED' WHERE "stop_cause" = 'AUTHORITY_LOST';

-- Recurring payments end by the clock, on the day after their last.
INSERT INTO "due_work" ("merchant_id", "timeline", "kind", "subject_id", "due_at", "details")
SELECT "payment"."merchant_id", '', 'END_PAYMENT', "payment"."id",
       (least("payment"."date_end", "mandate"."date_release") + 1)::timestamp AT TIME ZONE 'Africa/Johannesburg', '{}'
  FROM "payment"
  LEFT JOIN "mandate" ON "mandate"."merchant_id" = "payment"."merchant_id" AND "mandate"."id" = "payment"."mandate_id"
 WHERE "payment"."kind" = 'RECURRING' AND "payment"."status" IN ('RUNNING', 'PAUSED')
   AND least("payment"."date_end", "mandate"."date_release") IS NOT NULL
ON CONFLICT DO NOTHING;
