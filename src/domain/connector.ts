/** All kinds of connectors to a bank. */
export const CONNECTOR_KINDS = ['SANDBOX', 'HTTP', 'ISO20022'] as const;
/**
 * How a connector reaches a bank: SANDBOX is the simulated bank of the gateway, HTTP posts to an adapter of the operator,
 * ISO20022 exchanges files in directories.
 */
export type ConnectorKind = (typeof CONNECTOR_KINDS)[number];

/** Id of the connector to the simulated bank, which sandbox merchants use by default. */
export const SANDBOX_CONNECTOR = 'sandbox';

/** Form of the id of a connector, which is part of an address. */
export const CONNECTOR_ID = /^[a-z0-9-]{1,32}$/;
