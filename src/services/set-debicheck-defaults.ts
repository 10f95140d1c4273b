import type { UserError } from '../domain/errors.ts';
import type { Unjudged } from '../domain/fields.ts';
import { parseDefaults } from '../domain/mandate/parse-defaults.ts';
import { queryable } from '../store/database.ts';
import { writeDebicheckDefaults } from '../store/payment-methods.ts';
import type { App } from './app.ts';

/** Gives a method the defaults of its mandates to come. The reasons why not; null when there is no such method for mandates. */
export async function setDebicheckDefaults(
  app: App,
  merchantId: string,
  methodId: string,
  record: Unjudged,
): Promise<readonly UserError[] | null> {
  const defaults = parseDefaults(record, new Date());
  if (!('approvalWindow' in defaults)) return defaults;
  return (await writeDebicheckDefaults(queryable(app.database), merchantId, methodId, defaults)) ? [] : null;
}
