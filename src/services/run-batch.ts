import { type BatchMode, outcomesOf, type RecordResult } from '../domain/batch.ts';
import type { UserError } from '../domain/errors.ts';
import { type Transaction, withTransaction } from '../store/database.ts';
import { claimIdempotencyKey, type Fingerprints, releaseIdempotencyKey, storeOutcomes } from '../store/idempotency.ts';
import type { App, Caller } from './app.ts';
import { differingPaths, fingerprint } from './fingerprint.ts';

export interface BatchRequest<Record> {
  readonly operation: string;
  readonly records: readonly Record[];
  readonly mode: BatchMode;
  readonly dryRun: boolean;
  readonly idempotencyKey: string | null;
  /** What the call says besides its records. */
  readonly args: Readonly<{ [name: string]: unknown }>;
}

export interface BatchAnswer {
  readonly results: readonly RecordResult[];
  readonly replayed: boolean;
}

/** The key belongs to another call: where the two differ. */
export interface KeyReused {
  readonly reusedKeyPaths: ReadonlyArray<readonly string[]>;
}

/** What a use case makes of the records: for each a plan or every reason why not, and how sound plans are written. */
export interface Planned<Plan> {
  readonly plans: ReadonlyArray<
    { readonly plan: Plan } | { readonly plan: null; readonly errors: readonly UserError[] }
  >;
  /** Writes the plans, in bulk, in this transaction; the ids of what they made, in the same order. */
  write(plans: readonly Plan[]): Promise<string[]>;
}

/**
 * The frame of every batch: one transaction, one result per record, in input order. ATOMIC: one bad record and nothing is
 * written. PARTIAL: the sound ones are. A repeat with the same key and input answers what was answered, and writes nothing.
 */
export async function runBatch<Record extends { readonly clientKey?: string | null | undefined }, Plan>(
  app: App,
  caller: Caller,
  request: BatchRequest<Record>,
  plan: (tx: Transaction) => Promise<Planned<Plan>>,
): Promise<BatchAnswer | KeyReused> {
  const fingerprints = fingerprint(app.secrets, { ...request.args, mode: request.mode }, request.records);
  return withTransaction(app.database, async (tx) => {
    const earlier = await replay(tx, caller, request, fingerprints);
    if (earlier) return earlier;
    const { plans, write } = await plan(tx);
    const outcomes = outcomesOf(
      plans.map((item) => item.plan !== null),
      request.mode,
      request.dryRun,
    );
    const sound = plans.flatMap((item, index) =>
      outcomes[index] === 'CREATED' && item.plan !== null ? [item.plan] : [],
    );
    const ids = sound.length > 0 ? await write(sound) : [];
    let written = 0;
    const results = plans.map((item, index): RecordResult => {
      const outcome = outcomes[index] ?? 'FAILED';
      const objectId = outcome === 'CREATED' ? (ids[written++] ?? null) : null;
      return {
        index,
        clientKey: request.records[index]?.clientKey ?? null,
        outcome,
        objectId,
        errors: 'errors' in item ? item.errors : [],
      };
    });
    await finish(tx, app, caller, request, results);
    return { results, replayed: false };
  });
}

async function replay(
  tx: Transaction,
  caller: Caller,
  request: BatchRequest<object>,
  fingerprints: Fingerprints,
): Promise<BatchAnswer | KeyReused | null> {
  if (request.idempotencyKey === null || request.dryRun) return null;
  const { operation } = request;
  const record = await claimIdempotencyKey(tx, caller.merchantId, request.idempotencyKey, operation, fingerprints);
  if (!record) return null;
  const reusedKeyPaths = record.operation === operation ? differingPaths(record.fingerprints, fingerprints) : [[]];
  return reusedKeyPaths.length > 0 ? { reusedKeyPaths } : { results: record.outcomes, replayed: true };
}

/** A call that wrote nothing keeps nothing: its key may carry the corrected input. */
async function finish(
  tx: Transaction,
  app: App,
  caller: Caller,
  request: BatchRequest<object>,
  results: readonly RecordResult[],
): Promise<void> {
  const hasWritten = results.some((result) => result.objectId !== null);
  if (hasWritten) tx.onCommit(app.onEvents);
  if (request.idempotencyKey === null || request.dryRun) return;
  await (hasWritten
    ? storeOutcomes(tx, caller.merchantId, request.idempotencyKey, results)
    : releaseIdempotencyKey(tx, caller.merchantId, request.idempotencyKey));
}
