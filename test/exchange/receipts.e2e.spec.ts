import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { STATUS_CODES, type IncomingHttpHeaders } from 'node:http'
import { BusProcess } from '../../src/bus-process.js'
import { explain } from '../../src/cli/explain.js'
import { receiptVerify } from '../../src/cli/receipt-verify.js'
import { memoryIo } from '../support/command-io.js'
import { sendRaw } from '../support/raw-http.js'
import { withoutSignature } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectReceipt, expectRefused } from '../support/whole-bus-expect.js'
import { sampleRight, sampleService, services, subsystems } from '../support/whole-bus-sample.js'
import { TestSoapConsumer, type SoapAnswer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { sluice } from '../support/wss.js'

const service = `${subsystems.taxes}/finAxtaris/v1`
const soapCall = { service, body: '<g:finAxtaris xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtaris>' }

let bus: WholeBus
let soap: TestSoapConsumer

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, authority, busCertificate, identities } = bus
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('voenTap', providers.taxes.address),
      sampleService('finAxtaris', providers.taxes.address, { protocol: 'soap' }),
    ],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/finAxtaris`)],
  })
  soap = new TestSoapConsumer({
    address: bus.app.get(BusProcess).addresses[1]!,
    consumer: subsystems.portal,
    credentials: identities.portal,
    busCertificate,
    authority,
  })
})

afterAll(async () => {
  soap.close()
  await bus.close()
})

beforeEach(() => bus.providers.taxes.reset())

/** A reply as a consumer would keep it. */
function captureOf(answer: {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly payload: Uint8Array
}): Buffer {
  const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`)
  const head = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`, ...lines]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), answer.payload])
}

/** `sluice receipt verify`, with the outcome's entry and the authority of the bus. */
async function verified(
  capture: Buffer,
  exchangeId: string,
): Promise<{ code: number; text: string }> {
  const entry = JSON.stringify((await bus.log.entries(exchangeId)).at(-1)?.fields)
  const { busCertificate, authority } = bus
  const files = { capture, entry, 'bus.pem': busCertificate, 'ca.pem': authority.pem }
  const io = memoryIo(files)
  const options = ['--certificate', 'bus.pem', '--trust', 'ca.pem', '--entry', 'entry']
  const code = await receiptVerify(['capture', ...options], io)
  return { code, text: io.text }
}

const receiptOf = ({ verified: reply }: SoapAnswer): string | undefined =>
  reply.headerBlock(sluice, 'receipt')?.text()

describe('REST: the receipt', () => {
  it('of an answer promises both entries, and verifies without the bus', async () => {
    const answer = await bus.portal.call()
    const [request] = await expectAnswered(bus, answer)
    const { code, text } = await verified(captureOf(answer), answer.exchangeId)
    expect(code).toBe(0)
    expect(text).toContain(`exchange / mübadilə        ${request.exchangeId}`)
    expect(text).toContain('The entry given is the one promised, byte for byte')
    expect(text).toContain('log / jurnal               domain/PORTAL')
  })

  it('of a refusal after the request was logged promises both, too', async () => {
    bus.providers.taxes.answer = () => 'break off'
    const answer = await bus.portal.call()
    const refusal = await expectRefused(bus, answer, 'PROVIDER_FAULT', {
      side: 'provider',
      entries: 2,
    })
    expect(refusal.requestEntry).toBeDefined()
    expect((await verified(captureOf(answer), answer.exchangeId)).code).toBe(0)
  })

  it("of a stranger's refusal is of the log of those who belong to no domain", async () => {
    const answer = await bus.portal.send(withoutSignature(bus.portal.sign()))
    await expectRefused(bus, answer, 'SIGNATURE_MISSING')
    const { code, text } = await verified(captureOf(answer), answer.exchangeId)
    expect(code).toBe(0)
    expect(text).toContain('log / jurnal               unassigned')
    expect(text).not.toContain('request / sorğu')
  })

  it('comes with the refusal of what is no HTTP at all', async () => {
    const { header } = await sendRaw(bus.address, 'EHLO bus.example\r\n\r\n')
    expect(header('X-Road-Error')).toBe('PAYLOAD_UNSAFE')
    await expectReceipt(bus, header('Sluice-Exchange-Id') ?? '', header('Sluice-Receipt'))
  })

  it('comes with an answer that has no content', async () => {
    bus.providers.taxes.answer = () => ({ status: 204, payload: '' })
    const answer = await bus.portal.call({ method: 'DELETE' })
    await expectAnswered(bus, answer, 204)
    expect((await verified(captureOf(answer), answer.exchangeId)).code).toBe(0)
  })

  it('of each of many exchanges at one time verifies by itself', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, () => bus.portal.call()))
    for (const answer of answers) await expectAnswered(bus, answer)
  })

  it('is not the one of another exchange', async () => {
    const [one, other] = [await bus.portal.call(), await bus.portal.call()]
    const headers = { ...one.headers, 'sluice-receipt': other.headers['sluice-receipt'] }
    const { code, text } = await verified(captureOf({ ...one, headers }), one.exchangeId)
    expect(code).toBe(1)
    expect(text).toContain('another exchange')
  })
})

describe('SOAP: the receipt', () => {
  it.each(['1.1', '1.2'] as const)(
    'of an answer in SOAP %s stands in the signed Header',
    async (version) => {
      const answer = await soap.call({ ...soapCall, version })
      expect(answer.status).toBe(200)
      await expectReceipt(bus, answer.exchangeId, receiptOf(answer))
      const { code, text } = await verified(captureOf(answer), answer.exchangeId)
      expect(code).toBe(0)
      expect(text).toContain('The entry given is the one promised, byte for byte')
      // As stacks log it.
      expect((await verified(answer.payload, answer.exchangeId)).code).toBe(0)
    },
  )

  it.each(['1.1', '1.2'] as const)('of a Fault in SOAP %s stands there, too', async (version) => {
    const answer = await soap.call({
      version,
      service: `${subsystems.taxes}/yox/v1`,
      body: '<g:yox xmlns:g="urn:gcq"/>',
    })
    expect(answer.fault).toBe('TARGET_UNREGISTERED')
    await expectReceipt(bus, answer.exchangeId, receiptOf(answer))
    expect((await verified(captureOf(answer), answer.exchangeId)).code).toBe(0)
  })

  it('is among what sluice explain finds covered in a reply', async () => {
    const answer = await soap.call(soapCall)
    const io = memoryIo({
      capture: captureOf(answer),
      'bus.pem': bus.busCertificate,
      'ca.pem': bus.authority.pem,
    })
    const options = ['--cert', 'bus.pem', '--trust', 'ca.pem', '--json']
    // Without the request: that is one check less.
    expect(await explain(['capture', ...options], io)).toBe(3)
    expect(io.text).not.toContain('"outcome": "wrong"')
    expect(io.text).toContain('receipt')
  })
})

describe('a consumer that is answered with RSA', () => {
  it("gets a receipt by the bus's standard key all the same", async () => {
    await bus.registry.change(subsystems.portal, { replySignature: 'rsa' })
    const call = bus.portal.sign({ service: services.taxes })
    const { headers, status } = await bus.portal.exchange(call)
    expect(status).toBe(200)
    expect(headers['signature-input']).toContain('alg="rsa-v1_5-sha256"')
    const exchangeId = String(headers['sluice-exchange-id'])
    await expectReceipt(bus, exchangeId, String(headers['sluice-receipt']))
  })
})
