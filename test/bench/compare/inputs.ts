// The workloads and what each of them asks, whichever server answers.

export const WORKLOAD_NAMES = [
  'hello',
  'point',
  'list',
  'first',
  'filter',
  'count',
  'deep',
  'single',
  'batch',
  'inline',
] as const;

export type WorkloadName = (typeof WORKLOAD_NAMES)[number];

/** A page of payments by status, time of creation and name. The gateway filters by days in Johannesburg, the others by instants. */
export interface FilterInput {
  readonly first: number;
  readonly statuses: readonly string[];
  readonly fromDate: string;
  readonly toDate: string;
  readonly from: string;
  readonly to: string;
  readonly name: string;
}

/** A payment under a mandate that exists. */
export interface KnownPayment {
  readonly customer: string;
  readonly account: string;
  readonly mandate: string;
  readonly amount: string;
  readonly reference: string;
  readonly processDate: string;
}

/** A payment that brings its customer, bank account and mandate along. */
export interface BroughtPayment {
  readonly customer: { reference: string; personName: string; personSurname: string; email: string };
  readonly bankAccount: { accountHolderName: string; accountNumber: string; accountType: string; bank: string };
  readonly mandate: { amount: string; processDay: number };
  readonly amount: string;
  readonly reference: string;
  readonly processDate: string;
}

export interface SubmissionInput {
  readonly payments: readonly (KnownPayment | BroughtPayment)[];
  readonly batchReference: string | null;
  readonly key: string | null;
}

/** The input of each workload. */
export interface Inputs {
  readonly hello: object;
  readonly point: { readonly id: string };
  readonly list: { readonly first: number; readonly after: string };
  readonly first: { readonly first: number };
  readonly filter: FilterInput;
  readonly count: FilterInput;
  readonly deep: { readonly first: number; readonly after: string; readonly createdAt: string };
  readonly single: SubmissionInput;
  readonly batch: SubmissionInput;
  readonly inline: SubmissionInput;
}
