import {
  type BatchItem,
  CLIENT_KEY_LENGTH_MAX,
  type Decision,
  outcomesOf,
  type RecordResult,
} from '../../domain/batch.ts';
import { duplicate, invalid, type Path, refused, type UserError } from '../../domain/errors.ts';
import { parseText } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
import { type Operation, refusedOperation } from '../../domain/operation.ts';
import type { Tx } from '../../store/connection/database.ts';
import { setInstant, withMerchant } from '../../store/connection/merchant-transaction.ts';
import {
  claimIdempotencyKey,
  FINGERPRINT_VERSION,
  type Fingerprints,
  type IdempotencyRecord,
  releaseIdempotencyKey,
  storeOutcomes,
} from '../../store/idempotency.ts';
import { lockClockShared } from '../../store/merchants/merchants.ts';
import { recordOperation } from '../../store/operations.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import { contextOf } from '../context-of.ts';
import type { BatchAnswer, BatchRequest, KeyReused } from './batch.ts';
import { fingerprint } from './fingerprint.ts';
import { mergeOutcomes, replayOf } from './replay.ts';

/** The plan of a use case: a decision for each record, in order, and a function that writes the accepted plans. */
export interface Planned<Plan> {
  readonly decisions: ReadonlyArray<Decision<Plan>>;
  /** Writes the plans in bulk in the transaction of the batch. Returns the ids of their objects, in the same order. */
  write(plans: readonly Plan[]): Promise<readonly string[]>;
}

type Keyed = { readonly clientKey?: string | null | undefined };

/**
 * Runs a batch in one transaction and returns one result per record, in input order. ATOMIC writes nothing if any
 * record is invalid; PARTIAL writes the valid records; a dry run writes nothing. A repeat with the same idempotency key
 * and input returns the stored results and writes nothing; a key of a different call returns `KeyReused`.
 */
export async function runBatch<Record extends Keyed, Plan>(
  app: App,
  caller: Caller,
  request: BatchRequest<Record>,
  plan: (context: WriteContext, items: ReadonlyArray<BatchItem<Record>>) => Promise<Planned<Plan>>,
): Promise<BatchAnswer | KeyReused> {
  const key = request.dryRun ? null : request.idempotencyKey;
  return withMerchant(app.database, caller.merchantId, async (tx) => {
    const sent = asSent(request);
    const [{ earlier, fingerprints }, context] = await Promise.all([
      claim(app, tx, caller, sent, key),
      openChange(app, caller, tx),
    ]);
    const replay = earlier && replayOf(earlier, sent, fingerprints);
    if (replay?.kind === 'REUSED') {
      note(tx, caller, refusedOperation(request.operation, ['IDEMPOTENCY_KEY_REUSED']));
      return { reusedKeyPaths: replay.paths };
    }
    if (replay?.kind === 'WHOLE') {
      note(tx, caller, operationOf(request.operation, replay.results));
      return { results: replay.results, replayedCount: replay.results.length, inserted: new Map() };
    }

    const written = replay?.written ?? new Map<number, RecordResult>();
    const results = await applyRecords(context, request, written, plan);
    const hasWritten = results.some(({ index, outcome }) => !written.has(index) && WROTE.has(outcome));
    if (hasWritten) tx.onCommit(app.onEvents);
    if (key !== null) keep(tx, caller, key, earlier, results, fingerprints, hasWritten);
    if (!request.dryRun) note(tx, caller, operationOf(request.operation, results));
    return { results, replayedCount: written.size, inserted: tx.inserted };
  });
}

/**
 * Claims the idempotency key. Returns the record of the earlier call, if any, and the fingerprints of this call in the
 * version of that record. Without a key both are empty.
 */
