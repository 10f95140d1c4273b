import { WebSocket } from 'ws';
import { openSse } from '../support/sse.ts';
import { createRandom, pause } from './random.ts';

// A subscriber that stays with no node for long: it is dropped or drops the node, and goes on elsewhere from its last cursor.

const WATCH = `subscription ($after: String) {
  events(after: $after, filter: { about: [PAYMENT] }) { ... on Event { cursor objectId version } }
}`;

interface Result {
  readonly data?: { readonly events: { readonly cursor: string; readonly objectId: string; readonly version: number } };
  readonly errors?: ReadonlyArray<{ readonly message: string; readonly extensions: { readonly retryable: boolean } }>;
}

export interface HoppingReader {
  /** `object version`, as they came. */
  readonly seen: string[];
  /** What it was told that is no reason to come back. */
  readonly refusals: string[];
  hops: number;
  stop(): Promise<void>;
}

export function startHoppingReader(
  urls: readonly string[],
  { apiKey, after, seed, by }: { apiKey: string; after: string; seed: number; by: 'WebSocket' | 'SSE' },
): HoppingReader {
  const random = createRandom(seed);
  const stay = by === 'SSE' ? stayBySse : stayByWebSocket;
  let cursor = after;
  let isStopped = false;
  let hopping = Promise.resolve();
  const reader: HoppingReader = {
    seen: [],
    refusals: [],
    hops: 0,
    async stop() {
      isStopped = true;
      await hopping;
    },
  };
  const take = ({ data, errors }: Result): void => {
    for (const error of errors ?? []) if (!error.extensions.retryable) reader.refusals.push(error.message);
    if (!data) return;
    reader.seen.push(`${data.events.objectId} ${data.events.version}`);
    cursor = data.events.cursor;
  };
  hopping = (async () => {
    while (!isStopped) {
      const url = urls[random.below(urls.length)] ?? '';
      await stay({ url, apiKey, after: cursor, forMs: 200 + random.below(1_300), take }).catch(() => pause(100));
      reader.hops += 1;
    }
  })();
  return reader;
}

interface Stay {
  readonly url: string;
  readonly apiKey: string;
  readonly after: string;
  readonly forMs: number;
  readonly take: (result: Result) => void;
}

function stayByWebSocket({ url, apiKey, after, forMs, take }: Stay): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), forMs);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      // What was buffered when it was cut is not ours any more.
      socket.removeAllListeners('message');
      setTimeout(resolve, 20);
    });
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } }));
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data)) as { type: string; payload: Result };
      if (type === 'connection_ack') {
        send({ id: '1', type: 'subscribe', payload: { query: WATCH, variables: { after } } });
      }
      if (type === 'next') take(payload);
      if (type === 'complete') socket.terminate();
    });
  });
}

async function stayBySse({ url, apiKey, after, forMs, take }: Stay): Promise<void> {
  const parameters = new URLSearchParams({ query: WATCH, variables: JSON.stringify({ after }) });
  const opening = openSse(`${url}/stream?${parameters}`, { authorization: `Bearer ${apiKey}` });
  const stream = await Promise.race([opening, pause(forMs)]);
  if (!stream) {
    void opening.then(
      (late) => late.stop(),
      () => {},
    );
    return;
  }
  await Promise.race([stream.ended, pause(forMs)]);
  stream.stop();
  await stream.ended;
  for (const { event, data } of stream.events) if (event === 'next') take(JSON.parse(data) as Result);
}
