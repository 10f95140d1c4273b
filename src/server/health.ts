import type { ServerResponse } from 'node:http';
import { type Database, queryable } from '../store/database.ts';
import { within } from '../store/within.ts';
import { remembered } from './remembered.ts';

const CHECK_MS_MAX = 2_000;
/** Nobody needs to know it sooner. */
const REMEMBERED_MS = 250;

/** Whether a load balancer should send requests here. */
export interface Health {
  isReady(): Promise<boolean>;
  /** From now on it should not: this node stops. */
  beginStopping(): void;
}

export function createHealth(database: Database): Health {
  let isStopping = false;
  const isAnswering = remembered(() => {
    const answered = queryable(database).query('SELECT');
    return within(
      answered.then(() => true),
      CHECK_MS_MAX,
      false,
    );
  }, REMEMBERED_MS);
  return {
    isReady: async () => !isStopping && (await isAnswering()),
    beginStopping() {
      isStopping = true;
    },
  };
}

export function answerHealth(response: ServerResponse, isWell: boolean): void {
  response.writeHead(isWell ? 200 : 503, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
  response.end(isWell ? 'ok\n' : 'not ready\n');
}
