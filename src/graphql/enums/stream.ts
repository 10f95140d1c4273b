import type { ENDING_REASONS } from '../../event-log/item.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const EndingReasonRef = builder.enumType('EndingReason', {
  description: 'Why a stream ends that its reader did not end.',
  values: describe({
    SHUTTING_DOWN: 'This node stops; another goes on.',
    CREDENTIALS_EXPIRED: 'The token or the ticket is over: come back with a new one.',
    CREDENTIALS_REVOKED: 'The key was revoked.',
    TOO_COSTLY:
      'The stream fell further and further behind, since its events cost more points than its key gets back: select fewer fields or events.',
  } satisfies Record<(typeof ENDING_REASONS)[number], string>),
});
