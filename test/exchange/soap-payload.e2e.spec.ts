import { hash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { readContentType } from '../../adapters/soap/content-type.js'
import { readMultipart } from '../../adapters/soap/multipart.js'
import { BusProcess } from '../../src/bus-process.js'
import type { SoapAttachment } from '../../src/exchange/soap-content.js'
import { bodyContentOf, headerBlocks } from '../support/soap-lane.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import {
  includeOf,
  multipartOf,
  TestSoapConsumer,
  type SoapCall,
} from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { sluice } from '../support/wss.js'

/* what the consumer signed is what the provider gets, and what it answers comes back. */

// The element is named as the service code, in Azerbaijani letters.
const serviceCode = 'şəhadətnaməTap'
const service = `${subsystems.education}/${serviceCode}/v1`

let bus: WholeBus
let portal: TestSoapConsumer

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, identities, busCertificate, authority } = bus
  await bus.registry.change(subsystems.education, {
    services: [sampleService(serviceCode, providers.education.address, { protocol: 'soap' })],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.education}/${serviceCode}`)],
  })
  portal = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
})

afterEach(() => bus.providers.education.reset())

afterAll(async () => {
  portal.close()
  await bus.close()
})

/** A Body whose every place for text has letters that other encodings spell otherwise. */
function bodyOf(content: string): string {
  return (
    `<ş:${serviceCode} xmlns:ş="urn:az:tn" növ='Ğ&#x18F;&#xA;"'>` +
    `<ş:ad>Şəfəq &amp; Əli “İ” ı</ş:ad><![CDATA[<ö]]><!-- ü --><fayl>${content}</fayl></ş:${serviceCode}>`
  )
}

function attachment(contentId: string, type: string, content: Uint8Array): SoapAttachment {
  const rawHeaders = ['Content-Type', type, 'Content-Transfer-Encoding', 'binary']
  return { contentId, rawHeaders, content }
}

const sizes = [
  ['1 byte', 1],
  ['1 MB', 1_000_003],
] as const

/** How a message of this many bytes is packed, and the Body as it is on the wire. */
const packagings = {
  plain: (size: number) => ({ body: bodyOf('ə'.repeat(size)) }),
  'with attachments': (size: number) => ({
    body: bodyOf('cid:bir@az'),
    attachments: [
      attachment('bir@az', 'application/octet-stream', randomBytes(size)),
      // Line ends of both kinds and letters in two encodings, none of which is touched.
      attachment('iki@az', 'text/plain; charset=iso-8859-9', Buffer.from('Ş\r\nğ\n\xf0', 'latin1')),
      attachment('uc@az', 'application/xml', Buffer.from('<ə  a="1"\n/>')),
    ],
  }),
  MTOM: (size: number) => {
    const optimised = attachment('fayl@az', 'application/pdf', randomBytes(size))
    return { body: bodyOf(Buffer.from(optimised.content).toString('base64')), optimised }
  },
  'MTOM with an attachment beside': (size: number) => {
    const optimised = attachment('fayl@az', 'application/pdf', randomBytes(size))
    return {
      body: bodyOf(Buffer.from(optimised.content).toString('base64')),
      optimised,
      attachments: [attachment('yaninda@az', 'image/png', randomBytes(99))],
    }
  },
} satisfies Record<string, (size: number) => SoapCall>

function onTheWire({ body = '', optimised }: SoapCall): string {
  if (!optimised) return body
  const base64 = Buffer.from(optimised.content).toString('base64')
  return body.replace(`>${base64}<`, `>${includeOf(optimised)}<`)
}

/** Jest compares large contents byte by byte, in seconds. */
function digestOf({ content }: SoapAttachment): string {
  return hash('sha256', content)
}

function attachmentsIn(contentType: string, payload: Buffer): string[] {
  const type = readContentType(contentType)
  if (type.packaging === 'plain') return []
  return readMultipart(payload, type).attachments.map(digestOf)
}

function bodyIn(contentType: string, payload: Buffer): string {
  const type = readContentType(contentType)
  const envelope =
    type.packaging === 'plain' ? payload : readMultipart(payload, type).soapPart.envelope
  return bodyContentOf(envelope).toString('utf8')
}

describe.each(['1.1', '1.2'] as const)('SOAP %s', (version) => {
  describe.each(Object.keys(packagings) as (keyof typeof packagings)[])('%s', (packaging) => {
    it.each(sizes)('%s: the same for the provider, and back', async (_name, size) => {
      const call: SoapCall = { service, version, ...packagings[packaging](size) }
      const sent = [...(call.optimised ? [call.optimised] : []), ...(call.attachments ?? [])].map(
        digestOf,
      )
      const signed = portal.sign(call)
      // The reply's signature is verified, over Body and attachments.
      const answer = await portal.send(signed)
      expect(answer.fault).toBeUndefined()
      const { latest } = bus.providers.education
      const type = latest.header('content-type') ?? ''
      expect(latest.payload.equals(signed.payload)).toBe(true)
      expect(bodyIn(type, latest.payload) === onTheWire(call)).toBe(true)
      expect(attachmentsIn(type, latest.payload)).toEqual(sent)
      const back = String(answer.headers['content-type'])
      expect(bodyIn(back, answer.payload)).toBe(onTheWire(call))
      expect(attachmentsIn(back, answer.payload)).toEqual(sent)
    })
  })
})

it('a text that somebody has moved into an attachment of a message that is no MTOM is refused', async () => {
  const signed = portal.sign({ service, body: bodyOf('1000') })
  const moved = attachment('fayl@az', 'application/pdf', Buffer.from('1000', 'base64'))
  const envelope = Buffer.from(
    signed.envelope.toString().replace('>1000<', `>${includeOf(moved)}<`),
  )
  const payload = multipartOf('text/xml', envelope, [moved])
  const type = 'multipart/related; type="text/xml"; boundary="sluice-test-boundary"'
  const before = bus.providers.education.count
  const answer = await portal.send({ headers: { 'Content-Type': type }, payload, envelope })
  expect(answer.fault).toBe('SIGNATURE_INVALID')
  expect(answer.text).toContain('<f:field>attachment 1</f:field>')
  expect(bus.providers.education.count).toBe(before)
})

describe('what is signed beside the payload', () => {
  it('arrives in Azerbaijani, and in the log', async () => {
    const text = 'VÖEN yoxlanışı'
    const purpose = `<s:purpose xmlns:s="${sluice}">${text}</s:purpose>`
    const blocks = [...headerBlocks({ consumer: subsystems.portal, service }), purpose]
    const answer = await portal.call({ service, body: bodyOf('x'), blocks })
    expect(answer.fault).toBeUndefined()
    expect(bus.providers.education.latest.payload.toString('utf8')).toContain(`>${text}<`)
    const [request] = await bus.log.entries(answer.exchangeId)
    expect(request?.fields).toMatchObject({ service, purpose: text })
  })

  it('is cut out of an MTOM message for a provider that chokes on it; the rest stays', async () => {
    const soap = { securityHeader: 'strip', xroadHeaders: 'strip' }
    await bus.registry.change(service, { soap })
    const call: SoapCall = { service, ...packagings.MTOM(100_000) }
    const answer = await portal.call(call)
    await bus.registry.change(service, { soap: null })
    expect(answer.fault).toBeUndefined()
    const { latest } = bus.providers.education
    const type = latest.header('content-type') ?? ''
    expect(latest.payload.toString('latin1')).not.toContain('Security')
    expect(bodyIn(type, latest.payload)).toBe(onTheWire(call))
    expect(attachmentsIn(type, latest.payload)).toEqual([digestOf(call.optimised!)])
  })
})

describe('R-105: fields that an access right leaves out', () => {
  const right = sampleRight(subsystems.portal, `${subsystems.education}/${serviceCode}`)

  beforeAll(() => bus.registry.apply({ accessRights: [{ ...right, omit: ['/ad', '/@növ'] }] }))
  afterAll(() => bus.registry.apply({ accessRights: [{ ...right, omit: [] }] }))

  it('are cut out of the Body, and every other byte of it comes back', async () => {
    const body = bodyOf('ə')
    const answer = await portal.call({ service, body })
    expect({ status: answer.status, fault: answer.fault }).toEqual({ status: 200 })
    const left = body.replace(/<ş:ad>.*?<\/ş:ad>/, '').replace(/növ='[^']*'/, '')
    expect(bodyContentOf(answer.payload).toString()).toBe(left)
    const [, reply] = await bus.log.entries(answer.exchangeId)
    expect(reply?.fields).toMatchObject({ filtered: 2, rightId: expect.stringMatching(/^AR-/) })
    const { payload } = await bus.log.open(answer.exchangeId, 2)
    expect(bodyContentOf(payload).toString()).toBe(body)
  })

  it('and an answer with attachments is refused, where they may be', async () => {
    const { body, attachments } = packagings['with attachments'](1)
    const answer = await portal.call({ service, body, attachments })
    expect(answer.fault).toBe('RESPONSE_INVALID')
  })
})
