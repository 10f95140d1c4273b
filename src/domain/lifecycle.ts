import { BANK_ACCOUNT_TRANSITIONS } from './bank-account/status.ts';
import { CUSTOMER_TRANSITIONS } from './customer/status.ts';
import {
  AMENDMENT_TRANSITIONS,
  FIRST_MANDATE_STATUS,
  MANDATE_STATUSES,
  MANDATE_TRANSITIONS,
  MANDATE_TYPES,
  type MandateActor,
  type MandateType,
} from './mandate/state-machine.ts';
import { PAYMENT_TRANSITIONS } from './payment/state-machine.ts';
import { TRANSACTION_TRANSITIONS } from './transaction.ts';

/** All state machines that `lifecycleOf` describes. */
export const LIFECYCLE_TYPES = [
  'CUSTOMER',
  'BANK_ACCOUNT',
  'MANDATE',
  'MANDATE_AMENDMENT',
  'PAYMENT',
  'TRANSACTION',
] as const;
/** A state machine that `lifecycleOf` describes. */
export type LifecycleType = (typeof LIFECYCLE_TYPES)[number];

/** A transition of a state machine. */
export interface LifecycleTransition {
  readonly event: string;
  readonly from: string;
  readonly to: string;
  /** Actors that can trigger the transition; empty if the table does not record them. */
  readonly by: readonly MandateActor[];
  /** Payment method types to which the transition applies; empty if it applies to all. */
  readonly methods: readonly MandateType[];
  /** Conditions and effects; null if the table does not record them. */
  readonly effect: string | null;
}

/** A state machine as data. */
export interface Lifecycle {
  readonly type: LifecycleType;
  readonly states: ReadonlyArray<{ readonly name: string; readonly isFirst: boolean; readonly isFinal: boolean }>;
  readonly events: readonly string[];
  readonly transitions: readonly LifecycleTransition[];
}

/** Initial statuses of each state machine. */
const FIRST: Readonly<Record<LifecycleType, readonly string[]>> = {
  CUSTOMER: ['ACTIVE', 'DISABLED'],
  BANK_ACCOUNT: ['ACTIVE', 'DISABLED'],
  MANDATE: [...MANDATE_TYPES.map((type) => FIRST_MANDATE_STATUS[type]), 'DISABLED'],
  MANDATE_AMENDMENT: ['NONE'],
  PAYMENT: ['PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING'],
  TRANSACTION: ['PENDING'],
};

/** The event that leads a customer or a bank account to each status. */
const STATUS_EVENTS = { ACTIVE: 'ENABLE', DISABLED: 'DISABLE', ARCHIVED: 'ARCHIVE' } as const;

/** Returns a state machine as data, from the transition tables that the gateway itself uses. */
export function lifecycleOf(type: LifecycleType): Lifecycle {
  const { states, transitions } = TABLES[type]();
  const isLeft = new Set(transitions.map(({ from }) => from));
  return {
    type,
    states: states.map((name) => ({ name, isFirst: FIRST[type].includes(name), isFinal: !isLeft.has(name) })),
    events: [...new Set(transitions.map(({ event }) => event))],
    transitions,
  };
}

type Table = Pick<Lifecycle, 'transitions'> & { readonly states: readonly string[] };

const TABLES: Readonly<Record<LifecycleType, () => Table>> = {
  CUSTOMER: () => ofStatuses(CUSTOMER_TRANSITIONS),
  BANK_ACCOUNT: () => ofStatuses(BANK_ACCOUNT_TRANSITIONS),
  MANDATE: () => ({
    states: MANDATE_STATUSES,
    transitions: MANDATE_TRANSITIONS.flatMap(({ event, by, from, to, types, effect }) =>
      from.map((status) => ({ event, from: status, to, by, methods: types, effect })),
    ),
  }),
  MANDATE_AMENDMENT: () => ofEvents(AMENDMENT_TRANSITIONS),
  PAYMENT: () => ofEvents(PAYMENT_TRANSITIONS),
  TRANSACTION: () => ofEvents(TRANSACTION_TRANSITIONS),
};

const UNSAID = { by: [], methods: [], effect: null } as const;

function ofEvents(table: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>): Table {
  const transitions = Object.entries(table).flatMap(([from, row]) =>
    Object.entries(row).flatMap(([event, to]) => (to === undefined ? [] : [{ event, from, to, ...UNSAID }])),
  );
  return { states: Object.keys(table), transitions };
}

function ofStatuses(table: Readonly<Record<string, ReadonlyArray<keyof typeof STATUS_EVENTS>>>): Table {
  const transitions = Object.entries(table).flatMap(([from, next]) =>
    next.map((to) => ({ event: STATUS_EVENTS[to], from, to, ...UNSAID })),
  );
  return { states: Object.keys(table), transitions };
}
