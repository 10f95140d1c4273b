import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { components } from '../bank/http/generated/protocol.ts';
import { inquiriesOf, instructionOf, mandateInstructionOf } from '../bank/http/read-requests.ts';
import { type Journal, ledgerOf, openJournal } from '../bank/sandbox/journal.ts';
import { createSandboxBank } from '../bank/sandbox/sandbox-bank.ts';
import { settlementsOf } from '../bank/sandbox/settlements.ts';
import { parseInstant } from '../domain/dates.ts';
import { isSigned, signedHeaders } from '../signing/signature.ts';

type Schemas = components['schemas'];

/** Interval at which due answers are delivered, in milliseconds. */
const TELL_MS = 500;
/** Number of entries that the gateway takes at a time. */
const ENTRIES_MAX = 1_000;

/** Where the bank listens and to whom it answers. */
export interface BankOptions {
  readonly port: number;
  /** Address of the gateway at which its connector takes answers. */
  readonly answersUrl: string;
  readonly secret: string;
  /** File that remembers what was received and told. */
  readonly journalFile: string;
  /**
   * Whether the time is told by `POST /clock`, for tests beside a sandbox whose clock is moved; else wall time. Answers are
   * then delivered by that request.
   */
  readonly isClockTold: boolean;
  readonly print: (line: string) => void;
}

/** A running bank. */
export interface BankServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the sandbox bank by the bank protocol, in a process of its own: what an adapter of a real bank looks like to the gateway.
 * It remembers in a file, so that it may be killed at any moment.
 */
export async function serveBank(options: BankOptions): Promise<BankServer> {
  const { secret, print, isClockTold } = options;
  const journal = openJournal(options.journalFile);
  const clock = { now: new Date(0) };
  const now = (): Date => (isClockTold ? clock.now : new Date());
  const tell = createTeller(journal, options, now);
  const server = createServer((request, response) => {
    void text(request)
      .then(async (body) => {
        if (!isSigned([secret], request.headers, body))
          return { status: 401, reply: { message: 'The signature is wrong.' } };
        const message: unknown = JSON.parse(body);
        if (request.url === '/clock' && isClockTold) {
          clock.now = parseInstant((message as { now: string }).now) ?? clock.now;
          await tell();
          return { status: 200, reply: {} };
        }
        if (request.url === '/deposits') {
          await report(options, { deposits: [message as Schemas['Deposit']] });
          return { status: 200, reply: {} };
        }
        return answer(journal, request.url ?? '', message, print);
      })
      .catch((error: Error) => ({ status: 500, reply: { message: error.message } }))
      .then(({ status, reply }) => {
        print(`  ${request.url}  ${status}`);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
      });
  });
  await listen(server, options.port);
  const timer = isClockTold
    ? undefined
    : setInterval(() => void tell().catch((error: Error) => print(`  ${error.message}`)), TELL_MS);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      journal.close();
    },
  };
}

/** Answers a request of the protocol. */
async function answer(
  journal: Journal,
  path: string,
  message: unknown,
  print: (line: string) => void,
): Promise<{ status: number; reply: object }> {
  const details = new Map<string, { methodId: string; amountCents: number }>();
  const bank = createSandboxBank(ledgerOf(journal, details));
  switch (path) {
    case '/debits': {
      const { merchantId, sentAt, debits } = message as Schemas['Debits'];
      const instructions = debits.map(instructionOf);
      for (const { reference, method, amountCents } of instructions) {
        if (journal.find(reference)) print(`  ${reference} came again`);
        details.set(reference, { methodId: method.id, amountCents });
      }
      await bank.submit(merchantId, instructions, new Date(sentAt));
      return { status: 202, reply: {} };
    }
    case '/mandate-requests': {
      const { merchantId, sentAt, requests } = message as Schemas['MandateRequests'];
      await bank.submitMandates(merchantId, requests.map(mandateInstructionOf), new Date(sentAt));
      // What needs no answer was received all the same.
      const silent = requests.map(({ reference }) => ({ reference, isHeld: false, answers: [] }));
      journal.record(silent.map((received) => ({ merchantId, received, methodId: '', amountCents: 0 })));
      return { status: 202, reply: {} };
    }
    case '/status': {
      const { merchantId, references } = message as Schemas['StatusQuestion'];
      const [received, processing] = [
        await bank.findReceived(merchantId, references),
        await bank.findHeld(merchantId, references),
      ];
      return {
        status: 200,
        reply: { received: [...received], processing: [...processing] } satisfies Schemas['Status'],
      };
    }
    case '/account-verifications': {
      const asked = message as Schemas['AccountInquiries'];
      const found = await bank.verify(asked.merchantId, inquiriesOf(asked));
      return {
        status: 200,
        reply: { verifications: [...found].map(([id, verification]) => ({ id, ...verification })) },
      };
    }
    case '/test': {
      const check = { name: 'bank', isPassed: true, message: 'This is the sandbox bank.' };
      return { status: 200, reply: { checks: [check] } satisfies Schemas['TestResult'] };
    }
    default:
      return { status: 404, reply: { message: `There is no ${path}.` } };
  }
}

/** Returns a function that delivers the answers and settlements that are due. Concurrent calls wait for each other. */
function createTeller(journal: Journal, options: BankOptions, now: () => Date): () => Promise<void> {
  let telling = Promise.resolve();
  const once = async (): Promise<void> => {
    for (let due = journal.due(now()); due.length > 0; due = journal.due(now())) {
      const some = due.slice(0, ENTRIES_MAX);
      const answers = some.map(({ messageId, dueAt, authenticationReference, ...answer }): Schemas['Answer'] => {
        return { id: messageId, ...answer, authenticationReference, occurredAt: dueAt.toISOString() };
      });
      await report(options, { answers });
      journal.told(some.map(({ messageId }) => messageId));
    }
    const settlements = settlementsOf(journal, now());
    if (settlements.length === 0) return;
    await report(options, { settlements });
    journal.told(settlements.map(({ id }) => id));
  };
  return () => {
    const next = telling.then(once);
    telling = next.catch(() => {});
    return next;
  };
}

/** Reports to the gateway. Rejects when it does not take the report. */
async function report({ answersUrl, secret, print }: BankOptions, message: Schemas['Answers']): Promise<void> {
  const body = JSON.stringify(message);
  const headers = { 'content-type': 'application/json', ...signedHeaders([secret], randomUUID(), new Date(), body) };
  const response = await fetch(answersUrl, { method: 'POST', headers, body });
  const reply = await response.text();
  if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${reply}`);
  const taken = JSON.parse(reply) as Schemas['Taken'];
  for (const { id, result, message: why = '' } of [...taken.answers, ...taken.deposits, ...taken.settlements]) {
    print(`  ${id}  ${result} ${why}`);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
