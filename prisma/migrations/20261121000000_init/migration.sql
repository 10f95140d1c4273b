-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "customer_kind" AS ENUM ('INDIVIDUAL', 'COMPANY');

-- CreateEnum
CREATE TYPE "customer_status" AS ENUM ('ACTIVE', 'DISABLED', 'ARCHIVED');

-- CreateEnum
CREATE TYPE "id_type" AS ENUM ('COMPANY_REGISTRATION_NUMBER', 'PASSPORT_NUMBER', 'SOUTH_AFRICAN_ID', 'TEMPORARY_RESIDENCE');

-- CreateEnum
CREATE TYPE "bank_account_status" AS ENUM ('ACTIVE', 'DISABLED', 'ARCHIVED');

-- CreateEnum
CREATE TYPE "bank_account_type" AS ENUM ('CHEQUE_OR_CURRENT', 'SAVINGS', 'TRANSMISSION', 'BOND', 'SUBSCRIPTION_SHARE');

-- CreateEnum
CREATE TYPE "payment_method_type" AS ENUM ('DEBIT_ORDER', 'PAY_IN');

-- CreateEnum
CREATE TYPE "provider_bank" AS ENUM ('ABSA_BANK_LIMITED', 'NEDBANK_LIMITED');

-- CreateEnum
CREATE TYPE "date_adjustment_rule" AS ENUM ('COLLECT_ON_COLLECTION_DAY', 'COLLECT_ON_PREVIOUS_BUSINESS_DAY', 'COLLECT_ON_PREVIOUS_BANKING_DAY', 'COLLECT_ON_NEXT_BUSINESS_DAY');

-- CreateEnum
CREATE TYPE "mandate_status" AS ENUM ('PENDING', 'ACTIVE', 'REJECTED', 'EXPIRED', 'SUSPENDED', 'DISABLED', 'CANCELLED', 'COMPLETED', 'ARCHIVED');

-- CreateEnum
CREATE TYPE "payment_interval" AS ENUM ('WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY');

-- CreateEnum
CREATE TYPE "payment_kind" AS ENUM ('ONE_TIME', 'RECURRING', 'PAY_IN');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING', 'PAUSED', 'STOPPED', 'COMPLETED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "transaction_kind" AS ENUM ('FIRST', 'REGULAR');

-- CreateEnum
CREATE TYPE "transaction_status" AS ENUM ('PENDING', 'SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'REJECTED_BY_API', 'REJECTED_BY_BANK', 'NO_RESPONSE', 'IN_TRACKING', 'PAID', 'UNPAID', 'DISPUTED', 'REVERSED', 'REFUNDED', 'CHARGEBACK', 'DECLINED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "aggregate_type" AS ENUM ('CUSTOMER', 'BANK_ACCOUNT', 'MANDATE', 'PAYMENT', 'TRANSACTION');

-- CreateEnum
CREATE TYPE "event_actor" AS ENUM ('API', 'BANK', 'SCHEDULER');

-- CreateTable
CREATE TABLE "merchant" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "is_sandbox" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "merchant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "merchant_clock" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "offset_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "merchant_clock_pkey" PRIMARY KEY ("merchant_id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT COLLATE "C" NOT NULL,
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "holiday" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "date" DATE NOT NULL,
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL,

    CONSTRAINT "holiday_pkey" PRIMARY KEY ("merchant_id","date")
);

-- CreateTable
CREATE TABLE "lookup" (
    "id" TEXT COLLATE "C" NOT NULL,
    "type" TEXT NOT NULL,
    "enum" TEXT NOT NULL,
    "title" TEXT NOT NULL,

    CONSTRAINT "lookup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT NOT NULL,
    "kind" "customer_kind" NOT NULL,
    "company_name" TEXT,
    "person_name" TEXT,
    "person_surname" TEXT,
    "id_type" "id_type",
    "id_number_cipher" BYTEA,
    "id_number_index" BYTEA,
    "id_number_last4" TEXT,
    "email" TEXT NOT NULL,
    "contact_number" TEXT,
    "billing_address_line1" TEXT,
    "billing_address_line2" TEXT,
    "billing_city_or_town" TEXT,
    "billing_postal_code" TEXT,
    "status" "customer_status" NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("merchant_id","id")
);

-- CreateTable
CREATE TABLE "bank_account" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "account_holder_name" TEXT NOT NULL,
    "account_number_cipher" BYTEA NOT NULL,
    "account_number_index" BYTEA NOT NULL,
    "account_number_last4" TEXT NOT NULL,
    "account_type" "bank_account_type" NOT NULL,
    "bank" TEXT NOT NULL,
    "branch_code" TEXT NOT NULL,
    "is_business_account" BOOLEAN NOT NULL,
    "status" "bank_account_status" NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "bank_account_pkey" PRIMARY KEY ("merchant_id","id")
);

