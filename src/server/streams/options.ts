import type { Secrets } from '../../store/secrets.ts';

/** What groups need of the node they run on. */
export interface StreamsOptions {
  readonly secrets: Secrets;
  /** For how long the logs could not be looked at. */
  readonly blindMs: () => number;
  /** Events were written to those who are live, so long after they got their place. */
  readonly onDelivered: (ms: number) => void;
  /** Reads and resolves for one who is behind: few at once, so that those who are live do not wait for them. */
  readonly catchingUp: <Result>(read: () => Promise<Result>) => Promise<Result>;
}
