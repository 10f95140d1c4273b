import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';

// `npm run check:deps`: dependency-cruiser on src, and an error when it saw nothing, which it calls a success.

const MODULES_MIN = 100;
const root = join(import.meta.dirname, '../..');
const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
  forbidden: object[];
  options: object;
};
process.chdir(root);
const options = { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true } as ICruiseOptions;
const { output } = await cruise(['src'], options);
const { summary } = output as ICruiseResult;
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
console.log(`${summary.totalCruised} modules, ${summary.violations.length} violations`);
if (summary.totalCruised < MODULES_MIN)
  console.error(`fewer than ${MODULES_MIN} modules: dependency-cruiser does not see the sources`);
process.exitCode = summary.violations.length > 0 || summary.totalCruised < MODULES_MIN ? 1 : 0;
