import { queryable } from '../../store/connection/database.ts';
import { findTextCollisions, type TextCollision } from '../../store/text-collisions.ts';
import type { App } from '../app.ts';

/**
 * Returns values of all merchants that are not stored in Unicode form NFC because another row has their NFC form. Input
 * is normalised, so it cannot match them.
 */
export function listTextCollisions(app: App): Promise<TextCollision[]> {
  return findTextCollisions(queryable(app.database));
}
