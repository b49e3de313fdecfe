import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { until } from '../support/message-log.js'
import type { Answer, TestConsumer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import type { Fields } from '../support/whole-bus-registry.js'
import { sampleRight, services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

/** What a client shows that has been made by openssl. */
interface Client {
  readonly cert: string
  readonly key: string
}

let bus: WholeBus
/** The portal's system in front of each of two buses over one database. */
let portal: readonly [TestConsumer, TestConsumer]
let folder: string
const opened: TestConsumer[] = []

beforeAll(async () => {
  bus = await startWholeBus({
    isTls: true,
    tls: { clientCertificates: 'optional' },
    zones: [
      { name: 'internet', networks: ['0.0.0.0/0', '::/0'] },
      { name: 'protected', networks: ['127.0.0.1/32'] },
    ],
  })
  const other = await bus.startAnother()
  portal = [bus.portal, bus.portal.at(other.address)]
  folder = mkdtempSync(join(tmpdir(), 'sluice-test-clients-'))
  writeFileSync(join(folder, 'ca.pem'), bus.authority.pem)
  writeFileSync(join(folder, 'ca.key'), privateKeyPem(bus.authority.privateKey))
})

afterAll(async () => {
  portal[1].close()
  await bus.close()
  rmSync(folder, { recursive: true })
})

beforeEach(() => bus.providers.taxes.reset())

afterEach(() => {
  for (const consumer of opened.splice(0)) consumer.close()
})

/** The portal's system by another way. */
function by(connection: Client | { readonly localAddress: string }): TestConsumer {
  const consumer = bus.portal.by(connection)
  opened.push(consumer)
  return consumer
}

const right = (fields: Fields): Promise<void> =>
  bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, 'AZ/GOV/VN/VERGI/voenTap', fields)],
  })

/** So many calls at once, shared by both buses. */
function flood(count: number): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => portal[i % 2 === 0 ? 0 : 1].call()))
}

const answeredOf = (answers: readonly Answer[]): Answer[] =>
  answers.filter(({ status }) => status === 200)

describe('R-151: a consumer’s rate for a service, over two buses together', () => {
  afterEach(() => bus.registry.change(services.taxes, { rate: null }))

  it('what is above is THROTTLED and does not reach the provider; another consumer is served', async () => {
    await bus.registry.change(services.taxes, { rate: { perSecond: 1, burst: 6 } })
    const startMs = performance.now()
    const [answers, others] = await Promise.all([
      flood(40),
      Promise.all(Array.from({ length: 6 }, () => bus.consumers.personnel.call())),
    ])
    const most = 6 + Math.ceil((performance.now() - startMs) / 1_000)
    const answered = answeredOf(answers)
    expect(answered.length).toBeGreaterThanOrEqual(6)
    expect(answered.length).toBeLessThanOrEqual(most)
    expect(answeredOf(others)).toHaveLength(6)
    expect(bus.providers.taxes.deliveries).toHaveLength(answered.length + 6)
    const refused = answers.find(({ status }) => status !== 200)!
    expect(refused.headers['retry-after']).toBe('1')
    await expectRefused(bus, refused, 'THROTTLED', { status: 429 })
  })
})

describe('an access right’s daily quota, over two buses together', () => {
  afterEach(() => right({ dailyQuota: null }))

  it('is met exactly, and its Retry-After is midnight', async () => {
    await right({ dailyQuota: 7 })
    const answers = await flood(20)
    expect(answeredOf(answers)).toHaveLength(7)
    expect(bus.providers.taxes.deliveries).toHaveLength(7)
    const refused = answers.find(({ status }) => status !== 200)!
    await expectRefused(bus, refused, 'THROTTLED', { status: 429 })
    expect(refused.problem?.detail).toMatch(/daily quota of 7 exchanges .* until midnight/)
    const seconds = Number(refused.headers['retry-after'])
    const midnight = new Date(Date.now() + seconds * 1_000 + 4 * 3_600_000)
    expect([0, 23]).toContain(midnight.getUTCHours())
    expect([0, 59]).toContain(midnight.getUTCMinutes())
    expect(seconds).toBeLessThanOrEqual(86_400)
  })

  it('is not used up by repeats, nor by what the service does not take', async () => {
    await right({ dailyQuota: 1_000 })
    const call = bus.portal.sign()
    await expectAnswered(bus, await bus.portal.send(call))
    const used = await usedOf()
    for (let i = 0; i < 3; i += 1) {
      await expectRefused(bus, await bus.portal.send(call), 'DUPLICATE_MESSAGE', { status: 409 })
    }
    await expectAnswered(bus, await bus.portal.call())
    // What is given back is not waited for.
    await until(async () => (await usedOf()) === used + 1)
  })
})

