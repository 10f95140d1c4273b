import { createHash, randomBytes } from 'node:crypto';
import { countedId, createIdGenerator, type IdKind, randomReference } from '../domain/ids.ts';
import { wallTime } from './connection/wall-time.ts';

/** Makes ids, and references for what a caller left unnamed: twelve characters, 60 bits. */
export interface IdSource {
  newId(kind: IdKind): string;
  newReference(): string;
}

const REFERENCE_LENGTH = 12;

/** Ids of this process. */
export const newId = createIdGenerator(randomBytes, () => wallTime().getTime());

export const RANDOM_IDS: IdSource = { newId, newReference: () => randomReference(randomBytes, REFERENCE_LENGTH) };

/** Ids made from a seed, counted on from `made`, at the time that `now` shows. */
export interface SeededIds extends IdSource {
  readonly made: number;
  now: Date;
}

export function seededIds(seed: string, made: number, now: Date): SeededIds {
  const noise = (count: number) => createHash('sha256').update(`${seed} ${count}`).digest();
  const ids = {
    made,
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
