-- Seeds the gateway's own tables. Parameters, in psql's notation: n, others, customers_from and payments_from (milliseconds), due_from (a date).
-- One merchant (the demo merchant) with :n payments, n/10 customers, 0.12 n accounts, 0.15 n mandates; nine others with :others payments each.
-- Every value is a function of the row number. Ids carry their time of creation, as the gateway's do. Foreign key triggers are
-- off while loading and non-primary indexes are made afterwards; check.sql checks every foreign key by a join instead.
set work_mem = '1GB'; set maintenance_work_mem = '2GB'; set synchronous_commit = off; set jit = off;
set session_replication_role = replica;
create table bench.m as
  select 0 as k, id as mid, (select id from payment_method where merchant_id = merchant.id and type = 'DEBIT_ORDER' limit 1) as pam,
         (select id from api_key where merchant_id = merchant.id limit 1) as key, :n::bigint as np from merchant;
insert into bench.m select k, bench.id('mer', 1760000000000 + k, k, 0), bench.id('pam', 1760000000000 + k, k, 0), bench.id('key', 1760000000000 + k, k, 0), :others::bigint from generate_series(1, 9) k;
alter table bench.m add nc bigint generated always as (np / 10) stored, add na bigint generated always as (np * 12 / 100) stored, add nm bigint generated always as (np * 15 / 100) stored;
insert into merchant (id, name, mode, cdv_mode) select mid, 'Merchant ' || k, 'SANDBOX', 'WARN' from bench.m where k > 0;
insert into merchant_clock (merchant_id) select mid from bench.m where k > 0;
insert into event_head (merchant_id, epoch, last_position) select mid, gen_random_uuid(), 0 from bench.m where k > 0;
insert into holiday select mid, date, name, source from holiday, bench.m where k > 0;
insert into connector_merchant (merchant_id, connector_id) select mid, 'sandbox' from bench.m where k > 0 on conflict do nothing;
insert into payment_method (merchant_id, id, connector_id, name, type, provider_bank, abbreviated_name, payment_industry, date_adjustment_rule, pay_in_account)
  select bench.m.mid, bench.m.pam, p.connector_id, p.name, p.type, p.provider_bank, p.abbreviated_name, p.payment_industry, p.date_adjustment_rule, p.pay_in_account
    from bench.m, payment_method p where k > 0 and p.id = (select pam from bench.m where k = 0);

create table bench.dropped as
  select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as def, indrelid::regclass::text as tab
    from pg_index where indrelid in ('customer'::regclass, 'bank_account'::regclass, 'mandate'::regclass, 'payment'::regclass, 'transaction'::regclass, 'submission'::regclass, 'event'::regclass, 'due_work'::regclass)
     and not indisprimary;
do $$ declare r record; begin for r in select * from bench.dropped loop execute 'drop index ' || r.name; end loop; end $$;

-- when a row was made, in milliseconds: customers over three months from :customers_from on, payments over 290 days from :payments_from on
create table bench.c0 as select k, mid, key, i, :customers_from + (i * (92::bigint * 86400000 / nc)) as ms from bench.m, lateral generate_series(1, nc) i;
create table bench.a0 as select k, mid, key, i, case when i <= nc then i else (i - nc) * 5 end as ci, :customers_from + 3600000 + (i * (92::bigint * 86400000 / na)) as ms, nc from bench.m, lateral generate_series(1, na) i;
create or replace function bench.cus(k int, nc bigint, i bigint) returns text language sql immutable parallel safe as $$ select bench.id('cus', :customers_from + (i * (92::bigint * 86400000 / nc)), k, i) $$;
create or replace function bench.ban(k int, na bigint, i bigint) returns text language sql immutable parallel safe as $$ select bench.id('ban', :customers_from + 3600000 + (i * (92::bigint * 86400000 / na)), k, i) $$;
create or replace function bench.man(k int, nm bigint, i bigint) returns text language sql immutable parallel safe as $$ select bench.id('man', :customers_from + 7200000 + (i * (92::bigint * 86400000 / nm)), k, i) $$;

