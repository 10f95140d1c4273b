import { queryable } from '../../store/connection/database.ts';
import { findTextCollisions, type TextCollision } from '../../store/text-collisions.ts';
import type { App } from '../app.ts';

/** The values of all merchants that two rows have, in two Unicode spellings: no input finds the ones that are listed. */
export function listTextCollisions(app: App): Promise<TextCollision[]> {
  return findTextCollisions(queryable(app.database));
}
