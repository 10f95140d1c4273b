// The ceiling: no GraphQL, no authentication. node:http + one prepared SQL per request that returns the finished JSON text.
// On the gateway's own tables; the merchant is a constant. `npm run bench` compares the other servers to it.
import http from 'node:http'
import pg from 'pg'
import { submission } from './submission.mjs'

const PORT = Number(process.env.PORT)
const N = Number(process.env.POOL ?? 8)
const clients = []
for (let i = 0; i < N; i++) {
  const c = new pg.Client({ connectionString: process.env.DATABASE_URL, pipeline: process.env.PIPELINE === '1', options: '-c jit=off -c timezone=UTC -c random_page_cost=1.1' })
  await c.connect()
  clients.push(c)
}
const [{ mid, pam }] = (await clients[0].query('select mid, pam from bench.m where k = 0')).rows
const inflight = new Array(N).fill(0)
function query(q) {
  let k = 0
  for (let i = 1; i < N; i++) if (inflight[i] < inflight[k]) k = i
  inflight[k]++
  return clients[k].query(q).finally(() => { inflight[k]-- })
}
const one = (name, text, values) => query({ name, text, values, rowMode: 'array' }).then((r) => r.rows[0]?.[0] ?? 'null')
const money = (c) => `((${c} / 100)::text || '.' || lpad((${c} % 100)::text, 2, '0'))`
const iso = (c) => `to_char(${c}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

// Page first (ordered index walk, literal limit so the planner sees it), then join the 50 rows to their customers.
// "(x in (select ..)) is true" keeps the name filter a hashed subplan: built once, probed per index row.
const CONN = (where, order, first, count) => `
with page as materialized (select p.id from payment p where p.merchant_id = $1 and ${where} order by ${order} limit ${first + 1}),
kept as materialized (
  select row_number() over (order by p.id desc) n, p.id, ${money('p.amount_cents')} as amount, p.status, ${iso('p.created_at')} as "createdAt", encode(convert_to(p.id, 'UTF8'), 'base64') as cursor,
         json_build_object('personName', c.person_name) as customer
  from page join payment p on p.merchant_id = $1 and p.id = page.id join customer c on c.merchant_id = $1 and c.id = p.customer_id
)
select row_to_json(r)::text from (select
  ${count ? `(select count(*) from payment p where p.merchant_id = $1 and ${where}) as "totalCount",` : ''}
  array(select row_to_json(e) from (select cursor, json_build_object('id', k.id, 'amount', k.amount, 'status', k.status, 'createdAt', k."createdAt", 'customer', k.customer) as node from kept k where n <= ${first} order by n) e) as edges,
  (select row_to_json(i) from (select (select count(*) from page) > ${first} as "hasNextPage", (select cursor from kept where n = 1) as "startCursor", (select cursor from kept where n <= ${first} order by n desc limit 1) as "endCursor") i) as "pageInfo") r`
const FILTER = `p.status = any($2::payment_status[]) and p.created_at >= $3::timestamptz and p.created_at < $4::timestamptz
  and (p.customer_id in (select c.id from customer c where c.merchant_id = $1 and c.search_text ilike '%' || $5 || '%' and c.person_name ilike '%' || $5 || '%')) is true`
const size = (v) => Math.min(200, v.first | 0)
const filtered = (count) => (v) => one(`conn${count}${size(v)}`, CONN(FILTER, 'p.created_at desc, p.id desc', size(v), count), [mid, v.statuses, v.from, v.to, v.name])
const submit = (v) => { const s = submission(mid, pam, v); return one(s.name, s.text, s.values) }

const routes = {
  '/hello': () => '{"__typename":"Query"}',
  '/point': (v) => one('point', `select row_to_json(r)::text from (select p.id, ${money('p.amount_cents')} as amount, p.status, ${iso('p.created_at')} as "createdAt",
     json_build_object('id', m.id, 'reference', m.reference, 'status', m.status, 'amount', ${money('m.amount_cents')}) as mandate,
     json_build_object('id', b.id, 'accountHolderName', b.account_holder_name, 'bank', b.bank) as "bankAccount",
     json_build_object('id', c.id, 'reference', c.reference, 'personName', c.person_name, 'personSurname', c.person_surname) as customer
     from payment p left join mandate m on m.merchant_id = p.merchant_id and m.id = p.mandate_id left join bank_account b on b.merchant_id = p.merchant_id and b.id = p.bank_account_id
     join customer c on c.merchant_id = p.merchant_id and c.id = p.customer_id where p.merchant_id = $1 and p.id = $2) r`, [mid, v.id]),
  '/list': (v) => one('list' + size(v), `with page as materialized (select id, reference, person_name from customer where merchant_id = $1 and id < $2 and erased_at is null order by id desc limit ${size(v) + 1})
     select row_to_json(r)::text from (select array(select row_to_json(c) from (
       select c.id, c.reference, c.person_name as "personName",
         array(select row_to_json(b) from (select b.id, b.bank, b.status from bank_account b where b.merchant_id = $1 and b.customer_id = c.id order by b.id desc limit 10) b) as "bankAccounts",
         array(select row_to_json(m) from (select m.id, m.status, ${money('m.amount_cents')} as amount from mandate m where m.merchant_id = $1 and m.customer_id = c.id order by m.id desc limit 10) m) as mandates,
         array(select row_to_json(p) from (select p.id, ${money('p.amount_cents')} as amount, p.status from payment p where p.merchant_id = $1 and p.customer_id = c.id order by p.id desc limit 5) p) as payments
       from page c order by c.id desc limit ${size(v)}) c) as nodes,
       (select row_to_json(i) from (select (select count(*) from page) > ${size(v)} as "hasNextPage", (select min(id) from (select id from page order by id desc limit ${size(v)}) k) as "endCursor") i) as "pageInfo") r`, [mid, v.after]),
  '/first': (v) => one('first' + size(v), CONN('true', 'p.id desc', size(v), false), [mid]),
  '/deep': (v) => one('deep' + size(v), CONN('p.id < $2', 'p.id desc', size(v), false), [mid, v.after]),
  '/filter': filtered(false), '/count': filtered(true),
  '/single': submit, '/batch': submit, '/inline': submit,
}
http.createServer((req, res) => {
  const chunks = []
  req.on('data', (c) => chunks.push(c))
  req.on('end', async () => {
    try {
      const route = routes[req.url]
      if (!route) { res.writeHead(404).end(); return }
      const text = await route(chunks.length ? JSON.parse(Buffer.concat(chunks)) : {})
      const body = Buffer.from('{"data":' + text + '}')
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      res.end(body)
    } catch (e) {
      res.writeHead(500).end(JSON.stringify({ errors: [{ message: String(e.message) }] }))
    }
  })
}).listen(PORT, '127.0.0.1', () => console.log('ready', PORT))
