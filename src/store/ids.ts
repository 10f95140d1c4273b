import { createHash, randomBytes } from 'node:crypto';
import { countedId, createIdGenerator, type IdKind, randomReference } from '../domain/ids.ts';
import { wallTime } from './connection/wall-time.ts';

/** Generates ids, and references (`REFERENCE_LENGTH` characters of 5 random bits) for records submitted without one. */
export interface IdSource {
  newId(kind: IdKind): string;
  newReference(): string;
}

const REFERENCE_LENGTH = 12;

/** Generates ids from random bytes and the wall time. */
export const newId = createIdGenerator(randomBytes, () => wallTime().getTime());

/** The id source of all transactions except those of seeded sandboxes. */
export const RANDOM_IDS: IdSource = { newId, newReference: () => randomReference(randomBytes, REFERENCE_LENGTH) };

/**
 * An id source with a seed. `made` counts the ids and references generated so far, `madeBefore` those of earlier transactions; `now` is the instant encoded in ids.
 */
export interface SeededIds extends IdSource {
  readonly madeBefore: number;
  readonly made: number;
  now: Date;
}

/** Returns an id source that continues the sequence of `seed` after `madeBefore` ids: the same calls yield the same ids. */
export function seededIds(seed: string, madeBefore: number, now: Date): SeededIds {
  const noise = (count: number) => createHash('sha256').update(`${seed} ${count}`).digest();
  const ids = {
    madeBefore,
    made: madeBefore,
    now,
    newId(kind: IdKind) {
      ids.made += 1;
      return countedId(kind, ids.now.getTime(), ids.made, noise(ids.made));
    },
    newReference() {
      ids.made += 1;
      const bytes = noise(ids.made);
      return randomReference((length) => bytes.subarray(0, length), REFERENCE_LENGTH);
    },
  };
  return ids;
}
