import { addBusinessDays, type Calendar, type Holidays } from '../calendar.ts';
import { civilDateOf, instantAt } from '../dates.ts';

/** Approval windows of DebiCheck mandates (DOMAIN §2.14, §4.3). */
export const APPROVAL_WINDOWS = [
  'REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK',
  'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE',
  'DELAYED_REAL_TIME_TT1',
  'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2',
] as const;
/** Approval window of a DebiCheck mandate. */
export type ApprovalWindow = (typeof APPROVAL_WINDOWS)[number];

interface Window {
  readonly isTt1: boolean;
  /** Cut-off for sending, Johannesburg time; later requests are sent on the next business day. */
  readonly cutOff: string;
  readonly deadline:
    | { readonly seconds: number; readonly graceSeconds: number }
    | { readonly businessDays: number; readonly time: string };
}

/** Seconds after the deadline of a real-time window in which an answer is still accepted (DOMAIN §0.1.9). */
export const GRACE_SECONDS = 60;

/** Real-time window: the debtor is shown `seconds`; the mandate expires after the grace period (DOMAIN §0.1.9). */
const REAL_TIME: Window = { isTt1: true, cutOff: '20:30', deadline: { seconds: 120, graceSeconds: GRACE_SECONDS } };

/** Deadline and cut-off of each approval window. */
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

/** Johannesburg time at which late requests are sent on the next business day, when debtors can answer. */
export const QUEUED_UNTIL = '08:00';

/** Send time and deadlines of an approval request; the deadlines are null without an approval window. */
export type RequestTimes = Pick<ApprovalTimes, 'sendAt' | 'isQueued'> & {
  readonly [Name in 'approvalExpiresAt' | 'expiresAt']: Date | null;
};

/** Returns the times of a request made now: without a window it is sent immediately and has no deadline. */
export function requestTimes(window: ApprovalWindow | null, { now, holidays }: Calendar): RequestTimes {
  if (window !== null) return approvalTimes(window, now, holidays);
  return { sendAt: now, isQueued: false, approvalExpiresAt: null, expiresAt: null };
}

/** Send time and deadlines of an approval request with a window. */
export interface ApprovalTimes {
  readonly sendAt: Date;
  /** Whether the cut-off has passed, so that the request waits for the next business day. */
  readonly isQueued: boolean;
  /** Deadline shown to the debtor. */
  readonly approvalExpiresAt: Date;
  /** Time at which the mandate expires without an answer. */
  readonly expiresAt: Date;
}

/** Returns the send time and the deadlines of a request made at `now`. */
export function approvalTimes(window: ApprovalWindow, now: Date, holidays: Holidays): ApprovalTimes {
  const { cutOff } = WINDOWS[window];
  const today = civilDateOf(now);
  const isQueued = now >= instantAt(today, cutOff);
  const sendAt = isQueued ? instantAt(addBusinessDays(today, 1, holidays), QUEUED_UNTIL) : now;
  return { sendAt, isQueued, ...answerTimes(window, sendAt, holidays) };
}

/** Returns the deadlines for a request sent at `sendAt`. */
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