async function claim(
  app: App,
  tx: Tx,
  { merchantId }: Caller,
  request: BatchRequest<object>,
  key: string | null,
): Promise<{ earlier: IdempotencyRecord | null; fingerprints: Fingerprints }> {
  if (key === null) return { earlier: null, fingerprints: NO_FINGERPRINTS };
  const asked = fingerprint(app.secrets, request);
  const earlier = await claimIdempotencyKey(tx, merchantId, key, request.operation, asked);
  const isOfOtherVersion = earlier !== null && earlier.fingerprints.version !== asked.version;
  return {
    earlier,
    fingerprints: isOfOtherVersion ? fingerprint(app.secrets, request, earlier.fingerprints.version) : asked,
  };
}

/** Records what becomes of a request of the API. */
function note(tx: Tx, caller: Caller, operation: Operation): void {
  const { clientRequestId } = caller;
  if (clientRequestId !== undefined) recordOperation(tx, { ...caller, clientRequestId }, operation);
}

/** Returns what is recorded of a batch: it is committed if it, or an earlier call with its key, has written a record. */
function operationOf(name: string, results: readonly RecordResult[]): Operation {
  const objectIds = results.flatMap(({ outcome, objectId }) => (WROTE.has(outcome) && objectId ? [objectId] : []));
  const errorCodes = [...new Set(results.flatMap(({ errors }) => errors.map(({ code }) => code)))];
  const outcome = results.some((result) => WROTE.has(result.outcome)) ? 'COMMITTED' : 'REFUSED';
  return { name, outcome, errorCodes, objectIds };
}

const NO_FINGERPRINTS: Fingerprints = { version: FINGERPRINT_VERSION, args: {}, records: [] };

const WROTE = new Set(['CREATED', 'UPDATED']);

async function openChange(app: App, caller: Caller, tx: Tx): Promise<WriteContext> {
  const { merchantId, requestId, clientId } = caller;
  lockClockShared(tx, merchantId);
  const occurredAt = await app.clock.now(tx, merchantId);
  setInstant(tx, occurredAt);
  const cause = { actor: 'API', requestId, reasonCode: null, reason: null } as const;
  return contextOf(app, tx, { merchantId, occurredAt, cause, clientId });
}

/**
 * Decides and applies the records that no earlier call has written. Returns the results of all records, in input order.
 */
async function applyRecords<Record extends Keyed, Plan>(
  context: WriteContext,
  request: BatchRequest<Record>,
  written: ReadonlyMap<number, RecordResult>,
  plan: (context: WriteContext, items: ReadonlyArray<BatchItem<Record>>) => Promise<Planned<Plan>>,
): Promise<RecordResult[]> {
  const all = itemsOf(request);
  const items = all.filter(({ index }) => !written.has(index));
  if (items.length === 0) return all.flatMap(({ index }) => written.get(index) ?? []);
  const badKeys = checkClientKeys(all);
  const readable = items.filter(({ fault }) => fault === null);
  const { decisions, write } = readable.length > 0 ? await plan(context, readable) : NOTHING_PLANNED;
  const decided = new Map(readable.map(({ index }, at) => [index, decisions[at]]));
  const judged = items.map(({ index, fault }) => {
    const errors = [...(badKeys.get(index) ?? []), ...(fault ? [fault] : [])];
    return withKeyErrors(decided.get(index), errors);
  });
  const outcomes = outcomesOf(
    judged.map((decision) => ('outcome' in decision ? decision.outcome : null)),
    request.mode,
    request.dryRun,
  );
  const applied = judged.flatMap((decision, at) =>
    'outcome' in decision && WROTE.has(outcomes[at] ?? '') ? [decision.plan] : [],
  );
  const ids = applied.length > 0 ? await write(applied) : [];
  let next = 0;
  const fresh = items.map(({ clientKey, index }, at): RecordResult => {
    const outcome = outcomes[at] ?? 'FAILED';
    const decision = judged[at];
    const isSound = decision !== undefined && 'outcome' in decision;
    const unchanged = outcome === 'UNCHANGED' && isSound ? decision.objectId : null;
    return {
      index,
      clientKey,
      outcome,
      objectId: WROTE.has(outcome) ? (ids[next++] ?? null) : unchanged,
      errors: isSound ? [] : (decision?.errors ?? []),
      warnings: isSound ? decision.warnings : [],
      affected: isSound && outcome !== 'NOT_APPLIED' ? decision.affected : null,
      collection: isSound && outcome !== 'NOT_APPLIED' ? decision.collection : null,
    };
  });
  const byIndex = new Map([...written, ...fresh.map((result) => [result.index, result] as const)]);
  return all.flatMap(({ index }) => byIndex.get(index) ?? []);
}

