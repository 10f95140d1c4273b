import { expect, it } from 'vitest';
import { startHub, turn } from '../support/hub.ts';
import { createRandom } from '../torture/random.ts';

// Streams of states: every reader ends with the state of the last event, rendered once for all.

const STATE_MS = 1_000;

/** A hub whose state is the end of the log when it is rendered. */
function startStates(isOut: () => boolean = () => false) {
  const rendered: number[] = [];
  const hub = startHub(
    async () => {
      const state = hub.log.position;
      rendered.push(state);
      await turn(5);
      if (isOut()) throw Object.assign(new Error('away'), { code: '57P01' });
      return String(state);
    },
    { isState: true, end: 10 },
  );
  return { hub, rendered };
}

const statesOf = (reader: { frames: ReadonlyArray<{ payload: Buffer }> }) =>
  reader.frames.map(({ payload }) => Number(payload.toString()));

it('shows the state to each reader that joins, wherever it was before, and renders it once', async () => {
  const { hub, rendered } = startStates();
  const readers = [await hub.join(10), await hub.join(3), await hub.join(10), await hub.join(0)];
  await turn(50);
  expect(readers.map(statesOf)).toEqual([[10], [10], [10], [10]]);
  expect(rendered).toEqual([10]);
  expect(hub.positionOf(readers[0]?.frames[0]?.cursor)).toBe(10);
});

it('shows one state for many events, after the time between two', async () => {
  const { hub, rendered } = startStates();
  const readers = [await hub.join(10), await hub.join(10)];
  await turn(50);
  for (let count = 0; count < 20; count += 1) {
    hub.push(10);
    await turn(5);
  }
  await turn(STATE_MS * 1.5);
  for (const reader of readers) expect(statesOf(reader)).toEqual([10, 210]);
  expect(rendered).toEqual([10, 210]);
});

it('shows nothing for events that do not match', async () => {
  const { hub, rendered } = startStates();
  const reader = await hub.join(10, { paymentIds: ['pay_1'] });
  await turn(50);
  hub.push(5, ['pay_2']);
  await turn(STATE_MS * 1.2);
  expect(rendered).toEqual([10]);
  hub.push(1, ['pay_1']);
  await turn(STATE_MS * 1.2);
  expect(statesOf(reader)).toEqual([10, 16]);
});

it('renders no state for events that cannot change it, however many come while it is rendered', async () => {
  const { hub, rendered } = startStates();
  const busy = setInterval(() => hub.push(1, ['pay_2']), 2);
  const reader = await hub.join(10, { paymentIds: ['pay_1'] });
  await turn(STATE_MS * 2.5);
  expect(rendered.length).toBe(1);
  hub.push(1, ['pay_1']);
  await turn(STATE_MS * 2.5);
  clearInterval(busy);
  expect(rendered.length).toBe(2);
  expect(reader.frames.length).toBe(2);
});

it('shows a reader that joins no state that events have changed since', async () => {
  const { hub } = startStates();
  const slow = await hub.join(10);
  await turn(50);
  slow.state.isFull = true;
  hub.push(1);
  await turn(STATE_MS * 1.2);
  hub.push(500);
  const late = await hub.join(5);
  await turn(STATE_MS * 1.5);
  expect(statesOf(late)).toEqual([511]);
});

it('shows a reader that comes from another node nothing older than it has seen there', async () => {
  const { hub } = startStates();
  const reader = await hub.join(99);
  await turn(300);
  expect(statesOf(reader)).toEqual([]);
  expect(reader.member.cursor()).toBeTruthy();
  hub.push(89);
  await turn(STATE_MS);
  expect(statesOf(reader)).toEqual([99]);
});

it('gives out cursors of the log alone, also before the first state', async () => {
  const { hub } = startStates();
  const reader = await hub.join(0);
  expect(hub.positionOf(reader.member.cursor())).toBeGreaterThanOrEqual(0);
});

it('leaves every reader with the last state over walks of joining, leaving, slowness and outages', async () => {
  const walks = Array.from({ length: 20 }, async (_, index) => {
    const random = createRandom(index + 1);
    let isOut = false;
    const { hub, rendered } = startStates(() => isOut && random.chance(0.3));
    const readers = [await hub.join(10)];
    const startedAt = performance.now();
    for (let step = 0; step < 60; step += 1) {
      const some = readers[random.below(readers.length)];
      const action = random.below(8);
      if (action < 3) hub.push(1 + random.below(5));
      else if (action === 3) readers.push(await hub.join(random.below(hub.log.position + 1)));
      else if (action === 4 && some) some.state.isFull = !some.state.isFull;
      else if (action === 5 && some && readers.length > 1) {
        some.member.leave();
        readers.splice(readers.indexOf(some), 1);
      } else if (action === 6) isOut = !isOut && index % 4 === 0;
      await turn(random.below(120));
    }
    isOut = false;
    for (const { state } of readers) state.isFull = false;
    const isDone = () => readers.every((reader) => statesOf(reader).at(-1) === hub.log.position);
    for (let wait = 0; wait < 100 && !isDone(); wait += 1) await turn(50);
    for (const reader of readers) {
      const states = statesOf(reader);
      expect([index, reader.failures, states.at(-1)]).toEqual([index, [], hub.log.position]);
      // Never back, never twice.
      expect(states).toEqual([...new Set(states)].sort((a, b) => a - b));
    }
    expect(rendered.length).toBeLessThan(((performance.now() - startedAt) / STATE_MS) * 4 + 10);
  });
  await Promise.all(walks);
}, 120_000);
