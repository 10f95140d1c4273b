import type { AccountInquiry, Bank } from '../../bank/bank.ts';
import type { Verification } from '../../domain/bank-account/verification.ts';
import { decideEach, idPath, type Target } from '../../domain/decide-each.ts';
import { providerError, stateConflict } from '../../domain/errors.ts';
import { warning } from '../../domain/warnings.ts';
import { findInquiries, lockVersions } from '../../store/bank-accounts/account-inquiries.ts';
import { type KnownBankAccount, lockBankAccounts, setVerifications } from '../../store/bank-accounts/bank-accounts.ts';
import { queryable } from '../../store/connection/database.ts';
import { findAllowedConnectors } from '../../store/connectors/connectors.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

interface Answered {
  readonly account: KnownBankAccount;
  /** Null when nobody verifies accounts. */
  readonly answer: Verification | null;
}

/**
 * Verifies bank accounts with the bank (AVS) and stores the answers. The bank is asked before any lock is taken, also
 * for an idempotent repeat, because a query changes nothing at the bank. A missing answer, or an account or owner
 * changed since, fails with PROVIDER_ERROR. Atomicity follows `mode`; one result per record, in input order. Warns when no
 * bank of the merchant verifies accounts (VERIFICATION_UNAVAILABLE); the account then keeps its status.
 */
export async function verifyBankAccounts(app: App, caller: Caller, input: Selection): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'verifyBankAccounts', args: {}, ...input };
  const ids = input.records.map(({ id }) => id);
  const asked = await ask(app, caller.merchantId, ids);
  return runBatch<Target, Answered>(app, caller, request, async (context, items) => {
    const versions = await lockVersions(context.tx, context.merchantId, ids);
    const accounts = await lockBankAccounts(context.tx, app.secrets, context.merchantId, ids);
    const decisions = decideEach<Target, KnownBankAccount, Answered>(
      items,
      accounts,
      'bank account',
      (account, _record, { path, errors, warnings }) => {
        if (account.status === 'ARCHIVED') {
          const message = 'The bank account is archived and cannot be verified.';
          errors.push(stateConflict(path, { message, currentStatus: account.status, blockedBy: [] }));
          return null;
        }
        if (asked === null) {
          const message = 'No bank of the merchant verifies accounts.';
          warnings.push(warning('VERIFICATION_UNAVAILABLE', idPath(path), message));
          return { plan: { account, answer: null }, outcome: 'UNCHANGED' };
        }
        const answer = asked.get(account.id);
        if (answer && answer.version === versions.get(account.id)) {
          return { plan: { account, answer: answer.verification }, outcome: 'UPDATED' };
        }
        errors.push(providerError(idPath(path)));
        return null;
      },
    );
    return {
      decisions,
      write: async (plans) => {
        await setVerifications(
          context,
          plans.flatMap(({ account, answer }) => (answer ? [{ account, answer }] : [])),
        );
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

/**
 * Returns the answers of the banks by account id, outside any transaction. Accounts without an answer are absent. Null when no bank
 * of the merchant verifies accounts.
 */
async function ask(app: App, merchantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Asked> | null> {
  const banks = await banksThatVerify(app, merchantId);
  if (banks.length === 0) return null;
  const inquiries = await findInquiries(queryable(app.database), app.secrets, merchantId, ids, 'LIVING');
  const answers = await answersTo(
    app,
    merchantId,
    banks,
    [...inquiries.values()].map(({ inquiry }) => inquiry),
  );
  return new Map(
    [...inquiries].flatMap(([id, { version }]) => {
      const verification = answers.get(id);
      return verification ? [[id, { version, verification }]] : [];
    }),
  );
}

/** Asks banks one after the other until all inquiries are answered. */
async function answersTo(
  app: App,
  merchantId: string,
  banks: readonly Bank[],
  inquiries: readonly AccountInquiry[],
): Promise<ReadonlyMap<string, Verification>> {
  const answers = new Map<string, Verification>();
  for (const bank of banks) {
    const open = inquiries.filter(({ id }) => !answers.has(id));
    if (open.length === 0) break;
    try {
      for (const [id, answer] of await bank.verify(merchantId, open)) answers.set(id, answer);
    } catch (error) {
      app.log.warn({ err: error, merchantId }, 'the bank did not answer an account verification');
    }
  }
  return answers;
}

/** Returns the banks of the merchant's connectors that verify accounts, those of the latest connector first. */
async function banksThatVerify(app: App, merchantId: string): Promise<Bank[]> {
  const connectors = await findAllowedConnectors(queryable(app.database), merchantId);
  const banks = await Promise.all([...connectors.keys()].reverse().map((id) => app.banks.of(id)));
  return banks.filter(({ canVerify }) => canVerify);
}
