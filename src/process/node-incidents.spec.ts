import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startMailServer, type TestMailServer } from '../../test/support/mail-server.js'
import { fillAdminRegistry } from '../../test/support/admin-registry.js'
import { openTestAdminApi, type TestAdminApi } from '../../test/support/admin-api.js'
import { eventually } from '../../test/support/running-bus.js'
import { makeTlsFiles, type TlsFiles } from '../../test/support/tls-lane.js'
import { ownerGranter } from '../admin/administrators/granting.js'
import { Secret } from '../config/secrets.js'
import { ReplicationLag } from '../incident/replication-lag.js'
import { createSystemLog } from '../monitoring/system-log.js'
import { NodeIncidents } from './node-incidents.js'
import { openNodeBroker, type NodeBroker } from './node-broker.js'

/** within so long everybody knows. */
const limitMs = 30_000

let database: TestDatabase
let api: TestAdminApi
let tls: TlsFiles
let server: TestMailServer
let broker: NodeBroker
let incidents: NodeIncidents

const log = createSystemLog('silent', {})

beforeAll(async () => {
  tls = await makeTlsFiles()
  server = await startMailServer(tls, { authOptional: true })
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
  const doer = { granter: ownerGranter, author: { actor: 'Test' } }
  const orxan = { login: 'orxan', name: 'Orxan', email: 'orxan@example.az', member: undefined }
  const { administrator } = await api.access.changes.add(doer, orxan)
  const role = { role: 'OPERATOR', scope: undefined, from: undefined, until: undefined } as const
  await api.access.roles.grant(doer, { ...role, administrator: administrator.id })
  // Nobody is there: as when the broker's machine is gone.
  const url = new Secret('amqp://127.0.0.1:1/')
  const settings = { adapters: {}, broker: { url, managementUrl: undefined, isPrivate: false } }
  const registry = { latest: undefined, onChange: () => () => undefined }
  const config = { ...settings, directory: tmpdir(), limits: {} as never }
  broker = (await openNodeBroker({ config, registry, log }, new AbortController().signal))!
  incidents = await NodeIncidents.open({
    config: {
      ...{ admin: undefined, spoolDirectory: tmpdir() },
      reserve: { standbys: 0, lagMsMax: 60_000, decisionAfterMs: 900_000 },
      mail: {
        ...{ host: 'localhost', port: server.port, tls: 'starttls', login: undefined },
        ...{ from: 'bus@example.az', authorities: readFileSync(tls.caFile, 'utf8') },
      },
    },
    adminUrl: new Secret(database.adminUrl),
    ...{ failedChecks: () => broker.checks(), lag: new ReplicationLag(), log, lookEveryMs: 250 },
  })
}, limitMs)

afterAll(async () => {
  await incidents.close()
  await broker.close()
  await api.close()
  await server.close()
  await database.stop()
  tls.remove()
})

/** Subjects of the mails so far, as people read them. */
const subjects = (): string[] =>
  server.mails.map(({ headers }) =>
    (Object.fromEntries(headers)['Subject'] ?? '')
      .replaceAll(/\?=\s+=\?UTF-8\?Q\?/gi, '')
      .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/gi, '$1'),
  )

const mailed = (words: RegExp) => (): boolean => subjects().some((each) => words.test(each))

describe('a node', () => {
  it(
    'opens an incident where its broker is away, and people have a mail of it within 30 s',
    async () => {
      await eventually(mailed(/broker/), limitMs)
      const { json } = await api.call('GET', '/v1/incidents', { as: 'OPERATOR' })
      expect(json).toMatchObject({
        items: [
          { cause: 'broker', state: 'open', detail: expect.stringContaining('ECONNREFUSED') },
        ],
      })
    },
    limitMs + 5_000,
  )

  it(
    'tells of a database that is away by mail, since no inbox can have it',
    async () => {
      server.mails.length = 0
      await database.pause()
      await eventually(mailed(/bazas/), limitMs)
      expect(server.mails[0]?.recipients).toEqual(['orxan@example.az'])
      await database.resume()
      await eventually(mailed(/aradan/), limitMs)
    },
    2 * limitMs,
  )
})
