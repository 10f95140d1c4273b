import { expect, it } from 'vitest';
import { createRandom, pause } from './random.ts';
import { startTwoNodes } from './two-nodes.ts';

// One of two nodes after the other is told to stop, as a deploy does it, under load. Short by default; `npm run torture -- sigterm`
// stops fifty times.
const STOPS = Number(process.env['SIGTERMS'] ?? 3);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);

it(`fails no request and leaves no gap in a stream over ${STOPS} stops of one of two nodes (seed ${seed})`, {
  timeout: STOPS * 20_000 + 900_000,
}, async () => {
  const random = createRandom(seed);
  const house = await startTwoNodes();
  const exits: Array<number | null> = [];
  for (let count = 0; count < STOPS; count += 1) {
    await pause(500 + random.below(1_000));
    const index = count % 2;
    exits.push((await house.nodes[index]?.kill('SIGTERM')) ?? null);
    await house.restart(index);
  }
  const { log, seen, lost } = await house.end();
  const { acknowledged, refused, wrong } = house.writes;
  console.log({
    stops: exits.length,
    acknowledged: acknowledged.length,
    refused,
    lost: lost.length,
    events: log.length,
  });
  expect([refused, wrong, lost]).toEqual([{}, [], []]);
  expect(exits).toEqual(exits.map(() => 0));
  for (const ids of seen) expect(ids).toEqual(log);
  expect(acknowledged.length).toBeGreaterThan(0);
});