insert into customer (merchant_id, id, reference, kind, person_name, person_surname, client_type, email, billing_city_or_town, billing_country, metadata, created_by, created_at, updated_at)
select mid, bench.id('cus', ms, k, i), 'CUS-' || lpad(i::text, 7, '0'), 'INDIVIDUAL',
  (array['Ada','Ben','Chloe','Dario','Elif','Farid','Grace','Hana','Ivan','June','Kofi','Lena','Mina','Noel','Omar','Pia','Quinn','Rosa','Sami','Tara'])[1 + bench.h(i,2,20)],
  (array['Abbott','Barnes','Castillo','Drake','Ellison','Fischer','Gupta','Hughes','Ibarra','Jansen','Khan','Lindqvist','Moreau','Novak','Okafor','Petrov','Quist','Rossi','Schmidt','Tanaka'])[1 + bench.h(i,3,20)] || ' ' || chr(65 + bench.h(i,4,26)),
  'RESIDENT_INDIVIDUAL', 'customer' || i || '@example.test', 'Durban', 'ZA', '{"tier": "gold"}', key, to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0)
from bench.c0 order by k, i;

insert into bank_account (merchant_id, id, customer_id, account_holder_name, account_number_cipher, account_number_index, account_number_last4, account_type, bank, branch_code, is_business_account, cdv_status, cdv_table_version, cdv_checked_at, created_by, created_at, updated_at)
select mid, bench.id('ban', ms, k, i), bench.cus(k, nc, ci), 'HOLDER ' || i,
  '\x01'::bytea || sha256(('c' || i)::bytea) || '\x00000000000000'::bytea, sha256((k || ':' || i)::bytea), lpad(bench.h(i,6,10000)::text, 4, '0'),
  'SAVINGS', (array['FNB','ABSA_BANK_LIMITED','CAPITEC','DISCOVERY','AFRICAN_BANK'])[1 + bench.h(i,5,5)], '250655', false, 'PASSED', 1, to_timestamp(ms / 1000.0), key, to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0)
from bench.a0 order by k, i;

create table bench.m0 as select m.k, m.mid, m.key, m.pam, m.nc, m.na, i, ai, case when ai <= nc then ai else (ai - nc) * 5 end as ci, :customers_from + 7200000 + (i * (92::bigint * 86400000 / nm)) as ms
  from bench.m, lateral generate_series(1, nm) i, lateral (select case when i <= na then i else (i - na) * 4 end as ai) a;
insert into mandate (merchant_id, id, customer_id, bank_account_id, payment_method_id, status, reference, payment_industry, amount_cents, process_day, interval, created_by, created_at, updated_at)
select mid, bench.id('man', ms, k, i), bench.cus(k, nc, ci), bench.ban(k, na, ai), pam,
  (array['ACTIVE','ACTIVE','ACTIVE','ACTIVE','ACTIVE','ACTIVE','ACTIVE','DISABLED','CANCELLED','COMPLETED'])[1 + bench.h(i,9,10)]::mandate_status,
  'MND-' || lpad(i::text, 7, '0'), 'ACCOUNT_REPAYMENT', 1000 + bench.h(i,8,200000), 1 + bench.h(i,14,28), 'MONTHLY', key, to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0)
from bench.m0 order by k, i;

