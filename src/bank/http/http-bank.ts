import { randomUUID } from 'node:crypto';
import { signedHeaders } from '../../signing/signature.ts';
import { traceHeaders } from '../../tracing/spans.ts';
import { type Bank, type BankTest, BankUnavailable } from '../bank.ts';
import type { components } from './generated/protocol.ts';
import { readStatus, readTestResult, readVerifications } from './read-replies.ts';
import { debitOf, inquiryOf, mandateRequestOf } from './write-requests.ts';

type Schemas = components['schemas'];

/** Where an adapter is, and the secrets that sign what it is sent; the first is the current one. */
export interface HttpConnector {
  readonly address: string;
  readonly secrets: readonly string[];
}

/** Number of entries of a request, as the protocol allows. */
const ENTRIES_MAX = 1_000;
/** Time for a request, in milliseconds. Asking and sending together are shorter than a lease on the work. */
const ANSWER_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 4 * 1_024 * 1_024;

/**
 * Creates a bank behind an adapter that speaks the bank protocol (docs/bank-protocol.openapi.yaml). It keeps nothing: what may have
 * arrived is asked for by reference.
 */
export function createHttpBank({ address, secrets }: HttpConnector): Bank {
  async function post(path: string, message: object): Promise<unknown> {
    const body = JSON.stringify(message);
    const headers = {
      'content-type': 'application/json',
      ...signedHeaders(secrets, randomUUID(), new Date(), body),
      ...traceHeaders(),
    };
    const response = await fetch(`${address.replace(/\/$/, '')}${path}`, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch((error: unknown) => {
      throw new BankUnavailable(`the bank adapter did not answer ${path}: ${reasonOf(error)}`);
    });
    const text = await readText(response, path);
    const isInstruction = path === '/debits' || path === '/mandate-requests';
    if (isInstruction && response.status === 202) return null;
    if (!isInstruction && response.status === 200) return parse(text, path);
    const said = `the bank adapter answered ${path} with ${response.status}: ${text.slice(0, 500)}`;
    // A request that is refused as such is at fault itself; everything else passes.
    throw response.status === 400 || response.status === 413 || response.status === 422
      ? new Error(said)
      : new BankUnavailable(said);
  }

  async function ask(merchantId: string, references: readonly string[], of: 'received' | 'processing') {
    const found: string[] = [];
    for (const some of slices(references)) {
      const question: Schemas['StatusQuestion'] = { merchantId, references: [...some] };
      found.push(...readStatus(await post('/status', question))[of]);
    }
    const asked = new Set(references);
    return new Set(found.filter((reference) => asked.has(reference)));
  }

  return {
    canVerify: true,
    async submit(merchantId, instructions, at) {
      for (const some of slices(instructions)) {
        const message: Schemas['Debits'] = { merchantId, sentAt: at.toISOString(), debits: some.map(debitOf) };
        await post('/debits', message);
      }
      return new Set();
    },
    async submitMandates(merchantId, instructions, at) {
      for (const some of slices(instructions)) {
        const requests = some.map(mandateRequestOf);
        const message: Schemas['MandateRequests'] = { merchantId, sentAt: at.toISOString(), requests };
        await post('/mandate-requests', message);
      }
    },
    findReceived: (merchantId, references) => ask(merchantId, references, 'received'),
    findHeld: (merchantId, references) => ask(merchantId, references, 'processing'),
    async verify(merchantId, inquiries) {
      const found = [];
      for (const some of slices(inquiries)) {
        const message: Schemas['AccountInquiries'] = { merchantId, inquiries: some.map(inquiryOf) };
        found.push(...readVerifications(await post('/account-verifications', message)));
      }
      return new Map(found.map(({ id, ...verification }) => [id, verification]));
    },
    async test(merchantId): Promise<BankTest[]> {
      try {
        const question: Schemas['Test'] = { merchantId };
        const { checks } = readTestResult(await post('/test', question));
        return [{ name: 'adapter', isPassed: true, message: 'The adapter answers.' }, ...checks];
      } catch (error) {
        return [{ name: 'adapter', isPassed: false, message: reasonOf(error) }];
      }
    },
  };
}

function slices<Item>(items: readonly Item[]): Array<readonly Item[]> {
  const count = Math.ceil(items.length / ENTRIES_MAX);
  return Array.from({ length: count }, (_, index) => items.slice(index * ENTRIES_MAX, (index + 1) * ENTRIES_MAX));
}

/** Returns the body of an answer. Rejects when it is cut off or too long. */
async function readText(response: Response, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) throw new Error(`longer than ${ANSWER_BYTES_MAX} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw new BankUnavailable(`the answer of the bank adapter to ${path} cannot be read: ${reasonOf(error)}`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BankUnavailable(`the bank adapter did not answer ${path} with JSON`);
  }
}

/** Returns the message of an error and of what caused it: fetch hides the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
