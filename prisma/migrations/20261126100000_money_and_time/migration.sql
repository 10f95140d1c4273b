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

-- A payment that lost its authority under older rules: its mandate is marked, by the debit that said so last.
UPDATE "mandate" SET "authority_withdrawn_at" = "withdrawn"."at", "authority_withdrawn_code" = "withdrawn"."code",
       "authority_withdrawn_reason" = "withdrawn"."reason"
  FROM (
    SELECT DISTINCT ON ("payment"."merchant_id", "payment"."mandate_id") "payment"."merchant_id", "payment"."mandate_id",
           "debit"."status_changed_at" AS "at", "debit"."unpaid_code" AS "code", coalesce("payment"."failed_reason", "debit"."unpaid_code") AS "reason"
      FROM "payment"
      JOIN "transaction" AS "debit" ON "debit"."merchant_id" = "payment"."merchant_id" AND "debit"."payment_id" = "payment"."id"
     WHERE "payment"."stop_cause" = 'AUTHORITY_LOST' AND "payment"."mandate_id" IS NOT NULL AND "debit"."unpaid_code" IS NOT NULL
       AND "debit"."status" IN ('UNPAID', 'DISPUTED', 'REVERSED')
     ORDER BY "payment"."merchant_id", "payment"."mandate_id", "debit"."action_date" DESC, "debit"."id" DESC
  ) AS "withdrawn"
 WHERE "mandate"."merchant_id" = "withdrawn"."merchant_id" AND "mandate"."id" = "withdrawn"."mandate_id";

UPDATE "payment" SET "stop_cause" = 'AUTHORITY_WITHDRAWN' WHERE "stop_cause" = 'AUTHORITY_LOST';

-- Recurring payments end by the clock, on the day after their last.
INSERT INTO "due_work" ("merchant_id", "timeline", "kind", "subject_id", "due_at", "details")
SELECT "payment"."merchant_id", '', 'END_PAYMENT', "payment"."id",
       (least("payment"."date_end", "mandate"."date_release") + 1)::timestamp AT TIME ZONE 'Africa/Johannesburg', '{}'
  FROM "payment"
  LEFT JOIN "mandate" ON "mandate"."merchant_id" = "payment"."merchant_id" AND "mandate"."id" = "payment"."mandate_id"
 WHERE "payment"."kind" = 'RECURRING' AND "payment"."status" IN ('RUNNING', 'PAUSED')
   AND least("payment"."date_end", "mandate"."date_release") IS NOT NULL
ON CONFLICT DO NOTHING;
