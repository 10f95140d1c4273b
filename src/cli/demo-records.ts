import { addDays, type CivilDate } from '../domain/dates.ts';

/** The result of one record, as far as the demo uses it. */
export interface Submitted {
  readonly errors: ReadonlyArray<{ readonly code: string; readonly message: string; readonly path: readonly string[] }>;
  readonly payment: {
    readonly customer: { readonly id: string };
    readonly bankAccount: { readonly id: string } | null;
    readonly mandate: { readonly id: string } | null;
  } | null;
}

type Methods = Readonly<Record<string, string | undefined>>;

const ACCOUNT = {
  accountHolderName: 'J DOE',
  accountNumber: '10004291601',
  accountType: 'CHEQUE_OR_CURRENT',
  bank: 'ABSA_BANK_LIMITED',
  branchCode: 632005,
};

function customer(run: string, number: number): object {
  return {
    reference: `CLN-${run}-${number}`,
    personName: 'John',
    personSurname: 'Doe',
    email: 'johndoe@mail.com',
    contactNumber: '+27831234567',
  };
}

/** The examples of the documents with everything inline, and debits of staging accounts, with dates after `today`. */
export function firstBatch(methods: Methods, today: CivilDate, run: string): object[] {
  const dateStart = addDays(today, 10);
  const processDay = Number(dateStart.slice(8));
  const eft = { paymentMethodId: methods['DEBIT_ORDER'], amount: '45.00' };
  const once = addDays(today, 14);
  const staging = (number: number, accountNumber: string) => ({
    ...eft,
    customer: customer(run, number),
    bankAccount: { ...ACCOUNT, accountType: 'SAVINGS', bank: 'FNB', branchCode: 250655, accountNumber },
    mandate: { amount: '45.00', oneTime: { processDate: once } },
    transactionReference: `INV-${run}-${number}`,
    oneTime: { processDate: once },
  });
  return [
    {
      ...eft,
      customer: customer(run, 1),
      bankAccount: ACCOUNT,
      mandate: {
        amount: '45.00',
        recurring: { processDay, interval: 'MONTHLY' },
        paymentIndustry: 'ACCOUNT_REPAYMENT',
      },
      transactionReference: `INV-${run}-1`,
      recurring: { dateStart, dateEnd: addDays(dateStart, 364) },
    },
    {
      ...eft,
      customer: customer(run, 2),
      bankAccount: ACCOUNT,
      mandate: {
        amount: '45.00',
        recurring: { processDay: 16, interval: 'MONTHLY' },
        paymentIndustry: 'ACCOUNT_REPAYMENT',
      },
      transactionReference: `INV-${run}-2`,
      oneTime: { processDate: addDays(today, 9) },
    },
    staging(3, '62001872440'),
    staging(4, '62001541061'),
    {
      ...staging(5, '10004291601'),
      bankAccount: { ...ACCOUNT, accountType: 'SAVINGS', bank: 'STANDARD_BANK', branchCode: '051001' },
    },
    {
      paymentMethodId: methods['PAY_IN'],
      customer: customer(run, 6),
      payIn: { eftReference: `My EFT ${run}` },
      amount: '45.00',
      transactionReference: `INV-${run}-6`,
    },
  ];
}

/**
 * The examples of the documents that use existing objects: a one-time payment, and another payment by an existing
 * mandate.
 */
export function secondBatch(methods: Methods, today: CivilDate, run: string, first: readonly Submitted[]): object[] {
  const ids = (at: number) => ({
    customerId: first[at]?.payment?.customer.id,
    bankAccountId: first[at]?.payment?.bankAccount?.id,
  });
  const eft = { paymentMethodId: methods['DEBIT_ORDER'] };
  const processDate = addDays(today, 18);
  return [
    {
      ...eft,
      ...ids(0),
      amount: '45.00',
      mandate: { amount: '45.00', oneTime: { processDate }, paymentIndustry: 'ACCOUNT_REPAYMENT' },
      transactionReference: `INV-${run}-7`,
      oneTime: { processDate },
    },
    {
      ...eft,
      ...ids(1),
      mandateId: first[1]?.payment?.mandate?.id,
      transactionReference: `INV-${run}-8`,
      oneTime: { processDate: addDays(today, 22) },
    },
  ];
}