-- CreateTable
CREATE TABLE "payment_method" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "type" "payment_method_type" NOT NULL,
    "provider_bank" "provider_bank" NOT NULL,
    "abbreviated_name" TEXT NOT NULL,
    "payment_industry" TEXT,
    "date_adjustment_rule" "date_adjustment_rule" NOT NULL,
    "pay_in_account" JSONB,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "payment_method_pkey" PRIMARY KEY ("merchant_id","id")
);

-- CreateTable
CREATE TABLE "mandate" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "bank_account_id" TEXT COLLATE "C" NOT NULL,
    "payment_method_id" TEXT COLLATE "C" NOT NULL,
    "status" "mandate_status" NOT NULL,
    "reference" TEXT,
    "contract_reference" TEXT,
    "payment_industry" TEXT NOT NULL,
    "amount_cents" BIGINT NOT NULL,
    "process_day" INTEGER,
    "interval" "payment_interval",
    "date_release" DATE,
    "process_date" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "mandate_pkey" PRIMARY KEY ("merchant_id","id")
);

-- CreateTable
CREATE TABLE "payment" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "bank_account_id" TEXT COLLATE "C",
    "mandate_id" TEXT COLLATE "C",
    "payment_method_id" TEXT COLLATE "C" NOT NULL,
    "kind" "payment_kind" NOT NULL,
    "status" "payment_status" NOT NULL,
    "batch_reference" TEXT,
    "transaction_reference" TEXT NOT NULL,
    "amount_cents" BIGINT NOT NULL,
    "process_day" INTEGER,
    "interval" "payment_interval",
    "date_start" DATE,
    "date_end" DATE,
    "process_date" DATE,
    "first_nominal_date" DATE NOT NULL,
    "eft_reference" TEXT,
    "eft_reference_key" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    "failed_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("merchant_id","id")
);

-- CreateTable
CREATE TABLE "payment_item" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "payment_id" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT,
    "code" TEXT,
    "description" TEXT,
    "amount_cents" BIGINT,

    CONSTRAINT "payment_item_pkey" PRIMARY KEY ("merchant_id","payment_id","position")
);

-- CreateTable
CREATE TABLE "transaction" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "payment_id" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "bank_account_id" TEXT COLLATE "C",
    "mandate_id" TEXT COLLATE "C",
    "payment_method_id" TEXT COLLATE "C" NOT NULL,
    "kind" "transaction_kind" NOT NULL,
    "nominal_date" DATE NOT NULL,
    "attempt" INTEGER NOT NULL,
    "action_date" DATE NOT NULL,
    "status" "transaction_status" NOT NULL,
    "amount_cents" BIGINT NOT NULL,
    "transaction_reference" TEXT NOT NULL,
    "batch_reference" TEXT,
    "provider_reference" TEXT,
    "unpaid_code" TEXT,
    "charged_at" TIMESTAMPTZ(3),
    "status_changed_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "transaction_pkey" PRIMARY KEY ("merchant_id","id")
);

-- CreateTable
CREATE TABLE "submission" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT NOT NULL,
    "transaction_id" TEXT COLLATE "C" NOT NULL,
    "attempt" INTEGER NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),

    CONSTRAINT "submission_pkey" PRIMARY KEY ("merchant_id","reference")
);

-- CreateTable
CREATE TABLE "bank_message" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "message_id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "code" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "quarantined_at" TIMESTAMPTZ(3),

    CONSTRAINT "bank_message_pkey" PRIMARY KEY ("merchant_id","message_id")
);

-- CreateTable
CREATE TABLE "due_work" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "timeline" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL,
    "subject_id" TEXT COLLATE "C" NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "details" JSONB NOT NULL,
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "due_work_pkey" PRIMARY KEY ("merchant_id","kind","subject_id")
);

-- CreateTable
CREATE TABLE "sandbox_entry" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "reference" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_entry_pkey" PRIMARY KEY ("merchant_id","reference")
);

-- CreateTable
CREATE TABLE "event" (
    "ordinal" BIGSERIAL NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "position" BIGINT,
    "aggregate_type" "aggregate_type" NOT NULL,
    "aggregate_id" TEXT COLLATE "C" NOT NULL,
    "version" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "from_status" TEXT,
    "to_status" TEXT NOT NULL,
    "actor" "event_actor" NOT NULL,
    "request_id" TEXT COLLATE "C",
    "reason_code" TEXT,
    "reason" TEXT,
    "payment_id" TEXT COLLATE "C",
    "customer_id" TEXT COLLATE "C",
    "mandate_id" TEXT COLLATE "C",
    "payment_method_id" TEXT COLLATE "C",
    "batch_reference" TEXT,
    "amount_cents" BIGINT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sequenced_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_pkey" PRIMARY KEY ("ordinal")
);

