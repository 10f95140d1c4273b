import { expect, it } from 'vitest';
import { createAllowances } from '../../src/admission/allowances.ts';
import { createRenderingPoints } from '../../src/server/fan-out/rendering-points.ts';
import { startHub, turn } from '../support/hub.ts';
import { createRandom } from '../torture/random.ts';

const WALKS = Number(process.env['HUB_WALKS'] ?? 300);

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index + 1);
const settle = () => turn(30);

it(`writes each reader everything after its place, once and in order, over ${WALKS} walks of joining, leaving, slowness and outages`, {
  timeout: 900_000 + WALKS * 100,
}, async () => {
  for (let seed = 1; seed <= WALKS; seed += 1) {
    const random = createRandom(seed);
    let isOut = false;
    const hub = startHub(async (item) => {
      const turns = random.below(4);
      for (let count = 0; count < turns; count += 1) await turn();
      if (isOut && random.chance(0.3)) throw Object.assign(new Error('away'), { code: '57P01' });
      return JSON.stringify(item.kind);
    });
    // Keeps the log open: a log that nobody listens to begins at its end.
    const first = await hub.join(0);
    const readers = [{ from: 0, reader: first, isGone: false }];
    for (let step = 0; step < 40; step += 1) {
      const some = readers[random.below(readers.length)];
      const action = random.below(10);
      if (action < 4) hub.push(random.chance(0.01) ? 1_200 : 1 + random.below(5));
      else if (action < 6) {
        const from = random.below(hub.log.position + 1);
        readers.push({ from, reader: await hub.join(from), isGone: false });
      } else if (action === 6 && some) some.reader.state.isFull = !some.reader.state.isFull;
      else if (action === 7 && some && some.reader !== first) {
        some.isGone = true;
        some.reader.member.leave();
      } else if (action === 8) isOut = !isOut && seed % 10 === 0;
      else await turn();
      if (random.chance(0.3)) await turn();
    }
    isOut = false;
    for (const { reader } of readers) reader.state.isFull = false;
    const end = hub.log.position;
    const isDone = () => readers.every(({ reader, isGone, from }) => isGone || reader.positions.length >= end - from);
    for (let wait = 0; wait < 400 && !isDone(); wait += 1) await turn(wait < 50 ? 0 : 5);
    for (const { from, reader, isGone } of readers) {
      const expected = isGone ? upTo(from, end).slice(0, reader.positions.length) : upTo(from, end);
      expect([seed, from, reader.positions, reader.failures]).toEqual([seed, from, expected, []]);
      reader.member.leave();
    }
  }
});

it('loses nothing when the last live reader leaves while something is being resolved for it', async () => {
  const waiting = new Map<number, () => void>();
  const hub = startHub(async (item) => {
    const position = item.kind === 'EVENT' ? item.event.position : 0;
    if (position === 10 || position === 11) await new Promise<void>((resolve) => waiting.set(position, resolve));
    return '{}';
  });
  const opener = await hub.join(0);
  hub.push(10);
  opener.member.leave();
  const live = await hub.join(10);
  const behind = await hub.join(9);
  await settle();
  hub.push(1);
  await settle();
  live.member.leave();
  hub.push(1);
  waiting.get(10)?.();
  await settle();
  waiting.get(11)?.();
  hub.push(1);
  await settle();
  expect(behind.positions).toEqual([10, 11, 12, 13]);
});

it('leads no reader back that comes with a cursor ahead of this node', async () => {
  const hub = startHub(async (item) => JSON.stringify(item.kind), { hasControl: true, end: 5 });
  const ahead = await hub.join(7);
  await settle();
  expect(hub.positionOf(ahead.frames[0]?.cursor)).toBe(7);
  hub.push(3);
  await settle();
  expect(ahead.positions).toEqual([8]);
});

it('stops resolving when its reader has gone, and gives up on what takes the database too long each time', async () => {
  let renderings = 0;
  const hub = startHub(async () => {
    renderings += 1;
    throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
  });
  const stays = await hub.join(0);
  hub.push(1);
  const goes = await hub.join(0, { group: 'other' });
  await settle();
  goes.member.leave();
  await expect.poll(() => stays.failures).toHaveLength(1);
  const then = renderings;
  await turn(1_200);
  expect(renderings).toBe(then);
});

it('shows what comes before an event that cannot be shown', async () => {
  const hub = startHub(async (item) => {
    if (item.kind === 'EVENT' && item.event.position === 3) throw new Error('a bug');
    return '{}';
  });
  const keeper = await hub.join(0, { paymentIds: ['nobody'], group: 'keeper' });
  const live = await hub.join(0);
  await settle();
  hub.push(4);
  await settle();
  const behind = await hub.join(0);
  await settle();
  for (const reader of [live, behind])
    expect([reader.positions, reader.failures]).toEqual([[1, 2], [new Error('a bug')]]);
  keeper.member.leave();
});

