// PostGraphile v5 on the gateway's own tables: generated schema, connection-filter plugin with relation filters, a SQL function for
// the batch. No authentication or tenancy: the client names the merchant in every query.
import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'

const PORT = Number(process.env.PORT)
const preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ['public', 'bench'], pubsub: false, poolConfig: { max: Number(process.env.POOL ?? 8), idleTimeoutMillis: 0, options: '-c jit=off -c timezone=UTC -c random_page_cost=1.1' } })],
  schema: { connectionFilterRelations: true },
  grafserv: { port: PORT, websockets: false, graphqlPath: '/graphql', graphiql: false, maxRequestLength: 16 << 20 },
  grafast: { explain: false },
}
const pgl = postgraphile(preset)
await pgl.getSchemaResult()
const serv = pgl.createServ(grafserv)
const server = createServer()
server.on('error', (e) => { console.error(e); process.exit(1) })
await serv.addTo(server)
server.listen(PORT, '127.0.0.1', () => console.log('ready', PORT))
