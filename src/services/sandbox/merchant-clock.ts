import { findClock } from '../../store/merchants/merchants.ts';
import type { Clock } from '../app.ts';

/** A merchant's own clock: wall time and its offset. */
export const merchantClock: Clock = {
  clockName: '',
  now: findClock,
};
