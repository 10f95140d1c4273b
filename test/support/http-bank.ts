import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Bank, Instruction, MandateInstruction } from '../../src/bank/bank.ts';

// A bank that is nothing like the sandbox: behind HTTP, in a process's own words, forgetful of nothing and clumsy with
// answers. It proves that the interface is not the sandbox's shape.

/** What the stub was sent, in its own format: amounts as decimals, dates without dashes. */
export interface Received {
  readonly path: string;
  readonly EndToEndId: string;
  readonly [field: string]: unknown;
}

export interface HttpBank {
  readonly bank: Bank;
  /** Everything that arrived, whether it was answered or not. */
  readonly received: readonly Received[];
  /** The next so many requests are taken, and the line is cut before they are answered. */
  loseAnswers(count: number): void;
  /** The next so many requests are refused at the listener: nothing of them is taken. */
  refuse(count: number): void;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Starts the stub on a port of its own; it stops with the test. */
export async function startHttpBank(): Promise<HttpBank> {
  const received: Received[] = [];
  let losing = 0;
  let refusing = 0;
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = (await bodyOf(request)) as { references?: string[]; entries?: Array<Omit<Received, 'path'>> };
    if (refusing > 0) {
      refusing -= 1;
      response.writeHead(503).end();
      return;
    }
    for (const entry of body.entries ?? []) received.push({ path, ...entry } as Received);
    if (losing > 0) {
      losing -= 1;
      request.socket.destroy();
      return;
    }
    const known = new Set(received.map(({ EndToEndId }) => EndToEndId));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ known: (body.references ?? []).filter((reference) => known.has(reference)) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    bank: connectTo(`http://127.0.0.1:${port}`),
    received,
    loseAnswers: (count) => {
      losing = count;
    },
    refuse: (count) => {
      refusing = count;
    },
  };
}

/** The bank as the gateway sees it. */
function connectTo(url: string): Bank {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the bank answered ${response.status}`);
    return (await response.json()) as { known: string[] };
  };
  return {
    submit: async (creditor, instructions) => {
      await post('/debits', { creditor, entries: instructions.map(debitEntry) });
      return new Set();
    },
    submitMandates: async (creditor, instructions) => {
      await post('/mandates', { creditor, entries: instructions.map(mandateEntry) });
    },
    findReceived: async (creditor, references) => new Set((await post('/status', { creditor, references })).known),
    findHeld: async () => new Set(),
    verify: async () => new Map(),
  };
}

function debitEntry({ reference, amountCents, actionDate, trackingDays, source }: Instruction) {
  return {
    EndToEndId: reference,
    Amt: (amountCents / 100).toFixed(2),
    ReqdColltnDt: actionDate.replaceAll('-', ''),
    TrckgDays: trackingDays,
    DbtrAcct: 'accountNumber' in source ? source.accountNumber : null,
  };
}

function mandateEntry(instruction: MandateInstruction) {
  const { reference, kind, contractReference } = instruction;
  const entry = { EndToEndId: reference, MsgTp: kind, MndtReqId: contractReference };
  if (!('terms' in instruction)) return entry;
  const { terms, debtor, account } = instruction;
  return {
    ...entry,
    ColltnAmt: (terms.amountCents / 100).toFixed(2),
    Dbtr: debtor.idNumber,
    DbtrAcct: account.accountNumber,
  };
}
