import type { Bank, Instruction, MandateInstruction } from '../bank.ts';
import type { Creditor } from './profile.ts';
import { MESSAGE_OF } from './write-mandates.ts';

/** What the connector remembers: instructions until and after they are in files. */
export interface Outbox {
  /** Stores instructions durably; those whose references are known are left unchanged. */
  hold(
    merchantId: string,
    instructions: ReadonlyArray<{
      readonly reference: string;
      readonly fileKey: string;
      readonly subject: string;
      readonly text: string;
    }>,
  ): Promise<void>;
  /** Returns which of these references are stored. */
  findStored(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Has the files of references written once more. Returns those whose files are to be written. */
  writeAgain(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the account of a merchant as a creditor; what is wrong with it when it is not one. */
  findCreditor(merchantId: string): Promise<Creditor | string>;
  /** Tests the directories. */
  testDirectories(): Promise<ReadonlyArray<{ name: string; isPassed: boolean; message: string }>>;
}

/**
 * Creates a bank that is sent files. Sending is storing: what is stored is in a file later, exactly once. Asking is writing the same
 * file again; a bank that stays silent then is one that does not answer.
 */
export function createIsoBank(outbox: Outbox): Bank {
  return {
    canVerify: false,
    async submit(merchantId, instructions) {
      await outbox.hold(merchantId, instructions.map(heldDebit));
      return new Set();
    },
    // A withdrawal has no message of its own, and the message for cancellations would end the mandate. The amendment that is withdrawn
    // is then approved or refused by the bank, and that answer has no effect.
    submitMandates: (merchantId, instructions) =>
      outbox.hold(merchantId, instructions.filter(({ kind }) => kind !== 'WITHDRAW').map(heldRequest)),
    findReceived: (merchantId, references) => outbox.findStored(merchantId, references),
    findHeld: (merchantId, references) => outbox.writeAgain(merchantId, references),
    verify: async () => new Map(),
    async test(merchantId) {
      const creditor = await outbox.findCreditor(merchantId);
      const isKnown = typeof creditor !== 'string';
      const message = isKnown ? 'The merchant has an account as a creditor.' : creditor;
      return [...(await outbox.testDirectories()), { name: 'creditor', isPassed: isKnown, message }];
    },
  };
}

/** Key of the file for a debit: a file has debits of one payment method and action date. */
function heldDebit(debit: Instruction) {
  const { reference, method, actionDate } = debit;
  const fileKey = `pain.008 ${method.id} ${actionDate}`;
  return { reference, fileKey, subject: reference, text: JSON.stringify(debit) };
}

/** Key of the file for a request about a mandate: a file has requests of one message. */
function heldRequest(request: MandateInstruction) {
  const { reference, kind, contractReference } = request;
  return { reference, fileKey: MESSAGE_OF[kind], subject: contractReference, text: JSON.stringify(request) };
}

/** Returns a debit as it was held. */
export function debitOf(text: string): Instruction {
  const debit = JSON.parse(text) as Instruction;
  const { mandate } = debit;
  return {
    ...debit,
    mandate: mandate && { ...mandate, approvedAt: mandate.approvedAt && new Date(mandate.approvedAt) },
  };
}

/** Returns a request about a mandate as it was held. */
export function requestOf(text: string): MandateInstruction {
  return JSON.parse(text) as MandateInstruction;
}
