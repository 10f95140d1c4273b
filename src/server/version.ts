import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../store/connection/project-root.ts';

const PACKAGE = join(PROJECT_ROOT, 'package.json');

/** Version of the running gateway, from package.json. */
export const VERSION = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
