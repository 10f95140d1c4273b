import { type Connection, type Dialect, type Exchange, exchange, pageOf } from '../dialect.ts';

interface List {
  readonly nodes: unknown;
  readonly pageInfo: { readonly hasNextPage: boolean };
}

const plain = <Input>(path: string): Exchange<Input> =>
  exchange<Input, unknown>(
    path,
    (input) => input,
    (data) => data,
  );
const page = <Input>(path: string): Exchange<Input> => exchange<Input, Connection>(path, (input) => input, pageOf);

/** Plain JSON: the input is the request. */
export const ceilingDialect: Dialect = {
  headers: {},
  exchanges: {
    hello: plain('/hello'),
    point: plain('/point'),
    list: exchange(
      '/list',
      (input) => input,
      ({ nodes, pageInfo }: List) => ({ nodes, next: pageInfo.hasNextPage }),
    ),
    first: page('/first'),
    filter: page('/filter'),
    count: page('/count'),
    deep: page('/deep'),
    single: plain('/single'),
    batch: plain('/batch'),
    inline: plain('/inline'),
  },
};
