// Mercurius + Fastify, jit on, loaders batching hand-written SQL: what a performance-minded team writes by hand, on the gateway's
// own tables. No authentication, the merchant is a constant.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'
import { submission } from './submission.mjs'

const PORT = Number(process.env.PORT)
pg.types.setTypeParser(1082, (s) => s)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL ?? 8), idleTimeoutMillis: 0, options: '-c jit=off -c timezone=UTC -c random_page_cost=1.1' })
const q = (name, text, values) => pool.query({ name, text, values }).then((r) => r.rows)
const [{ mid, pam }] = (await pool.query('select mid, pam from bench.m where k = 0')).rows

const schema = `
  enum PaymentStatus { PENDING WAITING_FOR_PAYMENT RUNNING PAUSED STOPPED COMPLETED CANCELLED }
  enum MandateStatus { PENDING ACTIVE REJECTED EXPIRED SUSPENDED DISABLED CANCELLED COMPLETED ARCHIVED }
  enum BankAccountStatus { ACTIVE DISABLED ARCHIVED }
  type Customer { id: ID! reference: String! personName: String personSurname: String email: String! bankAccounts(first: Int = 10): [BankAccount!]! mandates(first: Int = 10): [Mandate!]! payments(first: Int = 10): [Payment!]! }
  type BankAccount { id: ID! accountHolderName: String! bank: String! status: BankAccountStatus! customer: Customer! }
  type Mandate { id: ID! reference: String status: MandateStatus! amount: String! }
  type Payment { id: ID! amount: String! status: PaymentStatus! transactionReference: String! createdAt: String! mandate: Mandate bankAccount: BankAccount customer: Customer! }
  type PageInfo { hasNextPage: Boolean! startCursor: String endCursor: String }
  type PaymentEdge { cursor: String! node: Payment! }
  type PaymentConnection { edges: [PaymentEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type CustomerConnection { nodes: [Customer!]! pageInfo: PageInfo! }
  input PaymentFilter { statusIn: [PaymentStatus!] createdFrom: String createdTo: String customerName: String }
  input NewCustomer { reference: String! personName: String! personSurname: String! email: String! }
  input NewBankAccount { accountHolderName: String! accountNumber: String! accountType: String! bank: String! }
  input NewMandate { amount: String! processDay: Int! }
  input SubmitPayment { customerId: ID bankAccountId: ID mandateId: ID customer: NewCustomer bankAccount: NewBankAccount mandate: NewMandate amount: String! reference: String! processDate: String! }
  type Query { payment(id: ID!): Payment customers(first: Int!, after: ID): CustomerConnection! payments(first: Int!, after: String, filter: PaymentFilter): PaymentConnection! }
  type Mutation { submitPayments(records: [SubmitPayment!]!, batchReference: String, key: String): [Payment!]! }
`
const PCOLS = 'p.id, p.customer_id as "customerId", p.bank_account_id as "bankAccountId", p.mandate_id as "mandateId", p.amount_cents as cents, p.status, p.transaction_reference as "transactionReference", p.created_at as "createdAt"'
const CCOLS = 'c.id, c.reference, c.person_name as "personName", c.person_surname as "personSurname", c.email'
const BCOLS = 'b.id, b.customer_id as "customerId", b.account_holder_name as "accountHolderName", b.bank, b.status'
const MCOLS = 'm.id, m.customer_id as "customerId", m.reference, m.status, m.amount_cents as cents'
const byKey = (keys, rows) => { const m = new Map(rows.map((r) => [r.id, r])); return keys.map((x) => m.get(x) ?? null) }
const groupBy = (keys, rows, k) => { const m = new Map(keys.map((x) => [x, []])); for (const r of rows) m.get(r[k])?.push(r); return keys.map((x) => m.get(x)) }
const enc = (r) => Buffer.from(r.createdAt.toISOString() + '|' + r.id).toString('base64url')
const dec = (c) => Buffer.from(c, 'base64url').toString().split('|')
const money = (r) => { const c = String(r.cents).padStart(3, '0'); return c.slice(0, -2) + '.' + c.slice(-2) }
const tag = (s) => { let h = 0; for (let i = 0; i < s.length; i++) h = (Math.imul(h, 31) + s.charCodeAt(i)) | 0; return 'q' + (h >>> 0).toString(36) }
const where = (f = {}) => {
  const v = [mid]; const w = ['p.merchant_id = $1']
  const p = (x) => { v.push(x); return '$' + v.length }
  if (f.statusIn) w.push(`p.status = any(${p(f.statusIn)}::payment_status[])`)
  if (f.createdFrom) w.push(`p.created_at >= ${p(f.createdFrom)}::timestamptz`)
  if (f.createdTo) w.push(`p.created_at < ${p(f.createdTo)}::timestamptz`)
  if (f.customerName) { const n = p(f.customerName); w.push(`c.person_name ilike '%' || ${n} || '%'`) }
  return { v, w, p, dated: Boolean(f.createdFrom), joins: f.customerName ? 'join customer c on c.merchant_id = p.merchant_id and c.id = p.customer_id' : '' }
}
const resolvers = {
  Query: {
    payment: async (_, a) => (await q('payment', `select ${PCOLS} from payment p where p.merchant_id = $1 and p.id = $2`, [mid, a.id]))[0] ?? null,
    customers: async (_, a) => {
      const rows = await q('customers', `select ${CCOLS} from customer c where c.merchant_id = $1 and c.id < $2 and c.erased_at is null order by c.id desc limit $3`, [mid, a.after ?? 'cus_z', a.first + 1])
      const nodes = rows.slice(0, a.first)
      return { nodes, pageInfo: { hasNextPage: rows.length > a.first, startCursor: nodes[0]?.id, endCursor: nodes.at(-1)?.id } }
    },
    payments: async (_, a) => {
      const { v, w, p, joins, dated } = where(a.filter)
      const base = { joins, w: [...w], v: [...v] }
      if (a.after) w.push(`p.id < ${p(dec(a.after)[1])}`)
      const sql = `select ${PCOLS} from payment p ${joins} where ${w.join(' and ')} order by ${dated ? 'p.created_at desc, ' : ''}p.id desc limit ${p(a.first + 1)}`
      const rows = await q(tag(sql), sql, v)
      return { kept: rows.slice(0, a.first), base, hasNext: rows.length > a.first }
    },
  },
  PaymentConnection: {
    edges: (c) => c.kept.map((node) => ({ node, cursor: enc(node) })),
    pageInfo: (c) => ({ hasNextPage: c.hasNext, startCursor: c.kept.length ? enc(c.kept[0]) : null, endCursor: c.kept.length ? enc(c.kept[c.kept.length - 1]) : null }),
    totalCount: async ({ base }) => { const sql = `select count(*)::int n from payment p ${base.joins} where ${base.w.join(' and ')}`; return (await q(tag(sql), sql, base.v))[0].n },
  },
  Payment: { createdAt: (p) => p.createdAt.toISOString(), amount: money },
  Mandate: { amount: money },
  Mutation: {
    submitPayments: async (_, { records, batchReference, key }) => {
      const payments = records.map((r) => (r.customerId ? { customer: r.customerId, account: r.bankAccountId, mandate: r.mandateId, amount: r.amount, reference: r.reference, processDate: r.processDate } : r))
      const s = submission(mid, pam, { payments, batchReference, key })
      return JSON.parse((await q(s.name, s.text, s.values))[0].j)
    },
  },
}
const ids = (qs, k) => qs.map((x) => x.obj[k])
const latest = (name, cols, table, a, key) => async (qs) => { const k = ids(qs, 'id'); return groupBy(k, await q(name, `select ${cols} from unnest($2::text[]) k(id) cross join lateral (select * from ${table} where merchant_id = $1 and ${key} = k.id order by id desc limit $3) ${a}`, [mid, k, qs[0].params.first]), 'customerId') }
const loaders = {
  Payment: {
    mandate: async (qs) => { const k = ids(qs, 'mandateId'); return byKey(k, await q('l.mandate', `select ${MCOLS} from mandate m where m.merchant_id = $1 and m.id = any($2::text[])`, [mid, k])) },
    bankAccount: async (qs) => { const k = ids(qs, 'bankAccountId'); return byKey(k, await q('l.ba', `select ${BCOLS} from bank_account b where b.merchant_id = $1 and b.id = any($2::text[])`, [mid, k])) },
    customer: async (qs) => { const k = ids(qs, 'customerId'); return byKey(k, await q('l.cust', `select ${CCOLS} from customer c where c.merchant_id = $1 and c.id = any($2::text[])`, [mid, k])) },
  },
  Customer: {
    bankAccounts: latest('l.bas', BCOLS, 'bank_account', 'b', 'customer_id'),
    mandates: latest('l.mands', MCOLS, 'mandate', 'm', 'customer_id'),
    payments: latest('l.pays', PCOLS, 'payment', 'p', 'customer_id'),
  },
}
const app = Fastify({ bodyLimit: 16 << 20 })
app.register(mercurius, { schema, resolvers, loaders, jit: 1, path: '/graphql', graphiql: false })
await app.ready()
await app.listen({ port: PORT, host: '127.0.0.1' })
console.log('ready', PORT)
