CREATE TABLE "batch" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "batch_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE UNIQUE INDEX "batch_merchant_id_reference_key" ON "batch"("merchant_id", "reference");
CREATE INDEX "batch_merchant_id_created_at_id_idx" ON "batch"("merchant_id", "created_at", "id");
ALTER TABLE "batch" ADD CONSTRAINT "batch_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- Batches so far: their ids are those of their first payments, with the prefix of batches.
INSERT INTO "batch" ("merchant_id", "id", "reference", "created_at")
SELECT "merchant_id", 'bat' || substr(min("id"), 4), "batch_reference", min("created_at") FROM "payment"
 WHERE "batch_reference" IS NOT NULL GROUP BY "merchant_id", "batch_reference";
