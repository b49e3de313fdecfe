import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from 'amqplib'
import 'reflect-metadata'
import pg from 'pg'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { memoryIo } from '../../test/support/command-io.js'
import { describeWith } from '../../test/support/command.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { ownerPool, recordNothing, writeOf } from '../../test/support/registry-database.js'
import {
  portalId,
  sampleContent,
  sampleSubsystem,
  taxId,
} from '../../test/support/registry-samples.js'
import { readActs } from '../audit-log/audit-log.store.js'
import { brokerNameOf } from '../broker/names.js'
import { Secret } from '../config/secrets.js'
import { RegistryStore } from '../registry/registry.store.js'
import { mqUser } from './mq-user.js'
import { openBrokerUsersOf } from './open-broker-users.js'
import { recordLetterAct } from './open-letters.js'

const startMsMax = 120_000
const describeBroker = await describeWith('rabbitmq')

describe('sluice mq user', () => {
  const notOpened = (): Promise<never> => Promise.reject(new Error('opened'))

  it.each([
    ['no subsystem', ['--reason', 'new'], 'Give one SUBSYSTEM.'],
    ['two of them', [portalId, taxId, '--reason', 'new'], 'Give one SUBSYSTEM.'],
    ['what is none', ['AZ/GOV', '--reason', 'new'], '4 segments'],
    ['no reason', [portalId], 'Say why with --reason.'],
  ])('is used wrongly with %s', async (_what, args, why) => {
    const io = memoryIo({})
    expect(await mqUser(args, io, notOpened)).toBe(2)
    expect(io.errors).toContain(why)
  })

  it('says what to do where no broker is named', async () => {
    const io = memoryIo({})
    const place = { directory: '/nowhere', databaseUrl: undefined, migrationUrl: undefined }
    const config = { broker: undefined, directory: '/nowhere' }
    const code = await mqUser([portalId, '--reason', 'new'], io, (author) =>
      openBrokerUsersOf(place, config, author),
    )
    expect(code).toBe(1)
    expect(io.errors).toContain('no broker is named in AMQP_URL')
  })
})

describeBroker('a user that sluice mq user makes', () => {
  let database: TestDatabase
  let broker: TestBroker

  beforeAll(async () => {
    database = await startTestDatabase()
    // Users are of all virtual hosts, and this one gets a password of its own.
    broker = await startTestBroker({ alone: true })
    const pool = ownerPool(database.ownerUrl)
    const store = new RegistryStore(pool, recordNothing)
    const subsystems = [sampleSubsystem(portalId, { mq: true }), sampleSubsystem(taxId)]
    await store.apply(() => writeOf(sampleContent({ subsystems })))
    await pool.end()
  }, startMsMax)
  afterAll(async () => {
    await broker.stop()
    await database.stop()
  })

  async function renew(subsystem: string): Promise<{ code: number; out: string; err: string }> {
    const io = memoryIo({})
    const ownerUrl = new Secret(database.ownerUrl)
    const place = { directory: database.folder, databaseUrl: ownerUrl, migrationUrl: undefined }
    const url = new Secret(broker.url)
    const managementUrl = new Secret(broker.managementUrl)
    const config = { broker: { url, managementUrl, isPrivate: false }, directory: database.folder }
    const code = await mqUser([subsystem, '--reason', 'first connection'], io, (author) =>
      openBrokerUsersOf(place, config, author),
    )
    return { code, out: io.text, err: io.errors }
  }

  it('connects with the password that is shown, until it is renewed', async () => {
    const first = await renew(portalId)
    expect(first).toMatchObject({ code: 0 })
    await (await connect(first.out)).close()
    const second = await renew(portalId)
    await (await connect(second.out)).close()
    await expect(connect(first.out)).rejects.toThrow(/ACCESS_REFUSED|ACCESS-REFUSED|403/)
  })

  it('is an act in the audit log, without the password', async () => {
    const { out } = await renew(portalId)
    const client = new pg.Client(database.ownerUrl)
    await client.connect()
    const [act] = (await readActs(client, { limit: 10 })).slice(-1)
    await client.end()
    expect(act?.fields).toMatchObject({
      kind: 'broker.user',
      subject: `broker user ${brokerNameOf(portalId)}`,
      reason: 'first connection',
    })
    expect(JSON.stringify(act?.fields)).not.toContain(new URL(out).password)
  })

  it('is followed there by what is done with letters', async () => {
    const place = { directory: database.folder, databaseUrl: undefined }
    const migrationUrl = new Secret(database.ownerUrl)
    const act = {
      kind: 'letter.drop',
      actor: 'Aygün',
      reason: 'sınaq',
      subject: 'letter 1',
    } as const
    await recordLetterAct({ ...place, migrationUrl }, act)
    const client = new pg.Client(database.ownerUrl)
    await client.connect()
    const [last] = (await readActs(client, { limit: 10 })).slice(-1)
    await client.end()
    expect(last?.fields).toMatchObject(act)
  })

  it('is not made for a subsystem that the registry gives no queues', async () => {
    const { code, err } = await renew(taxId)
    expect(code).toBe(1)
    expect(err).toContain('has to be registered with "mq: true"')
    const users = (await broker.manage('GET', '/api/users')) as { readonly name: string }[]
    expect(users.map(({ name }) => name)).not.toContain(brokerNameOf(taxId))
  })
})
