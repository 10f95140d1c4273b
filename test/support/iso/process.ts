import { createInterface } from 'node:readline';
import { openFakeIsoBank } from './fake-iso-bank.ts';

// The fake ISO 20022 bank as a process. Each line of its input is a JSON array whose first item is an instant; the bank runs to that
// instant and prints a line that begins with `done`.

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
