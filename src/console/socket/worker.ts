/// <reference lib="webworker" />
import type { Client } from 'graphql-ws';
import { createClientThatResumes } from '../../client/resume.ts';
import type { ToTab, ToWorker } from './messages.ts';
import { findPlace } from './place.ts';

// The worker that all tabs of a browser share: one WebSocket for each key, however many tabs use it.

interface SharedSocket {
  readonly client: Client;
  readonly tabs: Set<Tab>;
}

interface Tab {
  readonly send: (message: ToTab) => void;
  readonly subscriptions: Map<number, () => void>;
}

type Opening = Extract<ToWorker, { kind: 'OPEN' }>;

const sockets = new Map<string, SharedSocket>();

/** A lock that the worker holds for as long as it lives. */
const lock = `console-worker-${crypto.randomUUID()}`;
const held = new Promise<void>((resolve) => {
  void navigator.locks.request(lock, () => {
    resolve();
    return new Promise(() => {});
  });
});

(self as unknown as SharedWorkerGlobalScope).onconnect = ({ ports: [port] }) => {
  if (port) serve(port);
};

function serve(port: MessagePort): void {
  const tab: Tab = { send: (message) => port.postMessage(message), subscriptions: new Map() };
  let key = '';
  const leave = (): void => {
    leaveSocket(key, tab);
    port.close();
  };
  port.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
    const socket = sockets.get(key);
    switch (message.kind) {
      case 'OPEN':
        key = JSON.stringify([message.url, message.connectionParams]);
        joinSocket(key, message, tab);
        void held.then(() => tab.send({ kind: 'OPENED', lock }));
        // The lock is free once the tab is gone: closed, crashed or discarded.
        void navigator.locks.request(message.lock, leave);
        return;
      case 'SUBSCRIBE':
        if (socket) subscribe(socket.client, tab, message);
        return;
      case 'UNSUBSCRIBE':
        tab.subscriptions.get(message.id)?.();
        return;
      case 'DROP':
        socket?.client.terminate();
        return;
      case 'CLOSE':
        leave();
    }
  };
}

function joinSocket(key: string, opening: Opening, tab: Tab): void {
  const socket = sockets.get(key) ?? openSocket(opening);
  sockets.set(key, socket);
  socket.tabs.add(tab);
}

function openSocket({ url, connectionParams }: Opening): SharedSocket {
  const tabs = new Set<Tab>();
  const tell = (isOpen: boolean): void => {
    for (const { send } of tabs) send({ kind: 'CONNECTION', isOpen });
  };
  const on = { connected: () => tell(true), closed: () => tell(false) };
  return { client: createClientThatResumes({ url, connectionParams, on }, findPlace), tabs };
}

/** Ends what a tab follows, and the socket with its last tab. */
function leaveSocket(key: string, tab: Tab): void {
  for (const stop of tab.subscriptions.values()) stop();
  const socket = sockets.get(key);
  if (!socket?.tabs.delete(tab) || socket.tabs.size > 0) return;
  sockets.delete(key);
  void socket.client.dispose();
}

function subscribe(
  client: Client,
  { send, subscriptions }: Tab,
  { id, payload }: Extract<ToWorker, { kind: 'SUBSCRIBE' }>,
): void {
  const stop = client.subscribe(payload, {
    next: (result) => send({ kind: 'NEXT', id, result }),
    error(error) {
      subscriptions.delete(id);
      send({ kind: 'ERROR', id, message: messageOf(error) });
    },
    complete() {
      subscriptions.delete(id);
      send({ kind: 'COMPLETE', id });
    },
  });
  subscriptions.set(id, stop);
}

/** Why a stream ended: the first error of the gateway, or the reason with which the socket was closed. */
function messageOf(error: unknown): string {
  const [first] = Array.isArray(error) ? error : [error];
  const { message, reason } = first as { message?: string; reason?: string };
  return message || reason || 'The stream has ended.';
}
