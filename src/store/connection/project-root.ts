import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The directory of the package: the closest one above this file with a package.json, wherever the build has put the file. */
export const PROJECT_ROOT = closestPackage(import.meta.dirname);

function closestPackage(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const above = dirname(directory);
  if (above === directory) throw new Error('the gateway is not inside its package');
  return closestPackage(above);
}
