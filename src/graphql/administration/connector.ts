import { type TestedConnector, testConnector } from '../../services/connectors/test-connector.ts';
import type { AllowedConnector } from '../../store/connectors/connectors.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { ConnectorKindRef } from '../enums/merchant.ts';
import { requestError } from '../pipeline/request-error.ts';
import { MerchantRef } from './merchant.ts';
import { PaymentMethodRef } from './payment-method.ts';

const ConnectorRef = builder.objectRef<AllowedConnector>('Connector').implement({
  description: 'A way to a bank, made by the operator of the gateway.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Identifier of the connector, chosen by the operator.' }),
    kind: t.expose('kind', { type: ConnectorKindRef, description: 'How the connector reaches the bank.' }),
  }),
});

builder.prismaObjectField(MerchantRef, 'connectors', (t) =>
  t.field({
    type: [ConnectorRef],
    description: 'Connectors that payment methods of the merchant may name, in the order in which they were allowed.',
    resolve: async (_merchant, _args, { loaders }) => [...(await loaders.connectors()).values()],
  }),
);

builder.prismaObjectField(PaymentMethodRef, 'connector', (t) =>
  t.field({
    type: ConnectorRef,
    description: 'Connector to the bank through which the method collects.',
    select: { connectorId: true },
    resolve: async ({ connectorId }, _args, { loaders }) => {
      const connector = (await loaders.connectors()).get(connectorId);
      if (!connector) throw new Error(`payment method with a connector ${connectorId} that its merchant may not use`);
      return connector;
    },
  }),
);

const ConnectorCheckRef = builder.objectRef<TestedConnector['checks'][number]>('ConnectorCheck').implement({
  description: 'A step of the test of a connector.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Part of the way to the bank that was tested.' }),
    isPassed: t.exposeBoolean('isPassed', { description: 'Whether that part works.' }),
    message: t.exposeString('message', { description: 'What the test found, for people.' }),
  }),
});

const TestConnectorPayload = builder.objectRef<TestedConnector>('TestConnectorPayload').implement({
  description: 'Result of testing a connector.',
  fields: (t) => ({
    connector: t.expose('connector', { type: ConnectorRef, description: 'The connector that was tested.' }),
    checks: t.expose('checks', {
      type: [ConnectorCheckRef],
      description: 'Steps of the test, in order; those after a step that failed may be missing.',
    }),
  }),
});

const TestConnectorInput = builder.inputType('TestConnectorInput', {
  description: 'The connector to test.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Identifier of the connector.' }) }),
});

builder.mutationField('testConnector', (t) =>
  t.field({
    type: TestConnectorPayload,
    description: 'Tests the way to the bank of a connector that the merchant may use, without moving money.',
    args: { input: t.arg({ description: 'The connector to test.', type: TestConnectorInput, required: true }) },
    ...scoped('admin'),
    resolve: async (_root, { input }, context) => {
      const tested = await testConnector(context.app, callerOf(context).merchantId, String(input.id));
      if (!tested) throw requestError('BAD_REQUEST', 'No such connector.', [['id']]);
      return tested;
    },
  }),
);
