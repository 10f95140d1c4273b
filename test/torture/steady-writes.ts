import { oneTimeDebitOrder } from '../support/examples.ts';
import { pause } from './random.ts';

const SUBMIT =
  'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome payment { id } } } }';

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: Array<{ extensions: { code: string; retryable: boolean } }>;
}

/** What became of writes that came in steadily, whatever happened to the gateway. */
export interface SteadyWrites {
  /** The payments that were answered as written. */
  readonly acknowledged: string[];
  /** How many were refused, by code. */
  readonly refused: Record<string, number>;
  /** What was neither: refused for good, or not answered. */
  readonly wrong: unknown[];
  /** The longest that an answer took. */
  slowestMs: number;
  /** Ends when all are answered. */
  stop(): Promise<void>;
}

/** So many a second, whatever becomes of those before; or by so many writers, each of whom waits for its answer. */
export type Pace = { readonly perSecond: number } | { readonly writers: number };

const BREATH_MS = 20;

/** Submits payments, one at a time, until it is told to stop. */
export async function writeSteadily(url: () => string, apiKey: string, pace: Pace): Promise<SteadyWrites> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  const post = async <Data>(query: string, variables: object = {}): Promise<Answer<Data>> => {
    const response = await fetch(url(), { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await response.json()) as Answer<Data>;
  };
  const { data } = await post<{ paymentMethods: { nodes: Array<{ id: string; type: string }> } }>(
    '{ paymentMethods { nodes { id type } } }',
  );
  const eft = data?.paymentMethods.nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id ?? '';
  const processDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const under = new Set<Promise<void>>();
  let isOver = false;
  const writes: SteadyWrites = {
    acknowledged: [],
    refused: {},
    wrong: [],
    slowestMs: 0,
    async stop() {
      isOver = true;
      await Promise.all(writing);
      await Promise.all(under);
    },
  };

  let turn = 0;
  async function write(): Promise<void> {
    const begunAt = Date.now();
    const input = { records: [oneTimeDebitOrder(eft, `R${turn++}`, processDate)] };
    const { data, errors } = await post<{ submitPayments: { results: Array<{ payment: { id: string } | null }> } }>(
      SUBMIT,
      { input },
    );
    writes.slowestMs = Math.max(writes.slowestMs, Date.now() - begunAt);
    const id = data?.submitPayments.results[0]?.payment?.id;
    if (id) return void writes.acknowledged.push(id);
    const { code, retryable } = errors?.[0]?.extensions ?? { code: 'NONE', retryable: false };
    writes.refused[code] = (writes.refused[code] ?? 0) + 1;
    if (!retryable) writes.wrong.push(data ?? errors);
  }

  const tryToWrite = (): Promise<void> =>
    write().catch((error: Error) => void writes.wrong.push(`${error} ${String(error.cause)}`));

  async function writeAt(perSecond: number): Promise<void> {
    while (!isOver) {
      const written = tryToWrite();
      under.add(written);
      void written.then(() => under.delete(written));
      await pause(1_000 / perSecond);
    }
  }

  async function writeInTurn(): Promise<void> {
    while (!isOver) {
      await tryToWrite();
      await pause(BREATH_MS);
    }
  }
  const writing = 'perSecond' in pace ? [writeAt(pace.perSecond)] : Array.from({ length: pace.writers }, writeInTurn);
  return writes;
}
