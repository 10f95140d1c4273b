CREATE TYPE "merchant_mode" AS ENUM ('SANDBOX', 'LIVE');

CREATE TYPE "connector_kind" AS ENUM ('SANDBOX', 'HTTP', 'ISO20022');

-- All merchants so far are sandboxes.
ALTER TABLE "merchant" ADD COLUMN "mode" "merchant_mode" NOT NULL DEFAULT 'SANDBOX';
ALTER TABLE "merchant" ALTER COLUMN "mode" DROP DEFAULT, DROP COLUMN "is_sandbox";

CREATE TABLE "connector" (
    "id" TEXT COLLATE "C" NOT NULL,
    "kind" "connector_kind" NOT NULL,
    "address" TEXT,
    "directory" TEXT,
    "secret_cipher" BYTEA,
    "former_secret_cipher" BYTEA,
    "former_secret_until" TIMESTAMPTZ(3),
    "profile" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connector_pkey" PRIMARY KEY ("id"),
    -- A connector has the place that its kind needs, and no other.
    CONSTRAINT "connector_place" CHECK (("address" IS NOT NULL) = ("kind" = 'HTTP') AND ("directory" IS NOT NULL) = ("kind" = 'ISO20022')
      AND ("secret_cipher" IS NOT NULL) = ("kind" = 'HTTP'))
);

-- The bank that is part of the gateway.
INSERT INTO "connector" ("id", "kind") VALUES ('sandbox', 'SANDBOX');

CREATE TABLE "connector_merchant" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "connector_id" TEXT COLLATE "C" NOT NULL,
    "creditor" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connector_merchant_pkey" PRIMARY KEY ("merchant_id","connector_id")
);

INSERT INTO "connector_merchant" ("merchant_id", "connector_id") SELECT "id", 'sandbox' FROM "merchant";

ALTER TABLE "connector_merchant" ADD CONSTRAINT "connector_merchant_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "connector_merchant" ADD CONSTRAINT "connector_merchant_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connector"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "payment_method" ADD COLUMN "connector_id" TEXT COLLATE "C" NOT NULL DEFAULT 'sandbox';
ALTER TABLE "payment_method" ALTER COLUMN "connector_id" DROP DEFAULT;

-- A payment method names only a connector that the operator allows its merchant.
ALTER TABLE "payment_method" ADD CONSTRAINT "payment_method_merchant_id_connector_id_fkey" FOREIGN KEY ("merchant_id", "connector_id") REFERENCES "connector_merchant"("merchant_id", "connector_id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "submission" ADD COLUMN "connector_id" TEXT COLLATE "C" DEFAULT 'sandbox';
ALTER TABLE "submission" ALTER COLUMN "connector_id" DROP DEFAULT;

ALTER TABLE "mandate_request" ADD COLUMN "connector_id" TEXT COLLATE "C" DEFAULT 'sandbox';
ALTER TABLE "mandate_request" ALTER COLUMN "connector_id" DROP DEFAULT;
UPDATE "mandate_request" SET "connector_id" = NULL WHERE "attempted_at" IS NULL;

-- The merchant of an answer is found by our reference. The sandbox bank knows its merchants.
CREATE INDEX "submission_connector_id_reference_idx" ON "submission" ("connector_id", "reference") WHERE "connector_id" <> 'sandbox';

CREATE INDEX "mandate_request_connector_id_reference_idx" ON "mandate_request" ("connector_id", "reference") WHERE "connector_id" <> 'sandbox';

ALTER TABLE "deposit" ADD COLUMN "bank_id" TEXT COLLATE "C";

CREATE TABLE "settlement" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "payment_method_id" TEXT COLLATE "C" NOT NULL,
    "bank_id" TEXT COLLATE "C" NOT NULL,
    "paid_on" DATE NOT NULL,
    "reference" TEXT NOT NULL,
    "gross_cents" BIGINT NOT NULL,
    "fees_cents" BIGINT NOT NULL,
    "net_cents" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settlement_pkey" PRIMARY KEY ("merchant_id","id"),
    CONSTRAINT "settlement_net" CHECK ("gross_cents" - "fees_cents" = "net_cents")
);

