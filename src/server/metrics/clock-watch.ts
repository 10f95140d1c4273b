import type { Log } from '../../services/app.ts';
import { type LoopReport, startBackgroundLoop } from '../../services/background-loop.ts';
import type { Database } from '../../store/connection/database.ts';
import { measureSkewMs } from '../../store/connection/measure-skew.ts';
import { StartError } from '../start-error.ts';

/** A clock that is further from the database's is wrong. */
const SKEW_MS_MAX = 5_000;
const POLL_MS = 1_000;

/** Compares this machine's clock with the database's, for as long as it runs. */
export interface ClockWatch {
  /** How far it is ahead, in milliseconds, at the last look. */
  skewMs(): number;
  isRight(): boolean;
  stop(): Promise<void>;
}

/** Throws a StartError when the clock is wrong already. */
export async function startClockWatch(database: Database, log: Log, report: LoopReport): Promise<ClockWatch> {
  let skewMs = await measureSkewMs(database);
  const isRight = (): boolean => Math.abs(skewMs) <= SKEW_MS_MAX;
  if (!isRight()) throw new StartError(`${describe(skewMs)}; set it, then start again`);
  /** Which way it is wrong: said when it changes. */
  const direction = (): number => (isRight() ? 0 : Math.sign(skewMs));
  const look = async (): Promise<'DONE'> => {
    const before = direction();
    skewMs = await measureSkewMs(database);
    if (direction() === before) return 'DONE';
    const fields = { skewSeconds: Math.round(skewMs / 1_000) };
    if (isRight()) log.info(fields, 'the clock of this machine is right again');
    else log.error(fields, `${describe(skewMs)}; this node is not ready until it is right`);
    return 'DONE';
  };
  const loop = startBackgroundLoop(look, POLL_MS, report);
  return { skewMs: () => skewMs, isRight, stop: loop.stop };
}

function describe(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the database's`;
}
