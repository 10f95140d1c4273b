import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Directories of a connector: files to the bank, files of the bank, and those that were taken or rejected. */
const NAMES = ['out', 'in', 'taken', 'rejected'] as const;

/** Largest file that is read, in bytes. */
export const FILE_BYTES_MAX = 64 * 1_024 * 1_024;
/** Time for which a file of the bank must be unchanged before it is read, in milliseconds. */
const QUIET_MS = 1_000;

/** A file of the bank that is complete. */
export interface IncomingFile {
  readonly name: string;
  readonly bytes: number;
}

/** Creates the directories that are missing. */
export async function makeDirectories(directory: string): Promise<void> {
  for (const name of NAMES) await mkdir(join(directory, name), { recursive: true });
}

/** Writes a file to the bank: whole and on disk under its name, or not at all. A file of the same name is replaced. */
export async function writeOut(directory: string, name: string, text: string): Promise<void> {
  const folder = join(directory, 'out');
  const temporary = join(folder, `.${name}.tmp`);
  const file = await open(temporary, 'w');
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

/** Returns the files of the bank that have not changed for a while, by name. Hidden files are being written. */
export async function listIncoming(directory: string, now: number): Promise<IncomingFile[]> {
  const entries = await readdir(join(directory, 'in'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  const found: IncomingFile[] = [];
  for (const name of names.sort()) {
    const { size, mtimeMs } = await stat(join(directory, 'in', name));
    if (now - mtimeMs >= QUIET_MS) found.push({ name, bytes: size });
  }
  return found;
}

/** Returns the content of a file of the bank; null when another node has moved it. */
export async function readIncoming(directory: string, name: string): Promise<Buffer | null> {
  try {
    return await readFile(join(directory, 'in', name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Moves a file of the bank away. The reason of a rejection is written beside it. */
export async function moveIncoming(
  directory: string,
  name: string,
  id: string,
  rejection: string | null,
): Promise<void> {
  const folder = join(directory, rejection === null ? 'taken' : 'rejected');
  // Files of different content may come under the same name.
  const target = join(folder, `${id}-${name}`);
  if (rejection !== null) await writeFile(`${target}.reason.txt`, `${rejection}\n`);
  await rename(join(directory, 'in', name), target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
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
