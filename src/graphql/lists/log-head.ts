import { createContextCache } from '@pothos/core';
import { type DocumentNode, Kind, visit } from 'graphql';
import { encodeCursor } from '../../event-log/cursor.ts';
import { queryable } from '../../store/connection/database.ts';
import { findLogHead } from '../../store/events/event-log.ts';
import { type Context, callerOf } from '../context.ts';

/** Name of the fields that answer the head of the log, in lists and payloads. */
const FIELD = 'streamCursor';

const heads = createContextCache((context: Context) => readHead(context));

/**
 * Returns a cursor at the end of the caller's event log, read once for the operation. `readLogHead` reads it before any row,
 * so that it may be older than the rows of the result, but is never newer.
 */
export function logHead(context: Context): Promise<string> {
  return heads(context);
}

/** Reads the head of the log before an operation runs, if its document asks for it. */
export async function readLogHead(document: DocumentNode, context: Context): Promise<void> {
  if (context.caller && selectsLogHead(document)) await heads(context);
}

async function readHead(context: Context): Promise<string> {
  const { database, secrets } = context.app;
  const { merchantId, epoch, lastPosition } = await findLogHead(queryable(database), callerOf(context).merchantId);
  return encodeCursor(secrets, { merchantId, epoch, position: lastPosition });
}

const known = new WeakMap<DocumentNode, boolean>();

/** Returns whether a document asks for the head of the log. */
export function selectsLogHead(document: DocumentNode): boolean {
  const before = known.get(document);
  if (before !== undefined) return before;
  let isSelected = false;
  visit(document, {
    [Kind.FIELD]({ name }) {
      if (name.value === FIELD) isSelected = true;
    },
  });
  known.set(document, isSelected);
  return isSelected;
}
