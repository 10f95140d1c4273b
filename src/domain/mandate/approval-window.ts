import { addBusinessDays, type Calendar, type Holidays } from '../calendar.ts';
import { civilDateOf, instantAt } from '../dates.ts';

/** How long a debtor has to answer, by name of the window (DOMAIN §2.14, §4.3). */
export const APPROVAL_WINDOWS = [
  'REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK',
  'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE',
  'DELAYED_REAL_TIME_TT1',
  'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2',
] as const;
export type ApprovalWindow = (typeof APPROVAL_WINDOWS)[number];

interface Window {
  readonly isTt1: boolean;
  /** Until when of a day, in Johannesburg, a request can be sent; later ones go on the next business day. */
  readonly cutOff: string;
  readonly deadline:
    | { readonly seconds: number; readonly graceSeconds: number }
    | { readonly businessDays: number; readonly time: string };
}

/** Real time: the debtor is shown 120 seconds; an answer counts, and silence is final, at 180 (DOMAIN §0.1.9). */
const REAL_TIME: Window = { isTt1: true, cutOff: '20:30', deadline: { seconds: 120, graceSeconds: 60 } };

/** The deadlines and cut-offs of each window, as data. */
export const WINDOWS: Readonly<Record<ApprovalWindow, Window>> = {
  REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK: REAL_TIME,
  REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE: REAL_TIME,
  DELAYED_REAL_TIME_TT1: { isTt1: true, cutOff: '20:30', deadline: { businessDays: 0, time: '20:30' } },
  BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2: {
    isTt1: false,
    cutOff: '21:00',
    deadline: { businessDays: 2, time: '19:00' },
  },
};

/** What was too late for its day goes to the bank at this time of the next business day, when debtors are awake. */
export const QUEUED_UNTIL = '08:00';

/** When a bank is asked to approve, and until when that can be answered: without a window, until it answers. */
export type RequestTimes = Pick<ApprovalTimes, 'sendAt' | 'isQueued'> & {
  readonly [Name in 'approvalExpiresAt' | 'expiresAt']: Date | null;
};

export function requestTimes(window: ApprovalWindow | null, { now, holidays }: Calendar): RequestTimes {
  if (window !== null) return approvalTimes(window, now, holidays);
  return { sendAt: now, isQueued: false, approvalExpiresAt: null, expiresAt: null };
}

/** When a request is sent, what the debtor is shown as the end, and when silence is an answer. */
export interface ApprovalTimes {
  readonly sendAt: Date;
  readonly isQueued: boolean;
  readonly approvalExpiresAt: Date;
  readonly expiresAt: Date;
}

/** When a request of this moment is sent, and until when it can be answered. */
export function approvalTimes(window: ApprovalWindow, now: Date, holidays: Holidays): ApprovalTimes {
  const { cutOff } = WINDOWS[window];
  const today = civilDateOf(now);
  const isQueued = now >= instantAt(today, cutOff);
  const sendAt = isQueued ? instantAt(addBusinessDays(today, 1, holidays), QUEUED_UNTIL) : now;
  return { sendAt, isQueued, ...answerTimes(window, sendAt, holidays) };
}

/** Until when what was sent at an instant can be answered. */
export function answerTimes(
  window: ApprovalWindow,
  sendAt: Date,
  holidays: Holidays,
): Pick<ApprovalTimes, 'approvalExpiresAt' | 'expiresAt'> {
  const { deadline } = WINDOWS[window];
  if ('seconds' in deadline) {
    const approvalExpiresAt = new Date(sendAt.getTime() + deadline.seconds * 1_000);
    const expiresAt = new Date(approvalExpiresAt.getTime() + deadline.graceSeconds * 1_000);
    return { approvalExpiresAt, expiresAt };
  }
  const sendDay = civilDateOf(sendAt);
  const day = deadline.businessDays === 0 ? sendDay : addBusinessDays(sendDay, deadline.businessDays, holidays);
  const end = instantAt(day, deadline.time);
  return { approvalExpiresAt: end, expiresAt: end };
}
