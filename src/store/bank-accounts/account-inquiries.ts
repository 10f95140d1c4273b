import { normalizeAccountNumber } from '../../domain/bank-account/cdv.ts';
import type { Queryable } from '../connection/database.ts';
import { decryptNullable } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';

/** A request to a bank to verify an account (AVS). It contains unmasked numbers and must go only to the bank. */
export interface Inquiry {
  readonly id: string;
  readonly account: { readonly accountNumber: string; readonly accountType: string; readonly branchCode: string };
  readonly holder: {
    readonly companyName: string | null;
    readonly personName: string | null;
    readonly personSurname: string | null;
    readonly idType: string | null;
    readonly idNumber: string | null;
    readonly contactNumber: string | null;
  };
}

interface InquiryRow {
  id: string;
  version: number;
  customerVersion: number;
  accountNumberCipher: Buffer;
  accountType: string;
  branchCode: string;
  customerId: string;
  companyName: string | null;
  personName: string | null;
  personSurname: string | null;
  idType: string | null;
  idNumberCipher: Buffer | null;
  contactNumber: string | null;
}

/**
 * Returns verification requests by account, each with the versions of account and owner it is based on. LIVING excludes
 * archived accounts.
 */
export async function findInquiries(
  database: Queryable,
  secrets: Secrets,
  merchantId: string,
  ids: readonly string[],
  scope: 'LIVING' | 'ALL',
): Promise<ReadonlyMap<string, { readonly version: string; readonly inquiry: Inquiry }>> {
  const rows = await database.query<InquiryRow>(
    `SELECT account.id, account.version, customer.version AS customer_version, account_number_cipher, account_type, branch_code, customer_id,
            company_name, person_name, person_surname, id_type, id_number_cipher, contact_number
       FROM bank_account AS account
       JOIN customer ON customer.merchant_id = account.merchant_id AND customer.id = account.customer_id
      WHERE account.merchant_id = $1 AND account.id = ANY($2) AND ($3 = 'ALL' OR account.status <> 'ARCHIVED')`,
    [merchantId, ids, scope],
  );
  return new Map(
    rows.map(({ version, customerVersion, accountNumberCipher, idNumberCipher, customerId, ...row }) => {
      const number = { merchantId, field: 'accountNumber', rowId: row.id } as const;
      const identity = { merchantId, field: 'idNumber', rowId: customerId } as const;
      const accountNumber = decryptNullable(secrets, number, accountNumberCipher) ?? '';
      const idNumber = decryptNullable(secrets, identity, idNumberCipher);
      const { id, accountType, branchCode, companyName, personName, personSurname, idType, contactNumber } = row;
      const holder = { companyName, personName, personSurname, idType, idNumber, contactNumber };
      const account = { accountNumber: normalizeAccountNumber(accountNumber), accountType, branchCode };
      return [id, { version: `${version} ${customerVersion}`, inquiry: { id, account, holder } }];
    }),
  );
}

/**
 * Returns the versions of accounts and owners by account, in the form of `findInquiries`. The owners are locked FOR
 * SHARE until the transaction ends; the accounts are not.
 */
export async function lockVersions(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; version: string }>(
    `SELECT account.id, account.version || ' ' || customer.version AS version
       FROM bank_account AS account
       JOIN customer ON customer.merchant_id = account.merchant_id AND customer.id = account.customer_id
      WHERE account.merchant_id = $1 AND account.id = ANY($2) ORDER BY account.id FOR SHARE OF customer`,
    [merchantId, ids],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
