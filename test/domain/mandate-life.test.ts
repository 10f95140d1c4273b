import fc from 'fast-check';
import { expect, it } from 'vitest';
import { availableMandateActions, MANDATE_ACTIONS, reasonAgainst } from '../../src/domain/mandate/actions.ts';
import { adjusted, adjustmentOf } from '../../src/domain/mandate/adjustment.ts';
import { AUTHORITY_STANDS } from '../../src/domain/mandate/authority.ts';
import { type KnownMandate, NOT_AUTHORISED } from '../../src/domain/mandate/mandate.ts';
import { moveAmendment, moveMandate } from '../../src/domain/mandate/move.ts';
import {
  AMENDMENT_EVENTS,
  AMENDMENT_STATUSES,
  type AmendmentEvent,
  FIRST_MANDATE_STATUS,
  MANDATE_EVENTS,
  MANDATE_STATUSES,
  MANDATE_TRANSITIONS,
  MANDATE_TYPES,
  type MandateEvent,
  type MandateType,
  transitionAmendment,
  transitionMandate,
} from '../../src/domain/mandate/state-machine.ts';

/** Every state by every event: what happens, for each kind of mandate. */
function table(type: MandateType): string {
  const rows = MANDATE_STATUSES.flatMap((status) =>
    MANDATE_EVENTS.flatMap((event) => {
      const to = transitionMandate(type, status, event);
      return to ? [`${status.padEnd(10)} ${event.padEnd(10)} ${to}`] : [];
    }),
  );
  return `\n${rows.join('\n')}\n`;
}

it('moves a mandate exactly so (DOMAIN §4.3)', () => {
  const rows = MANDATE_TRANSITIONS.map(({ event, by, from, to, types }) =>
    [from.join(', ').padEnd(50), `${event} (${by.join(', ')})`.padEnd(24), to.padEnd(10), types.join(', ')].join(' '),
  );
  expect(`\n${rows.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    PENDING                                            APPROVE (DEBTOR, BANK)   ACTIVE     DEBICHECK, REGISTERED_MANDATE
    PENDING                                            REJECT (DEBTOR)          REJECTED   DEBICHECK
    PENDING                                            DECLINE (BANK)           REJECTED   DEBICHECK, REGISTERED_MANDATE
    PENDING                                            EXPIRE (CLOCK)           EXPIRED    DEBICHECK
    REJECTED, EXPIRED                                  RESUBMIT (CALLER)        PENDING    DEBICHECK
    ACTIVE                                             SUSPEND (DEBTOR, BANK)   SUSPENDED  DEBICHECK, REGISTERED_MANDATE
    SUSPENDED                                          UNSUSPEND (DEBTOR, BANK) ACTIVE     DEBICHECK, REGISTERED_MANDATE
    ACTIVE                                             DISABLE (CALLER)         DISABLED   DEBIT_ORDER
    DISABLED                                           ENABLE (CALLER)          ACTIVE     DEBIT_ORDER
    PENDING                                            CANCEL (CALLER, DEBTOR)  CANCELLED  DEBICHECK, REGISTERED_MANDATE
    ACTIVE, SUSPENDED, DISABLED                        CANCEL (CALLER, DEBTOR)  CANCELLED  DEBIT_ORDER, DEBICHECK, REGISTERED_MANDATE
    ACTIVE                                             COMPLETE (CLOCK)         COMPLETED  DEBIT_ORDER, DEBICHECK, REGISTERED_MANDATE
    REJECTED, EXPIRED, CANCELLED, COMPLETED, DISABLED  ARCHIVE (CALLER)         ARCHIVED   DEBIT_ORDER, DEBICHECK, REGISTERED_MANDATE
    "
  `);
  expect(FIRST_MANDATE_STATUS).toEqual({ DEBIT_ORDER: 'ACTIVE', DEBICHECK: 'PENDING', REGISTERED_MANDATE: 'PENDING' });
});

it('moves an EFT mandate by these rows and no others', () => {
  expect(table('DEBIT_ORDER')).toMatchInlineSnapshot(`
    "
    ACTIVE     DISABLE    DISABLED
    ACTIVE     CANCEL     CANCELLED
    ACTIVE     COMPLETE   COMPLETED
    REJECTED   ARCHIVE    ARCHIVED
    EXPIRED    ARCHIVE    ARCHIVED
    SUSPENDED  CANCEL     CANCELLED
    DISABLED   ENABLE     ACTIVE
    DISABLED   CANCEL     CANCELLED
    DISABLED   ARCHIVE    ARCHIVED
    CANCELLED  ARCHIVE    ARCHIVED
    COMPLETED  ARCHIVE    ARCHIVED
    "
  `);
});

