import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { methodIds } from '../support/examples.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { makeMandate } from '../support/mandates.ts';

// Every `graphql` block of the guide, sent as it is printed, with the ids that end in `…` replaced as its reader is told to.

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guide.md'), 'utf8');
const BLOCKS = [...GUIDE.matchAll(/^```graphql\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
const NAMES = BLOCKS.map((block) => /^\w+ (\w+)/.exec(block)?.[1]);

const blockOf = (name: string): string => BLOCKS[NAMES.indexOf(name)] ?? '';

interface Answer {
  readonly data: Record<string, { readonly results: ReadonlyArray<Result> }>;
  readonly errors?: readonly object[];
}
interface Result {
  readonly outcome: string;
  readonly errors: readonly object[];
  readonly payment?: { readonly id: string };
}

async function send(gateway: TestGateway, query: string): Promise<Answer> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as Answer;
  expect([query, answer.errors]).toEqual([query, undefined]);
  return answer;
}

/** Puts ids in place of those that a block leaves open; those of one kind in turn. */
function filled(block: string, ids: Readonly<Record<string, readonly string[]>>): string {
  const used: Record<string, number> = {};
  return block.replaceAll(/(\w+)_…/g, (_open, kind: string) => {
    const of = ids[kind] ?? [];
    const nth = used[kind] ?? 0;
    used[kind] = nth + 1;
    return of[nth % of.length] ?? '';
  });
}

it('accepts every block, and does what each says', async () => {
  const gateway = await startGateway({ clockStart: new Date('2026-11-20T08:00:00+02:00') });
  const { eft, debicheck, registeredAbsa, card, payIn } = await methodIds(gateway);
  const { customerId, bankAccountId, mandateId } = await makeMandate(gateway, 'eft', { recurring: { processDay: 1 } });
  const ids = { cus: [customerId], ban: [bankAccountId], man: [mandateId] };

  const methods = [eft, debicheck, registeredAbsa, card, payIn];
  const submitted = await send(gateway, filled(blockOf('SubmitByEachMethod'), { ...ids, pam: methods }));
  const results = submitted.data['submitPayments']?.results ?? [];
  expect(results.map(({ outcome, errors }) => [outcome, errors])).toEqual(methods.map(() => ['CREATED', []]));
  const [first, , , , paidIn] = results.map(({ payment }) => payment?.id ?? '');

  for (const amount of ['100.00', '50.00'])
    await send(
      gateway,
      `mutation { simulate(input: { scenario: PAY_IN_RECEIVED, amount: "${amount}", eftReference: "Who ${amount}" }) { outcome } }`,
    );
  const deposits = await gateway.sql<{ id: string }>('SELECT id FROM deposit ORDER BY id');
  const open = { dep: deposits.map(({ id }) => id), pay: [paidIn ?? ''] };
  const assigned = await send(gateway, filled(blockOf('Deposits'), open));
  expect(Object.values(assigned.data).flatMap(({ results: [one] }) => one?.errors)).toEqual([]);

  const changed = await send(
    gateway,
    filled(blockOf('ChangeCustomers').replace('expectedVersion: 3', 'expectedVersion: 1'), ids),
  );
  expect(changed.data['updateCustomers']?.results).toMatchObject([{ outcome: 'UPDATED', errors: [] }]);

  const page = await send(gateway, filled(blockOf('PaymentPage'), { pay: [first ?? ''] }));
  expect(page.data['payment']).toMatchObject({ status: 'RUNNING' });
  const preview = await send(gateway, filled(blockOf('Preview'), { pam: [eft] }));
  expect(preview.data['previewSchedule']).toHaveLength(6);
  for (const name of ['Unpaid', 'Forecast', 'Outcome']) await send(gateway, blockOf(name));

  const [board = '', changes = ''] = blockOf('Board').split(/^(?=subscription)/m);
  await send(gateway, board);
  const socket = gateway.socket();
  onTestFinished(() => void socket.dispose());
  const totals = socket.iterate({ query: blockOf('Totals') });
  expect(JSON.stringify((await totals.next()).value)).toContain('"rows"');
  const watched = socket.iterate({ query: changes });
  const charge = `mutation Charge { submitPayments(input: { batchReference: "RFR-1", records: [{
    customerId: "${customerId}", paymentMethodId: "${card}", amount: "10.00", card: { token: "tok_sandbox_paid" } }] }) { results { outcome } } }`;
  let seen: unknown = null;
  const watching = watched.next().then(({ value }) => {
    seen = value;
  });
  // The stream does not say when it is open: cards are charged until it shows one.
  while (seen === null) {
    await send(gateway, charge);
    await pause(1_000);
  }
  await watching;
  expect(JSON.stringify(seen)).toContain('"to":"COMPLETED"');

  const used = [
    'SubmitByEachMethod',
    'Deposits',
    'ChangeCustomers',
    'PaymentPage',
    'Preview',
    'Unpaid',
    'Forecast',
    'Outcome',
  ];
  expect([...NAMES].sort()).toEqual([...used, 'Board', 'Totals'].sort());
});
