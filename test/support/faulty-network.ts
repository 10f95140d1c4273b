import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a network does: hand on; hand on late, or byte by byte; swallow everything; break what there is and what comes. */
export type Mood = 'WELL' | 'LATE' | 'DRIPPING' | 'SILENT' | 'BREAKING';

const LATE_MS = 5_000;
const DRIP_MS = 1_000;

/** A network between the gateway and something else, on a port of the loopback. Faults hold for open connections too. */
export interface FaultyNetwork {
  readonly port: number;
  mood: Mood;
}

export async function startFaultyNetwork(targetPort: number): Promise<FaultyNetwork> {
  const sockets = new Set<Socket>();
  let mood: Mood = 'WELL';
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const far = connect(targetPort, '127.0.0.1');
    carry(near, far);
    carry(far, near);
    near.resume();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });

  function carry(from: Socket, to: Socket): void {
    sockets.add(from);
    // Bytes keep their order, whatever the mood does to them.
    let before: Promise<unknown> = Promise.resolve();
    from.on('data', (bytes) => {
      if (mood === 'BREAKING') return breakAll();
      if (mood === 'SILENT') return;
      before = before.then(() => hand(bytes, to));
    });
    from.on('error', () => {});
    from.once('close', () => {
      sockets.delete(from);
      void before.then(() => to.end());
    });
  }

  async function hand(bytes: Buffer, to: Socket): Promise<void> {
    if (mood === 'LATE') await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    let at = 0;
    for (; mood === 'DRIPPING' && at < bytes.length; at += 1) {
      to.write(bytes.subarray(at, at + 1));
      await new Promise((resolve) => setTimeout(resolve, DRIP_MS));
    }
    if (at < bytes.length) to.write(bytes.subarray(at));
  }

  function breakAll(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  return {
    port: (server.address() as AddressInfo).port,
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
      if (next === 'BREAKING') breakAll();
    },
  };
}
