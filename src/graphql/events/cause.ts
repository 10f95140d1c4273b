import type { Cause } from '../../domain/event.ts';
import { builder } from '../builder.ts';
import { EventActorRef } from '../enums/call.ts';

export const CauseRef = builder.objectRef<Cause>('Cause').implement({
  description: 'The actor that caused a change, and the reason.',
  fields: (t) => ({
    actor: t.expose('actor', { description: 'The kind of actor that caused the change.', type: EventActorRef }),
    requestId: t.exposeID('requestId', {
      nullable: true,
      description: 'Identifier of the API request that caused the change; null when no request did.',
    }),
    reasonCode: t.exposeString('reasonCode', {
      nullable: true,
      description: 'Return or reason code of the bank or the scheme; null when none was given.',
    }),
    reason: t.exposeString('reason', {
      description: 'Human-readable reason; null when none was given.',
      nullable: true,
    }),
  }),
});
