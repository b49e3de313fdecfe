import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCertificationRequest } from '../../src/ca/certification-request.js'
import type { StatusWish } from '../../src/ca/change-status.store.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { pemOf } from '../../src/registry/declaration/certificate-file.js'
import { describeWith } from '../support/command.js'
import { openTestCa, operator, type TestCa } from '../support/issuing-ca.js'
import { until } from '../support/message-log.js'
import { delegate } from '../support/ocsp.js'
import { OpensslResponder } from '../support/openssl-responder.js'
import { makeAuthority, type TestIdentity } from '../support/pki.js'
import type { TestConsumer } from '../support/whole-bus-consumer.js'
import { expectRefused } from '../support/whole-bus-expect.js'
import { authorityName, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const describeWithOpenssl = await describeWith('openssl')

let bus: WholeBus
let ca: TestCa
let consumers: readonly TestConsumer[]

beforeAll(async () => {
  bus = await startWholeBus()
  const other = await bus.startAnother()
  consumers = [bus.portal, bus.portal.at(other.address)]
  ca = await openTestCa(bus.database)
})

afterAll(async () => {
  await ca.close()
  await bus.close()
})

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

describeWithOpenssl('certificates that the CA of the bus issues to keys made by OpenSSL', () => {
  /** A new certificate of the portal’s own, and its serial number. */
  async function issued(name: string, renews?: string): Promise<TestIdentity> {
    await ca.ca.init(operator)
    const request = readCertificationRequest(await ca.request(name))
    const order = { request, subsystem: parseSubsystemId(subsystems.portal), requester: 'Portal' }
    const { der, thumbprint, serial } = await ca.ca.issue({ ...order, renews, author: operator })
    const privateKey = createPrivateKey(await readFile(join(ca.folder, `${name}.key`)))
    const publicKey = createPublicKey(privateKey)
    return { der, pem: pemOf(der), thumbprint, serialNumber: serial, privateKey, publicKey }
  }

  const change = (serial: string, wish: StatusWish): Promise<unknown> =>
    ca.ca.change({ serial, wish, author: operator })

  async function passes(credentials: TestIdentity): Promise<void> {
    for (const consumer of consumers) {
      await until(async () => (await consumer.call({ credentials })).status === 200)
    }
  }

  it('sign requests that pass, and are refused within 1 s of hold and revocation (R-080, R-083)', async () => {
    let serial = ''
    const ms = await fastestMs(async () => {
      const credentials = await issued(`held-${randomUUID()}`)
      serial = credentials.serialNumber
      await passes(credentials)
      const held = await refusedWithinMs(credentials, () => change(serial, { act: 'hold' }))
      await change(serial, { act: 'release' })
      await passes(credentials)
      const wish = { act: 'revoke', reason: 'keyCompromise' } as const
      return Math.max(held, await refusedWithinMs(credentials, () => change(serial, wish)))
    })
    expect(ms).toBeLessThan(limitMs)
  })

  it('are renewed under load without a failure (R-084)', async () => {
    const old = await issued('renewed-old')
    await passes(old)
    let current = old
    let isDone = false
    const statuses = new Map<number, number>()
    const load = consumers.map(async (consumer) => {
      while (!isDone) {
        const { status } = await consumer.call({ credentials: current })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })
    const renewed = await issued('renewed-new', old.serialNumber)
    await passes(renewed)
    current = renewed
    // Whoever still signs with the old one is served, too, until it is revoked.
    await passes(old)
    await change(old.serialNumber, { act: 'revoke', reason: 'superseded' })
    await passes(renewed)
    isDone = true
    await Promise.all(load)
    expect([...statuses.keys()]).toEqual([200])
    expect((await bus.portal.call({ credentials: old })).fault).toBe('CERT_REVOKED')
  })
})

describeWithOpenssl('R-089: an authority that is asked by OCSP', () => {
  it('is believed by its answers, on both buses: no answer, no trust; revoked, out', async () => {
    const authority = await makeAuthority('Xarici kök')
    const responder = await OpensslResponder.of(authority, await delegate(authority))
    const credentials = await authority.issue()
    const { pem, serialNumber } = credentials
    const ocsp = await responder.serve('-nmin', '60')
    await bus.registry.apply({
      authorities: [
        { name: 'Xarici kök', pem: authority.pem, role: 'anchor', revocation: 'ocsp', ocsp },
      ],
    })
    await bus.registry.change(subsystems.portal, { certificates: [{ pem }] })
    const told = (): Promise<string[]> =>
      Promise.all(
        consumers.map(async (consumer) => {
          const { status, fault } = await consumer.call({ credentials })
          return fault ?? String(status)
        }),
      )
    try {
      expect(await told()).toEqual(['CERT_UNKNOWN', 'CERT_UNKNOWN'])
      for (const [status, answer] of [
        ['good', '200'],
        ['revoked', 'CERT_REVOKED'],
      ] as const) {
        await responder.write({ [serialNumber]: status })
        await bus.registry.askResponders()
        await bus.registry.settled()
        expect(await told()).toEqual([answer, answer])
      }
    } finally {
      await responder.close()
    }
  })
})
