import { InMemoryCache } from '@apollo/client';
import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { cacheKeys, typePolicies } from '../../src/client/cache.ts';

it('merges the fields that several queries read of an object without an id', () => {
  const cache = new InMemoryCache({ typePolicies });
  const payment = { __typename: 'Payment', id: 'pay_1' };
  const write = (field: string, value: string) =>
    cache.writeQuery({
      query: parse(`query { payment(id: "pay_1") { id totals { ${field} } } }`),
      data: { payment: { ...payment, totals: { __typename: 'PaymentTotals', [field]: value } } },
    });
  write('collected', '45.00');
  write('outstanding', '10.00');
  const read = cache.readQuery({
    query: parse(`query { payment(id: "pay_1") { id totals { collected outstanding } } }`),
  });
  expect(read).toMatchObject({ payment: { totals: { collected: '45.00', outstanding: '10.00' } } });
  expect(cacheKeys['PaymentTotals']?.()).toBe(null);
});
