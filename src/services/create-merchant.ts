import { publicHolidays } from '../domain/public-holidays.ts';
import { insertApiKey } from '../store/api-keys.ts';
import { queryable, withTransaction } from '../store/database.ts';
import { insertMerchant, setClockOffset } from '../store/merchants.ts';
import { insertPaymentMethods, type NewPaymentMethod } from '../store/payment-methods.ts';
import { type App, SCOPES } from './app.ts';

/** A merchant's calendar holds the holidays of these years. */
const HOLIDAY_YEARS = { from: 2020, to: 2060 };

/** The methods a new merchant starts with. */
const METHODS: readonly NewPaymentMethod[] = [
  {
    name: 'EFT (ABSA)',
    type: 'DEBIT_ORDER',
    providerBank: 'ABSA_BANK_LIMITED',
    abbreviatedName: 'SANDBOX',
    paymentIndustry: 'ACCOUNT_REPAYMENT',
    dateAdjustmentRule: 'COLLECT_ON_PREVIOUS_BUSINESS_DAY',
    payInAccount: null,
  },
  {
    name: 'Pay-in',
    type: 'PAY_IN',
    providerBank: 'ABSA_BANK_LIMITED',
    abbreviatedName: 'SANDBOX',
    paymentIndustry: null,
    dateAdjustmentRule: 'COLLECT_ON_COLLECTION_DAY',
    payInAccount: {
      bank: 'ABSA_BANK_LIMITED',
      branchCode: '632005',
      accountNumber: '4047527350',
      accountType: 'CHEQUE_OR_CURRENT',
      accountHolderName: 'SANDBOX PAY-IN',
    },
  },
];

export interface NewMerchant {
  readonly name: string;
  readonly apiKey: string;
  /** What its clock shows at first; wall time when null. */
  readonly clockStart: Date | null;
}

/** Makes a sandbox merchant with its methods, its holidays, and a key with every scope. Returns the merchant's id. */
export async function createMerchant(app: App, { name, apiKey, clockStart }: NewMerchant): Promise<string> {
  const years = Array.from({ length: HOLIDAY_YEARS.to - HOLIDAY_YEARS.from + 1 }, (_, at) => HOLIDAY_YEARS.from + at);
  return withTransaction(app.database, async (tx) => {
    const merchantId = await insertMerchant(tx, { name, isSandbox: true }, years.flatMap(publicHolidays));
    if (clockStart) await setClockOffset(tx, merchantId, clockStart.getTime() - Date.now());
    await insertPaymentMethods(tx, merchantId, METHODS);
    const hash = app.secrets.hmac('api-keys', apiKey);
    await insertApiKey(tx, { merchantId, name: 'first key', hash, scopes: SCOPES });
    return merchantId;
  });
}

/** Gives a merchant another key with every scope. */
export async function addApiKey(app: App, merchantId: string, name: string, apiKey: string): Promise<void> {
  const hash = app.secrets.hmac('api-keys', apiKey);
  await insertApiKey(queryable(app.database), { merchantId, name, hash, scopes: SCOPES });
}
