import { requestError } from './pipeline/request-error.ts';

/** Throws BAD_REQUEST unless `groupBy` has between one and `max` properties, each at most once. */
export function refuseGroups(groupBy: readonly string[], max: number): void {
  if (groupBy.length > 0 && new Set(groupBy).size === groupBy.length) return;
  throw requestError('BAD_REQUEST', `groupBy must have 1 to ${max} values, each at most once.`, [['groupBy']]);
}