it('moves a DebiCheck mandate by these rows and no others', () => {
  expect(table('DEBICHECK')).toMatchInlineSnapshot(`
    "
    PENDING    APPROVE    ACTIVE
    PENDING    REJECT     REJECTED
    PENDING    DECLINE    REJECTED
    PENDING    EXPIRE     EXPIRED
    PENDING    CANCEL     CANCELLED
    ACTIVE     SUSPEND    SUSPENDED
    ACTIVE     CANCEL     CANCELLED
    ACTIVE     COMPLETE   COMPLETED
    REJECTED   RESUBMIT   PENDING
    REJECTED   ARCHIVE    ARCHIVED
    EXPIRED    RESUBMIT   PENDING
    EXPIRED    ARCHIVE    ARCHIVED
    SUSPENDED  UNSUSPEND  ACTIVE
    SUSPENDED  CANCEL     CANCELLED
    DISABLED   CANCEL     CANCELLED
    DISABLED   ARCHIVE    ARCHIVED
    CANCELLED  ARCHIVE    ARCHIVED
    COMPLETED  ARCHIVE    ARCHIVED
    "
  `);
});

it('moves a registered mandate by these rows and no others', () => {
  expect(table('REGISTERED_MANDATE')).toMatchInlineSnapshot(`
    "
    PENDING    APPROVE    ACTIVE
    PENDING    DECLINE    REJECTED
    PENDING    CANCEL     CANCELLED
    ACTIVE     SUSPEND    SUSPENDED
    ACTIVE     CANCEL     CANCELLED
    ACTIVE     COMPLETE   COMPLETED
    REJECTED   ARCHIVE    ARCHIVED
    EXPIRED    ARCHIVE    ARCHIVED
    SUSPENDED  UNSUSPEND  ACTIVE
    SUSPENDED  CANCEL     CANCELLED
    DISABLED   CANCEL     CANCELLED
    DISABLED   ARCHIVE    ARCHIVED
    CANCELLED  ARCHIVE    ARCHIVED
    COMPLETED  ARCHIVE    ARCHIVED
    "
  `);
});

it('moves an amendment by these rows and no others', () => {
  const rows = MANDATE_STATUSES.flatMap((status) =>
    AMENDMENT_STATUSES.flatMap((amendment) =>
      AMENDMENT_EVENTS.flatMap((event) => {
        const to = transitionAmendment('DEBICHECK', status, amendment, event);
        expect(transitionAmendment('REGISTERED_MANDATE', status, amendment, event)).toBe(to);
        expect(transitionAmendment('DEBIT_ORDER', status, amendment, event)).toBeNull();
        return to ? [`${status.padEnd(10)} ${amendment.padEnd(9)} ${event.padEnd(9)} ${to}`] : [];
      }),
    ),
  );
  expect(`\n${rows.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ACTIVE     NONE      AMEND     PENDING
    ACTIVE     PENDING   APPROVE   NONE
    ACTIVE     PENDING   REJECT    REJECTED
    ACTIVE     PENDING   EXPIRE    REJECTED
    ACTIVE     PENDING   WITHDRAW  NONE
    ACTIVE     REJECTED  AMEND     PENDING
    SUSPENDED  PENDING   APPROVE   NONE
    SUSPENDED  PENDING   REJECT    REJECTED
    SUSPENDED  PENDING   EXPIRE    REJECTED
    SUSPENDED  PENDING   WITHDRAW  NONE
    "
  `);
});

it('reaches every state', () => {
  const reached = new Set<string>(Object.values(FIRST_MANDATE_STATUS));
  for (let round = 0; round < MANDATE_STATUSES.length; round += 1) {
    for (const { from, to } of MANDATE_TRANSITIONS) if (from.some((status) => reached.has(status))) reached.add(to);
  }
  expect([...reached].sort()).toEqual([...MANDATE_STATUSES].sort());
});

const NOW = new Date('2026-11-02T08:00:00Z');
const SNAPSHOT = {
  name: 'Thandi Nkosi',
  idType: 'SOUTH_AFRICAN_ID',
  idNumberMasked: '*****0087',
  contactNumber: '+27831234567',
  accountHolderName: 'T NKOSI',
  accountNumberMasked: '*****0018',
  accountType: 'SAVINGS',
  bank: 'CAPITEC',
  branchCode: '470010',
};

