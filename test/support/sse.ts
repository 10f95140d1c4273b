/** One event of a stream over SSE, as an EventSource would see it. */
export interface SseEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** A stream over SSE that is read as it comes. */
export interface SseStream {
  readonly status: number;
  readonly events: SseEvent[];
  /** The last id, with or without an event. */
  lastId(): string;
  /** The first `count` events, as soon as they are there. */
  take(count: number): Promise<SseEvent[]>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  stop(): void;
}

export async function openSse(url: string, headers: Record<string, string> = {}): Promise<SseStream> {
  const aborting = new AbortController();
  const response = await fetch(url, { headers, signal: aborting.signal });
  const events: SseEvent[] = [];
  let id = '';
  let wake = (): void => {};
  const follow = async (): Promise<void> => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString('utf8');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line)?.slice(1) ?? []);
        const read = (name: string) => fields.find(([field]) => field === name)?.[1];
        id = read('id') ?? id;
        const data = read('data');
        // Of the place alone an EventSource hears nothing that listens to `next`.
        if (data !== undefined && read('event') !== 'ready')
          events.push({ event: read('event') ?? 'message', id, data });
      }
      wake();
    }
  };
  const ended = follow().catch(() => {});
  return {
    status: response.status,
    events,
    lastId: () => id,
    async take(count) {
      while (events.length < count) {
        const next = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([next, ended.then(() => Promise.reject(new Error('the stream ended')))]);
      }
      return events.slice(0, count);
    },
    ended,
    stop: () => aborting.abort(),
  };
}
