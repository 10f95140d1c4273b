import { expect, it } from 'vitest';
import type { BankEvent } from '../../src/domain/transaction.ts';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { withTransaction } from '../../src/store/connection/database.ts';
import type { BankMessage } from '../../src/store/transactions/bank-messages.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { advance } from '../support/mandates.ts';

// What the bank says comes late, twice, out of order and contradicts itself. The same facts have the same end.

/** What happened at the bank, in the order in which it happened there. PAID comes again under another id. */
const FACTS: ReadonlyArray<readonly [BankEvent, string | null]> = [
  ['ACCEPTED', null],
  ['PAID', null],
  ['UNPAID', '02'],
  ['PAID', null],
  ['DISPUTED', '30'],
];

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => {
    const others = items.filter((_, index) => index !== at);
    return permutations(others).map((rest) => [item, ...rest]);
  });
}

async function startWithSubmissions(count: number) {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  // An account that answers nothing by itself.
  const silent = { accountNumber: '00302481214', bank: 'STANDARD_BANK', branchCode: '051001' } as const;
  const records = Array.from({ length: count }, (_, index) => {
    const record = oneTimeDebitOrder(eft, `P${String(index).padStart(3, '0')}`, '2024-09-16');
    return {
      ...record,
      bankAccount: { accountHolderName: 'J DOE', accountType: 'CHEQUE_OR_CURRENT', ...silent } as const,
    };
  });
  await gateway.data(SubmitPayments, { input: { records } });
  await advance(gateway, '2024-09-12T15:00:00+02:00');
  const submissions = await gateway.sql<{ reference: string; transactionId: string }>(
    'SELECT reference, transaction_id FROM submission ORDER BY reference',
  );
  expect(submissions).toHaveLength(count);
  return { gateway, submissions };
}

function receive(gateway: TestGateway, messages: readonly BankMessage[]): Promise<number> {
  return withTransaction(gateway.node.app.database, (tx) => {
    const cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null } as const;
    const change = {
      tx,
      merchantId: gateway.merchantId,
      occurredAt: new Date(),
      cause,
      clockName: '' as const,
      clientId: null,
      onTransaction: () => {},
    };
    return receiveBankAnswers(change, messages).then(({ quarantined }) => quarantined.size);
  });
}

it('ends the same for every order of accepted, paid, unpaid, paid again and disputed, each twice over', async () => {
  const orders = permutations(FACTS.map((_, index) => index));
  const { gateway, submissions } = await startWithSubmissions(orders.length);
  const message = (reference: string, fact: number): BankMessage => ({
    messageId: `${reference}-${fact}`,
    reference,
    event: FACTS[fact]?.[0] ?? 'ACCEPTED',
    code: FACTS[fact]?.[1] ?? null,
    occurredAt: new Date(Date.UTC(2024, 8, 17 + fact, 7)),
  });
  // One fact of each order at a time, so that each comes to the inbox in a transaction of its own.
  const turn = (facts: (order: readonly number[]) => number | undefined) =>
    receive(
      gateway,
      submissions.map(({ reference }, at) => message(reference, facts(orders[at] ?? []) ?? 0)),
    );
  for (let step = 0; step < FACTS.length; step += 1) await turn((order) => order[step]);
  for (let step = 0; step < FACTS.length; step += 1) await turn((order) => order.at(-1 - step)); // and all of it again

  const ends = await gateway.sql<{ status: string; payment: string; unpaidCode: string | null; count: number }>(
    `SELECT transaction.status, payment.status AS payment, unpaid_code, count(*) AS count
       FROM transaction JOIN payment ON payment.id = transaction.payment_id GROUP BY 1, 2, 3`,
  );
  // In the bank's order: accepted, paid, unpaid, which is final for the attempt; what follows it is quarantined.
  expect(ends.map(({ status, payment, unpaidCode, count }) => [status, payment, unpaidCode, count])).toEqual([
    ['UNPAID', 'COMPLETED', '02', 120],
  ]);
  const messages = await gateway.sql<{ event: string; quarantined: boolean; count: number }>(
    `SELECT event, quarantined_at IS NOT NULL AS quarantined, count(*) AS count FROM bank_message GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  expect(messages).toEqual([
    { event: 'ACCEPTED', quarantined: false, count: 120 },
    { event: 'DISPUTED', quarantined: true, count: 120 },
    { event: 'PAID', quarantined: false, count: 120 },
    { event: 'PAID', quarantined: true, count: 120 },
    { event: 'UNPAID', quarantined: false, count: 120 },
  ]); // nothing lost, and the same ones in quarantine whatever came first
  const gaps = await gateway.sql(
    `SELECT aggregate_id FROM event WHERE aggregate_type = 'TRANSACTION' GROUP BY aggregate_id HAVING count(*) <> max(version)`,
  );
  expect(gaps).toEqual([]); // every step has its event
});

it('ends the same for every order in which the facts can have happened, heard forwards or backwards', async () => {
  const orders = permutations(FACTS.map((_, index) => index));
  const { gateway, submissions } = await startWithSubmissions(2 * orders.length);
  const message = (at: number, fact: number): BankMessage => ({
    messageId: `${at}-${fact}`,
    reference: submissions[at]?.reference ?? '',
    event: FACTS[fact]?.[0] ?? 'ACCEPTED',
    code: FACTS[fact]?.[1] ?? null,
    occurredAt: new Date(Date.UTC(2024, 8, 17 + (orders[Math.floor(at / 2)]?.indexOf(fact) ?? 0), 7)),
  });
  for (let step = 0; step < FACTS.length; step += 1) {
    const heard = submissions.map((_, at) => {
      const order = orders[Math.floor(at / 2)] ?? [];
      return message(at, (at % 2 === 0 ? order[step] : order.at(-1 - step)) ?? 0);
    });
    await receive(gateway, heard);
  }
  const rows = await gateway.sql<{
    reference: string;
    transaction: string;
    payment: string;
    unpaidCode: string | null;
  }>(
    `SELECT submission.reference, transaction.status AS transaction, payment.status AS payment, unpaid_code
       FROM submission JOIN transaction ON transaction.id = transaction_id JOIN payment ON payment.id = payment_id`,
  );
  const ends = new Map(rows.map(({ reference, ...end }) => [reference, JSON.stringify(end)]));
  const pairs = orders.map((order, index) => [
    order.join(),
    ends.get(submissions[2 * index]?.reference ?? ''),
    ends.get(submissions[2 * index + 1]?.reference ?? ''),
  ]);
  expect(pairs.filter(([, forwards, backwards]) => forwards !== backwards)).toEqual([]);
  expect(new Set(ends.values()).size).toBeGreaterThan(1); // what happened makes a difference
});

it('ends differently by chance, were each answer taken as it comes', async () => {
  const { transitionTransaction } = await import('../../src/domain/transaction.ts');
  const ends = permutations(FACTS).map((order) =>
    order.reduce<'SENT_TO_BANK' | string>(
      (status, [event]) => transitionTransaction(status as 'SENT_TO_BANK', event) ?? status,
      'SENT_TO_BANK',
    ),
  );
  expect(new Set(ends).size).toBeGreaterThan(1);
});
