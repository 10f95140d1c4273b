import { createHash } from 'node:crypto';
import {
  FILE_BYTES_MAX,
  type IncomingFile,
  listIncoming,
  makeDirectories,
  moveIncoming,
  readIncoming,
  writeOut,
} from '../../bank/iso20022/directories.ts';
import { debitOf, requestOf } from '../../bank/iso20022/iso-bank.ts';
import type { FileMessage } from '../../bank/iso20022/message.ts';
import { type Profile, readCreditor, readProfile } from '../../bank/iso20022/profile.ts';
import { readMessage } from '../../bank/iso20022/read-message.ts';
import { BrokenFile } from '../../bank/iso20022/read-xml.ts';
import { writeDebits } from '../../bank/iso20022/write-debits.ts';
import { writeMandates } from '../../bank/iso20022/write-mandates.ts';
import { queryable, withTransaction } from '../../store/connection/database.ts';
import { wallTime } from '../../store/connection/wall-time.ts';
import {
  confirmInstructions,
  type DueGroup,
  findDueGroups,
  insertBankFile,
  lockInstructions,
  lockUnwrittenFile,
  markFileWritten,
} from '../../store/connectors/bank-files.ts';
import { insertIntake, isKnownMessage, isTakenFile } from '../../store/connectors/bank-intake.ts';
import { type Connector, findCreditor, listConnectors } from '../../store/connectors/connectors.ts';
import { RANDOM_IDS } from '../../store/ids.ts';
import type { App } from '../app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../background-loop.ts';
import { type FileReport, reportOf } from './file-report.ts';
import { takeBankReport } from './take-bank-report.ts';
import type { TakenReport } from './taken.ts';

/** Interval at which files are exchanged with banks, in milliseconds. */
const EXCHANGE_MS = 1_000;
/** Number of entries of a file that are named in the log. */
const LOGGED_MAX = 100;
/** Number of transactions in a file. */
const FILE_ENTRIES_MAX = 10_000;

interface FileConnector {
  readonly id: string;
  readonly directory: string;
  readonly profile: Profile;
}

/** Starts the loop that exchanges files with banks. */
export function startExchange(app: App, report: LoopReport): BackgroundLoop {
  return startBackgroundLoop((isStopped) => exchangeFiles(app, isStopped), EXCHANGE_MS, report);
}

/**
 * Exchanges files with the banks of all connectors of the kind ISO20022: makes files of the instructions that wait, writes those that
 * are not written, and takes those of the banks. Every node may run it at any time. What fails, a connector, a merchant or a file, does
 * not hold up the others; the first error is thrown in the end.
 */
async function exchangeFiles(app: App, isStopped: () => boolean): Promise<'DONE'> {
  const connectors = await listConnectors(queryable(app.database), app.secrets);
  const failures: unknown[] = [];
  const attempt: Attempt = async (work) => {
    if (isStopped()) return;
    await work().catch((error: unknown) => failures.push(error));
  };
  const exchanges = [...connectors.values()].map((connector) => attempt(() => exchangeWith(app, connector, attempt)));
  await Promise.all(exchanges);
  if (failures.length > 0) throw failures[0];
  return 'DONE';
}

/** Runs work unless the node stops, and keeps its error for later. */
type Attempt = (work: () => Promise<unknown>) => Promise<void>;

async function exchangeWith(app: App, given: Connector, attempt: Attempt): Promise<void> {
  const connector = fileConnectorOf(given);
  if (!connector) return;
  const { id, directory, profile } = connector;
  await makeDirectories(directory);
  const groups = await findDueGroups(queryable(app.database), id, profile.collectSeconds, FILE_ENTRIES_MAX);
  for (const group of groups) await attempt(() => makeFile(app, id, profile, group));
  await attempt(async () => {
    while (await writeFile(app, connector));
  });
  for (const file of await listIncoming(directory, profile.quietSeconds * 1_000, Date.now()))
    await attempt(() => takeFile(app, connector, file));
}

function fileConnectorOf({ id, kind, directory, profile: given }: Connector): FileConnector | null {
  if (kind !== 'ISO20022' || directory === null) return null;
  const profile = readProfile(given);
  if (typeof profile === 'string') throw new Error(`the profile of connector ${id} is not valid: ${profile}`);
  return { id, directory, profile };
}

