import type { CivilDate } from '../../domain/dates.ts';
import type { MandateAnswer } from '../../domain/mandate/state-machine.ts';
import type { BankEvent } from '../../domain/transaction.ts';

/** An answer in a file: about one of our references, or about all of one of our files. */
export interface FileAnswer {
  readonly about:
    | { readonly reference: string }
    | { readonly fileId: string }
    /** A mandate by its contract, and the file with the request that is answered, if the bank names it. */
    | { readonly contractReference: string; readonly fileId: string | null };
  readonly event: BankEvent | MandateAnswer;
  readonly code: string | null;
  readonly occurredAt: Date;
  readonly providerReference: string | null;
  readonly authenticationReference: string | null;
}

/** A transaction of an entry on an account. */
export interface Movement {
  /** The end-to-end id: our reference, if it is about a debit of ours. */
  readonly reference: string | null;
  readonly isCredit: boolean;
  readonly amountCents: number;
  readonly feeCents: number;
  readonly isReversal: boolean;
  /** Reason of a return, as a return code of the gateway. */
  readonly code: string | null;
  /** What the payer quoted. */
  readonly remittance: string | null;
  readonly providerReference: string | null;
}

/** An entry on an account, which was booked on a day. */
export interface Entry {
  readonly accountNumber: string;
  readonly reference: string;
  readonly bookedOn: CivilDate;
  readonly bookedAt: Date;
  /** Negative for a debit of the account. */
  readonly amountCents: number;
  /** Fees of the entry as a whole, beside those of its movements. */
  readonly feeCents: number;
  readonly movements: readonly Movement[];
}

/** What a file of a bank says. */
export interface FileMessage {
  readonly message: 'pain.002' | 'pain.012' | 'camt.054';
  readonly messageId: string;
  readonly answers: readonly FileAnswer[];
  /** What the bank has received and not yet decided on. */
  readonly receipts: ReadonlyArray<FileAnswer['about']>;
  readonly entries: readonly Entry[];
}
