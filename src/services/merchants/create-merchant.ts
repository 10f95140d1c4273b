import type { CdvMode } from '../../domain/bank-account/bank-account.ts';
import { defaultTerms, type NewPaymentMethod } from '../../domain/method/method.ts';
import type { PaymentMethodType, ProviderBank } from '../../domain/payment/state-machine.ts';
import { publicHolidays } from '../../domain/public-holidays.ts';
import { queryable, withTransaction } from '../../store/connection/database.ts';
import { existsMerchant, insertMerchant, setClock } from '../../store/merchants/merchants.ts';
import { insertPaymentMethods } from '../../store/merchants/payment-methods.ts';
import { insertApiKey, type NewApiKey } from '../access/operator-keys.ts';
import type { App } from '../app.ts';

/** Years whose public holidays a new merchant gets. */
const HOLIDAY_YEARS = { from: 2020, to: 2060 };

/** Abbreviated name of a new merchant on bank statements. */
const ABBREVIATED_NAME = 'SANDBOX';

/** Payment methods of a new merchant. */
const METHODS: readonly NewPaymentMethod[] = [
  method('EFT (ABSA)', 'DEBIT_ORDER', 'ABSA_BANK_LIMITED'),
  method('DebiCheck (ABSA)', 'DEBICHECK', 'ABSA_BANK_LIMITED'),
  method('DebiCheck (Nedbank)', 'DEBICHECK', 'NEDBANK_LIMITED'),
  method('RM (ABSA)', 'REGISTERED_MANDATE', 'ABSA_BANK_LIMITED'),
  method('RM (Nedbank)', 'REGISTERED_MANDATE', 'NEDBANK_LIMITED'),
  {
    ...method('Pay-in', 'PAY_IN', 'ABSA_BANK_LIMITED'),
    payInAccount: {
      bank: 'ABSA_BANK_LIMITED',
      branchCode: '632005',
      accountNumber: '4047527350',
      accountType: 'CHEQUE_OR_CURRENT',
      accountHolderName: 'SANDBOX PAY-IN',
    },
  },
  method('Card', 'CARD', 'ABSA_BANK_LIMITED'),
];

/** Returns a payment method with the defaults of its type. */
function method(name: string, type: PaymentMethodType, providerBank: ProviderBank): NewPaymentMethod {
  return { ...defaultTerms(type), name, type, providerBank, abbreviatedName: ABBREVIATED_NAME };
}

/** Input of `createMerchant`. */
export interface NewMerchant {
  readonly name: string;
  /** Start of the merchant clock; null means wall time. */
  readonly clockStart: Date | null;
  /** Defaults to ERROR. */
  readonly cdvMode?: CdvMode;
  /** First API key, created in the same transaction. */
  readonly key?: NewApiKey;
}

/** Creates a sandbox merchant with payment methods and holidays in one transaction. Returns its id. */
export async function createMerchant(app: App, merchant: NewMerchant): Promise<string> {
  const { name, clockStart, cdvMode = 'ERROR', key } = merchant;
  const years = Array.from({ length: HOLIDAY_YEARS.to - HOLIDAY_YEARS.from + 1 }, (_, at) => HOLIDAY_YEARS.from + at);
  return withTransaction(app.database, async (tx) => {
    const merchantId = await insertMerchant(tx, { name, isSandbox: true, cdvMode }, years.flatMap(publicHolidays));
    if (clockStart) setClock(tx, merchantId, clockStart, false);
    await insertPaymentMethods(tx, merchantId, METHODS);
    if (key) await insertApiKey(app, tx, merchantId, key);
    return merchantId;
  });
}

/** Whether a merchant exists. */
export function hasMerchant(app: App, merchantId: string): Promise<boolean> {
  return existsMerchant(queryable(app.database), merchantId);
}
