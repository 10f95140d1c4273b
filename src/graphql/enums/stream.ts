import type { ENDING_REASONS } from '../../event-log/item.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const EndingReasonRef = builder.enumType('EndingReason', {
  description: 'Reason why the gateway ends a stream.',
  values: describe({
    SHUTTING_DOWN: 'This node is shutting down; reconnect and resume from the last cursor.',
    CREDENTIALS_EXPIRED: 'The token or stream ticket has expired; reconnect with a new one.',
    CREDENTIALS_REVOKED: 'The API key was revoked.',
    TOO_COSTLY:
      'The stream kept falling behind because its events cost more points than the key regains; select fewer fields or fewer events.',
  } satisfies Record<(typeof ENDING_REASONS)[number], string>),
});
