import { UpdateCustomers } from './customer-documents.ts';
import { CAPITEC_ACCOUNT, createBankAccount, createCustomer, person } from './customers.ts';
import { AdvanceClock } from './documents.ts';
import { methodIds } from './examples.ts';
import type {
  CreateBankAccountInput,
  CreateCustomerInput,
  CreateMandateInput,
  CreateMandatesMutation,
  MandateInput,
  SubmitPaymentInput,
} from './generated/graphql.ts';
import type { TestGateway } from './harness.ts';
import { CreateMandates, MandateById } from './mandate-documents.ts';

/** A person with all that DebiCheck asks for. */
export function debtor(key: string): CreateCustomerInput {
  return { ...person(key), idType: 'SOUTH_AFRICAN_ID', idNumber: '8007014800087', contactNumber: '+27831234567' };
}

/** A sound DebiCheck mandate: R 45.00 on the first of each month. */
export const DEBICHECK: MandateInput = {
  amount: '45.00',
  generateContractReference: true,
  paymentIndustry: 'ACCOUNT_REPAYMENT',
  recurring: { processDay: 1, interval: 'MONTHLY' },
  debicheck: { maximumCollectionAmount: '60.00' },
};

export type MethodName = keyof Awaited<ReturnType<typeof methodIds>>;

/** A customer with an account, for mandates by some method. */
export async function makeDebtor(
  gateway: TestGateway,
  key = 'A',
  account: Partial<CreateBankAccountInput> = {},
  customer: Partial<CreateCustomerInput> = {},
) {
  const { id: customerId } = await createCustomer(gateway, { ...debtor(key), ...customer });
  const { id: bankAccountId } = await createBankAccount(gateway, { ...CAPITEC_ACCOUNT, ...account, customerId });
  return { customerId, bankAccountId };
}

type Result = CreateMandatesMutation['createMandates']['results'][number];

/** Asks for a mandate, which may be refused. */
export async function askForMandate(
  gateway: TestGateway,
  method: MethodName,
  { customerId, bankAccountId }: { customerId: string; bankAccountId: string },
  change: Partial<CreateMandateInput> = {},
): Promise<Result> {
  const paymentMethodId = (await methodIds(gateway))[method];
  const terms = method === 'eft' ? { amount: '45.00', recurring: { processDay: 1 } } : DEBICHECK;
  const record = { paymentMethodId, customerId, bankAccountId, ...terms, ...change };
  const { createMandates } = await gateway.data(CreateMandates, { input: { records: [record] } });
  const [result] = createMandates.results;
  if (!result) throw new Error('no result');
  return result;
}

/** Makes a mandate that has to be sound, for a customer of its own; at an account that stands for something, if named. */
export async function makeMandate(
  gateway: TestGateway,
  method: MethodName = 'debicheck',
  change: Partial<CreateMandateInput> & { key?: string; accountNumber?: string } = {},
) {
  const { key = 'A', accountNumber, ...terms } = change;
  const parties = await makeDebtor(gateway, key, accountNumber === undefined ? {} : { accountNumber });
  const { mandate, errors } = await askForMandate(gateway, method, parties, terms);
  if (!mandate) throw new Error(JSON.stringify(errors));
  return { ...parties, mandate, mandateId: mandate.id };
}

/** An open mandate that debtor or bank are asked for, of a customer there is, who is given what that takes. */
export async function authorisedMandate(
  gateway: TestGateway,
  method: MethodName,
  owner: { customerId: string; bankAccountId: string },
): Promise<string> {
  const { idType, idNumber, contactNumber } = debtor('A');
  const record = { id: owner.customerId, idType, idNumber, contactNumber };
  await gateway.data(UpdateCustomers, { input: { records: [record] } });
  const { mandate, errors } = await askForMandate(gateway, method, owner);
  if (!mandate) throw new Error(JSON.stringify(errors));
  return mandate.id;
}

export async function mandateOf(gateway: TestGateway, id: string) {
  const { mandate } = await gateway.data(MandateById, { id });
  if (!mandate) throw new Error(`no mandate ${id}`);
  return mandate;
}

/** Moves the clock of the merchant. */
export async function advance(gateway: TestGateway, to: string): Promise<void> {
  const { advanceClock } = await gateway.data(AdvanceClock, { to });
  if (!advanceClock.done) throw new Error(`the clock stopped at ${advanceClock.reachedAt}`);
}

/** A one-time payment under a mandate that is there. */
export function paymentUnder(
  mandate: { customerId: string; bankAccountId: string; mandateId: string },
  paymentMethodId: string,
  change: Partial<SubmitPaymentInput> = {},
): SubmitPaymentInput {
  const { customerId, bankAccountId, mandateId } = mandate;
  return { paymentMethodId, customerId, bankAccountId, mandateId, ...change };
}
