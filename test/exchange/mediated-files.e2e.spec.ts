import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { attachmentOf } from '../../adapters/soap/pack-message.js'
import { mediatedBytesMax } from '../../src/limits/mediation.js'
import {
  fileServiceId,
  restFileNamespace,
  restFileService,
  type FileService,
} from '../support/file-contracts.js'
import type { Answer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import {
  digest,
  fileField,
  formIn,
  formOf,
  message,
  pledgeService,
  signedPdf,
  soapAnswer,
  soapIn,
  startFileBus,
  sum,
  type FileBus,
  type FormField,
} from '../support/whole-bus-files.js'
import type { SoapAnswer } from '../support/whole-bus-soap.js'
import type { WholeBus } from '../support/whole-bus.js'
import { soap11 } from '../support/wss.js'

/* SC-10, R-001, R-014: a signed file goes between REST and SOAP and back, its bytes unchanged. */

let files: FileBus
let bus: WholeBus

const small = signedPdf(1_000_000)
/** More than a message in one protocol may have in memory. */
const large = signedPdf(2_500_000)
const tooLarge = signedPdf(mediatedBytesMax + 1)

beforeAll(async () => {
  files = await startFileBus()
  bus = files.bus
})

afterEach(() => {
  for (const provider of Object.values(bus.providers)) provider.reset()
})

afterAll(() => files.close())

async function ask(service: FileService, ...fields: readonly FormField[]): Promise<Answer> {
  const { contentType, payload } = await formOf(fields)
  const headers = { 'Content-Type': contentType }
  return bus.portal.call({ service: fileServiceId(service), payload, headers })
}

async function askInJson(pdf: Uint8Array): Promise<Answer> {
  const sened = { mediaType: 'application/pdf', content: Buffer.from(pdf).toString('base64') }
  const payload = JSON.stringify({ saxlayici: 'Nümunə MMC, Əliyev Şükür', sened })
  return bus.portal.call({ service: fileServiceId('swaInJson'), payload })
}

const answers = (...of: Parameters<typeof soapAnswer>): void => {
  const answer = soapAnswer(...of)
  bus.providers.education.answer = () => answer
}

describe('a REST consumer’s file, for a SOAP provider', () => {
  it.each([
    ['swa', 'swa'],
    ['mtom', 'mtom'],
    ['inline', 'plain'],
  ] as const)('that takes it %s: byte for byte', async (service, packaging) => {
    answers(service, small)
    const answer = await ask(service, message, fileField(small))
    const [request] = await expectAnswered(bus, answer)
    const delivered = soapIn(bus.providers.education.latest)
    expect(delivered.packaging).toBe(packaging)
    expect(delivered.text).toContain('>Nümunə MMC, Əliyev Şükür</')
    const [attached, ...others] = delivered.attachments
    const arrived = attached?.content ?? Buffer.from(delivered.element ?? '', 'base64')
    expect({ others, sha256: sum(arrived) }).toEqual({ others: [], sha256: sum(small) })
    if (service === 'swa') {
      expect(attached?.contentId).toMatch(/^sened=/)
      expect(attached?.rawHeaders).toEqual(expect.arrayContaining(['application/pdf']))
    }
    const opened = await bus.log.open(answer.exchangeId, 1)
    expect(opened.payload.includes(small)).toBe(true)
    // of what the mapping made, its files among it.
    const body = Buffer.from(/<S:Body>(.*)<\/S:Body>/s.exec(delivered.text)![1]!)
    const made = [body, ...(attached ? [small] : [])]
    expect(request.derivedPayloadDigest).toBe(digest(opened.salt, ...made))
  })

  it('from base64 in JSON, where the contract says so', async () => {
    answers('swaInJson', small)
    await expectAnswered(bus, await askInJson(small))
    const { attachments, text } = soapIn(bus.providers.education.latest)
    expect(attachments.map(({ content }) => sum(content))).toEqual([sum(small)])
    expect(text).not.toContain('sened')
  })

  it('is refused in a form with a part that the contract does not know, by its name', async () => {
    const answer = await ask('swa', message, fileField(small), ['basqa', 'x', 'text/plain'])
    await expectRefused(bus, answer, 'REQUEST_INVALID', { field: '/basqa' })
    expect(bus.providers.education.count).toBe(0)
  })

  it('is refused of another media type, and where it is missing', async () => {
    const other = await ask('swa', message, ['sened', small, 'text/html'])
    await expectRefused(bus, other, 'REQUEST_INVALID', { field: '/sened' })
    await expectRefused(bus, await ask('swa', message), 'REQUEST_INVALID', { field: '/sened' })
    expect(bus.providers.education.count).toBe(0)
  })

  it('is refused where a byte of it was altered after it was signed', async () => {
    const { contentType, payload } = await formOf([message, fileField(small)])
    const headers = { 'Content-Type': contentType }
    const signed = bus.portal.sign({ service: fileServiceId('swa'), payload, headers })
    const altered = Buffer.from(signed.payload)
    altered[500_000]! ^= 1
    const answer = await bus.portal.send({ ...signed, payload: altered })
    expect(answer.fault).toBe('SIGNATURE_INVALID')
    expect(bus.providers.education.count).toBe(0)
  })

  it.each(['swa', 'mtom', 'inline'] as const)('that is too large is refused: %s', async (each) => {
    const answer = await ask(each, message, fileField(tooLarge))
    await expectRefused(bus, answer, 'PAYLOAD_TOO_LARGE')
    expect(bus.providers.education.count).toBe(0)
  })
})

describe('SC-10 as its contract says it', () => {
  const sample = (name: string): Buffer =>
    readFileSync(`contracts/QKDK/GIROV/arayisMuracieti/v1/samples/good/${name}`)

  async function apply(content: string, status = 200): Promise<Answer> {
    bus.providers.education.answer = () => ({
      status,
      headers: { 'Content-Type': 'text/xml; charset=utf-8' },
      payload: `<S:Envelope xmlns:S="${soap11}"><S:Body>${content}</S:Body></S:Envelope>`,
    })
    const application: FormField = ['erize', small, 'application/pdf']
    const json: FormField = ['message', sample('muraciet.request.json'), 'application/json']
    const { contentType, payload } = await formOf([json, application])
    const headers = { 'Content-Type': contentType }
    return bus.portal.call({ service: pledgeService, payload, headers })
  }

  it('the file arrives as it was signed, and the answer is JSON', async () => {
    const answer = await apply(sample('qebul.reply.xml').toString())
    await expectAnswered(bus, answer)
    const { attachments, text } = soapIn(bus.providers.education.latest)
    expect(attachments.map(({ content }) => sum(content))).toEqual([sum(small)])
    expect(text).toContain('mebleg>12500.00</')
    expect(JSON.parse(answer.payload.toString())).toEqual(
      JSON.parse(sample('qebul.reply.json').toString()),
    )
  })

  it('a signature of another person is a business answer', async () => {
    const detail = sample('basqa-sexs.reply.xml').toString()
    const answer = await apply(
      `<S:Fault><faultcode>S:Client</faultcode><faultstring>Başqa şəxsin imzasıdır</faultstring>` +
        `<detail>${detail}</detail></S:Fault>`,
      500,
    )
    expect({ status: answer.status, fault: answer.fault }).toEqual({ status: 422 })
    const [, reply] = await bus.log.entries(answer.exchangeId)
    expect(reply?.fields).toMatchObject({ outcome: 'answered', replyStatus: 500 })
    expect(JSON.parse(answer.payload.toString())).toMatchObject({
      ...{ type: 'urn:sluice:business-fault:ImzaSehvi', title: 'Başqa şəxsin imzasıdır' },
      fault: { xeta: 'BASQA_SEXS' },
    })
  })
})

describe('a SOAP provider’s file, for a REST consumer', () => {
  it.each([
    ['swa', 'application/pdf'],
    ['mtom', 'application/octet-stream'],
    ['inline', 'application/octet-stream'],
  ] as const)('from %s to a form: byte for byte', async (service, type) => {
    for (const pdf of [small, large]) {
      answers(service, pdf)
      const answer = await ask(service, message, fileField(small))
      const [, reply] = await expectAnswered(bus, answer)
      const { salt } = await bus.log.open(answer.exchangeId, 2)
      expect(reply.derivedPayloadDigest).toBe(digest(salt, answer.payload))
      const parts = await formIn(answer)
      expect(Object.keys(parts)).toEqual(['message', 'sened'])
      expect(parts.message?.content.toString()).toBe('{"muracietNo":"QK-2013-0001"}')
      expect(parts.sened?.type).toBe(type)
      expect(sum(parts.sened!.content)).toBe(sum(pdf))
    }
  })

  it('in chunks, of a length that nobody says beforehand', async () => {
    const { headers = {}, payload } = soapAnswer('swa', large)
    bus.providers.education.answer = () => ({
      headers: { ...headers, 'Transfer-Encoding': 'chunked' },
      payload: payload!,
    })
    const answer = await ask('swa', message, fileField(small))
    expect(sum((await formIn(answer)).sened!.content)).toBe(sum(large))
  })

  it('to base64 in JSON, where the contract says so', async () => {
    answers('swaInJson', small)
    const answer = await askInJson(small)
    await expectAnswered(bus, answer)
    expect(JSON.parse(answer.payload.toString())).toEqual({
      muracietNo: 'QK-2013-0001',
      sened: { mediaType: 'application/pdf', content: small.toString('base64') },
    })
  })

  it('beside one that the contract does not know is the provider’s fault', async () => {
    answers('swa', small, [attachmentOf('basqa=2@qkdk.az', 'text/plain', Buffer.from('x'))])
    const answer = await ask('swa', message, fileField(small))
    const where = { side: 'provider', entries: 2, field: '/' } as const
    await expectRefused(bus, answer, 'RESPONSE_INVALID', where)
    expect(JSON.stringify(answer.problem)).toContain('basqa')
  })

  it.each(['swa', 'mtom', 'inline'] as const)('that is too large is: %s', async (service) => {
    answers(service, tooLarge)
    const answer = await ask(service, message, fileField(small))
    await expectRefused(bus, answer, 'RESPONSE_INVALID', { side: 'provider', entries: 2 })
    expect(answer.problem?.detail).toContain(`longer than ${mediatedBytesMax} bytes`)
  })
})

describe('a SOAP consumer’s file, for a REST provider', () => {
  const askSoap = (pdf: Buffer, isPacked: boolean): Promise<SoapAnswer> =>
    files.soap.call(callOf(pdf, isPacked))

  const callOf = (pdf: Buffer, isPacked: boolean) => ({
    service: restFileService,
    body:
      `<muraciet xmlns="${restFileNamespace}"><saxlayici>Əliyev Şükür</saxlayici>` +
      `<sened>${pdf.toString('base64')}</sened></muraciet>`,
    ...(isPacked && { optimised: attachmentOf('a@portal', 'application/pdf', pdf) }),
  })

  function answersWith(pdf: Buffer): void {
    const payload = JSON.stringify({ muracietNo: '1', sened: pdf.toString('base64') })
    const headers = { 'Content-Type': 'application/json' }
    bus.providers.taxes.answer = () => ({ headers, payload })
  }

  it.each([
    ['packed as MTOM', small, true],
    ['packed as MTOM, larger than what else goes by way of the disk', large, true],
    ['in the envelope', small, false],
  ] as const)('%s: byte for byte, and so is the answer’s', async (_what, pdf, isPacked) => {
    answersWith(pdf)
    const answer = await askSoap(pdf, isPacked)
    expect({ status: answer.status, fault: answer.fault }).toEqual({ status: 200 })
    const asked = JSON.parse(bus.providers.taxes.latest.payload.toString()) as { sened: string }
    expect(sum(Buffer.from(asked.sened, 'base64'))).toBe(sum(pdf))
    const [, sened] = answer.verified.body.children()[0]!.children()
    expect(sum(Buffer.from(sened!.text(), 'base64'))).toBe(sum(pdf))
    expect(await bus.log.entries(answer.exchangeId)).toHaveLength(2)
  })

  it('is refused beside one that stands nowhere in the message, by its name', async () => {
    const extra = attachmentOf('basqa@portal', 'text/plain', Buffer.from('x'))
    const call = { ...callOf(small, true), attachments: [extra] }
    const answer = await files.soap.call(call)
    expect(answer.fault).toBe('REQUEST_INVALID')
    expect(answer.text).toContain('basqa@portal')
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('is refused beside one that nobody signed', async () => {
    const { headers, payload } = files.soap.sign(callOf(small, true))
    const end = payload.lastIndexOf('\r\n--sluice-test-boundary--')
    const extra =
      '\r\n--sluice-test-boundary\r\nContent-ID: <basqa@portal>\r\nContent-Type: text/plain\r\n\r\nx'
    const more = [payload.subarray(0, end), Buffer.from(extra), payload.subarray(end)]
    const answer = await files.soap.send({
      ...{ headers, envelope: payload },
      payload: Buffer.concat(more),
    })
    expect(answer.fault).toBe('SIGNATURE_INVALID')
    expect(answer.text).toMatch(/<f:field>attachment/)
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('that is too large is refused, and so is the answer’s', async () => {
    expect((await askSoap(tooLarge, true)).fault).toBe('PAYLOAD_TOO_LARGE')
    expect(bus.providers.taxes.count).toBe(0)
    answersWith(tooLarge)
    const answer = await askSoap(small, true)
    expect(answer.fault).toBe('RESPONSE_INVALID')
    expect(answer.text).toContain('<f:side>provider</f:side>')
  })
})