-- CreateTable
CREATE TABLE "event_head" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "epoch" TEXT NOT NULL,
    "last_position" BIGINT NOT NULL,

    CONSTRAINT "event_head_pkey" PRIMARY KEY ("merchant_id")
);

-- CreateTable
CREATE TABLE "event_lock" (
    "one" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "event_lock_pkey" PRIMARY KEY ("one")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "merchant_id" TEXT COLLATE "C" NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "fingerprints" JSONB NOT NULL,
    "outcomes" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("merchant_id","key")
);

-- CreateTable
CREATE TABLE "setting" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_merchant_id_idx" ON "api_key"("merchant_id");

-- CreateIndex
CREATE UNIQUE INDEX "lookup_type_enum_key" ON "lookup"("type", "enum");

-- CreateIndex
CREATE INDEX "customer_merchant_id_created_at_id_idx" ON "customer"("merchant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "customer_merchant_id_id_number_index_idx" ON "customer"("merchant_id", "id_number_index");

-- CreateIndex
CREATE INDEX "customer_merchant_id_email_idx" ON "customer"("merchant_id", "email");

-- CreateIndex
CREATE INDEX "customer_merchant_id_contact_number_idx" ON "customer"("merchant_id", "contact_number");

-- CreateIndex
CREATE INDEX "customer_merchant_id_company_name_idx" ON "customer"("merchant_id", "company_name");

-- CreateIndex
CREATE INDEX "customer_merchant_id_person_surname_person_name_idx" ON "customer"("merchant_id", "person_surname", "person_name");

-- CreateIndex
CREATE INDEX "customer_merchant_id_status_id_idx" ON "customer"("merchant_id", "status", "id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_merchant_id_reference_key" ON "customer"("merchant_id", "reference");

-- CreateIndex
CREATE INDEX "bank_account_merchant_id_customer_id_id_idx" ON "bank_account"("merchant_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "bank_account_merchant_id_created_at_id_idx" ON "bank_account"("merchant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "bank_account_merchant_id_account_number_index_idx" ON "bank_account"("merchant_id", "account_number_index");

-- CreateIndex
CREATE INDEX "bank_account_merchant_id_bank_id_idx" ON "bank_account"("merchant_id", "bank", "id");

-- CreateIndex
CREATE INDEX "bank_account_merchant_id_status_id_idx" ON "bank_account"("merchant_id", "status", "id");

-- CreateIndex
CREATE INDEX "payment_method_merchant_id_created_at_id_idx" ON "payment_method"("merchant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandate_merchant_id_customer_id_id_idx" ON "mandate"("merchant_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "mandate_merchant_id_bank_account_id_id_idx" ON "mandate"("merchant_id", "bank_account_id", "id");

-- CreateIndex
CREATE INDEX "mandate_merchant_id_payment_method_id_id_idx" ON "mandate"("merchant_id", "payment_method_id", "id");

-- CreateIndex
CREATE INDEX "mandate_merchant_id_created_at_id_idx" ON "mandate"("merchant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandate_merchant_id_status_id_idx" ON "mandate"("merchant_id", "status", "id");

-- CreateIndex
CREATE UNIQUE INDEX "mandate_merchant_id_contract_reference_key" ON "mandate"("merchant_id", "contract_reference");

-- CreateIndex
CREATE INDEX "payment_merchant_id_customer_id_id_idx" ON "payment"("merchant_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_bank_account_id_id_idx" ON "payment"("merchant_id", "bank_account_id", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_mandate_id_id_idx" ON "payment"("merchant_id", "mandate_id", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_payment_method_id_id_idx" ON "payment"("merchant_id", "payment_method_id", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_batch_reference_id_idx" ON "payment"("merchant_id", "batch_reference", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_status_id_idx" ON "payment"("merchant_id", "status", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_created_at_id_idx" ON "payment"("merchant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_first_nominal_date_id_idx" ON "payment"("merchant_id", "first_nominal_date", "id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_amount_cents_id_idx" ON "payment"("merchant_id", "amount_cents", "id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_merchant_id_transaction_reference_key" ON "payment"("merchant_id", "transaction_reference");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_payment_id_id_idx" ON "transaction"("merchant_id", "payment_id", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_customer_id_id_idx" ON "transaction"("merchant_id", "customer_id", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_bank_account_id_id_idx" ON "transaction"("merchant_id", "bank_account_id", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_mandate_id_id_idx" ON "transaction"("merchant_id", "mandate_id", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_payment_method_id_id_idx" ON "transaction"("merchant_id", "payment_method_id", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_batch_reference_id_idx" ON "transaction"("merchant_id", "batch_reference", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_status_id_idx" ON "transaction"("merchant_id", "status", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_created_at_id_idx" ON "transaction"("merchant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_action_date_id_idx" ON "transaction"("merchant_id", "action_date", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_amount_cents_id_idx" ON "transaction"("merchant_id", "amount_cents", "id");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_charged_at_idx" ON "transaction"("merchant_id", "charged_at");

-- CreateIndex
CREATE INDEX "transaction_merchant_id_status_changed_at_idx" ON "transaction"("merchant_id", "status_changed_at");

-- CreateIndex
CREATE UNIQUE INDEX "transaction_merchant_id_payment_id_kind_nominal_date_attemp_key" ON "transaction"("merchant_id", "payment_id", "kind", "nominal_date", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "submission_merchant_id_transaction_id_attempt_key" ON "submission"("merchant_id", "transaction_id", "attempt");

-- CreateIndex
CREATE INDEX "due_work_merchant_id_timeline_due_at_idx" ON "due_work"("merchant_id", "timeline", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "event_id_key" ON "event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "event_merchant_id_aggregate_type_aggregate_id_version_key" ON "event"("merchant_id", "aggregate_type", "aggregate_id", "version");

-- CreateIndex
CREATE INDEX "idempotency_record_created_at_idx" ON "idempotency_record"("created_at");

-- AddForeignKey
ALTER TABLE "merchant_clock" ADD CONSTRAINT "merchant_clock_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holiday" ADD CONSTRAINT "holiday_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bank_account" ADD CONSTRAINT "bank_account_merchant_id_customer_id_fkey" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customer"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_method" ADD CONSTRAINT "payment_method_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandate" ADD CONSTRAINT "mandate_merchant_id_customer_id_fkey" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customer"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandate" ADD CONSTRAINT "mandate_merchant_id_bank_account_id_fkey" FOREIGN KEY ("merchant_id", "bank_account_id") REFERENCES "bank_account"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandate" ADD CONSTRAINT "mandate_merchant_id_payment_method_id_fkey" FOREIGN KEY ("merchant_id", "payment_method_id") REFERENCES "payment_method"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_merchant_id_customer_id_fkey" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customer"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_merchant_id_bank_account_id_fkey" FOREIGN KEY ("merchant_id", "bank_account_id") REFERENCES "bank_account"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_merchant_id_mandate_id_fkey" FOREIGN KEY ("merchant_id", "mandate_id") REFERENCES "mandate"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_merchant_id_payment_method_id_fkey" FOREIGN KEY ("merchant_id", "payment_method_id") REFERENCES "payment_method"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_item" ADD CONSTRAINT "payment_item_merchant_id_payment_id_fkey" FOREIGN KEY ("merchant_id", "payment_id") REFERENCES "payment"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_merchant_id_payment_id_fkey" FOREIGN KEY ("merchant_id", "payment_id") REFERENCES "payment"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_merchant_id_customer_id_fkey" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customer"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_merchant_id_bank_account_id_fkey" FOREIGN KEY ("merchant_id", "bank_account_id") REFERENCES "bank_account"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_merchant_id_mandate_id_fkey" FOREIGN KEY ("merchant_id", "mandate_id") REFERENCES "mandate"("merchant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_merchant_id_payment_method_id_fkey" FOREIGN KEY ("merchant_id", "payment_method_id") REFERENCES "payment_method"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "submission" ADD CONSTRAINT "submission_merchant_id_transaction_id_fkey" FOREIGN KEY ("merchant_id", "transaction_id") REFERENCES "transaction"("merchant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what Prisma's schema language cannot say.

-- Ids, and all that refer to them, are compared as bytes (COLLATE "C" above): they sort by creation.

-- A pay-in's reference is unique while it waits; afterwards it may be used again.
CREATE UNIQUE INDEX "payment_open_eft_reference" ON "payment"("merchant_id", "eft_reference_key") WHERE "status" = 'WAITING_FOR_PAYMENT';

ALTER TABLE "mandate" ADD CONSTRAINT "mandate_amount_positive" CHECK ("amount_cents" > 0);
ALTER TABLE "mandate" ADD CONSTRAINT "mandate_recurring_or_one_time" CHECK (
  num_nonnulls("process_day", "interval") = CASE WHEN "process_date" IS NULL THEN 2 ELSE 0 END
);
ALTER TABLE "payment" ADD CONSTRAINT "payment_amount_positive" CHECK ("amount_cents" > 0);
ALTER TABLE "payment" ADD CONSTRAINT "payment_kind_has_its_dates" CHECK (
  CASE "kind"
    WHEN 'ONE_TIME' THEN "process_date" IS NOT NULL AND num_nonnulls("process_day", "interval", "date_start", "date_end") = 0
    WHEN 'RECURRING' THEN num_nonnulls("process_day", "interval", "date_start") = 3 AND "process_date" IS NULL
    ELSE num_nonnulls("process_day", "interval", "date_start", "date_end", "process_date") = 0
  END
);
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_amount_positive" CHECK ("amount_cents" > 0);
