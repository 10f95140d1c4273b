import { z } from 'zod';

/** A message of ISO 20022 without its version. */
export const MESSAGES = ['pain.008', 'pain.009', 'pain.010', 'pain.011', 'pain.002', 'pain.012', 'camt.054'] as const;
/** Name of a message without its version. */
export type MessageName = (typeof MESSAGES)[number];

/** Versions that are written, and read, unless the profile says otherwise. */
const VERSIONS: Readonly<Record<MessageName, string>> = {
  'pain.008': '001.09',
  'pain.009': '001.05',
  'pain.010': '001.05',
  'pain.011': '001.05',
  'pain.002': '001.11',
  'pain.012': '001.05',
  'camt.054': '001.08',
};

const text = (max: number) => z.string().min(1).max(max);
const version = z.string().regex(/^\d{3}\.\d{2}$/);

const PROFILE = z.strictObject({
  /** Versions of messages that the bank uses, such as `{"pain.008": "001.08"}`. Other versions are not read. */
  versions: z.partialRecord(z.enum(MESSAGES), version).default({}),
  /** Name and id of the party that sends the files; the merchant by default. */
  initiatingParty: z.strictObject({ name: text(140), id: text(35).optional() }).optional(),
  /** Local instruments by type of payment method, as the bank names them; the type by default. */
  localInstruments: z.partialRecord(z.enum(['DEBIT_ORDER', 'DEBICHECK', 'REGISTERED_MANDATE']), text(35)).default({}),
  /** Seconds for which instructions wait for others of the same file. */
  collectSeconds: z.number().int().min(0).max(3_600).default(60),
  /** Seconds for which a file of the bank must be unchanged before it is read: longer than a transfer may pause. */
  quietSeconds: z.number().int().min(0).max(3_600).default(10),
  /** Return codes of the gateway, or reason codes of the scheme, for reason codes of the bank. */
  reasonCodes: z.record(text(35), text(35)).default({}),
});

/** What differs between banks: versions of messages, names and codes. */
export type Profile = z.infer<typeof PROFILE>;

const CREDITOR = z.strictObject({
  name: text(140),
  accountNumber: z.string().regex(/^\d{1,34}$/),
  branchCode: z.string().regex(/^\d{6}$/),
  id: text(35).optional(),
});

/** The account of a merchant as a creditor. */
export type Creditor = z.infer<typeof CREDITOR>;

/** Reads a profile; returns what is wrong with it, for people, when it is not one. */
export function readProfile(given: object): Profile | string {
  const result = PROFILE.safeParse(given);
  return result.success ? result.data : z.prettifyError(result.error);
}

/** Reads the account of a merchant as a creditor; returns what is wrong with it when it is not one. */
export function readCreditor(given: object | null): Creditor | string {
  const result = CREDITOR.safeParse(given);
  return result.success ? result.data : z.prettifyError(result.error);
}

/** Returns the namespace of a message in the version of the profile. */
export function namespaceOf(message: MessageName, { versions }: Profile): string {
  return `urn:iso:std:iso:20022:tech:xsd:${message}.${versions[message] ?? VERSIONS[message]}`;
}
