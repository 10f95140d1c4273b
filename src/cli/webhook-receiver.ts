import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { createGatewayClient, type GatewayClient } from '../client/gateway-client.ts';
import { findResumePlace } from '../client/resume-place.ts';
import { present } from '../domain/invariants.ts';
import { invocation } from './invocation.ts';

/** How the receiver answers: as it should, with an error, or too late. */
export type Answering = 'OK' | 'FAIL' | 'SLOW';

/** Time after which a slow receiver answers, longer than the gateway waits. */
const SLOW_MS = 15_000;

/** Where the receiver listens, and the gateway whose events it receives. */
export interface ReceiverOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly port: number;
  readonly answering: Answering;
  readonly print: (line: string) => void;
}

/**
 * Creates a webhook endpoint at the gateway, or enables the one of the last run, and receives its messages on this machine: verifies
 * and prints each. Returns the function that disables the endpoint and ends.
 */
export async function receiveWebhooks(options: ReceiverOptions): Promise<() => Promise<void>> {
  const { url, apiKey, port, print } = options;
  const client = createGatewayClient({ url, apiKey, findPlace: findResumePlace });
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const registering = registerEndpoint(client, target);
  // The first message can come before the answer that has the secret.
  server.on('request', (request, response) => {
    Promise.all([text(request), registering]).then(([body, { secret }]) => {
      print(describe(body, request.headers as Record<string, string>, secret));
      answer(options.answering, (status) => response.writeHead(status).end());
    }, print);
  });
  const { id } = await registering;
  print(
    `Receiving the events of the merchant at ${target}; change something, or run "${invocation('demo')}". Ctrl-C ends it.`,
  );
  return async () => {
    await client.request(UPDATE, { input: { records: [{ id, status: 'DISABLED' }] } });
    server.closeAllConnections();
    server.close();
  };
}

const ENDPOINTS = '{ webhookEndpoints(first: 200) { nodes { id url } } }';
const CREATE = `mutation ($input: CreateWebhookEndpointsInput!) {
  createWebhookEndpoints(input: $input) { results { secret errors { message } webhookEndpoint { id } } }
}`;
const UPDATE = `mutation ($input: UpdateWebhookEndpointsInput!) {
  updateWebhookEndpoints(input: $input) { results { errors { message } } }
}`;
const ROTATE = `mutation ($input: RotateWebhookSecretInput!) {
  rotateWebhookSecret(input: $input) { results { secret errors { message } } }
}`;

interface Result {
  readonly secret?: string | null;
  readonly errors: ReadonlyArray<{ readonly message: string }>;
  readonly webhookEndpoint?: { readonly id: string } | null;
}

/** Returns the endpoint with this address and a secret of it, which only a call that makes one shows. */
async function registerEndpoint(client: GatewayClient, url: string): Promise<{ id: string; secret: string }> {
  type Endpoints = { webhookEndpoints: { nodes: Array<{ id: string; url: string }> } };
  const { webhookEndpoints } = await client.request<Endpoints>(ENDPOINTS);
  const known = webhookEndpoints.nodes.find((endpoint) => endpoint.url === url);
  if (!known) {
    const records = [{ name: 'npm run webhooks', url }];
    const made = await first(client, CREATE, { records }, 'createWebhookEndpoints');
    return { id: present(made.webhookEndpoint, 'the endpoint').id, secret: present(made.secret, 'the secret') };
  }
  const rotated = await first(client, ROTATE, { ids: [known.id], overlapHours: 0 }, 'rotateWebhookSecret');
  await first(client, UPDATE, { records: [{ id: known.id, status: 'ENABLED' }] }, 'updateWebhookEndpoints');
  return { id: known.id, secret: present(rotated.secret, 'the secret') };
}

/** Sends a batch of one and returns its result. Throws when it has failed. */
async function first(client: GatewayClient, mutation: string, input: object, field: string): Promise<Result> {
  const data = await client.request<Record<string, { results: Result[] }>>(mutation, { input });
  const [result] = data[field]?.results ?? [];
  if (!result || result.errors[0]) throw new Error(result?.errors[0]?.message ?? 'the gateway returned no result');
  return result;
}

/** Returns the line for a message: its type, object and statuses, or why it is not genuine. */
function describe(body: string, headers: Readonly<Record<string, string>>, secret: string): string {
  try {
    const event = new Webhook(secret).verify(body, headers) as {
      type: string;
      aggregate: { id: string };
      from: string | null;
      to: string | null;
    };
    return `  ${headers['webhook-id']}  ${event.type.padEnd(24)} ${event.aggregate.id}  ${event.from ?? 'new'} -> ${event.to}`;
  } catch (error) {
    return `  refused: ${(error as Error).message}`;
  }
}

function answer(answering: Answering, respond: (status: number) => void): void {
  if (answering === 'SLOW') setTimeout(() => respond(200), SLOW_MS);
  else respond(answering === 'FAIL' ? 500 : 200);
}