-- 16 kinds of lives: running once, running repeatedly, completed, stopped, cancelled, paused
create table bench.p0 as
  select k, mid, key, pam, nc, na, nm, i, mi, ai, case when ai <= nc then ai else (ai - nc) * 5 end as ci, ms, life, 1000 + bench.h(i,11,500000) as cents,
    (array['RUNNING','RUNNING','RUNNING','RUNNING','COMPLETED','COMPLETED','COMPLETED','COMPLETED','COMPLETED','COMPLETED','COMPLETED','STOPPED','STOPPED','CANCELLED','CANCELLED','PAUSED'])[1 + life] as status,
    (life in (2, 3, 15)) as recurring, bench.id('pay', ms, k, i) as pid,
    bench.cus(k, nc, case when ai <= nc then ai else (ai - nc) * 5 end) as cid, bench.ban(k, na, ai) as bid, bench.man(k, nm, mi) as did,
    case when bench.h(i,13,3) = 0 then 'BATCH-' || lpad((i / 500)::text, 6, '0') end as batch
  from (select m.*, i, 1 + bench.h(i,10,nm::int) as mi, bench.h(i,12,16) as life, :payments_from + (i * (290::bigint * 86400000 / np)) as ms from bench.m, lateral generate_series(1, np) i) x,
       lateral (select case when mi <= na then mi else (mi - na) * 4 end as ai) a;
insert into payment (merchant_id, id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, status, batch_reference, transaction_reference, amount_cents, process_day, interval, date_start, process_date, first_nominal_date, pause_causes, failed_at, failed_reason, stop_cause, created_at, updated_at, version)
select mid, pid, cid, bid, did, pam,
  case when recurring then 'RECURRING' else 'ONE_TIME' end::payment_kind, status::payment_status, batch, 'PAY-' || lpad(i::text, 9, '0'), cents,
  case when recurring then 1 + bench.h(i,14,28) end, case when recurring then 'MONTHLY' end::payment_interval, case when recurring then to_timestamp(ms / 1000.0)::date + 5 end,
  case when recurring then null when status = 'RUNNING' then date :'due_from' + bench.h(i,15,30) else to_timestamp(ms / 1000.0)::date + 5 end,
  case when not recurring and status = 'RUNNING' then date :'due_from' + bench.h(i,15,30) else to_timestamp(ms / 1000.0)::date + 5 end,
  case when status = 'PAUSED' then array['CALLER'] else array[]::text[] end,
  case when status = 'STOPPED' then to_timestamp(ms / 1000.0) + interval '7 days' end, case when status = 'STOPPED' then 'Not provided for' end, case when status = 'STOPPED' then 'COLLECTION_FAILED' end,
  to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0) + case when life < 4 then interval '0' else interval '7 days' end, case when life < 4 then 1 else 2 end
from bench.p0 order by k, i;
insert into due_work (merchant_id, timeline, kind, subject_id, due_at, details)
select mid, '', 'CREATE_TRANSACTION', pid, (date :'due_from' - 5 + time '22:00') at time zone 'UTC' + bench.h(i,15,30) * interval '1 day',
  jsonb_build_object('nominalDate', (date :'due_from' + bench.h(i,15,30))::text, 'kind', 'REGULAR', 'sequence', 1)
from bench.p0 where status = 'RUNNING' order by k, i;

-- transactions: one of what was completed (PAID) or stopped (UNPAID), three of what runs repeatedly, two of what is paused
create table bench.t0 as
  select p.*, a.nth, bench.id('tra', ms + 172800000 + a.nth * 3600000, k, i * 4 + a.nth) as tid, ms + 172800000 + a.nth * 3600000 as tms,
    case when status = 'STOPPED' then 'UNPAID' else 'PAID' end as tstatus
  from bench.p0 p, lateral generate_series(1, case when status in ('COMPLETED', 'STOPPED') then 1 when status = 'RUNNING' and recurring then 3 when status = 'PAUSED' then 2 else 0 end) a(nth);
insert into transaction (merchant_id, id, payment_id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, nominal_date, attempt, action_date, status, amount_cents, transaction_reference, batch_reference, provider_reference, unpaid_code, charged_at, status_changed_at, created_at, updated_at, version)
select mid, tid, pid, cid, bid, did, pam, 'REGULAR', to_timestamp(ms / 1000.0)::date + 5 + (nth - 1) * 30, 1, to_timestamp(ms / 1000.0)::date + 5 + (nth - 1) * 30,
  tstatus::transaction_status, cents, 'PAY-' || lpad(i::text, 9, '0') || case when recurring then '-' || lpad(nth::text, 3, '0') else '' end, batch, null,
  case when tstatus = 'UNPAID' then '02' end, case when tstatus = 'PAID' then to_timestamp(tms / 1000.0) + interval '3 days' end, to_timestamp(tms / 1000.0) + interval '3 days', to_timestamp(tms / 1000.0), to_timestamp(tms / 1000.0) + interval '3 days', 4