function newMandate(type: MandateType, contractReference: string): KnownMandate {
  return {
    ...NOT_AUTHORISED,
    ...(type === 'DEBIT_ORDER'
      ? {}
      : {
          maximumAmountCents: 6000,
          allowVariableAmount: true,
          allowDateAdjustment: false,
          allowPaymentTracking: false,
          adjustmentCategory: 'ANNUALLY',
          adjustmentType: 'RATE',
          adjustmentRate: 512_345,
        }),
    id: `man_${contractReference}`,
    version: 1,
    customerId: 'cus_1',
    bankAccountId: 'ban_1',
    paymentMethodId: 'pam_1',
    methodType: type,
    providerBank: 'ABSA_BANK_LIMITED',
    reference: null,
    contractReference,
    approvalWindow: type === 'DEBICHECK' ? 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE' : null,
    status: FIRST_MANDATE_STATUS[type],
    attempts: 1,
    requestedAt: NOW,
    approvalExpiresAt: null,
    approvedAt: null,
    authenticationReference: null,
    rejectionCode: null,
    rejectionReason: null,
    suspendedAt: null,
    cancelledAt: null,
    cancelReason: null,
    archivedAt: null,
    debtorSnapshot: null,
    amendmentStatus: 'NONE',
    amendment: null,
    amendmentExpiresAt: null,
    amendmentReason: null,
    ...AUTHORITY_STANDS,
    adjustmentAnchor: null,
    adjustmentsMade: 0,
    amountCents: 4500,
    paymentIndustry: 'ACCOUNT_REPAYMENT',
    processDay: 1,
    interval: 'MONTHLY',
    dateRelease: null,
    processDate: null,
  };
}

/** One thing that happens, possible or not. */
type Happening =
  | { readonly kind: 'EVENT'; readonly event: MandateEvent }
  | { readonly kind: 'AMENDMENT'; readonly event: AmendmentEvent; readonly amountCents: number }
  | { readonly kind: 'ADJUST' };

/** A choice of what happens next: anything at all, or one of what is possible. */
const choice = fc.record({ pick: fc.nat(), isWild: fc.boolean(), amountCents: fc.integer({ min: 1, max: 1_000_000 }) });
type Choice = typeof choice extends fc.Arbitrary<infer Value> ? Value : never;

function choose(mandate: KnownMandate, { pick, isWild, amountCents }: Choice): Happening {
  const all: Happening[] = [
    ...MANDATE_EVENTS.map((event) => ({ kind: 'EVENT' as const, event })),
    ...AMENDMENT_EVENTS.map((event) => ({ kind: 'AMENDMENT' as const, event, amountCents })),
    { kind: 'ADJUST' },
  ];
  const possible = isWild ? all : all.filter((what) => happen(mandate, what) !== null);
  return possible[pick % possible.length] ?? { kind: 'ADJUST' };
}

function happen(mandate: KnownMandate, what: Happening): KnownMandate | null {
  const facts = { at: NOW, code: 'MD16', reason: 'The debtor refused', snapshot: SNAPSHOT };
  if (what.kind === 'EVENT') return moveMandate(mandate, what.event, facts);
  if (what.kind === 'ADJUST') {
    const adjustment = adjustmentOf(mandate);
    return mandate.status === 'ACTIVE' && adjustment ? { ...mandate, ...adjusted(mandate, adjustment) } : null;
  }
  const { amountCents } = what;
  const terms = { amountCents, maximumAmountCents: Math.floor((amountCents * 3) / 2) };
  return moveAmendment(mandate, what.event, { ...facts, terms });
}

