import { randomBytes } from 'node:crypto';
import { createIdGenerator, randomReference } from '../domain/ids.ts';

/** Ids of this process. */
export const newId = createIdGenerator(randomBytes, Date.now);

/** For what a caller left unnamed: twelve characters, 60 bits. */
export const newReference = (): string => randomReference(randomBytes, 12);
