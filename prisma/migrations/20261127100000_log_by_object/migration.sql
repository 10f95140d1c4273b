-- The events of one customer, mandate or payment in the order of the log, whatever the length of the log. Events get their entries when
-- they get their position.
CREATE INDEX "event_customer_position" ON "event"("merchant_id", "customer_id", "position") WHERE "position" IS NOT NULL AND "customer_id" IS NOT NULL;

CREATE INDEX "event_mandate_position" ON "event"("merchant_id", "mandate_id", "position") WHERE "position" IS NOT NULL AND "mandate_id" IS NOT NULL;

CREATE INDEX "event_payment_position" ON "event"("merchant_id", "payment_id", "position") WHERE "position" IS NOT NULL AND "payment_id" IS NOT NULL;
