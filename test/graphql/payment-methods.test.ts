import { expect, it } from 'vitest';
import { createMethodCommand } from '../../src/cli/create-method.ts';
import { setLimitsCommand } from '../../src/cli/set-limits.ts';
import { methodIds } from '../support/examples.ts';
import type { CreatePaymentMethodInput, SimulateInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { debitsOf, reasonsOf, submit, updateMethod } from '../support/money.ts';
import { advance, oneTime, submitAll } from '../support/payments.ts';

const start = () => startGateway({ clockStart: new Date('2026-11-26T08:00:00+02:00') });

const CreateMethods = graphql(`
  mutation CreateMethods($input: CreatePaymentMethodsInput!) {
    createPaymentMethods(input: $input) {
      results {
        outcome
        errors {
          code
          path
        }
        paymentMethod {
          id
          type
          isEnabled
          abbreviatedName
          payInAccount {
            bank
            branchCode
            accountNumber
          }
          debicheckDefaults {
            allowVariableAmount
            approvalWindow
          }
        }
      }
    }
  }
`);
const Simulate = graphql(`
  mutation PayInSimulate($input: SimulateInput!) {
    simulate(input: $input) {
      outcome
      succeededCount
      errors {
        code
        path
      }
      payment {
        id
        status
      }
      deposit {
        id
        match
        version
        paymentMethod {
          id
        }
      }
    }
  }
`);
const Events = graphql(`
  query DepositEvents {
    events(first: 50, filter: { types: ["deposit.received"] }) {
      nodes {
        about
        type
        from
        to
        amount
        version
        object {
          __typename
          id
        }
        payment {
          id
        }
      }
    }
  }
`);

const ACCOUNT = {
  bank: 'FNB',
  accountNumber: '62001872440',
  accountType: 'SAVINGS',
  accountHolderName: 'ACME RENT',
} as const;
const PAY_IN: CreatePaymentMethodInput = {
  type: 'PAY_IN',
  providerBank: 'ABSA_BANK_LIMITED',
  name: 'Rent',
  abbreviatedName: 'ACME',
  payInAccount: ACCOUNT,
};

async function create(gateway: TestGateway, record: CreatePaymentMethodInput) {
  const { createPaymentMethods } = await gateway.data(CreateMethods, { input: { records: [record] } });
  const [result] = createPaymentMethods.results;
  if (!result) throw new Error('no result');
  return result;
}

async function payIn(gateway: TestGateway, paymentMethodId: string, eftReference: string): Promise<string> {
  const result = await submit(gateway, {
    paymentMethodId,
    customer: { reference: eftReference, personName: 'A', personSurname: 'B', email: 'a@b.co' },
    amount: '100.00',
    payIn: { eftReference },
  });
  return result.payment?.id ?? '';
}

async function deposit(gateway: TestGateway, input: Omit<SimulateInput, 'scenario'>) {
  return (await gateway.data(Simulate, { input: { scenario: 'PAY_IN_RECEIVED', ...input } })).simulate;
}

it('has a pay-in method for each account, and matches a deposit to payments of its own method alone', async () => {
  const gateway = await start();
  const { payIn: first } = await methodIds(gateway);
  const second = await create(gateway, PAY_IN);
  expect(second.paymentMethod).toMatchObject({ isEnabled: true, payInAccount: { bank: 'FNB', branchCode: '250655' } });
  const secondId = second.paymentMethod?.id ?? '';
  const one = await payIn(gateway, first, 'ONE');
  const two = await payIn(gateway, secondId, 'TWO');
  expect(await deposit(gateway, { eftReference: 'ONE', amount: '100.00' })).toMatchObject({
    outcome: 'FAILED',
    errors: [{ code: 'REQUIRED', path: ['paymentMethodId'] }],
  });
  const foreign = await deposit(gateway, { eftReference: 'ONE', amount: '100.00', paymentMethodId: secondId });
  expect(foreign).toMatchObject({
    payment: null,
    deposit: { match: 'UNKNOWN', version: 1, paymentMethod: { id: secondId } },
  });
  const matched = await deposit(gateway, { eftReference: 'two', amount: '100.00', paymentMethodId: secondId });
  expect(matched).toMatchObject({ payment: { id: two, status: 'COMPLETED' }, deposit: null, succeededCount: 1 });
  expect(one).not.toBe(two);
  const { eft } = await methodIds(gateway);
  expect(await deposit(gateway, { eftReference: 'ONE', amount: '1.00', paymentMethodId: eft })).toMatchObject({
    errors: [{ code: 'NOT_FOUND', path: ['paymentMethodId'] }],
  });
});

it('makes an event of every deposit, also of one that matches nothing', async () => {
  const gateway = await start();
  const { payIn: method } = await methodIds(gateway);
  const id = await payIn(gateway, method, 'MINE');
  const unknown = await deposit(gateway, { eftReference: 'nobody', amount: '7.00' });
  await deposit(gateway, { eftReference: 'mine', amount: '40.00' });
  await expect.poll(async () => (await gateway.data(Events)).events.nodes.length).toBe(2);
  const { nodes } = (await gateway.data(Events)).events;
  expect(nodes).toMatchObject([
    {
      about: 'DEPOSIT',
      from: null,
      to: 'UNKNOWN',
      amount: '7.00',
      version: 1,
      object: { __typename: 'Deposit', id: unknown.deposit?.id },
      payment: null,
    },
    { about: 'DEPOSIT', to: 'PARTIAL', amount: '40.00', payment: { id } },
  ]);
});

it('refuses a pay-in method without an account, an account of another method, and one that its bank has not', async () => {
  const gateway = await start();
  const { payInAccount: _none, ...bare } = PAY_IN;
  expect((await create(gateway, bare)).errors).toMatchObject([
    { code: 'REQUIRED', path: ['records', '0', 'payInAccount'] },
  ]);
  expect((await create(gateway, { ...PAY_IN, type: 'CARD' })).errors).toMatchObject([
    { code: 'METHOD_FORBIDS', path: ['records', '0', 'payInAccount'] },
  ]);
  const wrong = { ...PAY_IN, payInAccount: { ...ACCOUNT, branchCode: '632005' } };
  expect((await create(gateway, wrong)).errors).toMatchObject([
    { path: ['records', '0', 'payInAccount', 'branchCode'] },
  ]);
});

it('sets what new mandates of a method get, limits, and whether it is enabled, on a running gateway', async () => {
  const gateway = await start();
  const made = await create(gateway, {
    type: 'DEBICHECK',
    providerBank: 'ABSA_BANK_LIMITED',
    name: 'Loans',
    abbreviatedName: 'ACME LOANS',
    debicheckDefaults: { allowVariableAmount: true },
  });
  expect(made.paymentMethod?.debicheckDefaults).toEqual({
    allowVariableAmount: true,
    approvalWindow: 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2',
  });
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'L', '4000000001', '2026-12-01')]);
  expect(await updateMethod(gateway, { id: eft, isEnabled: false, itemLimit: '500.00' })).toMatchObject({
    outcome: 'UPDATED',
    paymentMethod: { isEnabled: false, itemLimit: '500.00', monthlyLimit: null },
  });
  expect((await submit(gateway, oneTime(eft, 'M', '4000000001', '2026-12-02'))).errors[0]).toMatchObject({
    code: 'STATE_CONFLICT',
    path: ['records', '0', 'paymentMethodId'],
  });
  await advance(gateway, '2026-12-01T08:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual(['2026-12-01 2026-12-01 1 REJECTED_BY_API METHOD_DISABLED']);
  expect((await updateMethod(gateway, { id: eft, itemLimit: null })).paymentMethod?.itemLimit).toBeNull();
  expect((await updateMethod(gateway, { id: eft, name: null })).errors).toMatchObject([{ code: 'NOT_CLEARABLE' }]);
  expect((await updateMethod(gateway, { id: eft, isEnabled: false })).outcome).toBe('UNCHANGED');
  const audited = await gateway.sql<{ field: string }>(
    'SELECT field FROM audit_entry WHERE object_id = $1 ORDER BY id',
    [eft],
  );
  expect(audited.map(({ field }) => field)).toEqual(['isEnabled', 'itemLimit', 'itemLimit']);
  expect(await reasonsOf(gateway, 'collection.skipped', id)).toEqual([]);
});

it('makes pay-in methods and sets limits by the command line as well, with the same rules', async () => {
  const gateway = await start();
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const { app } = gateway.node;
  const args = [gateway.merchantId, 'PAY_IN', 'ABSA_BANK_LIMITED', 'Rent', 'ACME'];
  await createMethodCommand.run(app, [...args, JSON.stringify(ACCOUNT)], print);
  expect(lines[0]).toMatch(/^payment method pam_/);
  await expect(createMethodCommand.run(app, args, print)).rejects.toThrow('payInAccount: This field is required.');
  const { eft } = await methodIds(gateway);
  await setLimitsCommand.run(app, [gateway.merchantId, eft, '500.00', 'none'], print);
  await expect(setLimitsCommand.run(app, [gateway.merchantId, eft, '1e3', 'none'], print)).rejects.toThrow('itemLimit');
});
