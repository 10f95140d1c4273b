import { itemAt } from '../../../src/domain/invariants.ts';
import type { BroughtPayment, FilterInput, Inputs, KnownPayment, SubmissionInput, WorkloadName } from './inputs.ts';
import type { Sample } from './sample.ts';
import { NUMBER_MARK, SERIAL_MARK } from './serials.ts';

// The inputs of the workloads: pseudo-random, and the same in every process and run on the same seed.

interface Workload<Input> {
  /** How many different requests there are. */
  readonly poolSize: number;
  /** How many requests are under way at once. */
  readonly concurrency: number;
  readonly isWrite: boolean;
  input(random: Random, index: number, sample: Sample): Input;
}

/** Returns a number from 0 to 1, without 1. */
type Random = () => number;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BATCH_RECORDS = 1_000;
const STATUSES = ['RUNNING', 'COMPLETED', 'STOPPED', 'CANCELLED', 'PAUSED'];
const NAMES =
  'Ada Ben Chloe Dario Elif Farid Grace Hana Ivan June Kofi Lena Mina Noel Omar Pia Quinn Rosa Sami Tara'.split(' ');

const read = { isWrite: false };
const write = { isWrite: true };
const page = { first: 50 };

export const WORKLOADS: { readonly [Name in WorkloadName]: Workload<Inputs[Name]> } = {
  hello: { ...read, poolSize: 1, concurrency: 32, input: () => ({}) },
  point: { ...read, poolSize: 2_000, concurrency: 32, input: (_, index, { points }) => ({ id: cycle(points, index) }) },
  list: {
    ...read,
    poolSize: 500,
    concurrency: 16,
    input: (_, index, { customers }) => ({ first: 20, after: cycle(customers, index) }),
  },
  first: { ...read, poolSize: 1, concurrency: 16, input: () => page },
  filter: { ...read, poolSize: 500, concurrency: 4, input: filterInput },
  count: { ...read, poolSize: 500, concurrency: 4, input: filterInput },
  deep: {
    ...read,
    poolSize: 20,
    concurrency: 16,
    input(_, index, { deep }) {
      const { id, createdAt } = cycle(deep, index);
      return { ...page, after: id, createdAt };
    },
  },
  single: {
    ...write,
    poolSize: 500,
    concurrency: 10,
    input: (random, index, sample) => ({
      payments: [knownPayment(random, index, sample)],
      batchReference: null,
      key: null,
    }),
  },
  batch: { ...write, poolSize: 4, concurrency: 1, input: (random, _, sample) => batchOf(knownPayment, random, sample) },
  inline: {
    ...write,
    poolSize: 4,
    concurrency: 1,
    input: (random, _, sample) => batchOf(broughtPayment, random, sample),
  },
};

/** Returns the inputs of a workload, `count` of them or its whole pool. */
export function inputsOf<Name extends WorkloadName>(
  name: Name,
  sample: Sample,
  { seed, count }: { seed: number; count?: number },
): Inputs[Name][] {
  const workload: Workload<Inputs[Name]> = WORKLOADS[name];
  const random = xorshift(seed);
  return Array.from({ length: count ?? workload.poolSize }, (_, index) => workload.input(random, index, sample));
}

/** A small generator of pseudo-random numbers (xorshift32). */
function xorshift(seed: number): Random {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const integer = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
const pick = <Item>(random: Random, items: readonly Item[]) => itemAt(items, integer(random, 0, items.length - 1));
const cycle = <Item>(items: readonly Item[], index: number) => itemAt(items, index % items.length);
const amount = (random: Random): string => (integer(random, 1_000, 500_000) / 100).toFixed(2);
const fourDigits = (index: number): string => String(index).padStart(4, '0');
const isoDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Two statuses, sixty days and a first name. Johannesburg is two hours ahead of UTC. */
function filterInput(random: Random, _index: number, { paymentsFromMs }: Sample): FilterInput {
  const one = integer(random, 0, STATUSES.length - 1);
  const other = (one + integer(random, 1, STATUSES.length - 1)) % STATUSES.length;
  const day = integer(random, 0, 220);
  const fromDate = isoDate(paymentsFromMs + day * DAY_MS);
  const toDate = isoDate(paymentsFromMs + (day + 59) * DAY_MS);
  const from = new Date(Date.parse(fromDate) - 2 * HOUR_MS).toISOString();
  const to = new Date(Date.parse(toDate) + 22 * HOUR_MS).toISOString();
  return {
    ...page,
    statuses: [itemAt(STATUSES, one), itemAt(STATUSES, other)],
    fromDate,
    toDate,
    from,
    to,
    name: pick(random, NAMES),
  };
}

function knownPayment(random: Random, index: number, sample: Sample): KnownPayment {
  return { ...pick(random, sample.mandates), ...terms(random, index, sample) };
}

function broughtPayment(random: Random, index: number, sample: Sample): BroughtPayment {
  return {
    customer: {
      reference: `C${SERIAL_MARK}-${fourDigits(index)}`,
      personName: pick(random, NAMES),
      personSurname: `Doe ${fourDigits(index)}`,
      email: `c${SERIAL_MARK}-${index}@example.test`,
    },
    bankAccount: {
      accountHolderName: `HOLDER ${fourDigits(index)}`,
      accountNumber: `${NUMBER_MARK}${fourDigits(index).slice(-3)}`,
      accountType: 'SAVINGS',
      bank: 'DISCOVERY',
    },
    mandate: { amount: '45.00', processDay: 1 },
    ...terms(random, index, sample),
  };
}

function terms(random: Random, index: number, { dueFrom }: Sample) {
  return {
    amount: amount(random),
    reference: `T${SERIAL_MARK}-${fourDigits(index)}`,
    processDate: isoDate(Date.parse(dueFrom) + integer(random, 0, 13) * DAY_MS),
  };
}

function batchOf<Payment extends KnownPayment | BroughtPayment>(
  make: (random: Random, index: number, sample: Sample) => Payment,
  random: Random,
  sample: Sample,
): SubmissionInput {
  const payments = Array.from({ length: BATCH_RECORDS }, (_, index) => make(random, index, sample));
  return { payments, batchReference: `RUN${SERIAL_MARK}`, key: `k${SERIAL_MARK}` };
}
