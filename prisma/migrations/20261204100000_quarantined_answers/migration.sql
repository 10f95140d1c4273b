CREATE TABLE "quarantined_answer" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "message_id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "code" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "transaction_id" TEXT COLLATE "C",
    "mandate_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quarantined_answer_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE UNIQUE INDEX "quarantined_answer_merchant_id_message_id_key" ON "quarantined_answer"("merchant_id", "message_id");
CREATE INDEX "quarantined_answer_merchant_id_created_at_id_idx" ON "quarantined_answer"("merchant_id", "created_at", "id");
CREATE INDEX "quarantined_answer_merchant_id_reference_id_idx" ON "quarantined_answer"("merchant_id", "reference", "id");
CREATE INDEX "quarantined_answer_merchant_id_transaction_id_idx" ON "quarantined_answer"("merchant_id", "transaction_id");
CREATE INDEX "quarantined_answer_merchant_id_mandate_id_idx" ON "quarantined_answer"("merchant_id", "mandate_id");
ALTER TABLE "quarantined_answer" ADD CONSTRAINT "quarantined_answer_merchant_id_transaction_id_fkey" FOREIGN KEY ("merchant_id", "transaction_id") REFERENCES "transaction"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;
ALTER TABLE "quarantined_answer" ADD CONSTRAINT "quarantined_answer_merchant_id_mandate_id_fkey" FOREIGN KEY ("merchant_id", "mandate_id") REFERENCES "mandate"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- Answers so far: their ids sort before those to come.
INSERT INTO "quarantined_answer" ("merchant_id", "id", "message_id", "reference", "event", "code", "occurred_at", "reason", "transaction_id", "mandate_id", "created_at")
SELECT message.merchant_id, 'qua_00000000' || left(md5(message.message_id), 13), message.message_id, message.reference, message.event, message.code,
       message.occurred_at, 'Quarantined before reasons were recorded.', submission.transaction_id, coalesce(request.mandate_id, transaction.mandate_id), message.quarantined_at
  FROM "bank_message" AS message
  LEFT JOIN "submission" ON submission.merchant_id = message.merchant_id AND submission.reference = message.reference
  LEFT JOIN "transaction" ON transaction.merchant_id = submission.merchant_id AND transaction.id = submission.transaction_id
  LEFT JOIN "mandate_request" AS request ON request.merchant_id = message.merchant_id AND request.reference = message.reference
 WHERE message.quarantined_at IS NOT NULL;
