const ZONE = 'Africa/Johannesburg';
const DAY = new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', year: 'numeric', timeZone: ZONE });
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: ZONE,
});
const MS_PER_DAY = 86_400_000;

/** An amount as R 1 234.50, grouped without rounding. */
export function money(amount: string): string {
  const [rand = '0', cents = '00'] = amount.split('.');
  return `R ${rand.replace(/\B(?=(\d{3})+$)/g, ' ')}.${cents}`;
}

/** A count with groups of thousands. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** A total of a list, which is counted up to a limit: 10 000+ beyond it. */
export function totalText({
  totalCount,
  totalCountIsExact,
}: {
  totalCount: number;
  totalCountIsExact: boolean;
}): string {
  return `${count(totalCount)}${totalCountIsExact ? '' : '+'}`;
}

/** A date or a time as 26 Nov 2026. */
export function day(value: string | Date): string {
  const parts = DAY.formatToParts(new Date(value));
  const partOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${partOf('day')} ${partOf('month')} ${partOf('year')}`;
}

/** A time of day in Johannesburg. */
export function time(value: string | Date): string {
  return TIME.format(new Date(value));
}

/** The calendar date in Johannesburg, `days` after that of an instant, as 2026-11-26. */
export function dateAfter(instant: string, days: number): string {
  const moved = new Date(new Date(instant).getTime() + days * MS_PER_DAY);
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(moved);
}

/** An enum value in words: AWAITING_APPROVAL as "Awaiting approval". */
export function words(value: string): string {
  const text = value.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A span of time as 3 h 05 min, or "expired" when it is over. */
export function span(ms: number): string {
  if (ms <= 0) return 'expired';
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return hours > 0 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${minutes} min`;
}

/** Name of a customer. */
export function nameOf(customer: {
  companyName?: string | null;
  personName?: string | null;
  personSurname?: string | null;
  reference: string;
}): string {
  const person = [customer.personName, customer.personSurname].filter(Boolean).join(' ');
  return customer.companyName || person || customer.reference;
}
