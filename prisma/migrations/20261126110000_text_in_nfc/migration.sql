-- Text comes in Unicode normalisation form C from here on: what is stored is brought to the same form. A unique value that another row of
-- the merchant has in that form already is left as it is, and listed by `npm run cli -- list-collisions`: which of the two is meant only
-- the merchant knows. History is left as it was said: audit entries, debtor snapshots, reasons.
CREATE FUNCTION pg_temp.in_nfc(value jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'string' THEN to_jsonb(normalize(value #>> '{}', NFC))
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(pg_temp.in_nfc(item) ORDER BY nth), '[]')
                         FROM jsonb_array_elements(value) WITH ORDINALITY AS items(item, nth))
    WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(normalize(key, NFC), pg_temp.in_nfc(item)), '{}') FROM jsonb_each(value) AS items(key, item))
    ELSE value
  END;
END $$;

DO $$
DECLARE
  place record;
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN RETURN; END IF;

  FOR place IN SELECT * FROM (VALUES
    ('merchant', ARRAY['name']),
    ('holiday', ARRAY['name']),
    ('api_key', ARRAY['name']),
    ('payment_method', ARRAY['name', 'abbreviated_name']),
    ('customer', ARRAY['company_name', 'person_name', 'person_surname', 'email', 'billing_email', 'description', 'blacklist_reason',
      'billing_address_line1', 'billing_address_line2', 'billing_city_or_town', 'billing_province_or_state', 'shipping_contact_name',
      'shipping_address_line1', 'shipping_address_line2', 'shipping_city_or_town', 'shipping_province_or_state']),
    ('bank_account', ARRAY['account_holder_name']),
    ('card', ARRAY['masked_pan']),
    ('mandate', ARRAY['reference']),
    ('payment', ARRAY['batch_reference', 'eft_reference']),
    ('payment_item', ARRAY['name', 'code', 'description']),
    ('transaction', ARRAY['batch_reference']),
    ('deposit', ARRAY['eft_reference']),
    ('event', ARRAY['batch_reference'])
  ) AS places (table_name, columns) LOOP
    FOR i IN 1 .. cardinality(place.columns) LOOP
      EXECUTE format('UPDATE %1$I SET %2$I = normalize(%2$I, NFC) WHERE %2$I IS NOT NFC NORMALIZED', place.table_name, place.columns[i]);
    END LOOP;
  END LOOP;

  FOR place IN SELECT * FROM (VALUES
    ('customer', 'reference', 'merchant_id'),
    ('mandate', 'contract_reference', 'merchant_id'),
    ('payment', 'transaction_reference', 'merchant_id'),
    ('card', 'token', 'customer_id')
  ) AS places (table_name, column_name, within) LOOP
    EXECUTE format(
      'WITH other AS (
         SELECT id, merchant_id, normalize(%2$I, NFC) AS said, count(*) OVER (PARTITION BY %3$I, normalize(%2$I, NFC)) AS spellings
           FROM %1$I WHERE %2$I IS NOT NFC NORMALIZED)
       UPDATE %1$I AS row SET %2$I = other.said FROM other
        WHERE row.merchant_id = other.merchant_id AND row.id = other.id AND other.spellings = 1
          AND NOT EXISTS (SELECT FROM %1$I AS same WHERE same.%3$I = row.%3$I AND same.%2$I = other.said)',
      place.table_name, place.column_name, place.within);
  END LOOP;

  -- Debits have the reference of their payment, and a number: they go with it.
  UPDATE transaction SET transaction_reference = normalize(transaction.transaction_reference, NFC) FROM payment
   WHERE transaction.transaction_reference IS NOT NFC NORMALIZED AND payment.transaction_reference IS NFC NORMALIZED
     AND payment.merchant_id = transaction.merchant_id AND payment.id = transaction.payment_id;

  -- Two keys that would become one are left. Texts by themselves: an escape before a combining mark is no letter.
  UPDATE customer SET metadata = pg_temp.in_nfc(metadata)
   WHERE metadata::text IS NOT NFC NORMALIZED
     AND (SELECT count(*) FROM jsonb_path_query(metadata, '$.**'))
       = (SELECT count(*) FROM jsonb_path_query(pg_temp.in_nfc(metadata), '$.**'));
END $$;
