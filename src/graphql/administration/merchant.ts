import { queryable } from '../../store/connection/database.ts';
import { isClockFrozen } from '../../store/merchants/merchants.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { requestError } from '../pipeline/request-error.ts';

const HolidayRef = builder.prismaObject('Holiday', {
  description: 'A day on which your banks rest.',
  select: {},
  fields: (t) => ({
    date: t.expose('date', { description: 'The day.', type: 'Date' }),
    name: t.exposeString('name', { description: 'Of the holiday.' }),
    source: t.exposeString('source', { description: 'PUBLIC_HOLIDAYS_ACT for those by law.' }),
  }),
});

export const MerchantRef = builder.prismaObject('Merchant', {
  description: 'The creditor: you.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    name: t.exposeString('name', { description: 'Yours.' }),
    isSandbox: t.exposeBoolean('isSandbox', {
      description: 'A sandbox merchant has a clock of its own and a bank that answers by account number.',
    }),
    now: t.field({
      type: 'DateTime',
      description: "What your clock shows: wall time, unless a sandbox's clock was moved.",
      resolve: (_merchant, _args, context) => {
        const { app } = context;
        return app.clock.now(queryable(app.database), callerOf(context).merchantId);
      },
    }),
    isClockFrozen: t.boolean({
      description: 'Whether the clock stands.',
      resolve: (_merchant, _args, context) =>
        isClockFrozen(queryable(context.app.database), callerOf(context).merchantId),
    }),
    holidays: t.relation('holidays', {
      type: HolidayRef,
      description: 'The holidays of a year, in order.',
      args: { year: t.arg.int({ description: '1900 to 2199.', required: true }) },
      query: ({ year }) => {
        if (year < 1900 || year > 2199) throw requestError('BAD_REQUEST', 'A year from 1900 to 2199.', [['year']]);
        return {
          where: { date: { gte: new Date(Date.UTC(year, 0, 1)), lt: new Date(Date.UTC(year + 1, 0, 1)) } },
          orderBy: { date: 'asc' },
        };
      },
    }),
  }),
});

builder.queryField('merchant', (t) =>
  t.prismaField({
    type: 'Merchant',
    description: "The caller's own merchant.",
    ...scoped('read'),
    resolve: (query, _root, _args, context) =>
      context.app.database.prisma.merchant.findUniqueOrThrow({
        ...query,
        where: { id: callerOf(context).merchantId },
      }),
  }),
);
