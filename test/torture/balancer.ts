import { pause } from './random.ts';

const POLL_MS = 100;

/** What a load balancer does: it knows by asking which nodes may be sent to, and sends to them in turn. */
export interface Balancer {
  pick(): string;
  /** Waits until a node may be sent to. */
  untilReady(index: number): Promise<void>;
  stop(): void;
}

export function startBalancer(urls: readonly string[]): Balancer {
  const ready = urls.map(() => true);
  let turn = 0;
  const look = async (index: number): Promise<void> => {
    const address = urls[index]?.replace('/graphql', '/readyz') ?? '';
    ready[index] = await fetch(address).then(
      ({ status }) => status === 200,
      () => false,
    );
  };
  const timer = setInterval(() => void urls.map((_, index) => look(index)), POLL_MS);
  return {
    pick() {
      for (let tries = 0; tries < urls.length; tries += 1) {
        turn = (turn + 1) % urls.length;
        if (ready[turn]) return urls[turn] ?? '';
      }
      return urls[turn] ?? '';
    },
    async untilReady(index) {
      while (!ready[index]) await pause(POLL_MS);
    },
    stop: () => clearInterval(timer),
  };
}
