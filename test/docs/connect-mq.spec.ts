import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect, type ChannelModel, type Channel, type GetMessage } from 'amqplib'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deadQueue, inQueueOf, noticesQueueOf } from '../../src/broker/names.js'
import { explain } from '../../src/cli/explain.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { startTestBroker, type TestBroker } from '../support/broker.js'
import { command, describeWith } from '../support/command.js'
import { until } from '../support/message-log.js'
import {
  brokerUserOf,
  runConsumer,
  runMqClient,
  RunningMqProvider,
  type SaidMqClient,
} from '../support/mq-client-samples.js'
import { writeClientFolder } from '../support/soap-client-samples.js'
import { declareQueues } from '../support/whole-bus-queues.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const withPika = await describeWith('openssl', 'rabbitmq', 'pika')
const withTools = await describeWith('bash', 'openssl', 'rabbitmq', 'pika', 'amqp-tools')

const { portal, personnel, taxes, education } = subsystems
const request = `${taxes}/hesabat/v1`
/** Of one, and of another, whose name has letters that names at the broker have percent-encoded. */
const letters = [`${taxes}/sened/v1`, `${education}/sened/v1`] as const
/** Nobody reads the queue of this one. */
const silent = `${personnel}/susan/v1`
const notices = noticesQueueOf(parseSubsystemId(portal))
const ground = ['mode=body', 'legalBasis=Vergi Məcəlləsi, maddə 30', 'issue=İŞ-1']

let broker: TestBroker
let model: ChannelModel
let admin: Channel
let bus: WholeBus
let folder: string
let url: string
let provider: RunningMqProvider
let other: RunningMqProvider

beforeAll(async () => {
  broker = await startTestBroker()
  await declareQueues(broker.url, Object.values(subsystems))
  model = await connect(broker.url)
  admin = await model.createChannel()
  bus = await startWholeBus({ broker: broker.url })
  folder = await mkdtemp(join(tmpdir(), 'sluice mq clients '))
  await register()
  url = await brokerUserOf(broker, portal)
  await agency(portal, 'p256')
  await agency(portal, 'rsa-2048')
  const taxesFolder = await agency(taxes, 'rsa-2048')
  const educationFolder = await agency(education, 'p256')
  provider = await RunningMqProvider.start(taxesFolder, taxes, await brokerUserOf(broker, taxes))
  const educationUrl = await brokerUserOf(broker, education)
  other = await RunningMqProvider.start(educationFolder, education, educationUrl)
}, 120_000)

afterAll(async () => {
  await provider.kill()
  await other.kill()
  await model.close()
  await bus.close()
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
})

async function register(): Promise<void> {
  const service = (code: string, more: object = {}) =>
    sampleService(code, 'amqp:in', { protocol: 'mq', ...more })
  const oneWay = { pattern: 'one-way' }
  await bus.registry.change(portal, { mq: true })
  await bus.registry.change(taxes, {
    mq: true,
    services: [service('hesabat'), service('sened', oneWay), service('gizli')],
  })
  await bus.registry.change(education, { mq: true, services: [service('sened', oneWay)] })
  const limits = { timeLimitMs: 2_000, requestBytesMax: 65_536, replyBytesMax: 65_536 }
  await bus.registry.change(personnel, { mq: true, services: [service('susan', { limits })] })
  const allowed = [request, ...letters, silent]
  await bus.registry.apply({
    accessRights: allowed.map((each) => sampleRight(portal, each.slice(0, -'/v1'.length))),
  })
}

const folderOf = (subsystem: string, keyType: string): string =>
  join(folder, `${subsystem.split('/').pop() ?? ''}-${keyType}`)

/** The folder of a subsystem's system, with a new, registered certificate. */
async function agency(subsystem: string, keyType: 'p256' | 'rsa-2048'): Promise<string> {
  const identity = await bus.authority.issue({ keyType })
  await bus.registry.change(subsystem, { certificates: [{ pem: identity.pem }] })
  const own = folderOf(subsystem, keyType)
  await writeClientFolder(own, identity, bus.busCertificate, bus.authority.pem)
  return own
}

interface Asked {
  readonly from?: string
  readonly env?: Record<string, string>
}

function client(
  kind: 'request' | 'message',
  services: string,
  body: string,
  { from = folderOf(portal, 'p256'), env = {} }: Asked = {},
): Promise<SaidMqClient> {
  return runConsumer([from, portal, kind, services, body, ...ground], { url, env })
}

const noticesOf = ({ said }: SaidMqClient, recipient: string): unknown[] =>
  said.filter((each) => each['recipient'] === recipient).map(({ notice }) => notice)

const allNotices = ['CATDIRILIB', 'QEYDIYYATA_ALINIB']

