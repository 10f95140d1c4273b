import { queryable, withTransaction } from '../../store/connection/database.ts';
import { resealSecrets } from '../../store/connectors/connectors.ts';
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
/** Interval at which nodes read the id of the current key, in milliseconds. */
export const KEY_REFRESH_MS = 5_000;

/** Reads the id of the key that encrypts personal numbers into `secrets`; sets the first key if there is none. */
export async function refreshNumberKey(app: Pick<App, 'database' | 'secrets'>): Promise<'DONE'> {
  const found = await findOrSetSetting(queryable(app.database), SETTING, String(FIRST_NUMBER_KEY));
  app.secrets.numberKeyId = Number(found);
  return 'DONE';
}

/**
 * Re-encrypts every personal number, and the secrets of connectors, with the next key. Returns how many were written. It first waits `waitMs`
 * milliseconds so that all nodes use the new key. Numbers stay readable throughout. Rows are written in transactions of
 * at most `STEP_SIZE`; a stopped rotation leaves numbers under both keys.
 */
export async function rotateNumberKey(app: App, waitMs = 2 * KEY_REFRESH_MS): Promise<number> {
  await refreshNumberKey(app);
  const next = app.secrets.numberKeyId + 1;
  if (next > KEY_ID_MAX) throw new RangeError(`no key id is left for personal numbers (maximum ${KEY_ID_MAX})`);
  await putSetting(queryable(app.database), SETTING, String(next));
  app.secrets.numberKeyId = next;
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  let written = await withTransaction(app.database, (tx) => resealSecrets(tx, app.secrets));
  for (const field of Object.keys(PERSONAL_NUMBERS) as PersonalNumberField[]) written += await rewriteAll(app, field);
  return written;
}

/**
 * Re-encrypts in table order and repeats from the start until nothing is left, to catch rows written in the meantime.
 */
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
    if (fresh.length > 0) replaceCiphers(tx, field, fresh);
    return { count: fresh.length, last: stale.at(-1) ?? null };
  });
}
