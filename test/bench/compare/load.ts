import { fork } from 'node:child_process';
import { join } from 'node:path';
import { present } from '../../../src/domain/invariants.ts';
import { pin } from './cpu.ts';
import type { Job, LoadMessage, LoadResult } from './load-process.ts';

const SCRIPT = join(import.meta.dirname, 'load-process.ts');

/** Called at the edges of the measured window. */
export interface Window {
  open(): void;
  close(): void;
}

/** The process that makes the load; it takes one job at a time. */
export interface Load {
  readonly pid: number;
  run(job: Job, window: Window): Promise<LoadResult>;
  stop(): void;
}

/** Starts the process, on `processor` where one is given. */
export function startLoad(processor: string | undefined): Load {
  const child = fork(SCRIPT, { execArgv: ['--import', 'tsx'] });
  const pid = present(child.pid, 'the process id');
  pin(pid, processor);
  process.once('exit', () => void child.kill('SIGKILL'));
  return {
    pid,
    run: (job, window) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          child.off('message', take);
          child.off('exit', fail);
        };
        const fail = (): void => {
          end();
          reject(new Error('the process that makes the load has ended'));
        };
        const take = (message: LoadMessage): void => {
          if (message.type === 'open') {
            window.open();
            child.send('go');
          } else if (message.type === 'close') {
            window.close();
          } else {
            end();
            if ('result' in message) resolve(message.result);
            else reject(new Error(message.reason));
          }
        };
        child.on('message', take);
        child.once('exit', fail);
        child.send(job);
      }),
    stop: () => void child.kill('SIGTERM'),
  };
}