/** A folder that has something else than it should. */
async function spoiled(name: string, file: string, content: string): Promise<string> {
  const own = join(folder, name)
  await command('cp', ['-r', folderOf(portal, 'p256'), own])
  await writeFile(join(own, file), content)
  return own
}

async function taken(queue: string): Promise<GetMessage> {
  let message: GetMessage | false = false
  await until(async () => (message = await admin.get(queue, { noAck: true })) !== false)
  return message as unknown as GetMessage
}

const trimmed = (text: string): string => text.replace(/^ +/gm, '')

it('what docs/connect-mq.md shows of the programs is in them', async () => {
  const names = ['sluice_signature.py', 'consumer.py', 'provider.py']
  const files = names.map((name) => readFile(join('docs/connect-mq', name), 'utf8'))
  const programs = trimmed((await Promise.all(files)).join(''))
  const page = await readFile('docs/connect-mq.md', 'utf8')
  const shown = [...page.matchAll(/^ *```python\n([^]*?)^ *```$/gm)].map(([, code = '']) => code)
  expect(shown).toHaveLength(5)
  for (const code of shown) expect(programs).toContain(trimmed(code))
})

withPika('docs/connect-mq: requests with pika and openssl', () => {
  it.each(['p256', 'rsa-2048'])('a %s key gets a signed answer, and verifies it', async (key) => {
    const from = folderOf(portal, key)
    const { exitCode, said, errors } = await client('request', request, '{"ad":"Şükür"}', { from })
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(said).toEqual([
      { status: 200, kind: 'reply', body: { nomre: provider.done.length, sorgu: { ad: 'Şükür' } } },
    ])
    const entries = await bus.log.entries(provider.done.at(-1)!)
    expect(entries.map(({ fields }) => fields.kind)).toEqual(['request', 'reply'])
  })

  it('the provider’s own status arrives', async () => {
    const { exitCode, said } = await client('request', request, '{')
    expect([exitCode, said]).toEqual([
      0,
      [{ status: 400, kind: 'reply', body: { xeta: 'JSON deyil' } }],
    ])
  })

  it('a service that this consumer may not call is refused with code and both texts', async () => {
    const { exitCode, said } = await client('request', `${taxes}/gizli/v1`, '{}')
    expect(exitCode).toBe(1)
    const body = { code: 'ACCESS_DENIED', side: 'consumer', text: { en: 'No access grant' } }
    expect(said).toMatchObject([{ status: 403, kind: 'fault', body }])
  })

  it('one that is signed with another key than the certificate’s is refused', async () => {
    const before = provider.done.length
    const { privateKey } = await bus.authority.issue({ keyType: 'p256' })
    const from = await spoiled('forged', 'key.pem', privateKeyPem(privateKey))
    const { exitCode, said } = await client('request', request, '{}', { from })
    expect(exitCode).toBe(1)
    expect(said).toMatchObject([{ status: 401, body: { code: 'SIGNATURE_INVALID' } }])
    expect(provider.done).toHaveLength(before)
  })

  it('an answer that somebody else signed is not accepted', async () => {
    const { pem } = await bus.authority.issue({ keyType: 'p256' })
    const from = await spoiled('stranger', 'bus-certificate.pem', pem)
    const { exitCode, said, errors } = await client('request', request, '{}', { from })
    expect([exitCode, said]).toEqual([2, []])
    expect(errors).toContain('not signed by the bus')
  })

  it('gives up when the time is over; the bus itself says so, too', async () => {
    const hasty = await client('request', silent, '{}', { env: { SECONDS_MAX: '0.5' } })
    expect(hasty).toMatchObject({ exitCode: 3, said: [] })
    const patient = await client('request', silent, '{}')
    expect(patient).toMatchObject({ exitCode: 1, said: [{ body: { code: 'PROVIDER_TIMEOUT' } }] })
  })

  it('says what it takes, and ends with 64', async () => {
    const { exitCode, errors } = await runConsumer(['FOLDER'], { url })
    expect(exitCode).toBe(64)
    expect(errors).toContain('FOLDER CLIENT request SERVICE BODY')
  })
})

