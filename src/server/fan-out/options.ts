import type { FairGate } from '../../admission/fair-gate.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { RenderingPoints } from './rendering-points.ts';

/** What groups need from their node. */
export interface StreamsOptions {
  readonly secrets: Secrets;
  /** Returns how long the logs could not be polled, in milliseconds; 0 while polling is healthy. */
  readonly blindMs: () => number;
  /** Called for each event sent to live readers, with the milliseconds since it was written. */
  readonly onDelivered: (ms: number) => void;
  /** Limits events resolved at the same time, with fair queueing between merchants. */
  readonly rendering: FairGate;
  readonly points: RenderingPoints;
  /** Milliseconds after which a reader that keeps falling behind for lack of points is ended. */
  readonly shortMsMax: number;
  /** Limits reads for readers that are behind, so that they do not delay the live ones. */
  readonly catchingUp: FairGate;
}
