import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { type Node, startNode } from '../../src/server/gateway.ts';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { expireMandates } from '../../src/services/mandates/expire-mandates.ts';
import { queryable, withTransaction } from '../../src/store/connection/database.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';
import type { BankMessage } from '../../src/store/transactions/bank-messages.ts';
import type { WriteContext } from '../../src/store/write-context.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';
import { createRandom, pause } from './random.ts';

// A debtor approves at the second the window closes, and two nodes hear of one each. Who comes first is chance; that both
// win is not possible. Short by default; `npm run torture -- approvals` has 500.
const RACES = Number(process.env['APPROVAL_RACES'] ?? 60);
const random = createRandom(Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000));

interface Race {
  readonly mandateId: string;
  readonly paymentId: string;
  readonly reference: string;
}

/** Another node on the database of a gateway. */
async function addNode(gateway: TestGateway): Promise<Node> {
  const node = await startNode({
    url: gateway.databaseUrl,
    secrets: async () => deriveSecrets(randomBytes(32)),
    connectionsMax: 5,
    retentionDays: 30,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  onTestFinished(() => node.stop());
  return node;
}

/** Mandates that await approval, each with a payment that awaits it. Nothing of it is due by itself. */
async function makeRaces(gateway: TestGateway): Promise<Race[]> {
  const { debicheck } = await methodIds(gateway);
  const silent = {
    accountHolderName: 'T NKOSI',
    accountNumber: '9910140008',
    accountType: 'SAVINGS',
    bank: 'CAPITEC',
  } as const;
  const records = Array.from({ length: RACES }, (_, index) => ({
    paymentMethodId: debicheck,
    customer: debtor(`R${index}`),
    bankAccount: silent,
    mandate: DEBICHECK,
    recurring: { dateStart: '2024-10-01' },
  }));
  await gateway.data(SubmitPayments, { input: { records } });
  await gateway.sql('DELETE FROM due_work');
  return gateway.sql<Race>(
    `SELECT payment.id AS payment_id, payment.mandate_id, request.reference
       FROM payment JOIN mandate_request AS request ON request.mandate_id = payment.mandate_id ORDER BY payment.id`,
  );
}

function within<Result>(
  node: Node,
  merchantId: string,
  work: (context: WriteContext) => Promise<Result>,
): Promise<Result> {
  return withTransaction(node.app.database, (tx) => {
    const cause = { actor: 'SCHEDULER', requestId: null, reasonCode: null, reason: null } as const;
    return work({
      tx,
      merchantId,
      occurredAt: DOCUMENTS_CLOCK,
      clockName: '',
      cause,
      clientId: null,
      onTransaction: () => {},
    });
  });
}

function approval({ reference }: Race): BankMessage {
  return {
    messageId: `approval of ${reference}`,
    reference,
    event: 'APPROVED',
    code: null,
    occurredAt: DOCUMENTS_CLOCK,
  };
}

/** Runs each race on both nodes at once; what came of it. */
async function race(expire: (node: Node, gateway: TestGateway, race: Race) => Promise<unknown>) {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const other = await addNode(gateway);
  for (const item of await makeRaces(gateway)) {
    const later = async (ms: number, work: () => Promise<unknown>) => {
      await pause(random.below(ms));
      await work();
    };
    await Promise.all([
      later(2, () =>
        within(gateway.node, gateway.merchantId, (context) => receiveBankAnswers(context, [approval(item)])),
      ),
      later(6, () => expire(other, gateway, item)),
    ]);
  }
  const [verdict] = await gateway.sql<Record<'active' | 'expired' | 'disagree' | 'events' | 'quarantined', number>>(
    `SELECT count(*) FILTER (WHERE mandate.status = 'ACTIVE') AS active,
            count(*) FILTER (WHERE mandate.status = 'EXPIRED') AS expired,
            count(*) FILTER (WHERE (mandate.status, payment.status) NOT IN (('ACTIVE', 'RUNNING'), ('EXPIRED', 'STOPPED'))) AS disagree,
            count(*) FILTER (WHERE 1 <> (SELECT count(*) FROM event WHERE aggregate_id = mandate.id AND version > 1)) AS events,
            (SELECT count(*) FROM bank_message WHERE quarantined_at IS NOT NULL) AS quarantined
       FROM mandate JOIN payment ON payment.mandate_id = mandate.id`,
  );
  return verdict;
}

const TIMEOUT = { timeout: RACES * 500 + 900_000 };

it(
  `has one outcome and one event in ${RACES} races of a debtor against the clock, and the payment agrees`,
  TIMEOUT,
  async () => {
    const verdict = await race((node, { merchantId }, { mandateId }) => {
      const work = { kind: 'EXPIRE_MANDATE', subjectId: mandateId, dueAt: DOCUMENTS_CLOCK, details: {} } as const;
      return within(node, merchantId, (context) => expireMandates(context, [work]));
    });
    console.log(verdict);
    expect(verdict).toMatchObject({ disagree: 0, events: 0 });
    expect(Number(verdict?.active) + Number(verdict?.expired)).toBe(RACES);
    expect(verdict?.quarantined).toBe(verdict?.expired); // the approval that came too late, and no other
    expect(verdict?.active).toBeGreaterThan(0);
    expect(verdict?.expired).toBeGreaterThan(0);
  },
);

it(
  'has mandates and payments that disagree, were the mandate looked at and then moved without a lock',
  TIMEOUT,
  async () => {
    const verdict = await race(async (node, _gateway, { mandateId, paymentId }) => {
      const database = queryable(node.app.database);
      const [mandate] = await database.query<{ status: string }>('SELECT status FROM mandate WHERE id = $1', [
        mandateId,
      ]);
      if (mandate?.status !== 'PENDING') return;
      await pause(5);
      await database.query("UPDATE mandate SET status = 'EXPIRED' WHERE id = $1", [mandateId]);
      await database.query("UPDATE payment SET status = 'STOPPED' WHERE id = $1 AND status = 'PENDING'", [paymentId]);
    });
    console.log(verdict);
    expect(verdict?.disagree).toBeGreaterThan(0);
  },
);
