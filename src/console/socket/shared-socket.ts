import type { Client, ClientOptions, Sink } from 'graphql-ws';
import type { Socket } from '../../client/gateway-client.ts';
import { iterate } from '../../client/iterate.ts';
import { createClientThatResumes, type FindPlace } from '../../client/resume.ts';
import type { ToTab, ToWorker } from './messages.ts';

const WORKER = document.querySelector<HTMLMetaElement>('meta[name="socket-worker"]')?.content ?? '';

/**
 * Opens the WebSocket that all tabs of the browser share; one of this tab alone where the browser has no shared workers,
 * or no locks, which are for secure origins.
 */
export function openSharedSocket(options: ClientOptions, findPlace: FindPlace): Socket {
  if (!('SharedWorker' in globalThis && 'locks' in navigator)) return createClientThatResumes(options, findPlace);
  const { port } = new SharedWorker(WORKER, { type: 'module' });
  const lock = holdLock();
  /** Messages follow the first one, for which the lock is needed. */
  const tell = (message: ToWorker): void => void lock.held.then(() => port.postMessage(message));
  const sinks = new Map<number, Sink>();
  let lastId = 0;
  port.onmessage = ({ data: message }: MessageEvent<ToTab>) => {
    if (message.kind === 'CONNECTION') tellConnection(options, message.isOpen);
    else deliver(sinks, message);
  };
  const { url, connectionParams } = options;
  tell({
    kind: 'OPEN',
    url: String(url),
    connectionParams: connectionParams as Record<string, unknown>,
    lock: lock.name,
  });
  const subscribe: Client['subscribe'] = (payload, sink) => {
    lastId += 1;
    const id = lastId;
    sinks.set(id, sink as Sink);
    tell({ kind: 'SUBSCRIBE', id, payload });
    return () => tell({ kind: 'UNSUBSCRIBE', id });
  };
  return {
    iterate: (payload) => iterate(subscribe, payload) as never,
    terminate: () => tell({ kind: 'DROP' }),
    dispose() {
      tell({ kind: 'CLOSE' });
      lock.release();
    },
  };
}

/** Takes a lock of this tab, which is held until it is released or the tab is gone. */
function holdLock(): { readonly name: string; readonly held: Promise<void>; readonly release: () => void } {
  const name = `console-${crypto.randomUUID()}`;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = new Promise<void>((resolve) => {
    void navigator.locks.request(name, () => {
      resolve();
      return released;
    });
  });
  return { name, held, release };
}

function tellConnection({ on }: ClientOptions, isOpen: boolean): void {
  if (isOpen) on?.connected?.(undefined, undefined, false);
  else on?.closed?.(undefined);
}

function deliver(sinks: Map<number, Sink>, message: Exclude<ToTab, { kind: 'CONNECTION' }>): void {
  const sink = sinks.get(message.id);
  if (message.kind !== 'NEXT') sinks.delete(message.id);
  switch (message.kind) {
    case 'NEXT':
      sink?.next(message.result);
      return;
    case 'ERROR':
      sink?.error(new Error(message.message));
      return;
    case 'COMPLETE':
      sink?.complete();
  }
}
