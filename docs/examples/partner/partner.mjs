// A partner's program: submits a batch that can be repeated, follows what happens across lost connections, and exports the day.
//
//   GATEWAY_URL=http://127.0.0.1:4000/graphql API_KEY=<key> node partner.mjs
import { createGatewayClient, createMutationQueue, findResumePlace } from 'collections-gateway/client';
import { WebSocket } from 'ws';

const url = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000/graphql';
const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error('set API_KEY to a key of your merchant');
// The name of your run and of its payments: started again with it, the program submits nothing twice.
const run = process.env.RUN ?? `RUN-${Date.now()}`;

const client = createGatewayClient({ url, apiKey, findPlace: findResumePlace, webSocketImpl: WebSocket });
const queue = createMutationQueue(client);

const METHODS = `query Methods { merchant { now } paymentMethods(filter: { type: { eq: DEBIT_ORDER } }) { nodes { id } } }`;
const SUBMIT = `mutation Submit($input: SubmitPaymentsInput!) {
  submitPayments(input: $input) { streamCursor results { outcome errors { code path message } payment { id transactionReference } } } }`;
const ADVANCE = `mutation Advance($to: DateTime!) { advanceClock(input: { to: $to }) { done } }`;
const WATCH = `subscription Watch($after: String, $filter: TransactionStatusChangedFilter) {
  transactionStatusChanged(after: $after, filter: $filter) { cursor to transaction { transactionReference } } }`;

const { merchant, paymentMethods } = await client.request(METHODS);
const day = new Date(Date.parse(merchant.now) + 10 * 86_400_000).toISOString().slice(0, 10);
const records = ['1', '2', '3'].map((nth) => ({
  clientKey: nth,
  paymentMethodId: paymentMethods.nodes[0].id,
  customer: { reference: `${run}-${nth}`, companyName: `Customer ${nth}`, email: `customer${nth}@example.com` },
  bankAccount: { accountHolderName: 'CUSTOMER', accountNumber: `400000000${nth}`, accountType: 'SAVINGS', bank: 'CAPITEC' },
  mandate: { amount: '100.00', oneTime: { processDate: day } },
  transactionReference: `${run}-${nth}`,
  oneTime: { processDate: day },
}));

// Sent again until it is answered, with one key: it is done once.
const input = { records, mode: 'PARTIAL', batchReference: run, idempotencyKey: run };
const { submitPayments } = await queue.run(SUBMIT, { input });
for (const { outcome, errors, payment } of submitPayments.results)
  console.log(outcome, payment?.transactionReference ?? '', errors.map(({ message }) => message).join(' '));

// Everything that happens after the submission, each change once and in order.
const leaving = new AbortController();
const paid = (async () => {
  const variables = { after: submitPayments.streamCursor, filter: { batchReference: run } };
  const open = new Set(records.map(({ transactionReference }) => transactionReference));
  for await (const { transactionStatusChanged: change } of client.follow(WATCH, variables, leaving.signal)) {
    console.log(change.transaction.transactionReference, change.to);
    if (change.to === 'PAID') open.delete(change.transaction.transactionReference);
    if (open.size === 0) return;
  }
})();

// In a sandbox three weeks pass in a moment, whatever holidays are in them; without it the program waits for the day.
const to = new Date(Date.parse(merchant.now) + 21 * 86_400_000).toISOString();
for (let done = false; !done; ) done = (await client.request(ADVANCE, { to })).advanceClock.done;
await paid;
leaving.abort();

// What was collected, as CSV. The key needs the scope `export`.
const filter = JSON.stringify({ batchReference: { eq: run } });
const asked = new URLSearchParams({ format: 'csv', filter });
const exported = await fetch(`${url.replace(/\/graphql$/, '/export/transactions')}?${asked}`, {
  headers: { authorization: `Bearer ${apiKey}` },
});
console.log(await exported.text());
await client.close();
