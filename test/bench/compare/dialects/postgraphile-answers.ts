import { type Connection, pageOf } from '../dialect.ts';

// The rows as PostGraphile generates them from the tables, and their form in the answers that all servers share.

interface Nodes<Node> {
  readonly nodes: readonly Node[];
}

interface PaymentRow {
  readonly rowId: string;
  readonly amountCents: string | number;
  readonly status: string;
  readonly createdAt: string;
  readonly transactionReference: string;
}

interface MandateRow extends Pick<PaymentRow, 'rowId' | 'amountCents' | 'status'> {
  readonly reference: string | null;
}

interface AccountRow {
  readonly rowId: string;
  readonly accountHolderName: string;
  readonly bank: string;
  readonly status: string;
}

interface CustomerRow {
  readonly rowId: string;
  readonly reference: string;
  readonly personName: string;
  readonly personSurname: string;
  readonly bankAccountsByMerchantIdAndCustomerId: Nodes<AccountRow>;
  readonly mandatesByMerchantIdAndCustomerId: Nodes<MandateRow>;
  readonly paymentsByMerchantIdAndCustomerId: Nodes<PaymentRow>;
}

interface WithCustomer extends PaymentRow {
  readonly customerByMerchantIdAndCustomerId: CustomerRow;
}

interface WithRelations extends WithCustomer {
  readonly mandateByMerchantIdAndMandateId: MandateRow;
  readonly bankAccountByMerchantIdAndBankAccountId: AccountRow;
}

function money(cents: string | number): string {
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const instant = (text: string): string => new Date(text).toISOString();

/** The answer to `point`. */
export function pointAnswer(data: { paymentByMerchantIdAndRowId: WithRelations }): unknown {
  const row = data.paymentByMerchantIdAndRowId;
  const mandate = row.mandateByMerchantIdAndMandateId;
  const account = row.bankAccountByMerchantIdAndBankAccountId;
  const { rowId: customerId, reference, personName, personSurname } = row.customerByMerchantIdAndCustomerId;
  return {
    id: row.rowId,
    amount: money(row.amountCents),
    status: row.status,
    createdAt: instant(row.createdAt),
    mandate: {
      id: mandate.rowId,
      reference: mandate.reference,
      status: mandate.status,
      amount: money(mandate.amountCents),
    },
    bankAccount: { id: account.rowId, accountHolderName: account.accountHolderName, bank: account.bank },
    customer: { id: customerId, reference, personName, personSurname },
  };
}

/** The answer to `list`. */
export function listAnswer({
  allCustomers,
}: {
  allCustomers: Nodes<CustomerRow> & { pageInfo: { hasNextPage: boolean } };
}): unknown {
  const amounts = ({ nodes }: Nodes<Pick<PaymentRow, 'rowId' | 'amountCents' | 'status'>>) =>
    nodes.map(({ rowId, amountCents, status }) => ({ id: rowId, amount: money(amountCents), status }));
  return {
    nodes: allCustomers.nodes.map((row) => ({
      id: row.rowId,
      reference: row.reference,
      personName: row.personName,
      bankAccounts: row.bankAccountsByMerchantIdAndCustomerId.nodes.map(({ rowId, bank, status }) => {
        return { id: rowId, bank, status };
      }),
      mandates: amounts(row.mandatesByMerchantIdAndCustomerId),
      payments: amounts(row.paymentsByMerchantIdAndCustomerId),
    })),
    next: allCustomers.pageInfo.hasNextPage,
  };
}

/** The answer to each page of payments. */
export function pageAnswer({ allPayments }: { allPayments: Connection<WithCustomer> }): unknown {
  const edges = allPayments.edges.map(({ node }) => ({
    node: {
      id: node.rowId,
      amount: money(node.amountCents),
      status: node.status,
      createdAt: instant(node.createdAt),
      customer: { personName: node.customerByMerchantIdAndCustomerId.personName },
    },
  }));
  return pageOf({ ...allPayments, edges });
}

/** The answer to each submission; the mutation's name is its only field. */
export function submitAnswer(data: Readonly<Record<string, { readonly result: readonly PaymentRow[] }>>): unknown {
  const rows = Object.values(data).flatMap(({ result }) => result);
  return rows.map(({ rowId, status, transactionReference }) => ({ id: rowId, status, transactionReference }));
}
