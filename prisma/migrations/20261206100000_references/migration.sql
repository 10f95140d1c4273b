-- Search of payments by a part of their reference.
CREATE INDEX "payment_transaction_reference_search" ON "payment" USING gin ("merchant_id", "transaction_reference" gin_trgm_ops) WHERE "merchant_id" IS NOT NULL;