CREATE TABLE "settlement_entry" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "settlement_id" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "reference" TEXT COLLATE "C" NOT NULL,
    "transaction_id" TEXT COLLATE "C",
    "amount_cents" BIGINT NOT NULL,
    "fee_cents" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settlement_entry_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE INDEX "settlement_merchant_id_created_at_id_idx" ON "settlement"("merchant_id", "created_at", "id");

CREATE INDEX "settlement_merchant_id_paid_on_id_idx" ON "settlement"("merchant_id", "paid_on", "id");

CREATE INDEX "settlement_merchant_id_payment_method_id_id_idx" ON "settlement"("merchant_id", "payment_method_id", "id");

CREATE UNIQUE INDEX "settlement_merchant_id_bank_id_key" ON "settlement"("merchant_id", "bank_id");

CREATE INDEX "settlement_entry_merchant_id_settlement_id_id_idx" ON "settlement_entry"("merchant_id", "settlement_id", "id");

CREATE INDEX "settlement_entry_merchant_id_transaction_id_idx" ON "settlement_entry"("merchant_id", "transaction_id");

CREATE UNIQUE INDEX "deposit_merchant_id_bank_id_key" ON "deposit"("merchant_id", "bank_id");

ALTER TABLE "settlement" ADD CONSTRAINT "settlement_merchant_id_payment_method_id_fkey" FOREIGN KEY ("merchant_id", "payment_method_id") REFERENCES "payment_method"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "settlement_entry" ADD CONSTRAINT "settlement_entry_merchant_id_settlement_id_fkey" FOREIGN KEY ("merchant_id", "settlement_id") REFERENCES "settlement"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "settlement_entry" ADD CONSTRAINT "settlement_entry_merchant_id_transaction_id_fkey" FOREIGN KEY ("merchant_id", "transaction_id") REFERENCES "transaction"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- An instruction for a connector of the kind ISO20022, until and after it is in a file. It has personal numbers and is encrypted.
CREATE TABLE "bank_instruction" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT COLLATE "C" NOT NULL,
    "connector_id" TEXT COLLATE "C" NOT NULL,
    "file_key" TEXT COLLATE "C" NOT NULL,
    "cipher" BYTEA NOT NULL,
    "file_id" TEXT COLLATE "C",
    "subject" TEXT COLLATE "C" NOT NULL,
    "asked_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bank_instruction_pkey" PRIMARY KEY ("merchant_id","reference")
);

-- A file to a bank: a row before it is a file, so that it has the same bytes however often it is written.
CREATE TABLE "bank_file" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "connector_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "cipher" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "written_at" TIMESTAMPTZ(3),
    "times_written" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "bank_file_pkey" PRIMARY KEY ("merchant_id","id")
);

-- A file of a bank that was taken or rejected.
CREATE TABLE "bank_intake" (
    "connector_id" TEXT COLLATE "C" NOT NULL,
    "sha256" BYTEA NOT NULL,
    "name" TEXT NOT NULL,
    "message" TEXT,
    "message_id" TEXT COLLATE "C",
    "rejection" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bank_intake_pkey" PRIMARY KEY ("connector_id","sha256")
);

CREATE INDEX "bank_instruction_connector_id_file_key_idx" ON "bank_instruction"("connector_id", "file_key") WHERE "file_id" IS NULL;

CREATE INDEX "bank_instruction_merchant_id_subject_idx" ON "bank_instruction"("merchant_id", "subject") WHERE "file_id" IS NULL;

CREATE INDEX "bank_instruction_merchant_id_file_id_idx" ON "bank_instruction"("merchant_id", "file_id");

CREATE INDEX "bank_file_connector_id_created_at_idx" ON "bank_file"("connector_id", "created_at") WHERE "written_at" IS NULL;

CREATE UNIQUE INDEX "bank_intake_connector_id_message_message_id_key" ON "bank_intake"("connector_id", "message", "message_id");
