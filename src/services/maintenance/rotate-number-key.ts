import { queryable, withTransaction } from '../../store/connection/database.ts';
import {
  decryptNumber,
  encryptNumber,
  PERSONAL_NUMBERS,
  type PersonalNumberField,
} from '../../store/personal-numbers.ts';
import { lockStaleNumbers, replaceCiphers } from '../../store/read-personal-numbers.ts';
import { FIRST_NUMBER_KEY } from '../../store/secrets.ts';
import { findOrSetSetting, putSetting } from '../../store/settings.ts';
import type { App } from '../app.ts';

const SETTING = 'personal_numbers_key';
const KEY_ID_MAX = 255;
const STEP_SIZE = 1_000;
/** Nodes look for a new key so often. */
export const KEY_REFRESH_MS = 5_000;

/** Learns which key personal numbers are written with now. */
export async function refreshNumberKey(app: Pick<App, 'database' | 'secrets'>): Promise<'DONE'> {
  const found = await findOrSetSetting(queryable(app.database), SETTING, String(FIRST_NUMBER_KEY));
  app.secrets.numberKeyId = Number(found);
  return 'DONE';
}

/**
 * Writes every personal number anew with the next key. Old numbers stay readable all the while, by every node; the nodes
 * that run learn of the key within seconds, which is waited for, so that none is left behind. Returns how many were written.
 */
export async function rotateNumberKey(app: App, waitMs = 2 * KEY_REFRESH_MS): Promise<number> {
  await refreshNumberKey(app);
  const next = app.secrets.numberKeyId + 1;
  if (next > KEY_ID_MAX) throw new RangeError('the keys of personal numbers are used up');
  await putSetting(queryable(app.database), SETTING, String(next));
  app.secrets.numberKeyId = next;
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  let written = 0;
  for (const field of Object.keys(PERSONAL_NUMBERS) as PersonalNumberField[]) written += await rewriteAll(app, field);
  return written;
}

/** In the order of the table, and once more from its start: what was written behind us is then under the new key as well. */
async function rewriteAll(app: App, field: PersonalNumberField): Promise<number> {
  let total = 0;
  for (;;) {
    let count = 0;
    for (let after: Place | null = START; after !== null; ) {
      const step: { count: number; last: Place | null } = await rewriteSome(app, field, after);
      count += step.count;
      after = step.last;
    }
    total += count;
    if (count === 0) return total;
  }
}

interface Place {
  readonly merchantId: string;
  readonly id: string;
}
const START: Place = { merchantId: '', id: '' };

function rewriteSome(app: App, field: PersonalNumberField, after: Place) {
  return withTransaction(app.database, async (tx) => {
    const stale = await lockStaleNumbers(tx, field, app.secrets.numberKeyId, after, STEP_SIZE);
    const fresh = stale.map(({ merchantId, id, cipher }) => {
      const cell = { merchantId, field, rowId: id };
      return { merchantId, id, cipher: encryptNumber(app.secrets, cell, decryptNumber(app.secrets, cell, cipher)) };
    });
    if (fresh.length > 0) await replaceCiphers(tx, field, fresh);
    return { count: fresh.length, last: stale.at(-1) ?? null };
  });
}
