import type { Queryable } from './database.ts';
import { decryptNullable } from './personal-numbers.ts';
import type { Secrets } from './secrets.ts';

/** What a bank is asked about an account: whose is it? The numbers are whole: they go to the bank and nowhere else. */
export interface Inquiry {
  readonly id: string;
  readonly account: { readonly accountNumber: string; readonly accountType: string; readonly branchCode: string };
  readonly holder: {
    readonly companyName: string | null;
    readonly personName: string | null;
    readonly personSurname: string | null;
    readonly idType: string | null;
    readonly idNumber: string | null;
  };
}

interface Row {
  id: string;
  version: number;
  accountNumberCipher: Buffer;
  accountType: string;
  branchCode: string;
  customerId: string;
  companyName: string | null;
  personName: string | null;
  personSurname: string | null;
  idType: string | null;
  idNumberCipher: Buffer | null;
}

/** The inquiries about accounts that are not archived, and the version of each. */
export async function findInquiries(
  database: Queryable,
  secrets: Secrets,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly version: number; readonly inquiry: Inquiry }>> {
  const rows = await database.query<Row>(
    `SELECT account.id, account.version, account_number_cipher, account_type, branch_code, customer_id,
            company_name, person_name, person_surname, id_type, id_number_cipher
       FROM bank_account AS account
       JOIN customer ON customer.merchant_id = account.merchant_id AND customer.id = account.customer_id
      WHERE account.merchant_id = $1 AND account.id = ANY($2) AND account.status <> 'ARCHIVED'`,
    [merchantId, ids],
  );
  return new Map(
    rows.map(({ version, accountNumberCipher, idNumberCipher, customerId, ...row }) => {
      const number = { merchantId, field: 'accountNumber', rowId: row.id } as const;
      const identity = { merchantId, field: 'idNumber', rowId: customerId } as const;
      const accountNumber = decryptNullable(secrets, number, accountNumberCipher) ?? '';
      const idNumber = decryptNullable(secrets, identity, idNumberCipher);
      const { id, accountType, branchCode, companyName, personName, personSurname, idType } = row;
      const holder = { companyName, personName, personSurname, idType, idNumber };
      return [id, { version, inquiry: { id, account: { accountNumber, accountType, branchCode }, holder } }];
    }),
  );
}
