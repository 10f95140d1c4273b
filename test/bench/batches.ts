import { expect, it } from 'vitest';
import type { IdKind } from '../../src/domain/ids.ts';
import { kindOfId } from '../../src/domain/ids.ts';
import { withTransaction } from '../../src/store/connection/database.ts';
import { newId } from '../../src/store/ids.ts';
import { CAPITEC_ACCOUNT, person } from '../support/customers.ts';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { captureStatements, type Statement } from '../support/statements.ts';

// `npm run bench:batches`: a thousand records in a call over HTTP, beside the very INSERTs that it ends in, sent bare, with
// other ids, in one transaction. Both in one run, by turns; medians.
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const SIZE = 1_000;

const CreateMany = graphql(`
  mutation CreateMany($input: CreateCustomersInput!) {
    createCustomers(input: $input) {
      results {
        outcome
        errors {
          code
          path
        }
        customer {
          id
        }
      }
    }
  }
`);

const SubmitMany = graphql(`
  mutation SubmitMany($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      results {
        outcome
        errors {
          code
          path
        }
        payment {
          id
          status
        }
      }
    }
  }
`);

interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
}

async function measure(work: () => Promise<unknown>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, cpuMs: (user + system) / 1_000 };
}

/** The same INSERTs for other objects: each id, and each reference of the caller's, becomes another. */
function renamed(statements: readonly Statement[], round: number): Statement[] {
  const ids = new Map<string, string>();
  return statements.map(({ text, values }) => ({
    text,
    values: values.map((value) =>
      typeof value === 'string'
        ? value
            .replaceAll(/\b[a-z]{3}_[0-9A-Za-z]{21}\b/g, (id) => {
              const kind = kindOfId(id);
              if (kind === null || KEPT.has(kind)) return id;
              const known = ids.get(id) ?? newId(kind);
              ids.set(id, known);
              return known;
            })
            .replaceAll(/"(CUS|INV)-/g, `"$1-${round}x`)
        : value,
    ),
  }));
}
const KEPT: ReadonlySet<IdKind> = new Set(['merchant', 'paymentMethod', 'apiKey']);

async function compare(gateway: TestGateway, name: string, call: (round: string) => Promise<unknown>) {
  await call('warm1');
  const captured = await captureStatements(() => call('warm2'));
  const inserts = captured.filter(({ text }) => text.startsWith('INSERT INTO "'));
  expect(inserts.length).toBeGreaterThan(1);
  const bare: Measured[] = [];
  const calls: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const statements = renamed(inserts, round);
    const insertBare = () =>
      withTransaction(gateway.node.app.database, async (tx) => {
        for (const { text, values } of statements) await tx.query(text, values);
      });
    bare.push(await measure(insertBare));
    calls.push(await measure(() => call(`round${round}`)));
  }
  const of = (list: readonly Measured[], key: keyof Measured) => {
    const sorted = list.map((item) => item[key]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const row = {
    'bare ms': of(bare, 'ms').toFixed(1),
    'call ms': of(calls, 'ms').toFixed(1),
    'ms ÷ bare': (of(calls, 'ms') / of(bare, 'ms')).toFixed(2),
    'bare CPU ms': of(bare, 'cpuMs').toFixed(1),
    'call CPU ms': of(calls, 'cpuMs').toFixed(1),
  };
  console.table({ [name]: row });
}

it('compares batches with the rows they end in', { timeout: 600_000 }, async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const keys = Array.from({ length: SIZE }, (_, index) => String(index));
  const processDate = '2024-09-16';
  let made = 0;
  await compare(gateway, `createCustomers, ${SIZE}`, (round) =>
    gateway.data(CreateMany, { input: { records: keys.map((key) => person(`${round}-${key}`)) } }),
  );
  await compare(gateway, `submitPayments, ${SIZE}, with customer, account and mandate`, (round) => {
    const records = keys.map((key, index) => ({
      paymentMethodId: eft,
      customer: person(`P${round}-${key}`),
      bankAccount: { ...CAPITEC_ACCOUNT, accountNumber: String(1_000_000_000 + index * 97 + made++ * 7) },
      mandate: { amount: '45.00', oneTime: { processDate } },
      transactionReference: `INV-${round}-${key}`,
      oneTime: { processDate },
    }));
    return gateway.data(SubmitMany, { input: { records } });
  });
});
