import type { IncomingMessage, ServerResponse } from 'node:http';
import { readReport } from '../../bank/http/read-report.ts';
import type { App } from '../../services/app.ts';
import type { KnownConnectors } from '../../services/connectors/banks.ts';
import { takeBankReport } from '../../services/connectors/take-bank-report.ts';
import { isSigned } from '../../signing/signature.ts';
import type { Intake } from '../intake/intake.ts';
import { pointsOf } from '../intake/json-weight.ts';
import { decodeUtf8, readBody } from './read-body.ts';
import { send } from './send.ts';

const PATH = /^\/bank\/([a-z0-9-]{1,32})\/answers$/;
/** Largest report of an adapter, in bytes. */
const BYTES_MAX = 2 * 1_024 * 1_024;

/** Returns the connector to whose address a path belongs; null for other paths. */
export function connectorOf(path: string): string | null {
  return PATH.exec(path)?.[1] ?? null;
}

/** What taking reports needs. */
export interface BankTransport {
  readonly app: App;
  readonly connectors: KnownConnectors;
  readonly intake: Intake;
}

/** A report of an adapter. */
interface Reported {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connectorId: string;
  /** Network address of the sender. */
  readonly address: string;
}

/**
 * Takes a signed report of the adapter of a connector of the kind HTTP. Whoever cannot sign pays by address for what was read, as
 * callers without credentials do.
 */
export async function answerBank(transport: BankTransport, reported: Reported): Promise<void> {
  const { app, connectors, intake } = transport;
  const { request, response, connectorId, address } = reported;
  const answer = (status: number, body: object): void =>
    send(response, status, { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(body));
  const no = (status: number, message: string): void => answer(status, { message });
  if (request.method !== 'POST') return no(405, 'The method must be POST.');
  const payer = { id: address, isKnown: false };
  if (!('left' in intake.allowances.take(payer, 1, 'LOOK'))) return no(429, 'Too many reports with wrong signatures.');
  const connector = await connectors.find(connectorId);
  if (connector?.kind !== 'HTTP') {
    intake.allowances.take(payer, 1, 'OWE');
    return no(404, 'There is no such connector.');
  }
  const held = intake.receiving.begin(`bank ${connectorId} ${address}`);
  response.once('close', held.release);
  const bytes = await readBody(request, BYTES_MAX, held);
  if (bytes === null) return no(413, `The body has more than ${BYTES_MAX} bytes.`);
  const text = decodeUtf8(bytes);
  if (text === null || !isSigned(connector.secrets, request.headers, text)) {
    intake.allowances.take(payer, 1 + pointsOf({ bytes: bytes.length, values: 0 }), 'OWE');
    return no(401, 'The signature is wrong, or its timestamp is more than five minutes off.');
  }
  const report = readReport(parse(text));
  if (typeof report === 'string') return no(400, report);
  answer(200, await takeBankReport(app, connectorId, report));
}

/** Returns parsed JSON; null, which no report is, for other texts. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
