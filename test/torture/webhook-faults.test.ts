import { expect, it } from 'vitest';
import { writeEvents } from '../support/events.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import {
  type Behaviour,
  drips,
  fails,
  gone,
  hangs,
  ok,
  type Receiver,
  redirects,
  resets,
  startReceiver,
} from '../support/receiver.ts';
import { createEndpoint, endWaits } from '../support/webhooks.ts';
import { pause } from './random.ts';

// Endpoints that fail in every way beside others that do not: the others get every event once, in order, whatever becomes of the
// first. Their latencies are reported beside a run without the failing ones.
const ROUNDS = Number(process.env['WEBHOOK_ROUNDS'] ?? 20);
const OBJECTS = 5;
const GOOD = 5;

const asksToWait: Behaviour = (_message, response) => void response.writeHead(429, { 'retry-after': '1' }).end();
const FAULTS: Readonly<Record<string, Behaviour>> = { fails, hangs, redirects, resets, drips, gone, asksToWait };

interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

it(`delivers to sound endpoints once and in order beside failing ones, ${ROUNDS} rounds`, {
  timeout: 900_000,
}, async () => {
  const gateway = await startGateway();
  const quiet = await startEndpoints(gateway, GOOD);
  const alone = await measure(gateway, quiet, 'alone');

  const bad = new Map<string, Receiver>();
  for (const [name, behave] of Object.entries(FAULTS)) {
    const [receiver] = await startEndpoints(gateway, 1, behave);
    if (receiver) bad.set(name, receiver);
  }
  const [killed] = await startEndpoints(gateway, 1);
  const killing = restartAgain(killed);
  const beside = await measure(gateway, quiet, 'beside');
  killing.stop();
  console.log({
    alone,
    beside,
    failing: Object.fromEntries([...bad].map(([name, { messages }]) => [name, messages.length])),
  });

  // In the end those that have recovered have got everything too.
  for (const receiver of bad.values()) receiver.behave = ok;
  const recovered = [...bad].filter(([name]) => name !== 'gone').map(([, receiver]) => receiver);
  await expect
    .poll(
      async () => {
        await endWaits(gateway);
        await pause(500);
        return recovered.map((receiver) => new Set(idsOf(receiver, 'beside')).size);
      },
      { timeout: 240_000 },
    )
    .toEqual(recovered.map(() => ROUNDS * OBJECTS));
  for (const receiver of recovered)
    expect(new Set(receiver.messages.map(({ body }) => body.id))).toEqual(
      new Set(receiver.messages.map(({ id }) => id)),
    );
  // What was under way when the first of them was answered.
  expect(bad.get('gone')?.messages.length).toBeLessThanOrEqual(8);
});

async function startEndpoints(gateway: TestGateway, count: number, behave: Behaviour = ok): Promise<Receiver[]> {
  const receivers: Receiver[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const receiver = await startReceiver(behave);
    await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
    receivers.push(receiver);
  }
  return receivers;
}

function idsOf({ messages }: Receiver, name: string): string[] {
  return messages.flatMap(({ id }) => (id.startsWith(`evt_${name}`) ? [id] : []));
}

/** Writes events in rounds; checks what the sound endpoints get, and returns how long it took. */
async function measure(gateway: TestGateway, receivers: readonly Receiver[], name: string): Promise<Latencies> {
  const writtenAt: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    writtenAt.push(Date.now());
    await writeEvents(gateway, OBJECTS, { name: `${name}${String(round).padStart(3, '0')}` });
    await pause(250);
  }
  const expected = ROUNDS * OBJECTS;
  await expect
    .poll(() => receivers.map((receiver) => idsOf(receiver, name).length))
    .toEqual(receivers.map(() => expected));
  const latencies: number[] = [];
  for (const receiver of receivers) {
    const ids = idsOf(receiver, name);
    expect(new Set(ids).size).toBe(expected);
    for (const { id, at } of receiver.messages) {
      const round = new RegExp(`^evt_${name}(\\d{3})_`).exec(id)?.[1];
      if (round !== undefined) latencies.push(at - (writtenAt[Number(round)] ?? at));
    }
  }
  latencies.sort((one, other) => one - other);
  return { p50: latencies[latencies.length >> 1] ?? 0, p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0 };
}

/** Closes a receiver and opens it again on its port, over and over. */
function restartAgain(receiver: Receiver | undefined): { stop(): void } {
  let isStopped = false;
  const run = async (): Promise<void> => {
    let current = receiver;
    while (!isStopped && current) {
      await pause(300);
      await current.close();
      await pause(300);
      current = await startReceiver(ok, Number(new URL(current.url).port));
    }
  };
  void run();
  return {
    stop() {
      isStopped = true;
    },
  };
}
