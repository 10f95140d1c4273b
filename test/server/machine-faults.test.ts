import { expect, inject, it } from 'vitest';
import { startClockWatch } from '../../src/server/metrics/clock-watch.ts';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { measureSkewMs } from '../../src/store/connection/measure-skew.ts';
import { learnTime, wallTime } from '../../src/store/connection/wall-time.ts';
import { administer } from '../support/database-server.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';

// A machine whose clock, disk or database server is not as it should be.

const get = async (gateway: TestGateway, path: string): Promise<string> => {
  const response = await fetch(gateway.url.replace('/graphql', path));
  return `${response.status} ${(await response.text()).trim()}`;
};

it('measures how far its clock is from the database, whatever the way there takes', async () => {
  const gateway = await startGateway();
  const { database } = gateway.node.app;
  expect(Math.abs(await measureSkewMs(database))).toBeLessThan(1_000);
  const ahead = await measureSkewMs(database, () => Date.now() + 40 * 86_400_000);
  expect(Math.round(ahead / 86_400_000)).toBe(40);
  const behind = await measureSkewMs(database, () => Date.now() - 600_000);
  expect(Math.round(behind / 60_000)).toBe(-10);
});

it('learns no time from an answer that came late', () => {
  const early = (ms: number) => new Date(Date.now() - ms);
  learnTime(early(600_000), 5);
  expect(Math.round((Date.now() - wallTime().getTime()) / 1_000)).toBe(600);
  learnTime(early(3_000), 3_000);
  expect(Math.round((Date.now() - wallTime().getTime()) / 1_000)).toBe(600);
  learnTime(early(0), 5);
  expect(Math.abs(Date.now() - wallTime().getTime())).toBeLessThan(1_000);
});

it('is not ready while its clock is wrong, refuses to start with it, and says why', async () => {
  const gateway = await startGateway();
  const { database } = gateway.node.app;
  const logged: string[] = [];
  const note = (_fields: object, message: string) => void logged.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const report = { onError: () => {}, onSuccess: () => {} };
  const { now } = Date;
  const watch = await startClockWatch(database, log, report);
  try {
    expect(watch.isRight()).toBe(true);
    Date.now = () => now() - 600_000;
    await expect.poll(() => watch.isRight()).toBe(false);
    await expect(startClockWatch(database, log, report)).rejects.toThrow(
      /the clock of this machine is 6\d\d s behind the database clock; synchronise it \(NTP\), then start again/,
    );
    await expect.poll(() => get(gateway, '/readyz')).toContain('503 not ready: the clock');
    const metrics = await get(gateway, '/metrics');
    expect(Number(/^gateway_clock_skew_seconds (\S+)$/m.exec(metrics)?.[1])).toBeLessThan(-590);
  } finally {
    Date.now = now;
    await expect.poll(() => watch.isRight()).toBe(true);
    await watch.stop();
  }
  expect(logged).toEqual([
    expect.stringMatching(/^the clock of this machine is 6\d\d s behind the database clock; this node is not ready/),
    'the clock of this machine agrees with the database clock again',
  ]);
  await expect.poll(() => get(gateway, '/readyz')).toBe('200 ok');
});

it('is not ready while the database has no room on its disk, until a write succeeds', async () => {
  const gateway = await startGateway();
  expect(await get(gateway, '/readyz')).toBe('200 ok');
  // No room: for what callers write, and for what probes it.
  await gateway.sql(`CREATE FUNCTION no_room() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`);
  await gateway.sql(
    "CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS') EXECUTE FUNCTION no_room()",
  );
  expect(await get(gateway, '/readyz')).toBe('200 ok'); // nobody has met it yet
  await gateway.sql('CREATE TEMPORARY TABLE written AS SELECT 1').catch(() => {});
  await expect
    .poll(() => get(gateway, '/readyz'))
    .toBe('503 not ready: the disk of the database is full; writes fail until space is freed');
  expect(gateway.logged).toContainEqual({
    message: 'the disk of the database is full; writes fail until space is freed',
  });
  await administer(gateway.databaseUrl, 'DROP EVENT TRIGGER full_disk');
  await expect.poll(() => get(gateway, '/readyz')).toBe('200 ok');
});

it('waits for a connection of its own when other users of the database have taken all', async () => {
  const gateway = await startGateway();
  const role = `crowd_${Math.random().toString(36).slice(2, 10)}`;
  const url = new URL(gateway.databaseUrl);
  await administer(inject('serverUrl'), `CREATE ROLE ${role} LOGIN PASSWORD 'x' CONNECTION LIMIT 2`);
  await administer(gateway.databaseUrl, `GRANT ALL ON SCHEMA public TO ${role}`);
  url.username = role;
  url.password = 'x';
  const database = openDatabase(url.href, { connectionsMax: 5, onError: () => {} });
  try {
    // Two are all that this user may have: the third waits for one of them, and is not refused.
    const held = await Promise.all([database.pool.connect(), database.pool.connect()]);
    const third = queryable(database).query<{ one: number }>('SELECT 1 AS one');
    await new Promise((resolve) => setTimeout(resolve, 300));
    held[0]?.release();
    expect(await third).toEqual([{ one: 1 }]);
    held[1]?.release();
  } finally {
    await database.close();
    await administer(gateway.databaseUrl, `DROP OWNED BY ${role}`);
    await administer(inject('serverUrl'), `DROP ROLE ${role}`);
  }
});

it('tells what an alert needs: the clock, the database, the loops, the sockets, the build', async () => {
  const gateway = await startGateway();
  const lines = (await get(gateway, '/metrics')).split('\n');
  const value = (name: string) =>
    lines
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1);
  for (const name of [
    'gateway_clock_skew_seconds',
    'gateway_database_reachable',
    'gateway_bank_answers_quarantined_open',
    'gateway_socket_bytes_buffered',
    'gateway_request_bytes_held',
    'gateway_event_loop_utilization_ratio',
    'gateway_event_loop_held_total',
    'gateway_build_info{',
    'gateway_token_issuer_reachable',
  ])
    expect([name, value(name)]).toEqual([name, expect.any(String)]);
  expect(value('gateway_database_reachable')).toBe('1');
  // Each of them has succeeded once before long.
  const loops = async () =>
    [...(await get(gateway, '/metrics')).matchAll(/^gateway_background_last_success\w+\{loop="(\S+)"\}/gm)]
      .map(([, loop]) => loop)
      .sort();
  await expect
    .poll(loops)
    .toEqual([
      'bank-files',
      'clock',
      'follower',
      'idempotency',
      'number-key',
      'retention',
      'revocation',
      'scheduler',
      'sequencer',
      'webhook-deletion',
      'webhooks',
    ]);
  await gateway.sql('SELECT 1');
});
