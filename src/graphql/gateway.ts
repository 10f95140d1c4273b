import type { App } from '../services/app.ts';
import type { LogTail } from '../stream/log-tail.ts';

/** What the API needs of the gateway that runs it. */
export interface Gateway {
  readonly app: App;
  readonly tail: LogTail;
}
