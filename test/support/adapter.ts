import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { isSigned, newSigningSecret } from '../../src/signing/signature.ts';

const DOCUMENT = parse(readFileSync(new URL('../../docs/bank-protocol.openapi.yaml', import.meta.url), 'utf8'));

/** Returns a function that validates a value against a schema of the bank protocol. */
export function schemaOf(name: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...DOCUMENT, $id: 'protocol' });
  const validate = ajv.getSchema(`protocol#/components/schemas/${name}`);
  if (!validate) throw new Error(`the protocol has no schema ${name}`);
  return validate;
}

/** Schemas of the requests by path. */
const REQUESTS: Readonly<Record<string, string>> = {
  '/debits': 'Debits',
  '/mandate-requests': 'MandateRequests',
  '/status': 'StatusQuestion',
  '/account-verifications': 'AccountInquiries',
  '/test': 'Test',
};

/** A request that an adapter received. */
export interface AdapterRequest {
  readonly path: string;
  readonly body: {
    readonly merchantId: string;
    readonly debits?: ReadonlyArray<{ readonly reference: string }>;
    readonly requests?: ReadonlyArray<{ readonly reference: string; readonly kind: string }>;
    readonly references?: readonly string[];
    readonly inquiries?: ReadonlyArray<{ readonly id: string }>;
  };
}

/** An adapter of a bank in the process of the test. It validates what it is sent against the bank protocol. */
export interface Adapter {
  readonly address: string;
  readonly secret: string;
  readonly requests: readonly AdapterRequest[];
  /** What is wrong with the requests by the protocol, and with their signatures. */
  readonly faults: readonly string[];
  /** How often each reference of an instruction was received. */
  readonly counts: ReadonlyMap<string, number>;
  /** What the next requests to other paths than /status get: no answer though they are taken, an error, or a hang-up. */
  next(...how: Array<'LOSE' | 'REFUSE' | 'BAD_REQUEST'>): void;
  /** Number of requests that failed as planned. */
  failures(): number;
  /** References that are still processed. */
  readonly processing: Set<string>;
}

/** Starts an adapter that stops with the test. */
export async function startAdapter(): Promise<Adapter> {
  const secret = newSigningSecret();
  const requests: AdapterRequest[] = [];
  const faults: string[] = [];
  const counts = new Map<string, number>();
  const processing = new Set<string>();
  const planned: Array<'LOSE' | 'REFUSE' | 'BAD_REQUEST'> = [];
  let failures = 0;
  const validators = new Map(Object.entries(REQUESTS).map(([path, name]) => [path, schemaOf(name)]));

  function replyTo(path: string, body: AdapterRequest['body']): object {
    if (path === '/status') {
      const received = (body.references ?? []).filter((reference) => counts.has(reference));
      return { received, processing: received.filter((reference) => processing.has(reference)) };
    }
    if (path === '/account-verifications') {
      const found = { accountFound: true, accountOpen: true, acceptsDebits: true, acceptsCredits: true };
      const matches = { idNumberMatch: true, initialsMatch: null, nameMatch: true };
      return { verifications: (body.inquiries ?? []).map(({ id }) => ({ id, ...found, ...matches })) };
    }
    return { checks: [{ name: 'bank', isPassed: true, message: 'The bank answers.' }] };
  }

  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const text = await textOf(request);
    if (!isSigned([secret], request.headers, text)) faults.push(`${path}: the signature is wrong`);
    const body = JSON.parse(text) as AdapterRequest['body'];
    const validate = validators.get(path);
    if (!validate?.(body)) faults.push(`${path}: ${JSON.stringify(validate?.errors ?? 'no such path')}`);
    const how = path === '/status' ? undefined : planned.shift();
    if (how) failures += 1;
    if (how === 'REFUSE' || how === 'BAD_REQUEST') {
      response.writeHead(how === 'REFUSE' ? 503 : 400).end();
      return;
    }
    requests.push({ path, body });
    for (const { reference } of [...(body.debits ?? []), ...(body.requests ?? [])]) {
      counts.set(reference, (counts.get(reference) ?? 0) + 1);
    }
    if (how === 'LOSE') request.socket.destroy();
    else if (path === '/debits' || path === '/mandate-requests') response.writeHead(202).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(replyTo(path, body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    secret,
    requests,
    faults,
    counts,
    processing,
    next: (...how) => planned.push(...how),
    failures: () => failures,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
