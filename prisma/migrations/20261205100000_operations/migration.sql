-- What became of each mutation, for the time that idempotency keys are kept.
CREATE TABLE "operation" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "request_id" TEXT COLLATE "C" NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "client_request_id" TEXT COLLATE "C",
    "client_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "error_codes" TEXT[] NOT NULL,
    "object_ids" TEXT[] COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "operation_pkey" PRIMARY KEY ("merchant_id","request_id","ordinal")
);

CREATE INDEX "operation_merchant_id_client_request_id_idx" ON "operation"("merchant_id", "client_request_id", "created_at") WHERE "client_request_id" IS NOT NULL;
CREATE INDEX "operation_created_at_idx" ON "operation"("created_at");
