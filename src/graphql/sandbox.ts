import { parseInstant } from '../domain/dates.ts';
import { advanceClock, type ClockAdvance } from '../services/sandbox/advance-clock.ts';
import { freezeClock } from '../services/sandbox/freeze-clock.ts';
import { resetSandbox } from '../services/sandbox/reset-sandbox.ts';
import { wallTime } from '../store/connection/wall-time.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { requestError } from './pipeline/request-error.ts';

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
      const advance = await advanceClock(context.app, callerOf(context), to);
      if (typeof advance === 'object') return advance;
      const [code, message] = REFUSALS[advance];
      throw requestError(code, message, [['to']]);
    },
  }),
);

const ClockPayload = builder.objectRef<{ now: Date; isFrozen: boolean }>('ClockPayload').implement({
  description: 'How the clock stands.',
  fields: (t) => ({
    now: t.expose('now', { type: 'DateTime', description: 'What it shows.' }),
    isFrozen: t.exposeBoolean('isFrozen', {
      description: 'Whether it stands; it is moved by advanceClock all the same.',
    }),
  }),
});

const FreezeClockInput = builder.inputType('FreezeClockInput', {
  description: 'Whether the clock is to stand.',
  fields: (t) => ({
    frozen: t.boolean({ required: true, defaultValue: true, description: 'false: it ticks on from where it stands.' }),
  }),
});

builder.mutationField('freezeClock', (t) =>
  t.field({
    type: ClockPayload,
    description: "Stops a sandbox merchant's clock where it is, or lets it tick on.",
    args: { input: t.arg({ description: 'Whether it stands.', type: FreezeClockInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input: { frozen } }, context) => {
      const now = await freezeClock(context.app, callerOf(context), frozen);
      if (!now) throw requestError('FORBIDDEN', 'Only a sandbox merchant has a clock to stop.');
      return { now, isFrozen: frozen };
    },
  }),
);

const SEED_LENGTH_MAX = 64;

const ResetSandboxInput = builder.inputType('ResetSandboxInput', {
  description: 'How the sandbox begins anew.',
  fields: (t) => ({
    clockStart: t.field({ type: 'DateTime', description: 'What the clock shows then; wall time when absent.' }),
    seed: t.string({
      description: `At most ${SEED_LENGTH_MAX} characters. With it the clock stands at its start, and the same calls make the same ids and events; without it ids are made by chance, and the clock ticks.`,
    }),
  }),
});

builder.mutationField('resetSandbox', (t) =>
  t.field({
    type: ClockPayload,
    description:
      'Empties a sandbox merchant: all but keys, methods, holidays and settings is deleted, for good. Cursors of its event log are void from then (CURSOR_RESET).',
    args: { input: t.arg({ description: 'How it begins anew.', type: ResetSandboxInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input }, context) => {
      const clockStart = (input.clockStart ?? null) === null ? wallTime() : parseInstant(String(input.clockStart));
      if (!clockStart) {
        throw requestError('BAD_REQUEST', 'An instant with an offset, as "2026-11-20T09:00:00Z".', [['clockStart']]);
      }
      const { seed = null } = input;
      if (seed !== null && (seed === '' || seed.length > SEED_LENGTH_MAX)) {
        throw requestError('BAD_REQUEST', `A seed has 1 to ${SEED_LENGTH_MAX} characters.`, [['seed']]);
      }
      const isReset = await resetSandbox(context.app, callerOf(context), { clockStart, seed });
      if (!isReset) throw requestError('FORBIDDEN', 'Only a sandbox merchant can be emptied.');
      return { now: clockStart, isFrozen: seed !== null };
    },
  }),
);
