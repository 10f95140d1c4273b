import { expect, it } from 'vitest';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { beginLives, endsOf, LIFE_DAYS, PAY_IN_ACCOUNT, PAY_IN_REFERENCE, reconcile } from '../support/lives.ts';
import { passDays, startServedBank, useConnector } from '../support/served-bank.ts';

const RECEIVED_AT = '2024-09-04T10:00:00+02:00';

/** The ends of all lives at the sandbox bank of the gateway itself. */
async function endsAtSandbox(): Promise<unknown[]> {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await beginLives(gateway);
  await passDays(gateway, async () => {}, LIFE_DAYS);
  return endsOf(gateway);
}

it('ends every life at a bank behind HTTP, in another process, as at the sandbox bank', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const bank = await startServedBank(gateway);
  await useConnector(gateway, bank.connectorId);
  await beginLives(gateway);
  await passDays(gateway, bank.tellTime, LIFE_DAYS.slice(0, 5));
  await bank.deposit({
    id: 'D1',
    accountNumber: PAY_IN_ACCOUNT,
    eftReference: PAY_IN_REFERENCE,
    amount: '150.00',
    receivedAt: RECEIVED_AT,
  });
  await passDays(gateway, bank.tellTime, LIFE_DAYS.slice(5));
  const ends = await endsOf(gateway);
  const [told] = await gateway.sql<{ count: number }>('SELECT count(*) FROM bank_message WHERE message_id LIKE $1', [
    `${bank.connectorId}:%`,
  ]);
  expect(told?.count).toBeGreaterThan(100);
  const { collected, settled, latest, crooked } = await reconcile(gateway);
  expect(settled).toEqual(collected);
  expect(latest).toEqual({ isWhole: true, isMatched: true });
  expect(crooked).toEqual([]);
  const payIns = (row: unknown) => (row as { transactionReference: string }).transactionReference === 'INV-P';
  expect(ends.filter(payIns)).toMatchObject([{ payment: 'COMPLETED', status: 'PAID' }]);
  const others = (rows: unknown[]) => rows.filter((row) => !payIns(row));
  expect(others(ends)).toEqual(others(await endsAtSandbox()));
});
