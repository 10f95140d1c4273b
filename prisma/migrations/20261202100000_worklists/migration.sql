-- Columns to sort worklists by: no date counts as the end of time.
ALTER TABLE "mandate" ADD COLUMN "approval_due" TIMESTAMPTZ(3) NOT NULL
  GENERATED ALWAYS AS (coalesce("approval_expires_at", TIMESTAMPTZ '9999-12-31 00:00:00+00')) STORED;
CREATE INDEX "mandate_merchant_id_approval_due_id_idx" ON "mandate"("merchant_id", "approval_due", "id");

-- The last day for a dispute is kept from the day of the payment: it depends on terms of the mandate that may change later.
ALTER TABLE "transaction" ADD COLUMN "dispute_by" DATE NOT NULL DEFAULT '9999-12-31';
UPDATE "transaction" SET "dispute_by" = "action_date" + CASE WHEN method.type = 'CARD' THEN 180 ELSE 40 END
  FROM "payment_method" AS method
 WHERE method.merchant_id = "transaction".merchant_id AND method.id = "transaction".payment_method_id
   AND "transaction".charged_at IS NOT NULL AND method.type <> 'PAY_IN'
   AND NOT (method.type = 'DEBICHECK' AND NOT "transaction".was_tracked AND EXISTS (
     SELECT FROM "mandate"
      WHERE mandate.merchant_id = "transaction".merchant_id AND mandate.id = "transaction".mandate_id
        AND mandate.amount_cents = "transaction".amount_cents
        AND CASE WHEN mandate."interval" IS NULL OR mandate.process_day IS NULL THEN "transaction".nominal_date = mandate.process_date
                 WHEN mandate."interval" IN ('WEEKLY', 'FORTNIGHTLY') THEN extract(isodow FROM "transaction".nominal_date) = mandate.process_day
                 ELSE extract(day FROM "transaction".nominal_date) = least(mandate.process_day, extract(day FROM date_trunc('month', "transaction".nominal_date) + INTERVAL '1 month - 1 day'))
            END));
CREATE INDEX "transaction_merchant_id_dispute_by_id_idx" ON "transaction"("merchant_id", "dispute_by", "id");

CREATE INDEX "customer_merchant_id_updated_at_id_idx" ON "customer"("merchant_id", "updated_at", "id");
CREATE INDEX "bank_account_merchant_id_updated_at_id_idx" ON "bank_account"("merchant_id", "updated_at", "id");
CREATE INDEX "mandate_merchant_id_updated_at_id_idx" ON "mandate"("merchant_id", "updated_at", "id");
CREATE INDEX "payment_merchant_id_updated_at_id_idx" ON "payment"("merchant_id", "updated_at", "id");
DROP INDEX "transaction_merchant_id_updated_at_idx";
CREATE INDEX "transaction_merchant_id_updated_at_id_idx" ON "transaction"("merchant_id", "updated_at", "id");
CREATE INDEX "payment_outcome" ON "payment"("merchant_id", "outcome", "id") WHERE "outcome" IS NOT NULL;