withPika('docs/connect-mq: messages with notices', () => {
  it.each(['p256', 'rsa-2048'])('a %s key: each notice comes, signed', async (key) => {
    const from = folderOf(portal, key)
    const told = await client('message', letters[0], '{"mezmun":"Ərizə"}', { from })
    expect(told).toMatchObject({ exitCode: 0, errors: '' })
    expect(noticesOf(told, letters[0])).toEqual(allNotices)
    expect(told.said.at(-1)).toMatchObject({
      number: `M-${provider.done.length}`,
      text: { az: 'qeydiyyata alındı', en: 'registered' },
    })
  })

  it('one message to several recipients: the notices of each', async () => {
    const told = await client('message', letters.join(), '{"mezmun":"Sərəncam"}')
    expect(told).toMatchObject({ exitCode: 0, errors: '' })
    for (const each of letters) expect(noticesOf(told, each)).toEqual(allNotices)
    expect(new Set(told.said.map(({ exchangeId }) => exchangeId)).size).toBe(2)
    expect(new Set(told.said.map(({ messageId }) => messageId)).size).toBe(1)
  })

  it('its recipient refuses it with a ground', async () => {
    const { exitCode, said } = await client('message', letters[0], '{"mezmun":""}')
    expect(exitCode).toBe(1)
    expect(said.at(-1)).toMatchObject({
      notice: 'IMTINA',
      ground: { az: 'Sənədin məzmunu yoxdur' },
    })
  })

  it('a forged one is refused by the bus, in a notice', async () => {
    const { privateKey } = await bus.authority.issue({ keyType: 'p256' })
    const from = await spoiled('forged letter', 'key.pem', privateKeyPem(privateKey))
    const { exitCode, said } = await client('message', letters[0], '{"mezmun":"x"}', { from })
    expect(exitCode).toBe(1)
    expect(said).toMatchObject([{ notice: 'IMTINA', ground: { code: 'SIGNATURE_INVALID' } }])
  })
})

withPika('docs/connect-mq: the provider', () => {
  const queue = inQueueOf(parseSubsystemId(taxes))

  it('does nothing for a message that the bus did not sign', async () => {
    const before = provider.done.length
    const headers = { 'sluice-pattern': 'one-way', 'sluice-delivery-signature': 'e30..AA' }
    admin.sendToQueue(queue, Buffer.from('{"mezmun":"saxta"}'), { headers, messageId: 'saxta' })
    const { content } = await taken(deadQueue)
    expect(content.toString()).toBe('{"mezmun":"saxta"}')
    expect(provider.done).toHaveLength(before)
    expect(await client('request', request, '{}')).toMatchObject({ exitCode: 0 })
  })

  it('takes a repeated delivery once, and says the same of it again', async () => {
    await provider.kill()
    const hasty = { env: { SECONDS_MAX: '0.5' } }
    await client('message', letters[0], '{"mezmun":"təkrar"}', hasty)
    const { content, properties } = await taken(queue)
    const messageId = String(properties.messageId)
    const same = Object.fromEntries(
      Object.entries(properties).filter(([, value]) => value !== undefined),
    )
    for (let times = 0; times < 2; times += 1) admin.sendToQueue(queue, content, same)
    const own = folderOf(taxes, 'rsa-2048')
    provider = await RunningMqProvider.start(own, taxes, await brokerUserOf(broker, taxes))
    expect(await client('request', request, '{}')).toMatchObject({ exitCode: 0 })
    expect(provider.done.filter((each) => each === messageId)).toHaveLength(1)
    const told: string[] = []
    while (told.at(-1) !== 'QEYDIYYATA_ALINIB') {
      const notice = await taken(notices)
      expect(notice.properties.headers).toMatchObject({ 'sluice-exchange-id': messageId })
      told.push(String(notice.properties.type))
    }
    expect(told.filter((notice) => notice !== 'CATDIRILIB')).toHaveLength(1)
  })
})

/** What `sluice explain` says of the message that the script left; then of the same with another body. */
async function explained(kept: string, key: string): Promise<string> {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const io = { out: write, err: write, readFile: (path: string) => readFile(path) }
  const [message, body] = [join(kept, 'message.json'), join(kept, 'body')]
  const certificate = join(folderOf(portal, key), 'certificate.pem')
  const args = [message, '--body', body, '--cert', certificate]
  expect(await explain(args, io)).toBe(3)
  const said = lines.join('\n')
  await writeFile(body, '{"mezmun":"Başqa"}')
  expect(await explain(args, io)).toBe(1)
  return said
}

withTools('docs/connect-mq/publish.sh: openssl and amqp-tools alone', () => {
  it.each(['p256', 'rsa-2048'])('a %s key', async (key) => {
    const args = [folderOf(portal, key), portal, letters[0], '{"mezmun":"Qabıqdan"}']
    const kept = await mkdtemp(join(folder, 'kept-'))
    const env = { LEGAL_BASIS: 'Vergi Məcəlləsi', ISSUE: 'İŞ-2', KEEP: kept }
    const shell = ['bash', 'docs/connect-mq/publish.sh', ...args]
    const { exitCode, output, errors } = await runMqClient(shell, { url, env })
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(await explained(kept, key)).toMatch(/^INCOMPLETE .* still to be checked: chain\.$/m)
    for (const notice of allNotices) {
      const look = ['-u', url, '-q', notices, '-p', '1', '-c', '1', 'cat']
      const read = JSON.parse((await command('amqp-consume', look)).toString()) as object
      expect(read).toMatchObject({ notice, messageId: output.trim() })
    }
  })
})
