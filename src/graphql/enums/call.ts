import type { BATCH_MODES, OUTCOMES } from '../../domain/batch.ts';
import { type ErrorCode, RECORD_ERROR_CODES, RENAMED_ERROR_CODES } from '../../domain/errors.ts';
import type { AGGREGATE_TYPES, EVENT_ACTORS } from '../../domain/event.ts';
import { builder } from '../builder.ts';
import { describe, renamed } from './describe.ts';

export const BatchModeRef = builder.enumType('BatchMode', {
  description: 'What one bad record does to the others of its batch.',
  values: describe({
    ATOMIC: 'One bad record and nothing is written.',
    PARTIAL: 'The sound records are written, in one transaction.',
  } satisfies Record<(typeof BATCH_MODES)[number], string>),
});
export const OutcomeRef = builder.enumType('Outcome', {
  description: 'What came of one record.',
  values: describe({
    CREATED: 'Made.',
    UPDATED: 'Changed.',
    UNCHANGED: 'It was as asked already: nothing was written.',
    FAILED: 'Not written; `errors` has every reason.',
    NOT_APPLIED: 'Sound, but not written, because another record of an ATOMIC batch failed.',
    WOULD_CREATE: 'Dry run: it would be written.',
    WOULD_UPDATE: 'Dry run: it would be changed.',
    WOULD_FAIL: 'Dry run: it would fail; `errors` has every reason.',
  } satisfies Record<(typeof OUTCOMES)[number], string>),
});
export const ErrorCodeRef = builder.enumType('ErrorCode', {
  description: 'Why a record was refused: `UserError.code`. For programs, and stable; `errorCodes` lists them.',
  values: { ...describe<ErrorCode>(RECORD_ERROR_CODES), ...renamed(RENAMED_ERROR_CODES) },
});
export const EventActorRef = builder.enumType('EventActor', {
  description: 'Who caused a change.',
  values: describe({
    API: 'A caller.',
    DEBTOR: 'The debtor, at the bank.',
    BANK: 'The bank.',
    SCHEDULER: 'The clock.',
    SIMULATOR: "A sandbox's simulator, in the stead of debtor or bank.",
  } satisfies Record<(typeof EVENT_ACTORS)[number], string>),
});
export const OrderDirectionRef = builder.enumType('OrderDirection', {
  description: 'Ascending or descending.',
  values: describe({ ASC: 'The least first.', DESC: 'The greatest first.' }),
});
export const AggregateTypeRef = builder.enumType('AggregateType', {
  description: 'What an event is about.',
  values: describe({
    CUSTOMER: 'A customer.',
    BANK_ACCOUNT: 'A bank account.',
    CARD: 'A card.',
    MANDATE: 'A mandate.',
    PAYMENT: 'A payment.',
    TRANSACTION: 'A transaction.',
    MERCHANT: 'You.',
    DEPOSIT: 'Money that came in: a deposit.',
  } satisfies Record<(typeof AGGREGATE_TYPES)[number], string>),
});
