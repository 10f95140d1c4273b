-- Ids of the system from which objects were imported, unique per merchant and type.
ALTER TABLE "customer" ADD COLUMN "external_id" TEXT COLLATE "C";
ALTER TABLE "bank_account" ADD COLUMN "external_id" TEXT COLLATE "C";
ALTER TABLE "mandate" ADD COLUMN "external_id" TEXT COLLATE "C";
ALTER TABLE "payment" ADD COLUMN "external_id" TEXT COLLATE "C";

CREATE UNIQUE INDEX "customer_external_id" ON "customer"("merchant_id", "external_id") WHERE "external_id" IS NOT NULL;
CREATE UNIQUE INDEX "bank_account_external_id" ON "bank_account"("merchant_id", "external_id") WHERE "external_id" IS NOT NULL;
CREATE UNIQUE INDEX "mandate_external_id" ON "mandate"("merchant_id", "external_id") WHERE "external_id" IS NOT NULL;
CREATE UNIQUE INDEX "payment_external_id" ON "payment"("merchant_id", "external_id") WHERE "external_id" IS NOT NULL;

-- Transactions that another system collected before the payment was imported.
ALTER TABLE "transaction" ADD COLUMN "is_imported" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "transaction_imported" ON "transaction"("merchant_id", "is_imported", "id") WHERE "is_imported";

-- First nominal date that the gateway collects of an imported payment, if the caller named one.
ALTER TABLE "payment" ADD COLUMN "collect_from" DATE;
