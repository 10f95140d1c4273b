import type { AccountInquiry } from '../../bank/bank.ts';
import type { Verification } from '../../domain/bank-account/verification.ts';
import { decideEach, idPath, type Target } from '../../domain/decide-each.ts';
import { providerError, stateConflict } from '../../domain/errors.ts';
import { findInquiries, lockVersions } from '../../store/bank-accounts/account-inquiries.ts';
import { type KnownBankAccount, lockBankAccounts, setVerifications } from '../../store/bank-accounts/bank-accounts.ts';
import { queryable } from '../../store/connection/database.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

interface Answered {
  readonly account: KnownBankAccount;
  readonly answer: Verification;
}

/**
 * Verifies bank accounts with the bank (AVS) and stores the answers. The bank is asked before any lock is taken, also
 * for an idempotent repeat, because a query changes nothing at the bank. A missing answer, or an account or owner
 * changed since, fails with PROVIDER_ERROR. Atomicity follows `mode`; one result per record, in input order. No
 * warnings.
 */
export async function verifyBankAccounts(app: App, caller: Caller, input: Selection): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'verifyBankAccounts', args: {}, ...input };
  const ids = input.records.map(({ id }) => id);
  const asked = await ask(app, caller.merchantId, ids);
  return runBatch<Target, Answered>(app, caller, request, async (context, items) => {
    const versions = await lockVersions(context.tx, context.merchantId, ids);
    const accounts = await lockBankAccounts(context.tx, app.secrets, context.merchantId, ids);
    const decisions = decideEach(items, accounts, 'bank account', (account, _record, { path, errors }) => {
      if (account.status === 'ARCHIVED') {
        const message = 'The bank account is archived and cannot be verified.';
        errors.push(stateConflict(path, { message, currentStatus: account.status, blockedBy: [] }));
        return null;
      }
      const answer = asked.get(account.id);
      if (answer && answer.version === versions.get(account.id)) {
        return { plan: { account, answer: answer.verification }, outcome: 'UPDATED' };
      }
      errors.push(providerError(idPath(path)));
      return null;
    });
    return {
      decisions,
      write: async (plans) => {
        await setVerifications(context, plans);
        return plans.map(({ account }) => account.id);
      },
    };
  });
}

interface Asked {
  /** Version of the account and its owner when the bank was asked. */
  readonly version: string;
  readonly verification: Verification;
}

/** Returns the answers of the bank by account id, outside any transaction. Accounts without an answer are absent. */
async function ask(app: App, merchantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Asked>> {
  const inquiries = await findInquiries(queryable(app.database), app.secrets, merchantId, ids, 'LIVING');
  const answers = await answersTo(
    app,
    merchantId,
    [...inquiries.values()].map(({ inquiry }) => inquiry),
  );
  return new Map(
    [...inquiries].flatMap(([id, { version }]) => {
      const verification = answers.get(id);
      return verification ? [[id, { version, verification }]] : [];
    }),
  );
}

async function answersTo(
  app: App,
  merchantId: string,
  inquiries: readonly AccountInquiry[],
): Promise<ReadonlyMap<string, Verification>> {
  if (inquiries.length === 0) return new Map();
  try {
    return await app.bank.verify(merchantId, inquiries);
  } catch (error) {
    app.log.warn({ err: error, merchantId }, 'the bank did not answer an account verification');
    return new Map();
  }
}
