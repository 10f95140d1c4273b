import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { itemAt } from '../../../src/domain/invariants.ts';

// What processes have used of the processors, in microseconds, from Linux's /proc. It counts in ticks of 10 ms.

const TICK_US = 10_000;

interface ProcessTimes {
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended. */
  readonly childTicks: number;
}

function timesOf(pid: number): ProcessTimes | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The fields after the name, which may itself contain blanks and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(itemAt(fields, index));
    return { parent: at(1), ticks: at(11) + at(12), childTicks: at(13) + at(14) };
  } catch {
    return null;
  }
}

/** Returns what a process has used. Zero when it has ended. */
export function cpuOf(pid: number): number {
  return (timesOf(pid)?.ticks ?? 0) * TICK_US;
}

/** Returns what a process and its children have used, those that have ended included. */
export function cpuOfFamily(pid: number): number {
  const own = timesOf(pid);
  let ticks = own ? own.ticks + own.childTicks : 0;
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : null;
    if (times?.parent === pid) ticks += times.ticks;
  }
  return ticks * TICK_US;
}

/** Returns what all processes of the machine have used. */
export function cpuOfMachine(): number {
  const ticks = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)
    .join('')
    .trim()
    .split(/\s+/)
    .slice(1, 9)
    .map(Number);
  const idle = itemAt(ticks, 3) + itemAt(ticks, 4);
  return (ticks.reduce((sum, each) => sum + each, 0) - idle) * TICK_US;
}

/** Processors for the measured server and for the rest; null on a machine that has no two or no `taskset`. */
export interface Placement {
  readonly server: string;
  readonly rest: string;
}

/** Returns the first two processors that this process may use. */
export function choosePlacement(): Placement | null {
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '';
  const processors = allowed.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  const [server, rest] = processors;
  if (server === undefined || rest === undefined) return null;
  if (spawnSync('taskset', ['--version']).status !== 0) return null;
  return { server: String(server), rest: String(rest) };
}

/** Keeps a process, all its threads and the children that it starts from now on, on one processor. */
export function pin(pid: number, processor: string | undefined): void {
  if (processor === undefined) return;
  const { status } = spawnSync('taskset', ['-apc', processor, String(pid)], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`taskset cannot place process ${pid} on processor ${processor}`);
}
