// The rows of a submission, written by one statement each: what the gateway writes, by hand. For ceiling.mjs and mercurius.mjs.
// Same rows: payment, event (position null, unsequenced), due_work, idempotency_record when there is a key; inline also customer,
// bank_account, mandate and their events. The same constraints and indexes, since they are the same tables. Not done here: any
// validation beyond the constraints (method matrix, mandate and account status, holidays and dates, duplicates told apart, warnings,
// CDV), the clock lock, sequencing.
import crypto from 'node:crypto'
const A = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
let last = 0, count = 0, noise = ''
export function newId(prefix) {
  const ms = Date.now()
  if (ms !== last) { last = ms; count = 0; const b = crypto.randomBytes(9); noise = ''; for (let i = 0; i < 9; i++) noise += A[b[i] % 62] }
  let t = ''
  for (let i = 0, v = ms; i < 8; i++) { t = A[v % 62] + t; v = Math.floor(v / 62) }
  let c = ''
  for (let i = 0, v = count++; i < 4; i++) { c = A[v % 62] + c; v = Math.floor(v / 62) }
  return prefix + '_' + t + noise + c
}
const cents = (s) => Math.round(Number(s) * 100)
const KEY = Buffer.alloc(32, 7)
const encrypt = (n) => { const iv = crypto.randomBytes(12); const c = crypto.createCipheriv('aes-256-gcm', KEY, iv); const e = Buffer.concat([c.update(n), c.final()]); return '\\x01' + Buffer.concat([iv, e, c.getAuthTag()]).toString('hex') }
const hmac = (s) => crypto.createHmac('sha256', KEY).update(s).digest()
const DUE = (d) => new Date(Date.parse(d) - 5 * 86_400_000 - 2 * 3_600_000).toISOString()
const PAY = (from) => `pay as (insert into payment (merchant_id, id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, status, batch_reference, transaction_reference, amount_cents, process_date, first_nominal_date)
   select $1, pid, customer, account, mandate, $3, 'ONE_TIME', 'RUNNING', $4, ref, cents, pdate, pdate from ${from} returning id, status, transaction_reference as "transactionReference"),
 due as (insert into due_work (merchant_id, kind, subject_id, due_at, details) select $1, 'CREATE_TRANSACTION', pid, due, jsonb_build_object('nominalDate', pdate, 'kind', 'REGULAR', 'sequence', 1) from ${from}),
 idem as (insert into idempotency_record (merchant_id, key, operation, fingerprints, outcomes) select $1, $6, 'submitPayments', $7::jsonb, $8::jsonb where $6::text is not null)`
const EVENT = `insert into event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, request_id, payment_id, customer_id, mandate_id, payment_method_id, batch_reference, amount_cents, occurred_at)`
const OUT = `select to_json(array(select row_to_json(pay) from pay))::text as j`
export const SUBMIT = `with x as (select * from json_to_recordset($2::json) as x(pid text, e1 text, customer text, account text, mandate text, ref text, cents bigint, pdate date, due timestamptz)),
 ${PAY('x')}, ev as (${EVENT} select e1, $1, 'PAYMENT', pid, 1, 'payment.created', 'RUNNING', 'API', $5, pid, customer, mandate, $3, $4, cents, now() from x) ${OUT}`
export const INLINE = `with x as (select * from json_to_recordset($2::json) as x(pid text, e1 text, e2 text, e3 text, e4 text, customer text, account text, mandate text, ref text, cents bigint, pdate date, due timestamptz,
    cref text, name text, surname text, email text, holder text, cipher bytea, idx bytea, last4 text, type bank_account_type, bank text, mcents bigint, mday int)),
 cus as (insert into customer (merchant_id, id, reference, kind, person_name, person_surname, email, created_by) select $1, customer, cref, 'INDIVIDUAL', name, surname, email, $9 from x),
 ban as (insert into bank_account (merchant_id, id, customer_id, account_holder_name, account_number_cipher, account_number_index, account_number_last4, account_type, bank, branch_code, is_business_account, cdv_status, cdv_table_version, cdv_checked_at, created_by)
   select $1, account, customer, holder, cipher, idx, last4, type, bank, '679000', false, 'SKIPPED', 1, now(), $9 from x),
 man as (insert into mandate (merchant_id, id, customer_id, bank_account_id, payment_method_id, status, payment_industry, amount_cents, process_day, interval, created_by) select $1, mandate, customer, account, $3, 'ACTIVE', 'ACCOUNT_REPAYMENT', mcents, mday, 'MONTHLY', $9 from x),
 ${PAY('x')}, ev as (${EVENT} select e2, $1, 'CUSTOMER'::aggregate_type, customer, 1, 'customer.created', 'ACTIVE', 'API'::event_actor, $5, null, customer, null, null, null, null::bigint, now() from x
   union all select e3, $1, 'BANK_ACCOUNT', account, 1, 'bank_account.created', 'ACTIVE', 'API', $5, null, customer, null, null, null, null, now() from x
   union all select e4, $1, 'MANDATE', mandate, 1, 'mandate.created', 'ACTIVE', 'API', $5, null, customer, mandate, $3, null, mcents, now() from x
   union all select e1, $1, 'PAYMENT', pid, 1, 'payment.created', 'RUNNING', 'API', $5, pid, customer, mandate, $3, $4, cents, now() from x) ${OUT}`
/** The name, text and values of a submission's statement. `payments` as in ../compare/inputs.ts. */
export function submission(merchantId, methodId, { payments, batchReference = null, key = null }) {
  const inline = typeof payments[0].customer === 'object'
  const rows = payments.map((p) => {
    const base = { pid: newId('pay'), e1: newId('evt'), customer: p.customer, account: p.account, mandate: p.mandate, ref: p.reference, cents: cents(p.amount), pdate: p.processDate, due: DUE(p.processDate) }
    if (!inline) return base
    const c = p.customer, b = p.bankAccount
    return { ...base, customer: newId('cus'), account: newId('ban'), mandate: newId('man'), e2: newId('evt'), e3: newId('evt'), e4: newId('evt'), cref: c.reference, name: c.personName, surname: c.personSurname, email: c.email,
      holder: b.accountHolderName, cipher: encrypt(b.accountNumber), idx: '\\x' + hmac(b.accountNumber).toString('hex'), last4: b.accountNumber.slice(-4), type: b.accountType, bank: b.bank, mcents: cents(p.mandate.amount), mday: p.mandate.processDay }
  })
  const prints = key ? JSON.stringify({ args: {}, records: payments.map((p) => hmac(JSON.stringify(p)).toString('base64url')) }) : null
  const outcomes = key ? JSON.stringify(rows.map((r, index) => ({ index, clientKey: null, outcome: 'CREATED', objectId: r.pid, errors: [], warnings: [], affected: null }))) : null
  const values = [merchantId, JSON.stringify(rows), methodId, batchReference, 'req_' + noise, key, prints, outcomes]
  return inline ? { name: 'inline', text: INLINE, values: [...values, 'key_bench'] } : { name: 'submit', text: SUBMIT, values }
}
