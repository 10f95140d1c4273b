import { z } from 'zod';
import type { Verification } from '../../domain/bank-account/verification.ts';
import { type BankTest, BankUnavailable } from '../bank.ts';
import type { components } from './generated/protocol.ts';

type Schemas = components['schemas'];

const status = z.object({ received: z.array(z.string()), processing: z.array(z.string()) });

const verifications = z.object({
  verifications: z.array(
    z.object({
      id: z.string(),
      accountFound: z.boolean(),
      accountOpen: z.boolean(),
      acceptsDebits: z.boolean(),
      acceptsCredits: z.boolean(),
      idNumberMatch: z.boolean().nullable(),
      initialsMatch: z.boolean().nullable(),
      nameMatch: z.boolean().nullable(),
    }),
  ),
});

const testResult = z.object({
  checks: z
    .array(z.object({ name: z.string().max(100), isPassed: z.boolean(), message: z.string().max(1_000) }))
    .max(100),
});

/** Reads the answer to a question about references. */
export function readStatus(reply: unknown): Schemas['Status'] {
  return read(status, reply, '/status');
}

/** Reads account verifications. */
export function readVerifications(reply: unknown): ReadonlyArray<Verification & { readonly id: string }> {
  return read(verifications, reply, '/account-verifications').verifications;
}

/** Reads the result of a test. */
export function readTestResult(reply: unknown): { readonly checks: readonly BankTest[] } {
  return read(testResult, reply, '/test');
}

/** Returns a reply of the expected shape; anything else leaves what was asked unknown. */
function read<Reply>(schema: z.ZodType<Reply>, reply: unknown, path: string): Reply {
  const result = schema.safeParse(reply);
  if (result.success) return result.data;
  throw new BankUnavailable(`the bank adapter answered ${path} with another shape: ${z.prettifyError(result.error)}`);
}
