import { expect, it } from 'vitest';
import { writeEvents } from '../support/events.ts';
import { startGateway } from '../support/harness.ts';
import { isSignedBy, startReceiver } from '../support/receiver.ts';
import { createEndpoint, Deliveries } from '../support/webhooks.ts';

it('an endpoint gets every event from its making on, signed, in the default body', async () => {
  const gateway = await startGateway();
  await writeEvents(gateway, 3, { name: 'before' });
  const receiver = await startReceiver();
  const endpoint = await createEndpoint(gateway, { url: receiver.url });
  await writeEvents(gateway, 5, { name: 'after' });
  await expect.poll(() => receiver.messages.filter(({ body }) => body.type === 'payment.created').length).toBe(5);
  const [first] = receiver.messages.filter(({ body }) => body.type === 'payment.created');
  expect(first?.body).toMatchObject({ type: 'payment.created', version: 1, aggregate: { type: 'PAYMENT' }, from: null, to: 'RUNNING' });
  expect(first && isSignedBy(endpoint.secret, first)).toBe(true);
  expect(receiver.messages.some(({ text }) => text.includes('before_'))).toBe(false);
  await expect
    .poll(async () => (await gateway.data(Deliveries, { filter: { status: { eq: 'DELIVERED' } } })).webhookDeliveries.totalCount)
    .toBe(receiver.messages.length);
  const { webhookDeliveries } = await gateway.data(Deliveries, { filter: { eventId: { eq: first?.id ?? '' } } });
  expect(webhookDeliveries.nodes).toMatchObject([
    { status: 'DELIVERED', endpoint: { id: endpoint.id }, event: { id: first?.id, cursor: first?.body.cursor }, attempts: [{ status: 200, body: 'thanks', error: null }] },
  ]);
  expect(gateway.logged).toEqual([]);
});
