CREATE TYPE "client_type" AS ENUM ('DOMESTIC_COMPANY', 'FINANCIAL_INSTITUTION', 'FOREIGN_COMPANY', 'NONRESIDENT_INDIVIDUAL', 'RESIDENT_INDIVIDUAL');

CREATE TYPE "cdv_mode" AS ENUM ('ERROR', 'WARN');

CREATE TYPE "cdv_status" AS ENUM ('PASSED', 'FAILED', 'SKIPPED');

CREATE TYPE "verification_status" AS ENUM ('UNVERIFIED', 'VERIFIED', 'PARTIAL', 'FAILED');

CREATE TYPE "blacklisted_payments" AS ENUM ('PAUSE', 'STOP');

CREATE TYPE "card_status" AS ENUM ('ACTIVE', 'REMOVED');

ALTER TYPE "aggregate_type" ADD VALUE 'CARD';
ALTER TYPE "aggregate_type" ADD VALUE 'MERCHANT';

ALTER TYPE "payment_method_type" ADD VALUE 'DEBICHECK';
ALTER TYPE "payment_method_type" ADD VALUE 'REGISTERED_MANDATE';
ALTER TYPE "payment_method_type" ADD VALUE 'CARD';

DROP INDEX "customer_merchant_id_email_idx";

ALTER TABLE "bank_account" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "cdv_checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "cdv_reason" TEXT,
ADD COLUMN     "cdv_status" "cdv_status",
ADD COLUMN     "cdv_table_version" INTEGER,
ADD COLUMN     "created_by" TEXT COLLATE "C",
ADD COLUMN     "verification" JSONB,
ADD COLUMN     "verification_status" "verification_status" NOT NULL DEFAULT 'UNVERIFIED',
ADD COLUMN     "verified_at" TIMESTAMPTZ(3);

ALTER TABLE "customer" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "billing_country" TEXT,
ADD COLUMN     "billing_email" TEXT,
ADD COLUMN     "billing_province_or_state" TEXT,
ADD COLUMN     "blacklist_reason" TEXT,
ADD COLUMN     "blacklisted_at" TIMESTAMPTZ(3),
ADD COLUMN     "client_type" "client_type",
ADD COLUMN     "created_by" TEXT COLLATE "C",
ADD COLUMN     "description" TEXT,
ADD COLUMN     "erased_at" TIMESTAMPTZ(3),
ADD COLUMN     "is_blacklisted" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "is_tax" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "metadata" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "shipping_address_line1" TEXT,
ADD COLUMN     "shipping_address_line2" TEXT,
ADD COLUMN     "shipping_city_or_town" TEXT,
ADD COLUMN     "shipping_contact_name" TEXT,
ADD COLUMN     "shipping_contact_number" TEXT,
ADD COLUMN     "shipping_country" TEXT,
ADD COLUMN     "shipping_postal_code" TEXT,
ADD COLUMN     "shipping_province_or_state" TEXT,
ADD COLUMN     "tax_number_cipher" BYTEA,
ADD COLUMN     "tax_number_index" BYTEA,
ADD COLUMN     "tax_number_last4" TEXT;

ALTER TABLE "merchant" ADD COLUMN     "blacklist_running_payments" "blacklisted_payments" NOT NULL DEFAULT 'PAUSE',
ADD COLUMN     "cdv_mode" "cdv_mode" NOT NULL DEFAULT 'ERROR',
ADD COLUMN     "email_unique" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "payment" ADD COLUMN     "pause_causes" TEXT[] DEFAULT ARRAY[]::TEXT[];

CREATE TABLE "card" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "token" TEXT,
    "masked_pan" TEXT,
    "expiration_date" DATE,
    "keep_until" TIMESTAMPTZ(3),
    "status" "card_status" NOT NULL DEFAULT 'ACTIVE',
    "created_by" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "card_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE TABLE "audit_entry" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "client_id" TEXT COLLATE "C" NOT NULL,
    "request_id" TEXT COLLATE "C" NOT NULL,
    "action" TEXT NOT NULL,
    "object_id" TEXT COLLATE "C" NOT NULL,
    "field" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("merchant_id","id")
);

CREATE INDEX "card_merchant_id_customer_id_id_idx" ON "card"("merchant_id", "customer_id", "id");

CREATE INDEX "card_merchant_id_created_at_id_idx" ON "card"("merchant_id", "created_at", "id");

CREATE INDEX "audit_entry_merchant_id_object_id_id_idx" ON "audit_entry"("merchant_id", "object_id", "id");

