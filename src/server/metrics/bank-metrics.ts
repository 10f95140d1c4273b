import { Histogram, type Registry } from 'prom-client';
import type { Bank } from '../../bank/bank.ts';
import { inSpan } from '../../tracing/spans.ts';

const BUCKETS_SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** Returns a function that wraps a bank so that its calls are timed, by call and outcome, and traced. */
export function createBankMetrics(registers: Registry[]): (bank: Bank) => Bank {
  const calls = new Histogram({
    name: 'gateway_bank_call_seconds',
    help: 'Duration of calls to the bank in seconds, by call and by outcome (answered or failed).',
    labelNames: ['call', 'outcome'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const timed =
    <Args extends unknown[], Result>(call: string, work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const end = calls.startTimer({ call });
      try {
        const result = await inSpan(`bank ${call}`, { side: 'CLIENT', attributes: {} }, () => work(...args));
        end({ outcome: 'answered' });
        return result;
      } catch (error) {
        end({ outcome: 'failed' });
        throw error;
      }
    };
  return (bank) => ({
    canVerify: bank.canVerify,
    submit: timed('submit', bank.submit.bind(bank)),
    submitMandates: timed('submitMandates', bank.submitMandates.bind(bank)),
    findReceived: timed('findReceived', bank.findReceived.bind(bank)),
    findHeld: timed('findHeld', bank.findHeld.bind(bank)),
    verify: timed('verify', bank.verify.bind(bank)),
    test: timed('test', bank.test.bind(bank)),
  });
}
