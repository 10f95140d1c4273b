-- What a PostGraphile user writes to get a bulk mutation. As submission.mjs, but ids are made here, and account numbers are
-- hashed, not encrypted (SQL has no AES-GCM): it does a little less.
create sequence if not exists bench.ids;
create or replace function bench.new_id(prefix text) returns text language sql volatile as
$$ select prefix || '_' || bench.b8((extract(epoch from clock_timestamp()) * 1000)::bigint) || 'p' || bench.b6(nextval('bench.ids')) || 'bench0' $$;
create or replace function bench.submit_payments(batch json) returns setof payment language sql volatile as $$
  with m as (select mid, pam, batch->>'batchReference' as br, batch->>'key' as key from bench.m where k = 0),
  x as materialized (select x.*, bench.new_id('pay') as pid, bench.new_id('evt') as e1, (x.amount * 100)::bigint as cents
    from json_to_recordset(batch->'payments') as x(customer text, account text, mandate text, amount numeric, reference text, "processDate" date)),
  pay as (insert into payment (merchant_id, id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, status, batch_reference, transaction_reference, amount_cents, process_date, first_nominal_date)
    select mid, pid, customer, account, mandate, pam, 'ONE_TIME', 'RUNNING', br, reference, cents, "processDate", "processDate" from x, m returning *),
  due as (insert into due_work (merchant_id, kind, subject_id, due_at, details) select mid, 'CREATE_TRANSACTION', pid, "processDate" - interval '5 days', jsonb_build_object('nominalDate', "processDate", 'kind', 'REGULAR', 'sequence', 1) from x, m),
  ev as (insert into event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, request_id, payment_id, customer_id, mandate_id, payment_method_id, batch_reference, amount_cents, occurred_at)
    select e1, mid, 'PAYMENT', pid, 1, 'payment.created', 'RUNNING', 'API', 'req_bench', pid, customer, mandate, pam, br, cents, now() from x, m),
  idem as (insert into idempotency_record (merchant_id, key, operation, fingerprints, outcomes)
    select mid, key, 'submitPayments', jsonb_build_object('records', array(select encode(sha256(e::text::bytea), 'base64') from json_array_elements(batch->'payments') e)), jsonb_build_array((select jsonb_agg(jsonb_build_object('outcome', 'CREATED', 'objectId', pid)) from x)) from m where key is not null)
  select * from pay
$$;
create or replace function bench.submit_payments_inline(batch json) returns setof payment language sql volatile as $$
  with m as (select mid, pam, key as api, batch->>'batchReference' as br, batch->>'key' as key from bench.m where k = 0),
  x as materialized (select x.*, bench.new_id('pay') as pid, bench.new_id('cus') as cid, bench.new_id('ban') as bid, bench.new_id('man') as did, (x.amount * 100)::bigint as cents, ((x.mandate->>'amount')::numeric * 100)::bigint as mcents
    from json_to_recordset(batch->'payments') as x(customer json, "bankAccount" json, mandate json, amount numeric, reference text, "processDate" date)),
  cus as (insert into customer (merchant_id, id, reference, kind, person_name, person_surname, email, created_by) select mid, cid, customer->>'reference', 'INDIVIDUAL', customer->>'personName', customer->>'personSurname', customer->>'email', api from x, m),
  ban as (insert into bank_account (merchant_id, id, customer_id, account_holder_name, account_number_cipher, account_number_index, account_number_last4, account_type, bank, branch_code, is_business_account, cdv_status, cdv_table_version, cdv_checked_at, created_by)
    select mid, bid, cid, "bankAccount"->>'accountHolderName', sha256(('c' || ("bankAccount"->>'accountNumber'))::bytea), sha256(("bankAccount"->>'accountNumber')::bytea), right("bankAccount"->>'accountNumber', 4), ("bankAccount"->>'accountType')::bank_account_type, "bankAccount"->>'bank', '679000', false, 'SKIPPED', 1, now(), api from x, m),
  man as (insert into mandate (merchant_id, id, customer_id, bank_account_id, payment_method_id, status, payment_industry, amount_cents, process_day, interval, created_by) select mid, did, cid, bid, pam, 'ACTIVE', 'ACCOUNT_REPAYMENT', mcents, (mandate->>'processDay')::int, 'MONTHLY', api from x, m),
  pay as (insert into payment (merchant_id, id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, status, batch_reference, transaction_reference, amount_cents, process_date, first_nominal_date)
    select mid, pid, cid, bid, did, pam, 'ONE_TIME', 'RUNNING', br, reference, cents, "processDate", "processDate" from x, m returning *),
  due as (insert into due_work (merchant_id, kind, subject_id, due_at, details) select mid, 'CREATE_TRANSACTION', pid, "processDate" - interval '5 days', jsonb_build_object('nominalDate', "processDate", 'kind', 'REGULAR', 'sequence', 1) from x, m),
  ev as (insert into event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, request_id, payment_id, customer_id, mandate_id, payment_method_id, batch_reference, amount_cents, occurred_at)
    select bench.new_id('evt'), mid, 'CUSTOMER'::aggregate_type, cid, 1, 'customer.created', 'ACTIVE', 'API'::event_actor, 'req_bench', null, cid, null, null, null, null::bigint, now() from x, m
    union all select bench.new_id('evt'), mid, 'BANK_ACCOUNT', bid, 1, 'bank_account.created', 'ACTIVE', 'API', 'req_bench', null, cid, null, null, null, null, now() from x, m
    union all select bench.new_id('evt'), mid, 'MANDATE', did, 1, 'mandate.created', 'ACTIVE', 'API', 'req_bench', null, cid, did, pam, null, mcents, now() from x, m
    union all select bench.new_id('evt'), mid, 'PAYMENT', pid, 1, 'payment.created', 'RUNNING', 'API', 'req_bench', pid, cid, did, pam, br, cents, now() from x, m),
  idem as (insert into idempotency_record (merchant_id, key, operation, fingerprints, outcomes)
    select mid, key, 'submitPayments', jsonb_build_object('records', array(select encode(sha256(e::text::bytea), 'base64') from json_array_elements(batch->'payments') e)), jsonb_build_array((select jsonb_agg(jsonb_build_object('outcome', 'CREATED', 'objectId', pid)) from x)) from m where key is not null)
  select * from pay
$$;
-- Takes away what a write workload made; the seed stays.
create or replace function bench.cleanup() returns void language plpgsql as $$
declare t0 timestamptz := (select seeded_at from bench.seed_head); m text := (select mid from bench.m where k = 0); h bigint := (select last_position from bench.seed_head);
begin
  set local session_replication_role = replica;
  delete from event where merchant_id = m and (position > h or position is null);
  update event_head set last_position = h where merchant_id = m;
  delete from due_work where merchant_id = m and subject_id in (select id from payment where merchant_id = m and created_at >= t0);
  delete from payment where merchant_id = m and created_at >= t0;
  delete from mandate where merchant_id = m and created_at >= t0;
  delete from bank_account where merchant_id = m and created_at >= t0;
  delete from customer where merchant_id = m and created_at >= t0;
  delete from idempotency_record where merchant_id = m;
end $$;
create table if not exists bench.seed_head as select last_position, now() as seeded_at from event_head where merchant_id = (select mid from bench.m where k = 0);
