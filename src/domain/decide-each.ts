import type { Affected, BatchItem, Decision, SoundOutcome } from './batch.ts';
import { duplicate, notFound, type Path, type UserError, versionConflict } from './errors.ts';
import type { ScheduledCollection } from './payment/preview.ts';
import { Findings } from './warnings.ts';

/** A record that names an object there is. */
export interface Target {
  readonly id: string;
  readonly clientKey?: string | null | undefined;
  /** The version at which the caller saw it; absent: whatever it is. */
  readonly expectedVersion?: number | null | undefined;
}

/** What is to be done to an object. */
export interface Step<Plan> {
  readonly plan: Plan;
  readonly outcome: SoundOutcome;
  readonly affected?: Affected | null;
  /** The collection that it plans. */
  readonly collection?: ScheduledCollection | null;
}

/** Where the id of a target stands: `['ids', '3']`, or `['records', '3', 'id']`. */
export function idPath(path: Path): Path {
  return path[0] === 'ids' ? path : [...path, 'id'];
}

/**
 * Decides each target by the row it names: existence first, then what `decide` finds, then the version. A target that stands
 * twice in the batch is refused both times: which of two changes comes first would be chance.
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
      return refusal([duplicate(idPath(path), 'Stands twice in this batch.', null)]);
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

/** A decision: what is to be done, unless something is wrong. */
export function conclude<Plan>(step: Step<Plan> | null, objectId: string | null, findings: Findings): Decision<Plan> {
  if (!step || findings.errors.length > 0) {
    if (findings.errors.length === 0) throw new Error('a record was refused without a reason');
    return refusal(findings.errors);
  }
  const { plan, outcome, affected = null, collection = null } = step;
  return { plan, outcome, objectId, warnings: findings.warnings, affected, collection };
}

function refusal(errors: readonly UserError[]): { readonly plan: null; readonly errors: readonly UserError[] } {
  return { plan: null, errors };
}