it('does not hold a live reader to where its last own event was', async () => {
  const hub = startHub(async () => {
    await turn(5);
    return '{}';
  });
  const reader = await hub.join(0, { paymentIds: ['mine'] });
  await settle();
  // Far more than is kept at hand: who started from its last event would ask a database, which there is not.
  for (let count = 0; count < 40; count += 1) hub.push(500, ['other']);
  for (let count = 0; count < 3; count += 1) hub.push(500, ['mine']);
  await expect.poll(() => reader.positions.length + reader.failures.length).toBe(1_500);
  expect(reader.failures).toEqual([]);
});

it('writes no more into one connection than fits, however many streams are on it', async () => {
  const hub = startHub(async () => 'x'.repeat(20_000));
  const keeper = await hub.join(0, { group: 'keeper' });
  keeper.state.isFull = true;
  hub.push(64);
  let waiting = 0;
  const streams = await Promise.all(upTo(0, 20).map((stream) => hub.join(0, { group: `group ${stream}` })));
  for (const stream of streams) {
    Object.defineProperty(stream.state, 'isFull', { get: () => waiting > 65_536 });
    const { push } = stream.frames;
    stream.frames.push = (...frames) => {
      waiting += frames.reduce((sum, frame) => sum + frame.payload.length, 0);
      return push.apply(stream.frames, frames);
    };
  }
  await settle();
  expect(waiting).toBeGreaterThan(0);
  expect(waiting).toBeLessThan(200_000);
  for (const stream of [keeper, ...streams]) stream.member.leave();
});

it('charges each rendering once, in equal parts to the keys that are shown it', async () => {
  const limits = { bucketPoints: 100, refillPerSecond: 0.001 };
  const hub = startHub(async () => '{}', { limits, points: 40 });
  const readers = [await hub.join(0, { key: 'a' }), await hub.join(0, { key: 'a' }), await hub.join(0, { key: 'b' })];
  hub.push(5); // 200 points: all that the merchant has, and the keys together
  await settle();
  for (const { positions } of readers) expect(positions).toEqual(upTo(0, 5));
  hub.push(1);
  await settle();
  for (const { positions } of readers) expect(positions).toEqual(upTo(0, 5));
});

it('lets a reader whose key has no points catch up from the log, and delays nobody else', async () => {
  const limits = { bucketPoints: 100, refillPerSecond: 400 };
  const rendered: number[] = [];
  const hub = startHub(
    async (item) => {
      if (item.kind === 'EVENT') rendered.push(item.event.position);
      return '{}';
    },
    { limits, points: 90 },
  );
  const poor = await hub.join(0, { key: 'poor', group: 'dear' });
  hub.push(1);
  await settle();
  hub.push(4);
  // Another key with the same stream is shown everything that it pays for, at once.
  const rich = await hub.join(5, { key: 'rich', group: 'other' });
  hub.push(1);
  await settle();
  expect(rich.positions).toEqual([6]);
  expect(poor.positions.length).toBeLessThan(6);
  while (poor.positions.length < 6) await turn(20);
  expect(poor.positions).toEqual(upTo(0, 6));
  expect(poor.failures).toEqual([]);
});

it('ends a reader that only falls further behind, since its key can never pay, and says why', async () => {
  const limits = { bucketPoints: 100, refillPerSecond: 1 };
  const hub = startHub(async (item) => JSON.stringify(item), { hasControl: true, limits, points: 90, shortMsMax: 200 });
  const reader = await hub.join(0, { key: 'poor' });
  while (reader.failures.length === 0) {
    hub.push(1);
    await turn(20);
  }
  expect(reader.positions).toEqual([1]);
  expect(String(reader.frames.at(-1)?.payload)).toContain('TOO_COSTLY');
  expect(reader.failures).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }]);
});

it('keeps a share of the rendering of a node for each merchant, and of what it may cost', async () => {
  const points = createRenderingPoints(createAllowances({ bucketPoints: 100, refillPerSecond: 1 }), {
    bucketPoints: 100,
    refillPerSecond: 1,
  });
  const key = (id: string) => ({ id, isKnown: true });
  expect(points.pay('one', 100, [key('a')])).toBeNull();
  expect(points.pay('one', 100, [key('b')])).toBeNull();
  expect(points.pay('one', 100, [key('c')])).toMatchObject({ payers: [key('c')] });
  expect(points.pay('two', 100, [key('c')])).toBeNull();
  expect(points.pay('two', 50, [key('c'), key('d')])).toMatchObject({ payers: [key('c')] });
});

it('does not end a reader that pays steadily for what came all at once', async () => {
  const limits = { bucketPoints: 100, refillPerSecond: 1_500 };
  const hub = startHub(async () => '{}', { limits, points: 90, shortMsMax: 100 });
  const reader = await hub.join(0, { key: 'steady' });
  hub.push(30);
  while (reader.positions.length < 30 && reader.failures.length === 0) await turn(20);
  expect(reader.failures).toEqual([]);
  expect(reader.positions).toEqual(upTo(0, 30));
});
