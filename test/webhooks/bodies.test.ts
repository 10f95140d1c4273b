import { expect, it } from 'vitest';
import { writeEvents } from '../support/events.ts';
import { methodIds, recurringDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { submitAll } from '../support/payments.ts';
import { startReceiver } from '../support/receiver.ts';
import { captureStatements } from '../support/statements.ts';
import { CreateEndpoints, createEndpoint, Deliveries, PreviewWebhook } from '../support/webhooks.ts';

const Audit = graphql(`
  query WebhookAudit {
    auditLog(filter: {}) {
      nodes {
        action
        objectId
        field
        clientId
        requestId
      }
    }
  }
`);
const KeyWithoutNumbers = graphql(`
  mutation KeyWithoutNumbers {
    createApiKeys(input: { records: [{ name: "no numbers", scopes: [READ, ADMIN] }] }) {
      results {
        apiKey {
          id
          key
        }
      }
    }
  }
`);

const PAYMENTS = { about: ['PAYMENT' as const], types: ['payment.created'] };

it('a selection is the body, and previews show it without sending', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const receiver = await startReceiver();
  const selection = '{ id kind: type payment { status amount customer { personName } } }';
  const { id } = await createEndpoint(gateway, { url: receiver.url, selection, filter: PAYMENTS });
  const [paymentId] = await submitAll(gateway, [recurringDebitOrder((await methodIds(gateway)).eft)]);
  await expect.poll(() => receiver.messages.length).toBe(1);
  const [message] = receiver.messages;
  expect(JSON.parse(message?.text ?? '')).toEqual({
    id: message?.id,
    kind: 'payment.created',
    payment: { status: 'RUNNING', amount: expect.any(String), customer: { personName: expect.any(String) } },
  });
  const { previewWebhook: stored } = await gateway.data(PreviewWebhook, { id });
  expect(stored).toEqual([{ eventId: message?.id, cursor: expect.any(String), body: message?.text }]);
  const { previewWebhook: tried } = await gateway.data(PreviewWebhook, {
    filter: { paymentIds: [paymentId ?? ''] },
    selection: '{ version about }',
    last: 1,
  });
  expect(tried.map(({ body }) => JSON.parse(body))).toEqual([{ version: 1, about: expect.any(String) }]);
  const { previewWebhook: plain } = await gateway.data(PreviewWebhook, { filter: PAYMENTS });
  expect(plain.map(({ body }) => JSON.parse(body).id)).toEqual([message?.id]);
  expect(receiver.messages).toHaveLength(1);
  const faulty = await gateway.execute(PreviewWebhook, { selection: '{ nothing }' });
  expect(faulty.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST', paths: [['selection']] });
});

it('an event is read once for all endpoints with the same selection', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const selection = '{ id payment { id status customer { id } } }';
  for (let nth = 0; nth < 10; nth += 1)
    await createEndpoint(gateway, { url: `${receiver.url}${nth}`, selection, filter: PAYMENTS });
  await writeEvents(gateway, 1, { name: 'warm' });
  await expect.poll(() => receiver.messages.length).toBe(10);
  const statements = await captureStatements(async () => {
    await writeEvents(gateway, 1, { name: 'shared' });
    await expect.poll(() => receiver.messages.length).toBe(20);
  });
  expect(statements.filter(({ text }) => /FROM "payment"/.test(text))).toHaveLength(1);
});

it('personal numbers need the scope when the endpoint is saved, and are audited when they are sent', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const receiver = await startReceiver();
  const selection = '{ payment { bankAccount { accountNumber } } }';
  const made = await gateway.data(KeyWithoutNumbers);
  const apiKey = made.createApiKeys.results[0]?.apiKey?.key ?? '';
  const record = { name: 'numbers', url: receiver.url, selection, filter: PAYMENTS };
  const refused = await gateway.execute(CreateEndpoints, { input: { records: [record] } }, { apiKey });
  expect(refused.data?.createWebhookEndpoints.results[0]?.errors).toMatchObject([
    {
      code: 'INVALID',
      rule: 'scope',
      message: 'The selection requires the scope pii:read.',
      path: ['records', '0', 'selection'],
    },
  ]);
  const endpoint = await createEndpoint(gateway, record);
  await submitAll(gateway, [recurringDebitOrder((await methodIds(gateway)).eft)]);
  await expect.poll(() => receiver.messages.length).toBe(1);
  const { payment } = JSON.parse(receiver.messages[0]?.text ?? '') as {
    payment: { bankAccount: { accountNumber: string } };
  };
  expect(payment.bankAccount.accountNumber).toMatch(/^\d{6,}$/);
  const { auditLog } = await gateway.data(Audit);
  expect(auditLog.nodes.filter(({ action }) => action === 'PERSONAL_NUMBER_READ')).toMatchObject([
    { field: 'accountNumber', clientId: endpoint.clientId, requestId: endpoint.id },
  ]);
});

it('a default body holds no personal number', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const receiver = await startReceiver();
  await createEndpoint(gateway, { url: receiver.url });
  const record = recurringDebitOrder((await methodIds(gateway)).eft);
  await submitAll(gateway, [record]);
  await expect.poll(() => receiver.messages.filter(({ body }) => body.type === 'payment.created').length).toBe(1);
  const number = record.bankAccount?.accountNumber;
  expect(number).toMatch(/^\d{6,}$/);
  expect(receiver.messages.some(({ text }) => text.includes(String(number)))).toBe(false);
});

it('a selection that no longer fits the schema fails its deliveries and says why', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const { id } = await createEndpoint(gateway, { url: receiver.url, selection: '{ id }', filter: PAYMENTS });
  await gateway.sql(`UPDATE webhook_endpoint SET selection = '{ gone }' WHERE id = $1`, [id]);
  await writeEvents(gateway, 1);
  await expect
    .poll(async () => (await gateway.data(Deliveries, {})).webhookDeliveries.nodes)
    .toMatchObject([
      {
        status: 'PENDING',
        attempts: [{ status: null, error: expect.stringMatching(/^The selection could not be resolved: .*gone/) }],
      },
    ]);
  expect(receiver.messages).toEqual([]);
});
