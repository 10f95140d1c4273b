import type { BATCH_MODES, OUTCOMES } from '../../domain/batch.ts';
import { type ErrorCode, RECORD_ERROR_CODES, RENAMED_ERROR_CODES } from '../../domain/errors.ts';
import type { AGGREGATE_TYPES, EVENT_ACTORS } from '../../domain/event.ts';
import { builder } from '../builder.ts';
import { describe, renamed } from './describe.ts';

export const BatchModeRef = builder.enumType('BatchMode', {
  description: 'How a batch treats its valid records when other records fail.',
  values: describe({
    ATOMIC: 'All or nothing: when one record fails, no record is written.',
    PARTIAL: 'All valid records are written in one database transaction; invalid ones are reported as FAILED.',
  } satisfies Record<(typeof BATCH_MODES)[number], string>),
});
export const OutcomeRef = builder.enumType('Outcome', {
  description: 'Result of processing one record of a batch.',
  values: describe({
    CREATED: 'The record was valid and the object was created.',
    UPDATED: 'The record was valid and the object was changed.',
    UNCHANGED: 'The object already had the requested state; nothing was written.',
    FAILED: 'The record was invalid and was not written; `errors` lists every reason.',
    NOT_APPLIED: 'The record was valid but was not written, because another record of an ATOMIC batch failed.',
    WOULD_CREATE: 'Dry run: the object would be created.',
    WOULD_UPDATE: 'Dry run: the object would be changed.',
    WOULD_FAIL: 'Dry run: the record would fail; `errors` lists every reason.',
  } satisfies Record<(typeof OUTCOMES)[number], string>),
});
export const ErrorCodeRef = builder.enumType('ErrorCode', {
  description:
    'Stable, machine-readable code of an error in one record, returned as `UserError.code`. The query `errorCodes` lists all codes.',
  values: { ...describe<ErrorCode>(RECORD_ERROR_CODES), ...renamed(RENAMED_ERROR_CODES) },
});
export const EventActorRef = builder.enumType('EventActor', {
  description: 'Kind of actor that caused a change.',
  values: describe({
    API: 'An API client or user of the merchant.',
    DEBTOR: 'The debtor (customer), by a response given to the bank.',
    BANK: 'The bank or payment provider.',
    SCHEDULER: 'A scheduled job of the gateway.',
    SIMULATOR: 'The sandbox simulator, acting for the debtor or the bank.',
  } satisfies Record<(typeof EVENT_ACTORS)[number], string>),
});
export const OrderDirectionRef = builder.enumType('OrderDirection', {
  description: 'Sort direction of a list.',
  values: describe({
    ASC: 'Ascending: smallest or oldest value first.',
    DESC: 'Descending: largest or newest value first.',
  }),
});
export const AggregateTypeRef = builder.enumType('AggregateType', {
  description: 'Type of the object that an event describes.',
  values: describe({
    CUSTOMER: 'Event of a customer.',
    BANK_ACCOUNT: 'Event of a bank account.',
    CARD: 'Event of a card.',
    MANDATE: 'Event of a mandate.',
    PAYMENT: 'Event of a payment.',
    TRANSACTION: 'Event of a transaction.',
    MERCHANT: 'Event of the merchant.',
    DEPOSIT: 'Event of a deposit into a pay-in account.',
    WEBHOOK_ENDPOINT: 'Event of a webhook endpoint.',
  } satisfies Record<(typeof AGGREGATE_TYPES)[number], string>),
});
