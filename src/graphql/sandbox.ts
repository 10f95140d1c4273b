import { parseInstant } from '../domain/dates.ts';
import { advanceClock, type ClockAdvance } from '../services/advance-clock.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { requestError } from './request-error.ts';

const AdvanceClockInput = builder.inputType('AdvanceClockInput', {
  description: 'Where to move the clock.',
  fields: (t) => ({
    to: t.field({ type: 'DateTime', required: true, description: 'Not before what the clock shows.' }),
  }),
});

const AdvanceClockPayload = builder.objectRef<ClockAdvance>('AdvanceClockPayload').implement({
  description: 'How far the clock came.',
  fields: (t) => ({
    reachedAt: t.expose('reachedAt', { type: 'DateTime', description: 'What the clock shows now.' }),
    done: t.exposeBoolean('done', { description: 'false: there was much to do on the way; call again.' }),
  }),
});

const REFUSALS = {
  NOT_SANDBOX: ['FORBIDDEN', 'Only a sandbox merchant has a clock to move.'],
  NOT_FORWARD: ['BAD_REQUEST', 'The clock only goes forward.'],
} as const;

builder.mutationField('advanceClock', (t) =>
  t.field({
    type: AdvanceClockPayload,
    description:
      "Moves a sandbox merchant's clock forward and does on the way, in the order of time, what becomes due.",
    args: { input: t.arg({ description: 'Where to.', type: AdvanceClockInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input }, context) => {
      const to = parseInstant(String(input.to));
      if (!to) throw requestError('BAD_REQUEST', 'An instant with an offset, as "2026-11-20T09:00:00Z".', [['to']]);
      const advance = await advanceClock(context.gateway.app, callerOf(context), to);
      if (typeof advance === 'object') return advance;
      const [code, message] = REFUSALS[advance];
      throw requestError(code, message, [['to']]);
    },
  }),
);
