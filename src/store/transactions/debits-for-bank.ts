import { normalizeAccountNumber } from '../../domain/bank-account/cdv.ts';
import type { CivilDate } from '../../domain/dates.ts';
import type { PaymentMethodType, ProviderBank } from '../../domain/payment/state-machine.ts';
import { accountNumberCell } from '../bank-accounts/bank-accounts.ts';
import type { Queryable } from '../connection/database.ts';
import { decryptNumber } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';

/** What a bank needs of a transaction to debit it. The account number is unmasked and must go only to the bank. */
export interface DebitForBank {
  readonly amountCents: number;
  readonly actionDate: CivilDate;
  readonly attempt: number;
  readonly transactionReference: string;
  /**
   * Days after the action date for which the bank may track the account for funds: the maximum of the mandate, cut at the end of
   * the payment or the mandate; null without tracking.
   */
  readonly trackingDays: number | null;
  /** The account to debit, or the card; null when the payment has neither. */
  readonly source:
    | { readonly accountNumber: string; readonly accountType: string; readonly branchCode: string }
    | { readonly cardToken: string }
    | null;
  readonly debtorName: string | null;
  readonly mandate: {
    readonly contractReference: string;
    readonly authenticationReference: string | null;
    readonly approvedAt: Date | null;
  } | null;
  readonly method: MethodForBank;
}

/** A payment method as a bank sees it. */
export interface MethodForBank {
  readonly id: string;
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
  /** Short name of the merchant on bank statements. */
  readonly abbreviatedName: string;
}

interface Row extends Pick<DebitForBank, 'amountCents' | 'actionDate' | 'attempt' | 'transactionReference'> {
  id: string;
  trackingDays: number | null;
  bankAccountId: string | null;
  accountNumberCipher: Buffer | null;
  accountType: string;
  branchCode: string;
  accountHolderName: string | null;
  cardToken: string | null;
  contractReference: string | null;
  authenticationReference: string | null;
  approvedAt: Date | null;
  methodId: string;
  type: PaymentMethodType;
  providerBank: ProviderBank;
  abbreviatedName: string;
}

/** Returns what a bank needs of transactions, by transaction. */
export async function findDebitsForBank(
  database: Queryable,
  secrets: Secrets,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DebitForBank>> {
  const rows = await database.query<Row>(
    `SELECT transaction.id, transaction.amount_cents, action_date, transaction.attempt, transaction.transaction_reference,
            CASE WHEN mandate.payment_tracking_max_days IS NOT NULL THEN
              least(mandate.payment_tracking_max_days, payment.date_end - action_date, mandate.date_release - action_date)
            END AS tracking_days,
            account.id AS bank_account_id, account.account_number_cipher, account.account_type, account.branch_code, account.account_holder_name,
            card.token AS card_token, mandate.contract_reference, mandate.authentication_reference, mandate.approved_at,
            method.id AS method_id, method.type, method.provider_bank, method.abbreviated_name
       FROM transaction
       JOIN payment ON payment.merchant_id = transaction.merchant_id AND payment.id = transaction.payment_id
       JOIN payment_method AS method ON method.merchant_id = transaction.merchant_id AND method.id = transaction.payment_method_id
       LEFT JOIN mandate ON mandate.merchant_id = transaction.merchant_id AND mandate.id = transaction.mandate_id
       LEFT JOIN bank_account AS account ON account.merchant_id = transaction.merchant_id AND account.id = transaction.bank_account_id
       LEFT JOIN card ON card.merchant_id = transaction.merchant_id AND card.id = payment.card_id
      WHERE transaction.merchant_id = $1 AND transaction.id = ANY($2)`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, debitOf(secrets, merchantId, row)]));
}

function debitOf(secrets: Secrets, merchantId: string, row: Row): DebitForBank {
  const { amountCents, actionDate, attempt, transactionReference, trackingDays, contractReference } = row;
  const { authenticationReference, approvedAt, methodId, type, providerBank, abbreviatedName } = row;
  return {
    amountCents,
    actionDate,
    attempt,
    transactionReference,
    trackingDays: trackingDays !== null && trackingDays > 0 ? trackingDays : null,
    source: sourceOf(secrets, merchantId, row),
    debtorName: row.accountHolderName,
    mandate: contractReference === null ? null : { contractReference, authenticationReference, approvedAt },
    method: { id: methodId, type, providerBank, abbreviatedName },
  };
}

function sourceOf(secrets: Secrets, merchantId: string, row: Row): DebitForBank['source'] {
  const { bankAccountId, accountNumberCipher, accountType, branchCode, cardToken } = row;
  if (bankAccountId === null || accountNumberCipher === null) return cardToken === null ? null : { cardToken };
  const number = decryptNumber(secrets, accountNumberCell(merchantId, bankAccountId), accountNumberCipher);
  return { accountNumber: normalizeAccountNumber(number), accountType, branchCode };
}
