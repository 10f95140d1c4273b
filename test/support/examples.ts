import { PaymentMethods } from './documents.ts';
import type { SubmitPaymentInput } from './generated/graphql.ts';
import type { TestGateway } from './harness.ts';

/** The ids of a merchant's methods. */
export async function methodIds(gateway: TestGateway) {
  const { nodes } = (await gateway.data(PaymentMethods)).paymentMethods;
  const idOf = (type: string, bank = 'ABSA_BANK_LIMITED'): string =>
    nodes.find((method) => method.type === type && method.providerBank === bank)?.id ?? '';
  return {
    eft: idOf('DEBIT_ORDER'),
    payIn: idOf('PAY_IN'),
    card: idOf('CARD'),
    debicheck: idOf('DEBICHECK'),
    debicheckNedbank: idOf('DEBICHECK', 'NEDBANK_LIMITED'),
    registeredAbsa: idOf('REGISTERED_MANDATE'),
    registeredNedbank: idOf('REGISTERED_MANDATE', 'NEDBANK_LIMITED'),
  };
}

/** The end of the merchant's event log: what is subscribed after it misses nothing, however slow the subscription is to start. */
export async function headCursor(gateway: TestGateway): Promise<string> {
  return (await gateway.data(PaymentMethods)).paymentMethods.streamCursor;
}

/** The customer of the payments document's examples. */
export const JOHN = {
  reference: 'CLN240919000001',
  personName: 'John',
  personSurname: 'Doe',
  email: 'johndoe@mail.com',
  contactNumber: '+27831234567',
};

/** The bank account of the payments document's examples. */
export const ACCOUNT = {
  accountHolderName: 'J DOE',
  accountNumber: '10004291601',
  accountType: 'CHEQUE_OR_CURRENT',
  bank: 'ABSA_BANK_LIMITED',
  branchCode: 632005,
} as const;

/** "Submitting an EFT Debit Order where the customer and mandate details are not already on the system." */
export function recurringDebitOrder(paymentMethodId: string): SubmitPaymentInput {
  return {
    paymentMethodId,
    customer: JOHN,
    bankAccount: ACCOUNT,
    mandate: {
      amount: '45.00',
      recurring: { processDay: 1, interval: 'MONTHLY' },
      paymentIndustry: 'ACCOUNT_REPAYMENT',
    },
    amount: '45.00',
    transactionReference: 'INV0045',
    recurring: { dateStart: '2024-10-01', dateEnd: '2025-09-30' },
  };
}

/** A sound one-time debit order, one of many. */
export function oneTimeDebitOrder(paymentMethodId: string, key: string, processDate: string): SubmitPaymentInput {
  return {
    clientKey: key,
    paymentMethodId,
    customer: { ...JOHN, reference: `CUS-${key}` },
    bankAccount: ACCOUNT,
    mandate: { amount: '45.00', oneTime: { processDate } },
    transactionReference: `INV-${key}`,
    oneTime: { processDate },
  };
}