/** Returns the request with the records as sent, in place of the placeholders for unreadable ones. */
function asSent<Record extends Keyed>(request: BatchRequest<Record>): BatchRequest<Record> {
  const { unreadable, records } = request;
  if (!unreadable) return request;
  return {
    ...request,
    records: records.map((record) => (lookUp(unreadable, record.clientKey)?.record as Record | undefined) ?? record),
  };
}

const NOTHING_PLANNED: Planned<never> = { decisions: [], write: async () => [] };

/** A record with its client key and, if it could not be parsed, the error. */
interface Item<Record> extends BatchItem<Record> {
  readonly index: number;
  readonly clientKey: string | null;
  readonly fault: UserError | null;
}

function itemsOf<Record extends Keyed>({ records, field, unreadable }: BatchRequest<Record>): Array<Item<Record>> {
  return records.map((record, index) => {
    const path = [field, String(index)];
    const found = record.clientKey ? unreadable?.get(record.clientKey) : undefined;
    if (!found) return { record, index, path, clientKey: record.clientKey ?? null, fault: null };
    const fault = invalid([...path, ...found.path], 'type', found.message);
    return { record, index, path, clientKey: found.clientKey, fault };
  });
}

function withKeyErrors<Plan>(decision: Decision<Plan> | undefined, keyErrors: readonly UserError[]): Decision<Plan> {
  const errors = [...keyErrors, ...(decision && 'errors' in decision ? decision.errors : [])];
  return decision && 'outcome' in decision && errors.length === 0 ? decision : { plan: null, errors };
}

/** Returns the errors of malformed and duplicate client keys by index; every record with a duplicate key is refused. */
function checkClientKeys(items: ReadonlyArray<{ clientKey: string | null; index: number; path: Path }>) {
  const counts = new Map<string, number>();
  for (const { clientKey } of items) if (clientKey) counts.set(clientKey, (counts.get(clientKey) ?? 0) + 1);
  const found = new Map<number, UserError[]>();
  for (const { clientKey, index, path } of items) {
    if (clientKey === null) continue;
    const findings = new Findings([...path, 'clientKey']);
    const { path: at, errors } = findings;
    const parsed = parseText(clientKey, { max: CLIENT_KEY_LENGTH_MAX, isReference: true }, findings);
    if (parsed !== null && parsed !== clientKey)
      errors.push(refused('INVALID', at, 'Remove leading and trailing spaces from the client key.'));
    if ((counts.get(clientKey) ?? 0) > 1)
      errors.push(duplicate(at, 'Duplicate within this batch. Use each client key once.', null));
    if (errors.length > 0) found.set(index, errors);
  }
  return found;
}

/**
 * Stores the outcomes under the idempotency key. A call that wrote nothing stores nothing and releases a newly claimed
 * key, so that the key can be reused with corrected input; records of earlier calls are kept.
 */
function keep(
  tx: Tx,
  caller: Caller,
  key: string,
  earlier: IdempotencyRecord | null,
  results: readonly RecordResult[],
  fingerprints: IdempotencyRecord['fingerprints'],
  hasWritten: boolean,
): void {
  if (!hasWritten) {
    if (!earlier) releaseIdempotencyKey(tx, caller.merchantId, key);
    return;
  }
  const merged = earlier
    ? mergeOutcomes(earlier, results, fingerprints)
    : { outcomes: results, records: fingerprints.records };
  storeOutcomes(tx, caller.merchantId, key, { ...fingerprints, records: merged.records }, merged.outcomes);
}
