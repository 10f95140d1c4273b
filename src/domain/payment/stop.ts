import type { TransactionStatus } from '../transaction.ts';
import { unpaidCode } from '../unpaid-codes.ts';
import type { PaymentMethodType, StopCause } from './life.ts';

/** How one debit of a payment stands. */
export interface Result {
  readonly status: TransactionStatus;
  readonly unpaidCode: string | null;
}

const NO_FUNDS = '02';
const STOPPING: readonly TransactionStatus[] = ['UNPAID', 'DISPUTED', 'REVERSED', 'DECLINED', 'REJECTED_BY_BANK'];

/**
 * Whether a debit stops its payment, and what helps: a code that says so, or no funds twice in a row. `neighbours` are
 * the debits before and after it. A dispute stops EFT alone: what debtor or bank have authorised the bank judges by the mandate
 * (DOMAIN §7.1, §0.1.13).
 */
export function stopOf(
  result: Result,
  neighbours: readonly Result[],
  methodType: PaymentMethodType,
): { cause: StopCause; reason: string } | null {
  if (!STOPPING.includes(result.status) || result.unpaidCode === null) return null;
  const code = unpaidCode(result.unpaidCode);
  if (!code || (code.category === 'DISPUTE' && methodType !== 'DEBIT_ORDER')) return null;
  if (code.effect === 'STOP') return { cause: 'COLLECTION_FAILED', reason: code.meaning };
  if (code.effect === 'NEW_MANDATE') return { cause: 'AUTHORITY_LOST', reason: code.meaning };
  const isAgain = isWithoutFunds(result) && neighbours.some(isWithoutFunds);
  return isAgain ? { cause: 'AUTHORITY_LOST', reason: `${code.meaning}, twice in a row` } : null;
}

function isWithoutFunds({ status, unpaidCode }: Result): boolean {
  return status === 'UNPAID' && unpaidCode === NO_FUNDS;
}
