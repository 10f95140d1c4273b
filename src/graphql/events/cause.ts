import type { Cause } from '../../domain/event.ts';
import { builder } from '../builder.ts';
import { EventActorRef } from '../enums/call.ts';

export const CauseRef = builder.objectRef<Cause>('Cause').implement({
  description: 'Who caused a change, and why.',
  fields: (t) => ({
    actor: t.expose('actor', { description: 'Who.', type: EventActorRef }),
    requestId: t.exposeID('requestId', { nullable: true, description: 'Of the call that caused it.' }),
    reasonCode: t.exposeString('reasonCode', { nullable: true, description: "The bank's code, or the scheme's." }),
    reason: t.exposeString('reason', { description: 'For people; null when there is none.', nullable: true }),
  }),
});
