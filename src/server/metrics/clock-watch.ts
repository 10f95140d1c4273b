import type { Log } from '../../services/app.ts';
import { type LoopReport, startBackgroundLoop } from '../../services/background-loop.ts';
import type { Database } from '../../store/connection/database.ts';
import { measureSkewMs } from '../../store/connection/measure-skew.ts';
import { StartError } from '../start-error.ts';

/** Largest accepted difference between the clock of this machine and that of the database, in milliseconds. */
export const SKEW_MS_MAX = 5_000;
const POLL_MS = 1_000;

/** Compares the clock of this machine with that of the database until it is stopped. */
export interface ClockWatch {
  /** Milliseconds by which this machine is ahead, negative when behind, at the last check. */
  skewMs(): number;
  /** Whether the difference is within SKEW_MS_MAX. */
  isRight(): boolean;
  stop(): Promise<void>;
}

/** Starts the comparison. Throws a StartError when the clock is already wrong. */
export async function startClockWatch(database: Database, log: Log, report: LoopReport): Promise<ClockWatch> {
  let skewMs = await measureSkewMs(database);
  const isRight = (): boolean => Math.abs(skewMs) <= SKEW_MS_MAX;
  if (!isRight()) throw new StartError(`${describe(skewMs)}; synchronise it (NTP), then start again`);
  /** Direction of a wrong clock, 0 when it is right; only a change is logged. */
  const direction = (): number => (isRight() ? 0 : Math.sign(skewMs));
  const look = async (): Promise<'DONE'> => {
    const before = direction();
    skewMs = await measureSkewMs(database);
    if (direction() === before) return 'DONE';
    const fields = { skewSeconds: Math.round(skewMs / 1_000) };
    if (isRight()) log.info(fields, 'the clock of this machine agrees with the database clock again');
    else log.error(fields, `${describe(skewMs)}; this node is not ready until it is synchronised (NTP)`);
    return 'DONE';
  };
  const loop = startBackgroundLoop(look, POLL_MS, report);
  return { skewMs: () => skewMs, isRight, stop: loop.stop };
}

function describe(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the database clock`;
}
