import type { Path, UserError } from './errors.ts';
import type { Warning } from './warnings.ts';

/**
 * The errors and warnings found in a record, and the path of the part that is being validated. The parts of a record
 * share the lists of errors and warnings.
 */
export class Findings {
  readonly path: Path;
  readonly errors: UserError[];
  readonly warnings: Warning[];

  constructor(
    path: Path = [],
    { errors, warnings }: Pick<Findings, 'errors' | 'warnings'> = { errors: [], warnings: [] },
  ) {
    this.path = path;
    this.errors = errors;
    this.warnings = warnings;
  }

  /** Returns these findings for a part of the current path; the lists are shared. */
  at(...names: readonly string[]): Findings {
    return new Findings([...this.path, ...names], this);
  }

  /** Returns these findings for another path; the lists are shared. */
  of(path: Path): Findings {
    return new Findings(path, this);
  }
}
