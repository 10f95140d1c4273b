import { parseInstant } from '../domain/dates.ts';
import { advanceClock, type ClockAdvance } from '../services/sandbox/advance-clock.ts';
import { freezeClock } from '../services/sandbox/freeze-clock.ts';
import { resetSandbox } from '../services/sandbox/reset-sandbox.ts';
import { wallTime } from '../store/connection/wall-time.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { requestError } from './pipeline/request-error.ts';

const AdvanceClockInput = builder.inputType('AdvanceClockInput', {
  description: 'Target time of the sandbox clock.',
  fields: (t) => ({
    to: t.field({
      type: 'DateTime',
      required: true,
      description: 'Time to which the clock is advanced; must not be before its current time.',
    }),
  }),
});

const AdvanceClockPayload = builder.objectRef<ClockAdvance>('AdvanceClockPayload').implement({
  description: 'Result of advancing the sandbox clock.',
  fields: (t) => ({
    reachedAt: t.expose('reachedAt', { type: 'DateTime', description: 'Time that the clock has reached (UTC).' }),
    done: t.exposeBoolean('done', {
      description: 'Whether the clock has reached the target time; if false, call again to continue.',
    }),
  }),
});

const REFUSALS = {
  NOT_SANDBOX: ['FORBIDDEN', 'Only the clock of a sandbox merchant can be moved.'],
  NOT_FORWARD: ['BAD_REQUEST', 'The clock can only move forward: to must not be before its current time.'],
} as const;

builder.mutationField('advanceClock', (t) =>
  t.field({
    type: AdvanceClockPayload,
    description: 'Advances the clock of a sandbox merchant and runs the due work on the way, in chronological order.',
    args: { input: t.arg({ description: 'Target time of the clock.', type: AdvanceClockInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input }, context) => {
      const to = parseInstant(String(input.to));
      if (!to) {
        throw requestError('BAD_REQUEST', 'to must be an instant with an offset, e.g. "2026-11-20T09:00:00Z".', [
          ['to'],
        ]);
      }
      const advance = await advanceClock(context.app, callerOf(context), to);
      if (typeof advance === 'object') return advance;
      const [code, message] = REFUSALS[advance];
      throw requestError(code, message, [['to']]);
    },
  }),
);

const ClockPayload = builder.objectRef<{ now: Date; isFrozen: boolean }>('ClockPayload').implement({
  description: 'State of the sandbox clock.',
  fields: (t) => ({
    now: t.expose('now', { type: 'DateTime', description: 'Current time of the clock (UTC).' }),
    isFrozen: t.exposeBoolean('isFrozen', {
      description: 'Whether the clock is frozen; advanceClock still moves it.',
    }),
  }),
});

const FreezeClockInput = builder.inputType('FreezeClockInput', {
  description: 'Whether to freeze the sandbox clock.',
  fields: (t) => ({
    frozen: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether to freeze the clock; false lets it run on from its current time.',
    }),
  }),
});

builder.mutationField('freezeClock', (t) =>
  t.field({
    type: ClockPayload,
    description: 'Freezes the clock of a sandbox merchant at its current time, or lets it run on.',
    args: { input: t.arg({ description: 'Whether to freeze the clock.', type: FreezeClockInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input: { frozen } }, context) => {
      const now = await freezeClock(context.app, callerOf(context), frozen);
      if (!now) throw requestError('FORBIDDEN', 'Only the clock of a sandbox merchant can be frozen.');
      return { now, isFrozen: frozen };
    },
  }),
);

const SEED_LENGTH_MAX = 64;

const ResetSandboxInput = builder.inputType('ResetSandboxInput', {
  description: 'Initial state of the sandbox after the reset.',
  fields: (t) => ({
    clockStart: t.field({
      type: 'DateTime',
      description: 'Time of the clock after the reset; defaults to the wall-clock time.',
    }),
    seed: t.string({
      description: `Seed for reproducible runs, 1–${SEED_LENGTH_MAX} characters. The clock is frozen at its start and the same calls produce the same ids and events. Without a seed, ids are random and the clock runs.`,
    }),
  }),
});

const NO_SEED_WITH_BANK =
  'A sandbox that may use a bank cannot be reset with a seed, because it would send the same references again.';

builder.mutationField('resetSandbox', (t) =>
  t.field({
    type: ClockPayload,
    description:
      'Deletes all data of a sandbox merchant permanently, except API keys, webhook endpoints, payment methods, holidays, settings and the audit log. Cursors of its event log become invalid (CURSOR_RESET).',
    args: { input: t.arg({ description: 'Clock and seed after the reset.', type: ResetSandboxInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input }, context) => {
      const clockStart = (input.clockStart ?? null) === null ? wallTime() : parseInstant(String(input.clockStart));
      if (!clockStart) {
        throw requestError(
          'BAD_REQUEST',
          'clockStart must be an instant with an offset, e.g. "2026-11-20T09:00:00Z".',
          [['clockStart']],
        );
      }
      const { seed = null } = input;
      if (seed !== null && (seed === '' || seed.length > SEED_LENGTH_MAX)) {
        throw requestError('BAD_REQUEST', `seed must have 1 to ${SEED_LENGTH_MAX} characters.`, [['seed']]);
      }
      const result = await resetSandbox(context.app, callerOf(context), { clockStart, seed });
      if (result === 'NOT_SANDBOX') throw requestError('FORBIDDEN', 'Only a sandbox merchant can be reset.');
      if (result === 'HAS_BANK') throw requestError('FORBIDDEN', NO_SEED_WITH_BANK, [['seed']]);
      return { now: clockStart, isFrozen: seed !== null };
    },
  }),
);
