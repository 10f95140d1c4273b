import { expect, it } from 'vitest';
import { findCommand, runCommand } from '../../src/cli/commands.ts';
import { EraseCustomers, SetCustomerStatus, UpdateMerchantSettings } from '../support/customer-documents.ts';
import { createCustomer, person } from '../support/customers.ts';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { PostRepoChange } from '../support/mandate-documents.ts';

const AuditLog = graphql(`
  query AuditLog($filter: AuditEntryFilter) {
    auditLog(first: 100, filter: $filter, orderBy: { field: CREATED_AT, direction: ASC }) {
      nodes {
        clientId
        requestId
        action
        objectId
        field
        from
        to
      }
    }
  }
`);
const Holidays = graphql(`
  mutation ProclaimHolidays($input: SetHolidaysInput!) {
    setHolidays(input: $input) {
      merchant {
        id
      }
    }
  }
`);
const Reset = graphql(`
  mutation EmptySandbox($input: ResetSandboxInput!) {
    resetSandbox(input: $input) {
      now
    }
  }
`);

async function command(gateway: TestGateway, name: string, ...args: string[]): Promise<void> {
  const found = findCommand(name);
  if (!found) throw new Error(`no command ${name}`);
  await runCommand(gateway.node.app, found, [gateway.merchantId, ...args], () => {});
}

async function entriesOf(gateway: TestGateway) {
  const { nodes } = (await gateway.data(AuditLog)).auditLog;
  return nodes.map(({ clientId, action, field, from, to }) => [
    clientId === 'operator' ? 'operator' : 'key',
    action,
    field,
    from,
    to,
  ]);
}

it('accounts for what administrators change, by the API and by the command line', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft, debicheck } = await methodIds(gateway);
  const { id } = await createCustomer(gateway, person('A'));
  await gateway.data(UpdateMerchantSettings, {
    input: {
      emailUnique: true,
      retryPolicy: { retriesMax: 1, daysBetween: 3 },
      dateAdjustmentRules: [{ paymentMethodId: eft, rule: 'COLLECT_ON_NEXT_BUSINESS_DAY' }],
    },
  });
  await gateway.data(UpdateMerchantSettings, { input: { emailUnique: true } }); // changes nothing
  await gateway.data(Holidays, { input: { add: [{ date: '2024-10-30', name: 'Elections' }], remove: ['2024-12-16'] } });
  await gateway.data(PostRepoChange, { input: { rate: '0.25', date: '2024-10-01' } });
  await gateway.data(SetCustomerStatus, { input: { ids: [id], status: 'ARCHIVED' } });
  await gateway.data(EraseCustomers, { input: { ids: [id] } });
  await gateway.data(Reset, { input: { clockStart: '2024-09-01T08:00:00+02:00' } });
  await command(gateway, 'set-limits', eft, '500.00', 'none');
  await command(gateway, 'set-debicheck-defaults', debicheck, '{"allowVariableAmount": true}');
  await command(gateway, 'create-method', 'CARD', 'NEDBANK_LIMITED', 'Another', 'ACME');
  await command(gateway, 'create-key', 'reports', 'read');
  expect(await entriesOf(gateway)).toEqual([
    ['operator', 'API_KEY_CREATED', 'apiKey', null, null],
    ['key', 'SETTING_CHANGED', 'emailUnique', 'false', 'true'],
    ['key', 'SETTING_CHANGED', 'retryPolicy', null, expect.stringContaining('"daysBetween":3')],
    ['key', 'SETTING_CHANGED', 'dateAdjustmentRule', expect.any(String), 'COLLECT_ON_NEXT_BUSINESS_DAY'],
    ['key', 'HOLIDAY_SET', 'holidays', null, '2024-10-30 Elections'],
    ['key', 'HOLIDAY_REMOVED', 'holidays', '2024-12-16', null],
    ['key', 'REPO_CHANGE_POSTED', 'rate', null, '0.25000 % from 2024-10-01'],
    ['key', 'CUSTOMER_ERASED', 'customer', null, null],
    ['key', 'SANDBOX_RESET', 'clock', null, '2024-09-01T06:00:00.000Z'],
    ['operator', 'SETTING_CHANGED', 'itemLimit', 'none', '500.00'],
    ['operator', 'SETTING_CHANGED', 'debicheckDefaults', expect.any(String), expect.stringContaining('true')],
    ['operator', 'PAYMENT_METHOD_CREATED', 'name', null, 'Another'],
    ['operator', 'API_KEY_CREATED', 'apiKey', null, null],
  ]);
  const ofMethod = await gateway.data(AuditLog, { filter: { objectId: { eq: eft } } });
  expect(ofMethod.auditLog.nodes).toHaveLength(2);
});
