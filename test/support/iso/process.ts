import { createInterface } from 'node:readline';
import { openFakeIsoBank } from './fake-iso-bank.ts';

// The bank of files in a process of its own. Each line of its input is an instant, by which it does what is due; it answers `done`.

const [directory = ''] = process.argv.slice(2);
const bank = openFakeIsoBank(directory);
let last = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  last = last.then(async () => {
    const [now = '', ...deposit] = JSON.parse(line) as string[];
    const [id, accountNumber, remittance, amount] = deposit;
    if (id && accountNumber && remittance && amount)
      await bank.deposit(id, accountNumber, remittance, amount, new Date(now));
    await bank.tick(new Date(now));
    process.stdout.write(`done ${JSON.stringify({ counts: [...bank.counts], changed: bank.changed })}\n`);
  });
});
