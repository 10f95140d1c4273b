import { readFileSync } from 'node:fs';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { buildSchema, getNamedType, isLeafType, isObjectType, isRequiredArgument, parse } from 'graphql';
import { expect, it } from 'vitest';
import { itemAt, present } from '../../src/domain/invariants.ts';
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
    const run = async <Data>(query: string, variables: object): Promise<Data> => {
      const { data, errors } = await gateway.execute(parse(query) as TypedDocumentNode<Data, object>, variables);
      expect(errors).toBeUndefined();
      return present(data, 'data');
    };
    const { submitPayments } = await run<{
      submitPayments: { results: Array<{ payment: Record<'customer' | 'bankAccount', { id: string }> }> };
    }>(
      'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { payment { customer { id } bankAccount { id } } } } }',
      { input: { records: [recurringDebitOrder(eft)] } },
    );
    const { customer, bankAccount } = itemAt(submitPayments.results, 0).payment;
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
        const { made: answer } = await run<{ made: { results: Array<{ object: { id: string } }> } }>(
          `mutation ($input: ${inputType}!) { made: ${operation}(input: $input) { results { object: ${field} { id ${leaf} } } } }`,
          { input: { records: [recordOf()] } },
        );
        made = itemAt(answer.results, 0).object;
      });
      if (!statements.some(({ text }) => text.startsWith('SELECT array_to_string('))) unread.push(leaf);
      const { node } = await run<{ node: unknown }>(
        `query ($id: ID!) { node(id: $id) { ... on ${name} { id ${leaf} } } }`,
        { id: made?.id },
      );
      expect(made).toEqual(node);
    }
    expect(unread).toEqual(expect.arrayContaining(['id', 'version', 'createdAt', 'updatedAt', 'status']));
  },
);
