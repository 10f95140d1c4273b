import { Busy } from './busy.ts';

/**
 * Limits concurrent work by fair queueing: waiting work is admitted round-robin by client, so that the backlog of one
 * client does not delay the others.
 */
export interface FairGate {
  /** Runs work when a slot is free. Throws Busy when the gate is full or the work waited longer than `waitMs`. */
  run<Result>(client: string, work: () => Result | Promise<Result>): Promise<Result>;
}

/** Limits of a fair gate. */
export interface GateOptions {
  /** Maximum number of calls that run at once. */
  readonly slots: number;
  /** Maximum number of slots for one client; by default all. A smaller value keeps slots free for other clients. */
  readonly slotsPerClient?: number;
  /** Maximum number of running and waiting calls; further calls are refused at once. Unlimited by default. */
  readonly max?: number;
  /** Maximum wait in milliseconds before a call is refused; unlimited when absent. */
  readonly waitMs?: number;
}

interface Waiting {
  readonly enter: () => void;
}

/** Creates a fair gate with no running work. */
export function createFairGate({ slots, slotsPerClient = slots, max = Infinity, waitMs }: GateOptions): FairGate {
  const running = new Map<string, number>();
  /** Waiting calls by client. The first client of the map is served next. */
  const lines = new Map<string, Waiting[]>();
  let runningCount = 0;
  let count = 0;

  const hasRoom = (client: string): boolean => runningCount < slots && (running.get(client) ?? 0) < slotsPerClient;

  function enter(client: string): void {
    runningCount += 1;
    running.set(client, (running.get(client) ?? 0) + 1);
  }

  function leave(client: string): void {
    runningCount -= 1;
    const left = (running.get(client) ?? 1) - 1;
    if (left > 0) running.set(client, left);
    else running.delete(client);
    for (const [next, line] of lines) {
      if (!hasRoom(next)) continue;
      const first = line.shift();
      lines.delete(next);
      if (line.length > 0) lines.set(next, line); // moves the client to the end of the queue
      first?.enter();
      return;
    }
  }

  function waitInLine(client: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = waitMs === undefined ? undefined : setTimeout(giveUp, waitMs);
      const waiting: Waiting = {
        enter() {
          clearTimeout(timer);
          enter(client);
          resolve();
        },
      };
      const line = lines.get(client);
      if (line) line.push(waiting);
      else lines.set(client, [waiting]);

      function giveUp(): void {
        const others = lines.get(client);
        others?.splice(others.indexOf(waiting), 1);
        if (others?.length === 0) lines.delete(client);
        reject(new Busy());
      }
    });
  }

  return {
    async run(client, work) {
      if (count >= max) throw new Busy();
      count += 1;
      try {
        if (hasRoom(client)) enter(client);
        else await waitInLine(client);
        try {
          return await work();
        } finally {
          leave(client);
        }
      } finally {
        count -= 1;
      }
    },
  };
}
