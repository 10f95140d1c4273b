import type { Session } from './session.ts';

/** What every screen is given: the session, the merchant's time, and the id of the object, if it shows one. */
export interface ScreenProps {
  readonly session: Session;
  readonly now: string;
  /** Whether that time stands still. */
  readonly isFrozen: boolean;
  readonly id: string;
}
