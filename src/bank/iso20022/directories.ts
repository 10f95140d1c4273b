import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Directories of a connector: files to the bank, files of the bank, and those that were taken or rejected. */
const NAMES = ['out', 'in', 'taken', 'rejected'] as const;

/** Largest file that is read, in bytes. */
export const FILE_BYTES_MAX = 32 * 1_024 * 1_024;
/** Length of the name under which a file is kept, in characters. */
const KEPT_NAME_LENGTH = 100;

/** A file of the bank that is complete. Its name may be any bytes. */
export interface IncomingFile {
  /** The name for people and for the file that is kept. */
  readonly name: string;
  readonly path: Buffer;
  readonly bytes: number;
}

/** Creates the directories that are missing. */
export async function makeDirectories(directory: string): Promise<void> {
  for (const name of NAMES) await mkdir(join(directory, name), { recursive: true });
}

/** Writes a file to the bank: whole and on disk under its name, or not at all. A file of the same name is replaced. */
export async function writeOut(directory: string, name: string, text: string): Promise<void> {
  const folder = join(directory, 'out');
  // Two nodes may write the same file at the same time.
  const temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
  const parent = await open(folder, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/** Returns the files of the bank that have not changed for `quietMs`, by name. Hidden files are being written. */
export async function listIncoming(directory: string, quietMs: number, now: number): Promise<IncomingFile[]> {
  const folder = join(directory, 'in');
  const found: IncomingFile[] = [];
  for (const given of (await readdir(folder, { encoding: 'buffer' })).sort(Buffer.compare)) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), given]);
    const status = await stat(path).catch(whenGone);
    const name = given
      .toString('latin1')
      .replaceAll(/[^\x20-\x7e]/g, '_')
      .slice(0, KEPT_NAME_LENGTH);
    if (!status?.isFile() || name.startsWith('.')) continue;
    // A time in the future is that of another machine's clock.
    if (Math.abs(now - status.mtimeMs) >= quietMs) found.push({ name, path, bytes: status.size });
  }
  return found;
}

/** Returns the content of a file of the bank; null when another node has moved it. */
export async function readIncoming({ path }: IncomingFile): Promise<Buffer | null> {
  return readFile(path).catch(whenGone);
}

/** Moves a file of the bank away. The reason of a rejection is written beside it. */
export async function moveIncoming(
  directory: string,
  { name, path }: IncomingFile,
  id: string,
  rejection: string | null,
): Promise<void> {
  const folder = join(directory, rejection === null ? 'taken' : 'rejected');
  // Files of different content may come under the same name.
  const target = join(folder, `${id}-${name}`);
  if (rejection !== null) await writeFile(`${target}.reason.txt`, `${rejection}\n`, { mode: 0o600 });
  await rename(path, target).catch(whenGone);
}

/** Returns null when the file does not exist, because another node has moved it. Throws other errors. */
function whenGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** Tests whether files can be written, and read and moved. */
export async function testDirectories(
  directory: string,
): Promise<Array<{ name: string; isPassed: boolean; message: string }>> {
  const results = [];
  for (const name of NAMES) {
    const folder = join(directory, name);
    const probe = join(folder, `.probe-${process.pid}`);
    try {
      await access(folder, constants.R_OK | constants.W_OK);
      await writeFile(probe, '');
      await unlink(probe);
      results.push({ name, isPassed: true, message: `${folder} can be read and written.` });
    } catch (error) {
      results.push({ name, isPassed: false, message: `${folder}: ${(error as Error).message}` });
    }
  }
  return results;
}
