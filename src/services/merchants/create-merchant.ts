import type { CdvMode } from '../../domain/bank-account/bank-account.ts';
import { SANDBOX_CONNECTOR } from '../../domain/connector.ts';
import type { MerchantMode } from '../../domain/merchant.ts';
import { defaultTerms, type NewPaymentMethod } from '../../domain/method/method.ts';
import type { PaymentMethodType, ProviderBank } from '../../domain/payment/state-machine.ts';
import { publicHolidays } from '../../domain/public-holidays.ts';
import { queryable, withTransaction } from '../../store/connection/database.ts';
import { allowConnector } from '../../store/connectors/connectors.ts';
import { findMode, insertMerchant, setClock } from '../../store/merchants/merchants.ts';
import { insertPaymentMethods } from '../../store/merchants/payment-methods.ts';
import { insertApiKey, type NewApiKey } from '../access/operator-keys.ts';
import type { App } from '../app.ts';

/** Years whose public holidays a new merchant gets. */
const HOLIDAY_YEARS = { from: 2020, to: 2060 };

/** Abbreviated name of a new sandbox merchant on bank statements. */
const ABBREVIATED_NAME = 'SANDBOX';

/** Payment methods of a new sandbox merchant. */
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
  return {
    ...defaultTerms(type),
    name,
    type,
    providerBank,
    abbreviatedName: ABBREVIATED_NAME,
    connectorId: SANDBOX_CONNECTOR,
  };
}

/** Input of `createMerchant`. */
export interface NewMerchant {
  readonly name: string;
  /** Defaults to SANDBOX. */
  readonly mode?: MerchantMode;
  /** Start of the clock of a sandbox; wall time by default. */
  readonly clockStart?: Date | null;
  /** Defaults to ERROR. */
  readonly cdvMode?: CdvMode;
  /** First API key, created in the same transaction. */
  readonly key?: NewApiKey;
}

/**
 * Creates a merchant with holidays in one transaction, and returns its id. A sandbox gets payment methods of every type; a live
 * merchant gets none, because a payment method needs a connector to a bank.
 */
export async function createMerchant(app: App, merchant: NewMerchant): Promise<string> {
  const { name, mode = 'SANDBOX', clockStart = null, cdvMode = 'ERROR', key } = merchant;
  if (mode === 'LIVE' && clockStart) throw new Error('the clock of a live merchant shows wall time');
  const years = Array.from({ length: HOLIDAY_YEARS.to - HOLIDAY_YEARS.from + 1 }, (_, at) => HOLIDAY_YEARS.from + at);
  return withTransaction(app.database, async (tx) => {
    const merchantId = await insertMerchant(tx, { name, mode, cdvMode }, years.flatMap(publicHolidays));
    if (clockStart) setClock(tx, merchantId, clockStart, false);
    if (mode === 'SANDBOX') {
      allowConnector(tx, merchantId, SANDBOX_CONNECTOR, null);
      await insertPaymentMethods(tx, merchantId, METHODS);
    }
    if (key) await insertApiKey(app, tx, merchantId, key);
    return merchantId;
  });
}

/** Returns the mode of a merchant; null when there is no such merchant. */
export function modeOf(app: App, merchantId: string): Promise<MerchantMode | null> {
  return findMode(queryable(app.database), merchantId);
}