/** Makes a file of a group of instructions: a row with its content, written later. */
async function makeFile(app: App, connectorId: string, profile: Profile, group: DueGroup): Promise<void> {
  const { merchantId, fileKey } = group;
  await withTransaction(app.database, async (tx) => {
    const creditor = readCreditor(await findCreditor(tx, merchantId, connectorId));
    if (typeof creditor === 'string')
      throw new Error(`merchant ${merchantId} has no account as a creditor of connector ${connectorId}: ${creditor}`);
    const held = await lockInstructions(tx, app.secrets, connectorId, group, FILE_ENTRIES_MAX);
    if (held.length === 0) return;
    const createdAt = wallTime();
    const message = fileKey.split(' ', 1)[0] ?? '';
    const messageId = `${createdAt.toISOString().slice(0, 10).replaceAll('-', '')}${RANDOM_IDS.newReference()}`;
    const heading = { messageId, createdAt, creditor, profile };
    const texts = held.map(({ text }) => text);
    const text =
      message === 'pain.008'
        ? await writeDebits(heading, texts.map(debitOf))
        : await writeMandates(heading, texts.map(requestOf));
    const file = { id: messageId, connectorId, name: `${message}-${messageId}.xml`, text };
    const references = held.map(({ reference }) => reference);
    insertBankFile(tx, app.secrets, merchantId, file, references);
  });
}

/** Writes the next file that is not written; false when there is none. A crash before the commit has it written again. */
async function writeFile(app: App, { id, directory }: FileConnector): Promise<boolean> {
  return withTransaction(app.database, async (tx) => {
    const file = await lockUnwrittenFile(tx, app.secrets, id);
    if (!file) return false;
    await writeOut(directory, file.name, file.text);
    markFileWritten(tx, file.merchantId, file.id);
    app.log.info({ connector: id, merchantId: file.merchantId, file: file.name }, 'wrote a file to the bank');
    app.meter.bankFile('written');
    return true;
  });
}

/**
 * Takes a file: what it reports is recorded, then the file itself, then it is moved. A crash in between, or another node at the same
 * time, has it taken again, which changes nothing. A file is taken once by its content, a message once by its id.
 */
async function takeFile(app: App, connector: FileConnector, file: IncomingFile): Promise<void> {
  const { id: connectorId, directory } = connector;
  const isTooLong = file.bytes > FILE_BYTES_MAX;
  const bytes = isTooLong ? null : await readIncoming(file);
  if (bytes === null && !isTooLong) return;
  const sha256 = createHash('sha256')
    .update(bytes ?? `${file.name} ${file.bytes}`)
    .digest();
  const database = queryable(app.database);
  const place = sha256.toString('hex').slice(0, 12);
  if (await isTakenFile(database, connectorId, sha256)) {
    await moveIncoming(directory, file, place, null);
    return;
  }
  const intake = { connectorId, sha256, name: file.name };
  try {
    if (bytes === null) throw new BrokenFile(`the file has more than ${FILE_BYTES_MAX} bytes`);
    const { message, messageId } = await takeMessage(app, connector, file.name, bytes);
    await insertIntake(database, { ...intake, message, messageId, rejection: null });
    await moveIncoming(directory, file, place, null);
    app.meter.bankFile('taken');
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    await insertIntake(database, { ...intake, message: null, messageId: null, rejection: error.message });
    await moveIncoming(directory, file, place, error.message);
    app.log.warn({ connector: connectorId, file: file.name, reason: error.message }, 'rejected a file of the bank');
    app.meter.bankFile('rejected');
  }
}

/** Reads a message whole, then records what it reports. Throws BrokenFile before anything is recorded. */
async function takeMessage(
  app: App,
  { id, profile }: FileConnector,
  name: string,
  bytes: Buffer,
): Promise<FileMessage> {
  const database = queryable(app.database);
  const message = await readMessage(bytes, profile);
  if (await isKnownMessage(database, id, message.message, message.messageId))
    throw new BrokenFile(`a ${message.message} with the id ${message.messageId} and another content was taken before`);
  const report = await reportOf(database, id, message);
  const taken = await takeBankReport(app, id, report);
  noteUntaken(app, id, name, report, taken);
  await confirmInstructions(database, id, report.pending);
  return message;
}

/** Tells the operator of entries that match nothing, or that a person has to look at. */
function noteUntaken(app: App, connector: string, file: string, report: FileReport, taken: TakenReport): void {
  const entries = [...taken.answers, ...taken.deposits, ...taken.settlements];
  const untaken = entries.filter(({ result }) => result === 'UNKNOWN' || result === 'REFUSED').map(({ id }) => id);
  const ids = [...report.unexplained, ...untaken];
  if (ids.length === 0) return;
  const first = ids.slice(0, LOGGED_MAX);
  app.log.warn({ connector, file, count: ids.length, first }, 'entries of a file of the bank were not taken');
}