CREATE INDEX "audit_entry_merchant_id_client_id_id_idx" ON "audit_entry"("merchant_id", "client_id", "id");

CREATE INDEX "audit_entry_merchant_id_created_at_id_idx" ON "audit_entry"("merchant_id", "created_at", "id");

CREATE INDEX "bank_account_merchant_id_account_number_last4_idx" ON "bank_account"("merchant_id", "account_number_last4");

CREATE INDEX "bank_account_merchant_id_verification_status_id_idx" ON "bank_account"("merchant_id", "verification_status", "id");

CREATE INDEX "customer_merchant_id_tax_number_index_idx" ON "customer"("merchant_id", "tax_number_index");

CREATE INDEX "customer_merchant_id_person_name_idx" ON "customer"("merchant_id", "person_name");

CREATE INDEX "customer_merchant_id_kind_id_idx" ON "customer"("merchant_id", "kind", "id");

ALTER TABLE "card" ADD CONSTRAINT "card_merchant_id_customer_id_fkey" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customer"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what Prisma's schema language cannot say.

-- What of a metadata object can be looked for: each key, and each key with its scalar value. Lengths keep a key with an
-- "is" in it from being taken for a key and a value.
CREATE FUNCTION metadata_tokens(metadata jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(token), '{}')
    FROM (SELECT 'has ' || key AS token FROM jsonb_each(metadata)
          UNION ALL
          SELECT 'is ' || length(key) || ' ' || key || ' ' || (value #>> '{}') FROM jsonb_each(metadata)
           WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean')) AS tokens
$$;

-- Columns to find by, generated from the columns they serve.
ALTER TABLE "customer"
  ADD COLUMN "email_key" TEXT NOT NULL GENERATED ALWAYS AS (lower("email" COLLATE "C")) STORED,
  ADD COLUMN "search_text" TEXT NOT NULL GENERATED ALWAYS AS (
    lower("reference" || E'\n' || coalesce("company_name", '') || E'\n' || coalesce("person_name", '') || ' ' || coalesce("person_surname", ''))
  ) STORED,
  ADD COLUMN "metadata_tokens" TEXT[] GENERATED ALWAYS AS (metadata_tokens("metadata")) STORED;

CREATE INDEX "customer_merchant_id_email_key_idx" ON "customer"("merchant_id", "email_key");

-- Text is found by its trigrams, metadata by its tokens; both extensions are PostgreSQL's own, and trusted. The condition
-- is always true: it keeps the indexes out of the comparison with schema.prisma, which cannot say them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX "customer_search_text" ON "customer" USING gin ("merchant_id", "search_text" gin_trgm_ops) WHERE "merchant_id" IS NOT NULL;
CREATE INDEX "customer_metadata_tokens" ON "customer" USING gin ("merchant_id", "metadata_tokens") WHERE "merchant_id" IS NOT NULL;

-- What stands in the way of archiving a customer or a bank account, however much they have behind them.
CREATE INDEX "payment_running_customer" ON "payment"("merchant_id", "customer_id", "id")
  WHERE "status" IN ('PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING', 'PAUSED');
CREATE INDEX "payment_running_bank_account" ON "payment"("merchant_id", "bank_account_id", "id")
  WHERE "status" IN ('PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING', 'PAUSED');

-- A customer has an account once, as long as it is not archived. Accounts from before, whose digits were never checked, are
-- left as they are.
CREATE UNIQUE INDEX "bank_account_once" ON "bank_account"("merchant_id", "customer_id", "bank", "account_type", "account_number_index")
  WHERE "status" <> 'ARCHIVED' AND "cdv_status" IS NOT NULL;

-- A customer has a card once; removed, it may come back.
CREATE UNIQUE INDEX "card_token" ON "card"("merchant_id", "customer_id", "token") WHERE "status" = 'ACTIVE';

ALTER TABLE "customer" ADD CONSTRAINT "customer_id_type_with_number" CHECK (num_nonnulls("id_type", "id_number_cipher") <> 1);
ALTER TABLE "customer" ADD CONSTRAINT "customer_named" CHECK (
  "company_name" IS NOT NULL OR ("person_name" IS NOT NULL AND "person_surname" IS NOT NULL)
);
ALTER TABLE "customer" ADD CONSTRAINT "customer_metadata_object" CHECK (jsonb_typeof("metadata") = 'object');
ALTER TABLE "payment" ADD CONSTRAINT "payment_paused_by_something" CHECK (("status" = 'PAUSED') = (cardinality("pause_causes") > 0));