/** What must hold of a mandate whatever happened, given what it was before. */
function check(before: KnownMandate, after: KnownMandate, what: Happening): void {
  const edge = `${before.status} ${'event' in what ? what.event : what.kind} ${after.status}`;
  if (what.kind === 'EVENT') {
    const allowed = transitionMandate(before.methodType, before.status, what.event);
    if (allowed !== after.status) throw new Error(`no row: ${edge}`);
  } else if (before.status !== after.status) throw new Error(`moved: ${edge}`);
  const isAuthorised = after.methodType !== 'DEBIT_ORDER';
  const isAuthority = after.status === 'ACTIVE' || after.status === 'SUSPENDED';
  if (isAuthorised && isAuthority && !after.debtorSnapshot) throw new Error(`authority without approval: ${edge}`);
  if (after.maximumAmountCents !== null && after.amountCents > after.maximumAmountCents)
    throw new Error('over the maximum');
  if (after.amountCents <= 0) throw new Error('nothing to collect');
  if ((after.amendmentStatus === 'PENDING') !== (after.amendment !== null)) throw new Error('amendment without terms');
  if (after.contractReference !== before.contractReference) throw new Error('another contract reference');
  const isFrozen = before.debtorSnapshot !== null && what.kind !== 'AMENDMENT';
  if (isFrozen && after.debtorSnapshot !== before.debtorSnapshot) throw new Error(`the snapshot changed: ${edge}`);
  const mayChange = what.kind === 'ADJUST' || (what.kind === 'AMENDMENT' && what.event === 'APPROVE');
  if (!mayChange && after.amountCents !== before.amountCents) throw new Error(`the amount changed: ${edge}`);
  if (before.status === 'ARCHIVED') throw new Error(`left the archive: ${edge}`);
  if (before.cancelledAt !== null && after.cancelledAt === null) throw new Error(`uncancelled: ${edge}`);
}

/** Every row that a mandate of a type can come to. */
function rowsFrom(type: MandateType): string[] {
  const first = type === 'DEBIT_ORDER' ? ['ACTIVE'] : ['PENDING'];
  const reached = new Set<string>(first);
  const rows = new Set<string>();
  for (const status of reached) {
    for (const event of MANDATE_EVENTS) {
      const to = transitionMandate(type, status as KnownMandate['status'], event);
      if (!to) continue;
      rows.add(`${type} ${status} ${event}`);
      reached.add(to); // a set that is walked while it grows
    }
  }
  return [...rows];
}

it('never leaves the table in 10,000 random walks, and keeps what must hold', () => {
  const taken = new Set<string>();
  fc.assert(
    fc.property(
      fc.constantFrom(...MANDATE_TYPES),
      fc.array(choice, { minLength: 10, maxLength: 40 }),
      (type, choices) => {
        let mandate = newMandate(type, 'CTC24091900001');
        for (const chosen of choices) {
          const what = choose(mandate, chosen);
          const after = happen(mandate, what);
          if (!after) continue;
          check(mandate, after, what);
          const from = mandate.status;
          mandate = after;
          if (what.kind === 'EVENT') taken.add(`${type} ${from} ${what.event}`);
        }
      },
    ),
    { numRuns: 10_000 },
  );
  expect([...taken].sort()).toEqual(MANDATE_TYPES.flatMap(rowsFrom).sort()); // the walks go everywhere
});

it('would notice a walk that leaves the table', () => {
  const mandate = newMandate('DEBICHECK', 'CTC24091900001');
  const approve = { kind: 'EVENT', event: 'APPROVE' } as const;
  expect(() => check(mandate, { ...mandate, status: 'ACTIVE' }, approve)).toThrow('authority without approval');
  expect(() => check(mandate, { ...mandate, status: 'COMPLETED' }, approve)).toThrow('no row');
  const active = { ...mandate, status: 'ACTIVE', debtorSnapshot: SNAPSHOT } as const;
  const suspend = { kind: 'EVENT', event: 'SUSPEND' } as const;
  expect(() => check(active, { ...active, status: 'SUSPENDED', debtorSnapshot: { ...SNAPSHOT } }, suspend)).toThrow(
    'the snapshot changed',
  );
  expect(() => check(active, { ...active, amountCents: 6001 }, { kind: 'ADJUST' })).toThrow('over the maximum');
});

it('offers the actions that the table allows, and no others', () => {
  const ties = { hasRunningPayments: false, isConverted: false };
  const events = { ENABLE: 'ENABLE', DISABLE: 'DISABLE', ARCHIVE: 'ARCHIVE', CANCEL: 'CANCEL' } as const;
  for (const type of MANDATE_TYPES) {
    for (const status of MANDATE_STATUSES) {
      const mandate = { ...newMandate(type, 'C'), status };
      for (const [action, event] of Object.entries(events) as Array<[keyof typeof events, MandateEvent]>) {
        const isAllowed = reasonAgainst(action, mandate, ties, NOW) === null;
        expect([type, status, action, isAllowed]).toEqual([
          type,
          status,
          action,
          transitionMandate(type, status, event) !== null,
        ]);
      }
      expect(availableMandateActions(mandate, ties, NOW).map(({ action }) => action)).toEqual(MANDATE_ACTIONS);
    }
  }
});
