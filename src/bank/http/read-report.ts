import { z } from 'zod';
import { parseCivilDate } from '../../domain/dates.ts';
import { MANDATE_ANSWERS } from '../../domain/mandate/state-machine.ts';
import { BANK_EVENTS } from '../../domain/transaction.ts';
import type { BankReport } from '../bank.ts';
import type { components } from './generated/protocol.ts';

type Schemas = components['schemas'];

/** Number of entries of a list, and of the transactions of a settlement, as the protocol allows. */
const ENTRIES_MAX = 1_000;
const TRANSACTIONS_MAX = 10_000;

const id = z.string().regex(/^[\x21-\x7e]{1,64}$/);
const reference = z.string().regex(/^[A-Za-z0-9_-]{1,35}$/);
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((at) => at.getUTCFullYear() >= 1_900 && at.getUTCFullYear() <= 2_199, 'is not of this time');
const printable = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'has control characters')
    .refine((text) => !/\p{Cs}/u.test(text), 'is not well-formed Unicode');
const cents = (pattern: RegExp) =>
  z
    .string()
    .regex(pattern, 'is not an amount with two decimals')
    .transform((text) => Number(text.replace('.', '')));
const amount = cents(/^\d{1,9}\.\d{2}$/);
const signedAmount = cents(/^-?\d{1,12}\.\d{2}$/);
const date = z.string().transform((text, context) => {
  const day = parseCivilDate(text);
  if (day !== null) return day;
  context.addIssue({ code: 'custom', message: 'is not a date' });
  return z.NEVER;
});
const optional = (max: number) =>
  printable(max)
    .nullish()
    .transform((text) => text ?? null);

const answer = z.strictObject({
  id,
  reference,
  event: z.enum([...BANK_EVENTS, ...MANDATE_ANSWERS]),
  code: optional(35),
  occurredAt: instant,
  providerReference: optional(64),
  authenticationReference: optional(64),
});

const deposit = z
  .strictObject({
    id,
    accountNumber: printable(34),
    eftReference: printable(140),
    amount,
    receivedAt: instant,
  })
  .transform(({ amount: amountCents, ...rest }) => ({ ...rest, amountCents }));

const settlement = z
  .strictObject({
    id,
    merchantId: printable(64),
    paymentMethodId: printable(64),
    paidOn: date,
    reference: printable(64),
    gross: signedAmount,
    fees: amount,
    net: signedAmount,
    transactions: z
      .array(z.strictObject({ reference, amount: cents(/^-?\d{1,9}\.\d{2}$/), fee: amount.default(0) }))
      .max(TRANSACTIONS_MAX),
  })
  .transform(({ gross, fees, net, transactions, ...rest }) => ({
    ...rest,
    grossCents: gross,
    feesCents: fees,
    netCents: net,
    entries: transactions.map(({ fee, amount: amountCents, ...entry }) => ({ ...entry, amountCents, feeCents: fee })),
  }));

const report = z.strictObject({
  answers: z.array(answer).max(ENTRIES_MAX).default([]),
  deposits: z.array(deposit).max(ENTRIES_MAX).default([]),
  settlements: z.array(settlement).max(ENTRIES_MAX).default([]),
} satisfies Record<keyof Schemas['Answers'], z.ZodType>);

/** Reads what an adapter reports; returns what is wrong with it, for people, when it does not follow the protocol. */
export function readReport(body: unknown): BankReport | string {
  const result = report.safeParse(body);
  if (!result.success) return z.prettifyError(result.error);
  const { answers, deposits, settlements } = result.data;
  if (answers.length + deposits.length + settlements.length === 0) return 'The report has no entries.';
  return result.data;
}
