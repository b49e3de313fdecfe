import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from 'amqplib'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { describeWith } from '../../test/support/command.js'
import { databaseFolder } from '../../test/support/database.js'
import { sampleContent } from '../../test/support/registry-samples.js'
import { announcedBroker } from '../broker/broker-address.js'
import type { BrokerConfig } from '../config/broker-config.js'
import { Secret } from '../config/secrets.js'
import { defaultLimits } from '../limits/default-limits.js'
import { RegistrySnapshot } from '../registry/snapshot.js'
import { openNodeBroker, type NodeBroker } from './node-broker.js'

const startMsMax = 120_000
const describeBroker = await describeWith('rabbitmq')
const log = pino({ enabled: false })
const registry = { latest: new RegistrySnapshot(sampleContent()), onChange: () => () => undefined }

function open(
  broker: BrokerConfig | undefined,
  adapters: Readonly<Record<string, object>>,
  directory = '/nowhere',
): Promise<NodeBroker | undefined> {
  const config = { adapters: { ...adapters } as never, broker, directory, limits: defaultLimits }
  return openNodeBroker({ config, registry, log }, new AbortController().signal)
}

async function expectSoon(what: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400 && !what(); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  expect(what()).toBe(true)
}

describe('a node', () => {
  it('without the lane mq has no broker', async () => {
    expect(await open(undefined, { rest: {} })).toBeUndefined()
  })

  it('with the lane and no broker says so, and runs', async () => {
    const broker = await open(undefined, { rest: {}, mq: {} })
    expect(broker?.workerUrl).toBeUndefined()
    expect(broker?.checks()).toEqual([
      {
        name: 'broker',
        ok: false,
        why: expect.stringMatching(/AMQP_URL.*mq is closed/) as unknown,
      },
    ])
    await broker?.close()
  })

  it('whose broker is away says so, and runs', async () => {
    // A port that nobody listens on.
    const url = new Secret('amqp://u:p@127.0.0.1:1/v')
    const broker = await open({ url, managementUrl: undefined, isPrivate: false }, { mq: {} })
    expect(broker?.workerUrl).toBe(url)
    await expectSoon(() => broker?.checks()[0]?.why?.includes('ECONNREFUSED') === true)
    expect(broker?.checks()).toContainEqual({
      name: 'broker rights',
      ok: false,
      why: expect.stringMatching(/AMQP_MANAGEMENT_URL is not set/) as unknown,
    })
    await broker?.close()
  })
})

describeBroker('a node with a private broker', () => {
  let directory: string
  let broker: NodeBroker | undefined
  beforeAll(async () => {
    directory = await mkdtemp(join(databaseFolder(), 'sluice-test-node-'))
    const config = { url: undefined, managementUrl: undefined, isPrivate: true }
    broker = await open(config, { mq: {} }, directory)
  }, startMsMax)
  afterAll(async () => {
    await broker?.close()
    await rm(directory, { recursive: true, force: true })
  }, startMsMax)

  it('gives its workers a login of their own', async () => {
    const url = broker?.workerUrl?.reveal() ?? ''
    expect(new URL(url).username).toBe('sluice-worker')
    await (await connect(url)).close()
    await expectSoon(() => broker?.checks().length === 0)
  })

  it('says to nobody but its own account how the broker is reached', async () => {
    expect(announcedBroker(directory)?.url).toMatch(/^amqp:\/\/sluice-admin:/)
    const { mode } = await stat(join(directory, 'broker.url'))
    expect(mode & 0o077).toBe(0)
  })

  it(
    'leaves nothing running, and no address',
    async () => {
      await broker?.close()
      broker = undefined
      expect(announcedBroker(directory)).toBeUndefined()
      expect(await readdir(join(directory, 'broker'))).not.toContain('processes')
    },
    startMsMax,
  )
})