async function usedOf(): Promise<number> {
  const client = new pg.Client(bus.database.ownerUrl)
  await client.connect()
  const read = 'SELECT sum(used)::integer AS used FROM sluice.fair_use_quota'
  const { rows } = await client.query<{ used: number }>(read)
  await client.end()
  return rows[0]?.used ?? 0
}

describe('R-110: a system that is bound to a network zone', () => {
  afterEach(() => bus.registry.change(subsystems.portal, { zones: [] }))

  it('is let in from there, and refused from elsewhere before its payload is read', async () => {
    await bus.registry.change(subsystems.portal, { zones: ['protected'] })
    await expectAnswered(bus, await bus.portal.call())
    const answer = await by({ localAddress: '127.0.0.2' }).call()
    const entry = await expectRefused(bus, answer, 'ZONE_FORBIDDEN', { status: 403 })
    expect(entry).toMatchObject({ consumer: subsystems.portal, remoteAddress: '127.0.0.2' })
    expect(entry.payloadDigest).toBeUndefined()
    expect(bus.providers.taxes.deliveries).toHaveLength(1)
    expect(answer.payload.toString()).not.toMatch(/internet|127\.0/)
    expect(bus.systemLog.join('')).toMatch(/from zone \\"internet\\", may come from protected/)
  })

  it('is refused from everywhere where no such zone is configured, and the operator is told', async () => {
    await bus.registry.change(subsystems.portal, { zones: ['cellar'] })
    await expectRefused(bus, await bus.portal.call(), 'ZONE_FORBIDDEN', { status: 403 })
    const told = bus.systemLog.filter((line) => line.includes('zone is not configured'))
    expect(told.map((line) => (JSON.parse(line) as Fields)['zone'])).toContain('cellar')
  })
})

describe('a system that comes by mutual TLS only', () => {
  beforeEach(() => bus.registry.change(subsystems.portal, { clientCertificate: true }))

  afterEach(() => bus.registry.change(subsystems.portal, { clientCertificate: false }))

  it('is let in with any certificate of its own, until that is revoked: at once, while connected', async () => {
    const own = clientByOpenssl('portal')
    const { fingerprint256 } = new X509Certificate(own.cert)
    const thumbprint = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
    await bus.registry.change(subsystems.portal, { certificates: [{ pem: own.cert }] })
    const consumer = by(own)
    await expectAnswered(bus, await consumer.call())
    const revoked = { thumbprint, status: 'revoked' }
    await bus.registry.change(subsystems.portal, { certificates: [revoked] })
    const answer = await consumer.call()
    await expectRefused(bus, answer, 'CERT_SENDER_MISMATCH', { status: 403 })
    expect(answer.problem?.detail).toMatch(/not good any more: CERT_REVOKED/)
  })

  it('is let in with the certificate that signs', async () => {
    const { pem, privateKey } = bus.identities.portal
    await expectAnswered(bus, await by({ cert: pem, key: privateKeyPem(privateKey) }).call())
  })

  it('is refused without one, with a stranger’s, and with another system’s', async () => {
    const { pem, privateKey } = bus.identities.personnel
    const ways = [
      [bus.portal, /has no client certificate/],
      [by(clientByOpenssl('stranger')), /is not registered/],
      [by({ cert: pem, key: privateKeyPem(privateKey) }), /belongs to another system/],
    ] as const
    for (const [consumer, detail] of ways) {
      const answer = await consumer.call()
      await expectRefused(bus, answer, 'CERT_SENDER_MISMATCH', { status: 403 })
      expect(answer.problem?.detail).toMatch(detail)
    }
    expect(bus.providers.taxes.deliveries).toEqual([])
  })
})

/** A key and a certificate of the test's authority, as an engineer makes them. */
function clientByOpenssl(name: string): Client {
  const openssl = (command: string): unknown =>
    execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'pipe' })
  writeFileSync(
    join(folder, 'client.ext'),
    'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n' +
      'extendedKeyUsage=clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
  )
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
  openssl(`req -new ${key} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`)
  const issuing = '-CA ca.pem -CAkey ca.key -CAcreateserial -extfile client.ext'
  openssl(`x509 -req -in ${name}.csr ${issuing} -days 30 -sha256 -out ${name}.pem`)
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  return { cert: read(`${name}.pem`), key: read(`${name}.key`) }
}