from bench.t0 order by k, tms, i;
insert into submission (merchant_id, reference, transaction_id, attempt, amount_cents, submitted_at, acknowledged_at)
select mid, tid || '-1', tid, 1, cents, to_timestamp(tms / 1000.0) + interval '1 day', to_timestamp(tms / 1000.0) + interval '1 day' from bench.t0 order by k, tms, i;

-- the log: creation of everything, what became of payments, four events a transaction
create unlogged table bench.e0 as
  select k, mid, 'CUSTOMER' as at, bench.id('cus', ms, k, i) as oid, 1 as v, 'customer.created' as ty, null::text as fr, 'ACTIVE' as st, 'API' as ac, ms, null::text as pid, bench.id('cus', ms, k, i) as cid, null::text as did, null::text as pam, null::text as batch, null::bigint as cents, i * 8 as n from bench.c0
  union all select k, mid, 'BANK_ACCOUNT', bench.id('ban', ms, k, i), 1, 'bank_account.created', null, 'ACTIVE', 'API', ms, null, bench.cus(k, nc, ci), null, null, null, null, i * 8 + 1 from bench.a0
  union all select k, mid, 'MANDATE', bench.id('man', ms, k, i), 1, 'mandate.created', null, 'ACTIVE', 'API', ms, null, bench.cus(k, nc, ci), bench.id('man', ms, k, i), pam, null, 4500, i * 8 + 2 from bench.m0
  union all select k, mid, 'PAYMENT', pid, 1, 'payment.created', null, 'RUNNING', 'API', ms, pid, cid, did, pam, batch, cents, i * 8 + 3 from bench.p0
  union all select k, mid, 'PAYMENT', pid, 2, 'payment.updated', 'RUNNING', status, 'SCHEDULER', ms + 7 * 86400000, pid, cid, did, pam, batch, cents, i * 8 + 4 from bench.p0 where life >= 4
  union all select k, mid, 'TRANSACTION', tid, s.v, case when s.v = 1 then 'transaction.created' else 'transaction.updated' end, s.fr, coalesce(s.st, tstatus), s.ac, tms + (s.v - 1) * 86400000, pid, cid, did, pam, batch, cents, (i * 4 + nth) * 4 + s.v
    from bench.t0, (values (1, null, 'PENDING', 'SCHEDULER'), (2, 'PENDING', 'SENT_TO_BANK', 'SCHEDULER'), (3, 'SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'BANK'), (4, 'ACCEPTED_BY_BANK', null, 'BANK')) s(v, fr, st, ac);
insert into event (id, merchant_id, position, aggregate_type, aggregate_id, version, type, from_status, to_status, actor, request_id, payment_id, customer_id, mandate_id, payment_method_id, batch_reference, amount_cents, occurred_at, created_at, sequenced_at)
select bench.id('evt', ms, k, (row_number() over w)), mid, row_number() over w, at::aggregate_type, oid, v, ty, fr, st, ac::event_actor, case when ac = 'API' then 'req_benchbenchbench' end, pid, cid, did, pam, batch, cents, to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0)
from bench.e0 window w as (partition by k order by ms, n) order by ms, k, n;
update event_head h set last_position = (select max(position) from event e where e.merchant_id = h.merchant_id);

do $$ declare r record; begin for r in select * from bench.dropped loop execute r.def; end loop; end $$;
drop table bench.c0, bench.a0, bench.m0, bench.p0, bench.t0, bench.e0, bench.dropped;
reset session_replication_role;
vacuum (analyze);
checkpoint;
