import type { CivilDate } from '../../domain/dates.ts';
import { NOT_AUTHORISED } from '../../domain/mandate/mandate.ts';
import type { AccountInquiry, Instruction, MandateInstruction } from '../bank.ts';
import type { components } from './generated/protocol.ts';

type Schemas = components['schemas'];

/** Returns a debit of the protocol as an instruction: what an adapter that is written in TypeScript begins with. */
export function instructionOf(debit: Schemas['Debit']): Instruction {
  const { amount, actionDate, mandate, paymentMethod, ...rest } = debit;
  return {
    ...rest,
    amountCents: Number(amount.replace('.', '')),
    actionDate: actionDate as CivilDate,
    mandate: mandate && { ...mandate, approvedAt: mandate.approvedAt === null ? null : new Date(mandate.approvedAt) },
    method: paymentMethod,
  };
}

/** Returns a mandate request of the protocol as an instruction. Of the terms, only what decides the answers of the sandbox is read. */
export function mandateInstructionOf(request: Schemas['MandateRequest']): MandateInstruction {
  const {
    reference,
    kind,
    type,
    contractReference,
    paymentMethod: method,
    approvalWindow,
    terms,
    debtor,
    account,
  } = request;
  const about = { reference, type, contractReference, method };
  if (kind === 'WITHDRAW' || kind === 'CANCEL') return { ...about, kind };
  if (!terms || !debtor || !account) throw new Error(`request ${reference} has no terms, debtor or account`);
  return {
    ...about,
    kind,
    approvalWindow,
    terms: {
      ...NOT_AUTHORISED,
      amountCents: Number(terms.amount.replace('.', '')),
      paymentIndustry: 'ACCOUNT_REPAYMENT',
      processDay: terms.processDay,
      interval: terms.interval,
      dateRelease: null,
      processDate: null,
    },
    debtor,
    account,
  };
}

/** Returns the account inquiries of a request. */
export function inquiriesOf({ inquiries }: Schemas['AccountInquiries']): AccountInquiry[] {
  return inquiries;
}
