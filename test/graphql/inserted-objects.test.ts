import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isLeafType, isObjectType, isRequiredArgument, parse } from 'graphql';
import { expect, it } from 'vitest';
import { methodIds, oneTimeDebitOrder, recurringDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

/** The fields of an object type that are selected by their name alone. */
function leavesOf(name: string): string[] {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return Object.values(type.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument))
    .map((field) => field.name);
}

it.each(['Payment', 'Customer', 'BankAccount', 'Mandate'])(
  'answers each field of a new %s as a later reading does',
  async (name) => {
    const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK, cdvMode: 'WARN' });
    const { eft } = await methodIds(gateway);
    const run = async (query: string, variables: object) => {
      const { data, errors } = await gateway.execute(parse(query) as never, variables as never);
      expect(errors).toBeUndefined();
      return data as Record<string, never>;
    };
    const owner = await run(
      'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { payment { customer { id } bankAccount { id } } } } }',
      { input: { records: [recurringDebitOrder(eft)] } },
    );
    const { customer, bankAccount } = (
      owner as never as {
        submitPayments: { results: [{ payment: Record<'customer' | 'bankAccount', { id: string }> }] };
      }
    ).submitPayments.results[0].payment;
    let count = 0;
    const recordOf = () => {
      count += 1;
      const payment = oneTimeDebitOrder(eft, String(count), '2024-09-16');
      if (name === 'Payment') return { ...payment, batchReference: undefined };
      if (name === 'Customer') return { ...payment.customer, description: 'New', metadata: { b: 1, a: 'two' } };
      const parties = { customerId: customer.id, bankAccountId: bankAccount.id, paymentMethodId: eft };
      if (name === 'Mandate') return { ...payment.mandate, ...parties, reference: `M${count}` };
      return {
        ...payment.bankAccount,
        accountNumber: `123456${String(count).padStart(4, '0')}`,
        customerId: customer.id,
      };
    };
    const field = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const operation = name === 'Payment' ? 'submitPayments' : `create${name}s`;
    const inputType = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input`;
    const unread: string[] = [];
    for (const leaf of leavesOf(name)) {
      let made: { id: string } | undefined;
      const statements = await captureStatements(async () => {
        const answer = await run(
          `mutation ($input: ${inputType}!) { ${operation}(input: $input) { results { ${field} { id ${leaf} } } } }`,
          { input: { records: [recordOf()] } },
        );
        made = (answer as never as Record<string, { results: [Record<string, { id: string }>] }>)[operation]
          ?.results[0][field];
      });
      if (!statements.some(({ text }) => text.startsWith('SELECT array_to_string('))) unread.push(leaf);
      const read = await run(`query ($id: ID!) { node(id: $id) { ... on ${name} { id ${leaf} } } }`, { id: made?.id });
      expect(made).toEqual(read['node']);
    }
    expect(unread).toEqual(expect.arrayContaining(['id', 'version', 'createdAt', 'updatedAt', 'status']));
  },
);
