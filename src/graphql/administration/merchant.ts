import { queryable } from '../../store/connection/database.ts';
import { isClockFrozen } from '../../store/merchants/merchants.ts';
import { findMerchant } from '../../store/merchants/read.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { MerchantModeRef } from '../enums/merchant.ts';
import { requestError } from '../pipeline/request-error.ts';

/** Years of the calendar that can be asked for. */
const YEAR_MIN = 1900;
const YEAR_MAX = 2199;

const HolidayRef = builder.prismaObject('Holiday', {
  description: 'A day on which the banks of the merchant are closed.',
  select: {},
  fields: (t) => ({
    date: t.expose('date', { description: 'Date of the holiday (civil date in Johannesburg).', type: 'Date' }),
    name: t.exposeString('name', { description: 'Name of the holiday.' }),
    source: t.exposeString('source', {
      description: 'Source of the holiday: PUBLIC_HOLIDAYS_ACT when statutory, MERCHANT when added by the merchant.',
    }),
  }),
});

export const MerchantRef = builder.prismaObject('Merchant', {
  description: 'The merchant (creditor) that the credentials belong to.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the merchant.' }),
    name: t.exposeString('name', { description: 'Name of the merchant.' }),
    mode: t.expose('mode', {
      type: MerchantModeRef,
      description: 'Whether the merchant is a sandbox or collects money. Chosen when it is created, for good.',
    }),
    isSandbox: t.boolean({
      description: 'Whether the mode of the merchant is SANDBOX.',
      deprecationReason: 'Use mode. Removed on 2027-06-01 or later.',
      select: { mode: true },
      resolve: ({ mode }) => mode === 'SANDBOX',
    }),
    now: t.field({
      type: 'DateTime',
      description:
        'Current time on the clock of the merchant, in UTC: wall-clock time unless the clock of a sandbox was moved.',
      resolve: (_merchant, _args, context) => {
        const { app } = context;
        return app.clock.now(queryable(app.database), callerOf(context).merchantId);
      },
    }),
    isClockFrozen: t.boolean({
      description: 'Whether the clock of the merchant is frozen.',
      resolve: (_merchant, _args, context) =>
        isClockFrozen(queryable(context.app.database), callerOf(context).merchantId),
    }),
    holidays: t.relation('holidays', {
      type: HolidayRef,
      description: 'Bank holidays of one year, ordered by date.',
      args: {
        year: t.arg.int({ description: `Calendar year of the holidays, ${YEAR_MIN}–${YEAR_MAX}.`, required: true }),
      },
      query: ({ year }) => {
        if (year < YEAR_MIN || year > YEAR_MAX)
          throw requestError('BAD_REQUEST', `Pass a year from ${YEAR_MIN} to ${YEAR_MAX}.`, [['year']]);
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
    description: 'Returns the merchant of the caller.',
    ...scoped('read'),
    resolve: (query, _root, _args, { reader }) => findMerchant(reader, query),
  }),
);
