-- AlterTable
ALTER TABLE "audit_entry" ADD COLUMN     "from_value" TEXT,
ADD COLUMN     "to_value" TEXT;
