import { Busy } from './busy.ts';

/** Lets so much run at once; what waits is let in client by client, in turn, so that nobody's crowd stands before the others. */
export interface FairGate {
  /** Throws Busy when too many are inside and in line, or when it waited for too long. */
  run<Result>(client: string, work: () => Result | Promise<Result>): Promise<Result>;
}

export interface GateOptions {
  /** So many run at once. */
  readonly slots: number;
  /** Of these a client may have so many: one is always left for the others, if there are several. */
  readonly slotsPerClient?: number;
  /** So many are inside or in line; one more is refused at once. */
  readonly max?: number;
  /** Who waited for so long is refused. */
  readonly waitMs?: number;
}

interface Waiting {
  readonly enter: () => void;
}

export function createFairGate({ slots, slotsPerClient = slots, max = Infinity, waitMs }: GateOptions): FairGate {
  const running = new Map<string, number>();
  /** The first of the map has its turn next. */
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
      if (line.length > 0) lines.set(next, line); // to the end of the turn
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
