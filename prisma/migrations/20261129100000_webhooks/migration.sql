CREATE TYPE "webhook_status" AS ENUM ('ENABLED', 'DISABLED');

CREATE TYPE "delivery_status" AS ENUM ('PENDING', 'DELIVERED', 'FAILED');

ALTER TYPE "aggregate_type" ADD VALUE 'WEBHOOK_ENDPOINT';

ALTER TABLE "deposit" ADD COLUMN     "refunded_at" TIMESTAMPTZ(3),
ADD COLUMN     "refunded_cents" BIGINT;

CREATE TABLE "webhook_endpoint" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "status" "webhook_status" NOT NULL,
    "conditions" JSONB NOT NULL DEFAULT '{}',
    "selection" TEXT,
    "client_id" TEXT COLLATE "C" NOT NULL,
    "scopes" TEXT[],
    "secret_generation" INTEGER NOT NULL DEFAULT 1,
    "previous_secret_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("merchant_id","id")
);

-- The state of the deliveries to an endpoint. Updated with every delivery, so there is room for the versions of a row in its page.
CREATE TABLE "webhook_queue" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "endpoint_id" TEXT COLLATE "C" NOT NULL,
    "starts_with" INTEGER NOT NULL,
    "starts_after" BIGINT,
    "next_at" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "lease" TEXT,
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_queue_pkey" PRIMARY KEY ("merchant_id","endpoint_id")
) WITH (fillfactor = 50);

CREATE TABLE "webhook_progress" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "epoch" TEXT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "webhook_progress_pkey" PRIMARY KEY ("merchant_id")
);

CREATE TABLE "webhook_delivery" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "endpoint_id" TEXT COLLATE "C" NOT NULL,
    "event_id" TEXT COLLATE "C",
    "position" BIGINT,
    "object_id" TEXT COLLATE "C" NOT NULL,
    "status" "delivery_status" NOT NULL,
    "attempts" JSONB NOT NULL DEFAULT '[]',
    "queued_at" TIMESTAMPTZ(3) NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE INDEX "webhook_endpoint_merchant_id_created_at_id_idx" ON "webhook_endpoint"("merchant_id", "created_at", "id");

CREATE INDEX "webhook_delivery_merchant_id_created_at_id_idx" ON "webhook_delivery"("merchant_id", "created_at", "id");

CREATE INDEX "webhook_delivery_merchant_id_endpoint_id_created_at_id_idx" ON "webhook_delivery"("merchant_id", "endpoint_id", "created_at", "id");

CREATE UNIQUE INDEX "webhook_delivery_merchant_id_endpoint_id_event_id_key" ON "webhook_delivery"("merchant_id", "endpoint_id", "event_id");

CREATE INDEX "deposit_merchant_id_received_at_id_idx" ON "deposit"("merchant_id", "received_at", "id");

CREATE INDEX "deposit_merchant_id_amount_cents_id_idx" ON "deposit"("merchant_id", "amount_cents", "id");

CREATE INDEX "deposit_merchant_id_eft_reference_id_idx" ON "deposit"("merchant_id", "eft_reference", "id");

ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "webhook_queue" ADD CONSTRAINT "webhook_queue_merchant_id_endpoint_id_fkey" FOREIGN KEY ("merchant_id", "endpoint_id") REFERENCES "webhook_endpoint"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE NO ACTION;

ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_merchant_id_endpoint_id_fkey" FOREIGN KEY ("merchant_id", "endpoint_id") REFERENCES "webhook_endpoint"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- What an endpoint is sent next, and what an object still has to wait for.
CREATE INDEX "webhook_delivery_due" ON "webhook_delivery"("merchant_id", "endpoint_id", "next_attempt_at", "position") WHERE "status" = 'PENDING';
CREATE INDEX "webhook_delivery_in_order" ON "webhook_delivery"("merchant_id", "endpoint_id", "object_id", "position") WHERE "status" = 'PENDING';
