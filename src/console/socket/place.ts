import type { ResumePlace } from '../../client/resume-place.ts';

/**
 * Returns where a subscription of the console is resumed. They need not be parsed for it: each begins with its field,
 * whose first argument is the cursor.
 */
export function findPlace(query: string): ResumePlace | null {
  const field = /(\w+)\(\s*after: \$after/.exec(query)?.[1];
  return field ? { variable: 'after', field } : null;
}
