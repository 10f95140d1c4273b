import { day, money, nameOf } from '../format.ts';
import { Status } from './status.tsx';
import type { Column } from './table.tsx';

// Columns that several lists have.

/** Name of the customer. */
export function customerColumn<Row extends { readonly customer: Parameters<typeof nameOf>[0] }>(): Column<Row> {
  return { title: 'Customer', cell: ({ customer }) => nameOf(customer) };
}

/** Status in words, with its sign. */
export function statusColumn<Row extends { readonly status: string }>(): Column<Row> {
  return { title: 'Status', cell: ({ status }) => <Status value={status} /> };
}

/** Date on which the account or card is debited. */
export function actionDateColumn<Row extends { readonly actionDate: string }>(): Column<Row> {
  return { title: 'Action date', cell: ({ actionDate }) => day(actionDate) };
}

/** Reference of a payment or of one of its transactions. */
export function referenceColumn<Row extends { readonly transactionReference: string }>(
  title = 'Reference',
): Column<Row> {
  return { title, cell: ({ transactionReference }) => transactionReference };
}

/** Amount in rand. */
export function amountColumn<Row extends { readonly amount: string }>(): Column<Row> {
  return { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) };
}
