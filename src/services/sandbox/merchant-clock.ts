import { findClock } from '../../store/merchants/merchants.ts';
import type { Clock } from '../app.ts';

/** The merchant clock: wall time plus an offset, or the instant at which it was frozen. */
export const merchantClock: Clock = {
  clockName: '',
  now: findClock,
};
