import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Start time of a process, in a format of the system that serves only for comparison; empty when there is no such
 * process.
 */
export function startOf(pid: number): string {
  // Field 22 of stat, counted after the process name, which may contain spaces and parentheses.
  if (process.platform === 'linux') return readProc(pid, 'stat').split(') ').pop()?.split(' ')[19] ?? '';
  return ps('lstart=', pid);
}

/** The command line of a process; empty when there is no such process. */
export function commandOf(pid: number): string {
  if (process.platform === 'linux') return readProc(pid, 'cmdline').replaceAll('\0', ' ');
  return ps('args=', pid);
}

/** Used on Linux, which always has /proc, while small images lack `ps`. */
function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function ps(field: string, pid: number): string {
  try {
    const args = ['-o', field, '-p', String(pid)];
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
