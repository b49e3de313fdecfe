import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { until } from '../support/message-log.js'
import type { TestIdentity } from '../support/pki.js'
import type { TestConsumer } from '../support/whole-bus-consumer.js'
import { expectRefused } from '../support/whole-bus-expect.js'
import { authorityName, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
let consumers: readonly TestConsumer[]

beforeAll(async () => {
  bus = await startWholeBus()
  const other = await bus.startAnother()
  consumers = [bus.portal, bus.portal.at(other.address)]
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

async function newCertificate(): Promise<TestIdentity> {
  const credentials = await bus.authority.issue()
  await bus.registry.change(subsystems.portal, { certificates: [{ pem: credentials.pem }] })
  return credentials
}

/** Longest time until each bus refuses this certificate after `revoke` has ended, milliseconds. */
async function refusedWithinMs(
  credentials: TestIdentity,
  revoke: () => Promise<unknown>,
): Promise<number> {
  for (const consumer of consumers) expect((await consumer.call({ credentials })).status).toBe(200)
  await revoke()
  const startMs = performance.now()
  await Promise.all(
    consumers.map((consumer) =>
      until(async () => (await consumer.call({ credentials })).fault === 'CERT_REVOKED'),
    ),
  )
  return performance.now() - startMs
}

const limitMs = 1_000

/** A machine that is busy with other things may be slow once, and not three times. */
async function fastestMs(attempt: () => Promise<number>): Promise<number> {
  let fastest = Infinity
  for (let i = 0; i < 3 && fastest >= limitMs; i += 1) fastest = Math.min(fastest, await attempt())
  return fastest
}

describe('R-083: revocation takes effect at once, on both of two buses over one database', () => {
  it('revoked in the registry: refused within 1 s', async () => {
    const ms = await fastestMs(async () => {
      const credentials = await newCertificate()
      const { thumbprint } = credentials
      const certificates = [{ thumbprint, status: 'revoked' }]
      const declaration = {
        members: [{ class: 'GOV', code: 'RITN', subsystems: [{ code: 'PORTAL', certificates }] }],
      }
      return refusedWithinMs(credentials, () => bus.registry.applyOnly(declaration))
    })
    expect(ms).toBeLessThan(limitMs)
  })

  it('revoked by its authority: refused within 1 s of the list’s arrival', async () => {
    const ms = await fastestMs(async () => {
      const credentials = await newCertificate()
      await bus.registry.publishList(authorityName, bus.authority, [credentials.serialNumber])
      const spent = await refusedWithinMs(credentials, () => bus.registry.fetchLists())
      for (const consumer of consumers) {
        const answer = await consumer.call({ credentials })
        await expectRefused(bus, answer, 'CERT_REVOKED', { status: 401 })
      }
      return spent
    })
    expect(ms).toBeLessThan(limitMs)
  })

  it('an old list that is sent again undoes nothing', async () => {
    const credentials = await newCertificate()
    const before = await bus.authority.revocationList([], { number: 1 })
    await bus.registry.publishList(authorityName, bus.authority, [credentials.serialNumber])
    await bus.registry.fetchLists()
    await bus.registry.settled()
    await bus.registry.publishListOf(authorityName, before)
    await bus.registry.fetchLists()
    await bus.registry.settled()
    const answer = await bus.portal.call({ credentials })
    await expectRefused(bus, answer, 'CERT_REVOKED')
  })

  it('nothing of a revoked certificate reached the provider, and others are served', async () => {
    const credentials = await newCertificate()
    const { thumbprint } = credentials
    await bus.registry.change(subsystems.portal, {
      certificates: [{ thumbprint, status: 'revoked' }],
    })
    for (const consumer of consumers) {
      expect((await consumer.call({ credentials })).fault).toBe('CERT_REVOKED')
      expect((await consumer.call()).status).toBe(200)
    }
    expect(bus.providers.taxes.count).toBe(2)
  })
})
