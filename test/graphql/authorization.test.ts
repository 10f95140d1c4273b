import { type GraphQLObjectType, isObjectType, parse } from 'graphql';
import { expect, it } from 'vitest';
import { authorize } from '../../src/graphql/pipeline/authorize.ts';
import { schema } from '../../src/graphql/schema.ts';
import { SCOPES, type Scope } from '../../src/services/app.ts';

/** What each root field asks of a key. One that is missing here, or asks for another scope, fails. */
const TABLE: Readonly<Record<string, Scope>> = {
  'Query.apiKeys': 'admin',
  'Query.auditLog': 'admin',
  'Query.bankAccount': 'read',
  'Query.bankAccounts': 'read',
  'Query.banks': 'read',
  'Query.batch': 'read',
  'Query.batches': 'read',
  'Query.customer': 'read',
  'Query.customerByReference': 'read',
  'Query.customers': 'read',
  'Query.deposits': 'read',
  'Query.events': 'read',
  'Query.idempotencyRecord': 'read',
  'Query.errorCodes': 'read',
  'Query.lifecycle': 'read',
  'Query.lookups': 'read',
  'Query.mandate': 'read',
  'Query.mandates': 'read',
  'Query.merchant': 'read',
  'Query.node': 'read',
  'Query.nodes': 'read',
  'Query.payment': 'read',
  'Query.paymentByReference': 'read',
  'Query.paymentMethod': 'read',
  'Query.paymentMethods': 'read',
  'Query.paymentStats': 'read',
  'Query.payments': 'read',
  'Query.previewSchedule': 'read',
  'Query.previewWebhook': 'admin',
  'Query.operationOutcome': 'read',
  'Query.quarantinedAnswers': 'admin',
  'Query.settlements': 'read',
  'Query.transaction': 'read',
  'Query.transactionByReference': 'read',
  'Query.transactionStats': 'read',
  'Query.transactions': 'read',
  'Query.upcomingCollections': 'read',
  'Query.validateBankAccounts': 'read',
  'Query.viewer': 'read',
  'Query.webhookDeliveries': 'admin',
  'Query.webhookEndpoints': 'admin',
  'Mutation.addCards': 'write',
  'Mutation.advanceClock': 'sandbox',
  'Mutation.assignDeposits': 'write',
  'Mutation.blacklistCustomers': 'write',
  'Mutation.cancelMandates': 'write',
  'Mutation.convertMandates': 'write',
  'Mutation.createApiKeys': 'admin',
  'Mutation.createBankAccounts': 'write',
  'Mutation.createCustomers': 'write',
  'Mutation.createMandates': 'write',
  'Mutation.createPaymentMethods': 'admin',
  'Mutation.createStreamTicket': 'read',
  'Mutation.createWebhookEndpoints': 'admin',
  'Mutation.eraseCustomers': 'admin',
  'Mutation.freezeClock': 'sandbox',
  'Mutation.importCustomers': 'admin',
  'Mutation.importMandates': 'admin',
  'Mutation.importPayments': 'admin',
  'Mutation.postRepoChange': 'admin',
  'Mutation.redeliverEvents': 'admin',
  'Mutation.refundDeposits': 'write',
  'Mutation.removeCards': 'write',
  'Mutation.resetSandbox': 'sandbox',
  'Mutation.resubmitMandates': 'write',
  'Mutation.retryPayments': 'payments:submit',
  'Mutation.revokeApiKeys': 'admin',
  'Mutation.rotateWebhookSecret': 'admin',
  'Mutation.setBankAccountStatus': 'write',
  'Mutation.setCustomerStatus': 'write',
  'Mutation.setHolidays': 'admin',
  'Mutation.setMandateStatus': 'write',
  'Mutation.setPaymentStatus': 'write',
  'Mutation.simulate': 'sandbox',
  'Mutation.submitPayments': 'payments:submit',
  'Mutation.testConnector': 'admin',
  'Mutation.testWebhookEndpoints': 'admin',
  'Mutation.unblacklistCustomers': 'write',
  'Mutation.updateBankAccounts': 'write',
  'Mutation.updateCustomers': 'write',
  'Mutation.updateMandates': 'write',
  'Mutation.updateMerchantSettings': 'admin',
  'Mutation.updatePaymentMethods': 'admin',
  'Mutation.updatePayments': 'write',
  'Mutation.updateWebhookEndpoints': 'admin',
  'Mutation.verifyBankAccounts': 'write',
  'Mutation.withdrawAmendments': 'write',
  'Subscription.events': 'read',
  'Subscription.mandateStatusChanged': 'read',
  'Subscription.paymentStatsChanged': 'read',
  'Subscription.paymentStatusChanged': 'read',
  'Subscription.transactionStatsChanged': 'read',
  'Subscription.transactionStatusChanged': 'read',
};

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()] as GraphQLObjectType[];

function outcome(root: string, scopes: readonly Scope[] | null): string {
  const [type = '', field = ''] = root.split('.');
  const document = parse(`${type.toLowerCase()} { ${field} { __typename } }`);
  const caller = scopes && {
    merchantId: 'mer_a',
    clientId: 'key_a',
    scopes: new Set(scopes),
    expiresAt: null,
    requestId: '',
  };
  try {
    authorize(schema, document, { caller });
    return 'OK';
  } catch (error) {
    return String((error as { extensions: { code: string } }).extensions.code);
  }
}

it('knows every root field and its scope', () => {
  const fields = roots.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  expect(fields.sort()).toEqual(Object.keys(TABLE).sort());
});

it('lets a key do what its scopes say and nothing else: every scope by every root field', () => {
  for (const [root, needed] of Object.entries(TABLE)) {
    expect([root, outcome(root, null)]).toEqual([root, 'UNAUTHENTICATED']);
    expect([root, outcome(root, [])]).toEqual([root, 'FORBIDDEN']);
    for (const scope of SCOPES) {
      const expected = scope === needed ? 'OK' : 'FORBIDDEN';
      expect([root, scope, outcome(root, [scope])]).toEqual([root, scope, expected]);
      const others = SCOPES.filter((other) => other !== scope);
      expect([root, 'all but', scope, outcome(root, others)]).toEqual([
        root,
        'all but',
        scope,
        scope === needed ? 'FORBIDDEN' : 'OK',
      ]);
    }
  }
});

/** What fields below the roots ask for beside what led to them. */
const BELOW: Readonly<Record<string, Scope>> = {
  'BankAccount.accountNumber': 'pii:read',
  'BankAccount.normalizedAccountNumber': 'pii:read',
  'Customer.idNumber': 'pii:read',
  'Customer.taxNumber': 'pii:read',
};

it('asks for a scope below the roots exactly where the table says', () => {
  const found: Record<string, unknown> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || roots.includes(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { scope } = field.extensions as { readonly scope?: unknown };
      if (scope !== undefined) found[`${type.name}.${field.name}`] = scope;
    }
  }
  expect(found).toEqual(BELOW);
});
