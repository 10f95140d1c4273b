import { formatRate } from '../../domain/mandate/adjustment.ts';
import type { MandateTerms } from '../../domain/mandate/mandate.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Account, AccountInquiry, Instruction, MandateInstruction, Method } from '../bank.ts';
import type { components } from './generated/protocol.ts';

type Schemas = components['schemas'];

/** Returns an instruction to debit as the protocol has it. */
export function debitOf(instruction: Instruction): Schemas['Debit'] {
  const { reference, amountCents, actionDate, attempt, trackingDays, source, debtorName } = instruction;
  const { transactionReference, mandate, method } = instruction;
  return {
    reference,
    amount: formatAmount(amountCents),
    actionDate,
    attempt,
    trackingDays,
    source: 'cardToken' in source ? { cardToken: source.cardToken } : accountOf(source),
    debtorName,
    transactionReference,
    mandate: mandate && { ...mandate, approvedAt: mandate.approvedAt?.toISOString() ?? null },
    paymentMethod: methodOf(method),
  };
}

/** Returns an instruction about a mandate as the protocol has it. */
export function mandateRequestOf(instruction: MandateInstruction): Schemas['MandateRequest'] {
  const { reference, kind, type, contractReference, method } = instruction;
  const about = { reference, kind, type, contractReference, paymentMethod: methodOf(method) };
  if (!('terms' in instruction)) return { ...about, approvalWindow: null, terms: null, debtor: null, account: null };
  const { approvalWindow, terms, debtor, account } = instruction;
  return { ...about, approvalWindow, terms: termsOf(terms), debtor: { ...debtor }, account: accountOf(account) };
}

/** Returns an account verification as the protocol has it. */
export function inquiryOf({ id, account, holder }: AccountInquiry): Schemas['AccountInquiries']['inquiries'][number] {
  return { id, account: accountOf(account), holder: { ...holder } };
}

function accountOf({ accountNumber, accountType, branchCode }: Account): Schemas['Account'] {
  return { accountNumber, accountType: accountType as Schemas['Account']['accountType'], branchCode };
}

function methodOf({ id, type, providerBank, abbreviatedName }: Method): Schemas['PaymentMethod'] {
  return { id, type, providerBank, abbreviatedName };
}

function termsOf(terms: MandateTerms): Schemas['MandateTerms'] {
  const amount = (cents: number | null) => (cents === null ? null : formatAmount(cents));
  const { firstDate, paymentIndustry, processDay, interval, processDate, dateRelease } = terms;
  const { allowDateAdjustment, allowVariableAmount, adjustmentCategory, adjustmentType, adjustmentRate } = terms;
  return {
    amount: formatAmount(terms.amountCents),
    maximumAmount: amount(terms.maximumAmountCents),
    firstAmount: amount(terms.firstAmountCents),
    firstDate,
    paymentIndustry,
    processDay,
    interval,
    processDate,
    dateRelease,
    allowDateAdjustment,
    allowVariableAmount,
    trackingDays: terms.paymentTrackingMaxDays,
    adjustmentCategory,
    adjustmentType,
    adjustmentRate: adjustmentRate === null ? null : formatRate(adjustmentRate),
    adjustmentAmount: amount(terms.adjustmentAmountCents),
  };
}
