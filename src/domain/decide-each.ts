import type { Affected, BatchItem, Decision, SoundOutcome } from './batch.ts';
import { duplicate, notFound, type Path, type UserError, versionConflict } from './errors.ts';
import { Findings } from './findings.ts';
import type { ScheduledCollection } from './payment/preview.ts';

/** A record that refers to an existing object. */
export interface Target {
  readonly id: string;
  readonly clientKey?: string | null | undefined;
  /** Version that the caller last read; if absent, the version is not checked. */
  readonly expectedVersion?: number | null | undefined;
}

/** The change of an object that a record requests. */
export interface Step<Plan> {
  readonly plan: Plan;
  readonly outcome: SoundOutcome;
  readonly affected?: Affected | null;
  /** The collection that the change schedules. */
  readonly collection?: ScheduledCollection | null;
}

/** Returns the path of the id of a target: `['ids', '3']` or `['records', '3', 'id']`. */
export function idPath(path: Path): Path {
  return path[0] === 'ids' ? path : [...path, 'id'];
}

/**
 * Decides on each record by the row of its object, in order: existence first, then `decide`, then the version. An
 * object that occurs more than once in the batch is refused every time, because the order of its changes would be
 * arbitrary. `what` is the noun for the object in error messages.
 */
export function decideEach<Record extends Target, Row extends { readonly version: number }, Plan>(
  items: ReadonlyArray<BatchItem<Record>>,
  rows: ReadonlyMap<string, Row>,
  what: string,
  decide: (row: Row, record: Record, findings: Findings) => Step<Plan> | null,
): Array<Decision<Plan>> {
  const counts = new Map<string, number>();
  for (const { record } of items) counts.set(record.id, (counts.get(record.id) ?? 0) + 1);
  return items.map(({ record, path }) => {
    if ((counts.get(record.id) ?? 0) > 1) {
      return refusal([duplicate(idPath(path), 'Duplicate within this batch: send one record per object.', null)]);
    }
    const row = rows.get(record.id);
    if (!row) return refusal([notFound(idPath(path), what)]);
    const findings = new Findings(path);
    const step = decide(row, record, findings);
    const { expectedVersion = null } = record;
    if (expectedVersion !== null && expectedVersion !== row.version) {
      findings.errors.push(versionConflict([...path, 'expectedVersion'], row.version));
    }
    return conclude(step, record.id, findings);
  });
}

/** Returns the decision on a record: its step, unless there are errors. Throws if there is neither. */
export function conclude<Plan>(step: Step<Plan> | null, objectId: string | null, findings: Findings): Decision<Plan> {
  if (!step || findings.errors.length > 0) {
    if (findings.errors.length === 0) throw new Error('a record was refused without an error');
    return refusal(findings.errors);
  }
  const { plan, outcome, affected = null, collection = null } = step;
  return { plan, outcome, objectId, warnings: findings.warnings, affected, collection };
}

function refusal(errors: readonly UserError[]): { readonly plan: null; readonly errors: readonly UserError[] } {
  return { plan: null, errors };
}
