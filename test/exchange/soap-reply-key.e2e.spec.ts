import { hash, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import type { TestIdentity } from '../support/pki.js'
import { TestConsumer } from '../support/whole-bus-consumer.js'
import { sampleRight, sampleService, services, subsystems } from '../support/whole-bus-sample.js'
import { TestSoapConsumer, type SignedSoapCall } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const service = `${subsystems.taxes}/finAxtaris/v1`
const body = '<g:finAxtaris xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtaris>'
const call = { service, body }
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const ecdsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'

let bus: WholeBus
let rsaSystem: TestIdentity
const open: TestSoapConsumer[] = []

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, authority } = bus
  rsaSystem = await authority.issue({ subject: 'Köhnə sistem', keyType: 'rsa-2048' })
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('finAxtaris', providers.taxes.address, { protocol: 'soap' })],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/finAxtaris`)],
  })
  await bus.registry.change(subsystems.portal, {
    replySignature: 'rsa',
    certificates: [{ pem: rsaSystem.pem }],
  })
})

afterAll(async () => {
  for (const consumer of open) consumer.close()
  await bus.close()
})

/** A consumer that takes replies by this key of the bus only. */
function consumerOf(
  consumer: string,
  credentials: TestIdentity,
  busCertificate: string,
): TestSoapConsumer {
  const address = bus.app.get(BusProcess).addresses[1]!
  const { authority } = bus
  const made = new TestSoapConsumer({
    ...{ address, consumer, credentials, busCertificate, authority },
  })
  open.push(made)
  return made
}

function forged(signed: SignedSoapCall): SignedSoapCall {
  const payload = signed.payload.toString('utf8').replace('VN-2026-000118', 'VN-2026-000119')
  return { ...signed, payload: Buffer.from(payload) }
}

describe('a consumer whose stack verifies RSA only', () => {
  it.each(['1.1', '1.2'] as const)('is answered with RSA, SOAP %s', async (version) => {
    const portal = consumerOf(subsystems.portal, rsaSystem, bus.busRsaCertificate)
    const answer = await portal.call({ ...call, version })
    expect(answer.fault).toBeUndefined()
    expect(answer.text).toContain(`<ds:SignatureMethod Algorithm="${rsaSha256}">`)
  })

  it('is so by what the registry says of it, whatever it signs with', async () => {
    const portal = consumerOf(subsystems.portal, bus.identities.portal, bus.busRsaCertificate)
    expect((await portal.call(call)).fault).toBeUndefined()
  })

  it('is refused with RSA once its key proved right', async () => {
    const portal = consumerOf(subsystems.portal, bus.identities.portal, bus.busRsaCertificate)
    const unknown = await portal.call({ ...call, service: `${subsystems.taxes}/yoxdur/v1` })
    expect(unknown.fault).toBe('TARGET_UNREGISTERED')
    const mismatch = await portal.call({ ...call, consumer: subsystems.personnel })
    expect(mismatch.fault).toBe('CERT_SENDER_MISMATCH')
  })

  it('gets its REST replies with RSA, too', async () => {
    const { address, authority, busRsaCertificate } = bus
    const portal = new TestConsumer({
      ...{ subsystem: subsystems.portal, credentials: bus.identities.portal, address },
      ...{ busCertificate: busRsaCertificate, ca: authority.pem, service: services.taxes },
    })
    const answer = await portal.call()
    portal.close()
    expect(answer.status).toBe(200)
    const { raw } = new X509Certificate(busRsaCertificate)
    const keyId = hash('sha256', raw, 'base64url')
    expect(answer.headers['signature-input']).toContain(`keyid="${keyId}";alg="rsa-v1_5-sha256"`)
  })
})

describe('everybody else', () => {
  it('is answered with P-256, also who signs with RSA', async () => {
    const { authority } = bus
    const other = await authority.issue({ subject: 'Kadr', keyType: 'rsa-2048' })
    await bus.registry.change(subsystems.personnel, { certificates: [{ pem: other.pem }] })
    const personnel = consumerOf(subsystems.personnel, other, bus.busCertificate)
    const answer = await personnel.call(call)
    expect(answer.fault).toBe('ACCESS_DENIED')
    expect(answer.text).toContain(`<ds:SignatureMethod Algorithm="${ecdsaSha256}">`)
  })

  it('is answered as its message says that it is signed, while nobody’s key proved right', async () => {
    const withRsa = consumerOf(subsystems.portal, rsaSystem, bus.busRsaCertificate)
    expect((await withRsa.send(forged(withRsa.sign(call)))).fault).toBe('SIGNATURE_INVALID')
    const { portal } = bus.identities
    const withP256 = consumerOf(subsystems.portal, portal, bus.busCertificate)
    expect((await withP256.send(forged(withP256.sign(call)))).fault).toBe('SIGNATURE_INVALID')
    const stranger = await bus.authority.issue({ keyType: 'rsa-2048' })
    const unknown = consumerOf(subsystems.portal, stranger, bus.busRsaCertificate)
    expect((await unknown.call(call)).fault).toBe('CERT_UNKNOWN')
  })

  it('gets deliveries signed with the usual key', async () => {
    const portal = consumerOf(subsystems.portal, rsaSystem, bus.busRsaCertificate)
    await portal.call(call)
    expect(bus.providers.taxes.latest.header('signature-input')).toContain(
      'alg="ecdsa-p256-sha256"',
    )
  })
})
