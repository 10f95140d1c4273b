import type { FairGate } from '../../admission/fair-gate.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { RenderingPoints } from './rendering-points.ts';

/** What groups need of the node they run on. */
export interface StreamsOptions {
  readonly secrets: Secrets;
  /** For how long the logs could not be looked at. */
  readonly blindMs: () => number;
  /** Events were sent to those who are live, so long after they were written. */
  readonly onDelivered: (ms: number) => void;
  /** Resolves an event for a merchant: so many at once, the merchants in turn, each a share. */
  readonly rendering: FairGate;
  readonly points: RenderingPoints;
  /** A reader that has fallen further behind for so long, for lack of points, is ended: it can never pay for what it asks. */
  readonly shortMsMax: number;
  /** Reads and resolves for one who is behind: few at once, so that those who are live do not wait for them. */
  readonly catchingUp: FairGate;
}
