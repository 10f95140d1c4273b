import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import type { PaymentPlan } from '../../domain/submit/plan.ts';
import { planPayment } from '../../domain/submit/plan-payment.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import type { SubmitContext } from '../../domain/submit/submit-context.ts';
import { findDuplicates } from '../../domain/submit/uniqueness.ts';
import { lockSubmitContext } from '../../store/payments/submit-context.ts';
import type { App, Caller } from '../app.ts';
import { validateNewBankAccounts } from '../bank-accounts/validate-new-bank-accounts.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { validateNewCustomers } from '../customers/validate-new-customers.ts';
import { warnOfQueue } from '../mandates/write-mandates.ts';
import { firstCollectionOf, takeCycles } from './take-cycles.ts';
import { insertPaymentPlans } from './write-plans.ts';

/** Input of `submitPayments`. */
export interface SubmitPayments extends BatchOptions {
  readonly records: readonly SubmitPaymentRecord[];
  readonly batchReference: string | null;
}

/**
 * Submits payments and creates their inline customers, bank accounts, mandates and cards. Atomicity follows `mode`; one
 * result per record, in input order. Warns, among others, of QUEUED requests, CYCLE_SKIPPED, DEBIT_RETURNED and
 * CARD_EXPIRES.
 */
export function submitPayments(
  app: App,
  caller: Caller,
  { batchReference, ...input }: SubmitPayments,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'submitPayments', field: 'records', args: { batchReference }, ...input } as const;
  return runBatch<SubmitPaymentRecord, PaymentPlan>(app, caller, request, async (context, items) => {
    const records = items.map(({ record }) => record);
    const known = await lockSubmitContext(context.tx, context.merchantId, context.occurredAt, records);
    const { settings } = known;
    const judged = items.map(({ record, path }) => ({ record, findings: new Findings(path) }));
    const bringing = judged.flatMap(bringsCustomer);
    const customers = await validateNewCustomers(context, app.secrets, settings, bringing);
    const banked = judged.flatMap((item, index) => bringsBankAccount(item, index, known));
    const accounts = await validateNewBankAccounts(context, app.secrets, settings, banked);
    const customerOf = new Map(bringing.map(({ ofRecord }, index) => [ofRecord, customers[index] ?? null]));
    const accountOf = new Map(banked.map(({ ofRecord }, index) => [ofRecord, accounts[index] ?? null]));
    const duplicates = findDuplicates(items, known);
    const debits = new Map([...known.debits].map(([id, found]) => [id, [...found]]));
    const decisions = judged.map(({ record, findings }, index) => {
      const brought = {
        customer: customerOf.get(index) ?? null,
        bankAccount: accountOf.get(index) ?? null,
      };
      const plan = planPayment(record, brought, known, findings);
      findings.errors.push(...(duplicates[index] ?? []));
      if (plan && findings.errors.length === 0) takeCycles(plan, known, debits, findings.at('mandateId'));
      if (plan?.mandate?.made) warnOfQueue(plan.mandate.made, known, findings.at('mandate'));
      return conclude(plan && { plan, outcome: 'CREATED', collection: firstCollectionOf(plan, known) }, null, findings);
    });
    return { decisions, write: (plans) => insertPaymentPlans(app, context, known, plans, batchReference) };
  });
}

interface Judged {
  readonly record: SubmitPaymentRecord;
  readonly findings: Findings;
}

function bringsCustomer({ record, findings }: Judged, ofRecord: number) {
  return record.customer ? [{ record: record.customer, findings: findings.at('customer'), ofRecord }] : [];
}

/** Returns the inline bank account to validate; none for a pay-in, whose method forbids one. */
function bringsBankAccount({ record, findings }: Judged, ofRecord: number, known: SubmitContext) {
  if (!record.bankAccount || known.methods.get(record.paymentMethodId)?.type === 'PAY_IN') return [];
  const customerId = record.customerId ?? null;
  return [{ record: record.bankAccount, customerId, findings: findings.at('bankAccount'), ofRecord }];
}
