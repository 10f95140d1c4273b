import type { ComponentType } from 'preact';
import type { ScreenProps } from './screen-props.ts';
import { Approvals } from './screens/approvals.tsx';
import { Customer } from './screens/customer.tsx';
import { Debits } from './screens/debits.tsx';
import { Deposits } from './screens/deposits.tsx';
import { Developers } from './screens/developers.tsx';
import { Disputes } from './screens/disputes.tsx';
import { Forecast } from './screens/forecast.tsx';
import { Mandate } from './screens/mandate.tsx';
import { Payment } from './screens/payment.tsx';
import { Runs } from './screens/runs.tsx';
import { Today } from './screens/today.tsx';
import { Unpaids } from './screens/unpaids.tsx';

interface ScreenEntry {
  /** First part of its address. */
  readonly name: string;
  readonly title: string;
  /** Whether the navigation lists it; screens of one object are opened from others. */
  readonly isListed: boolean;
  readonly Screen: ComponentType<ScreenProps>;
}

/** Every screen, in the order of the navigation. */
export const SCREENS: readonly ScreenEntry[] = [
  { name: 'today', title: 'Today', isListed: true, Screen: Today },
  { name: 'runs', title: 'Runs', isListed: true, Screen: Runs },
  { name: 'debits', title: 'Debits', isListed: true, Screen: Debits },
  { name: 'unpaids', title: 'Unpaids', isListed: true, Screen: Unpaids },
  { name: 'approvals', title: 'Approvals', isListed: true, Screen: Approvals },
  { name: 'disputes', title: 'Disputes', isListed: true, Screen: Disputes },
  { name: 'deposits', title: 'Unknown money', isListed: true, Screen: Deposits },
  { name: 'forecast', title: 'Forecast', isListed: true, Screen: Forecast },
  { name: 'developers', title: 'Developers', isListed: true, Screen: Developers },
  { name: 'customer', title: 'Customer', isListed: false, Screen: Customer },
  { name: 'mandate', title: 'Mandate', isListed: false, Screen: Mandate },
  { name: 'payment', title: 'Payment', isListed: false, Screen: Payment },
];
