import type { Target } from '../decide-each.ts';
import { invalid, refused, required } from '../errors.ts';
import { parseText, readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { isPublicAddress } from './address.ts';

/** All statuses of a webhook endpoint. */
export const WEBHOOK_STATUSES = ['ENABLED', 'DISABLED'] as const;
/** Whether events are delivered to a webhook endpoint. */
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** All statuses of a delivery. */
export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const;
/** Whether a delivery is still attempted, and how it ended. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Maximum length of the name of an endpoint, in characters. */
export const ENDPOINT_NAME_LENGTH_MAX = 64;
/** Maximum length of the address of an endpoint, in characters. */
export const ENDPOINT_URL_LENGTH_MAX = 2_000;
/** Maximum length of a selection, in characters. */
export const SELECTION_LENGTH_MAX = 8_000;

/** The properties of an endpoint that a caller sets. Conditions are those of the event log; the domain only keeps them. */
export interface EndpointTerms {
  readonly name: string;
  readonly url: string;
  readonly status: WebhookStatus;
  readonly conditions: object;
  readonly selection: string | null;
}

/** A fault of a record that was found outside the domain, in the field of this name. */
export interface RecordFault {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** Input for a new endpoint. */
export interface EndpointRecord extends Unvalidated {
  readonly clientKey?: string | null | undefined;
  readonly status?: WebhookStatus | null | undefined;
  readonly conditions?: object | null | undefined;
  readonly selection?: string | null | undefined;
  readonly faults: readonly RecordFault[];
}

/** Input for changes to an endpoint. */
export interface UpdateEndpointRecord extends EndpointRecord, Target {}

/** Returns a validated new endpoint, or null with every error in `findings`. */
export function parseEndpoint(record: EndpointRecord, allowsLocal: boolean, findings: Findings): EndpointTerms | null {
  for (const name of ['name', 'url'])
    if ((record[name] ?? null) === null) findings.errors.push(required([...findings.path, name]));
  const none = { name: '', url: '', status: 'ENABLED', conditions: {}, selection: null } as const;
  return readTerms(none, record, allowsLocal, findings);
}

/**
 * Returns the endpoint with the changes of the caller, or null with every error in `findings`. Absent fields are left
 * unchanged; null clears the conditions or the selection.
 */
export function changeEndpoint(
  current: EndpointTerms,
  record: UpdateEndpointRecord,
  allowsLocal: boolean,
  findings: Findings,
): EndpointTerms | null {
  for (const name of ['name', 'url', 'status']) {
    if (record[name] !== null) continue;
    const message = 'This field can be changed but not cleared.';
    findings.errors.push(refused('NOT_CLEARABLE', [...findings.path, name], message));
  }
  return readTerms(current, record, allowsLocal, findings);
}

function readTerms(
  current: EndpointTerms,
  record: EndpointRecord,
  allowsLocal: boolean,
  findings: Findings,
): EndpointTerms | null {
  const { path, errors } = findings;
  const fields = readFields(record, findings);
  const { selection = current.selection, conditions = current.conditions } = record;
  for (const { field, rule, message } of record.faults) errors.push(invalid([...path, field], rule, message));
  const terms = {
    name: fields.text('name', { max: ENDPOINT_NAME_LENGTH_MAX, joiners: true }) ?? current.name,
    url: readUrl(record['url'], allowsLocal, findings.at('url')) ?? current.url,
    status: record.status ?? current.status,
    conditions: conditions ?? {},
    selection: selection ?? null,
  };
  return errors.length === 0 ? terms : null;
}

function readUrl(value: unknown, allowsLocal: boolean, findings: Findings): string | null {
  if (value === undefined || value === null) return null;
  const text = parseText(value, { max: ENDPOINT_URL_LENGTH_MAX }, findings);
  if (text === null) return null;
  const fault = URL.canParse(text) ? faultOf(new URL(text), allowsLocal) : URL_FAULT;
  if (fault === null) return new URL(text).href;
  findings.errors.push(invalid(findings.path, fault.rule, fault.message));
  return null;
}

const URL_FAULT = { rule: 'url', message: 'Must be a whole URL, for example "https://example.com/webhooks".' };

/** Returns why events are not delivered to a URL; null if they are. `allowsLocal` allows http and this machine, for development. */
function faultOf({ protocol, hostname, username, password, hash }: URL, allowsLocal: boolean) {
  const isLocal = allowsLocal && isThisMachine(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && allowsLocal))
    return { rule: 'https', message: 'Must be an https URL.' };
  if (username !== '' || password !== '')
    return {
      rule: 'no_credentials',
      message: 'Must not contain a user name or password; verify the signature instead.',
    };
  if (hash !== '') return { rule: 'no_fragment', message: 'Must not contain a fragment ("#").' };
  if (!isLocal && !canBePublic(hostname))
    return { rule: 'public_address', message: 'Must be a public host, not an address of a private or local network.' };
  return null;
}

/** Returns whether a host name, as URLs normalise it, names this machine. */
export function isThisMachine(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** Returns whether a host is a name, whose addresses are checked when it is resolved, or a public address. */
export function canBePublic(hostname: string): boolean {
  const isLiteral = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  if (isLiteral) return isPublicAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
  return !/(^|\.)(localhost|local|internal|home\.arpa)\.?$/.test(hostname);
}
