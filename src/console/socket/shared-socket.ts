import type { Client, ClientOptions, Sink } from 'graphql-ws';
import type { Socket } from '../../client/gateway-client.ts';
import { iterate } from '../../client/iterate.ts';
import { createClientThatResumes, type FindPlace } from '../../client/resume.ts';
import type { ToTab, ToWorker } from './messages.ts';

const WORKER = document.querySelector<HTMLMetaElement>('meta[name="socket-worker"]')?.content ?? '';

/**
 * Opens the WebSocket that all tabs of the browser share, for this key; one of this tab alone where the browser has no
 * shared workers, or no locks, which are for secure origins, or cannot load the worker. A worker that has died is
 * replaced; what was followed through it ends with an error.
 */
export function openSharedSocket(options: ClientOptions, findPlace: FindPlace): Socket {
  const openOwn = (): Socket => createClientThatResumes(options, findPlace);
  if (!('SharedWorker' in globalThis && 'locks' in navigator)) return openOwn();
  const share = (): Socket =>
    connect(options, (isLoaded) => {
      socket = isLoaded ? share() : openOwn();
    });
  let socket = share();
  return {
    iterate: (payload) => socket.iterate(payload) as never,
    terminate: () => socket.terminate(),
    dispose: () => socket.dispose(),
  };
}

/** Connects to the worker. `onLost` is called once when it has died, or cannot be loaded. */
function connect(options: ClientOptions, onLost: (isLoaded: boolean) => void): Socket {
  const worker = new SharedWorker(WORKER, { type: 'module' });
  const { port } = worker;
  const lock = holdLock();
  const sinks = new Map<number, Sink>();
  let lastId = 0;
  let isOver = false;
  /** Messages follow the first one, for which the lock is needed. */
  const tell = (message: ToWorker): void => void lock.held.then(() => port.postMessage(message));
  const lose = (isLoaded: boolean): void => {
    if (isOver) return;
    isOver = true;
    lock.release();
    onLost(isLoaded);
    options.on?.closed?.(undefined);
    for (const sink of sinks.values()) sink.error(new Error('The connection was lost.'));
  };
  worker.onerror = () => lose(false);
  port.onmessage = ({ data: message }: MessageEvent<ToTab>) => {
    // The lock of the worker is free once it has died.
    if (message.kind === 'OPENED') void navigator.locks.request(message.lock, () => lose(true));
    else if (message.kind === 'CONNECTION') tellConnection(options, message.isOpen);
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
      isOver = true;
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

function deliver(sinks: Map<number, Sink>, message: Extract<ToTab, { readonly id: number }>): void {
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
