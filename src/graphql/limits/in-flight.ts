import { requestError } from '../request-error.ts';

/**
 * Lets so many executions run at once. What is beyond is refused at once, for any node or for later: in line for the database it
 * would wait, hold its memory, and be refused all the same.
 */
export function createGate(max: number) {
  let running = 0;
  return async <Result>(run: () => Result | Promise<Result>): Promise<Result> => {
    if (running >= max) throw requestError('UNAVAILABLE', 'This node is busy; the same call may work soon.');
    running += 1;
    try {
      return await run();
    } finally {
      running -= 1;
    }
  };
}
