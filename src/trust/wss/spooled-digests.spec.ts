import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import type { TestIdentity } from '../../../test/support/pki.js'
import { TestSpool } from '../../../test/support/spool.js'
import {
  makeTestTrust,
  sampleBlocks,
  signedMessage,
  soapContent,
  verifySoap,
  type TestTrust,
} from '../../../test/support/wss.js'
import { Fault } from '../../exchange/fault.js'
import type { ByteSource } from '../../exchange/payload.js'
import type { SoapAttachment, SpoolableAttachment } from '../../exchange/soap-content.js'
import { spoolPieceBytes } from '../../limits/http.js'
import { sha256 } from '../xml-signature/digest-method.js'
import { attachmentDigest } from './attachments.js'
import { createSoapSigner } from './sign-message.js'
import { spooledDigest } from './spooled-digests.js'
import { verifySoapHead } from './verify-request.js'

const spool = new TestSpool()
let trust: TestTrust
let consumer: TestIdentity

beforeAll(async () => {
  trust = await makeTestTrust()
  consumer = await trust.authority.issue({ keyType: 'p256' })
  trust.register(consumer)
})
afterAll(() => spool.close())

/** In pieces of these sizes, as no spool would cut them. */
function cut(bytes: Uint8Array, sizes: readonly number[]): ByteSource {
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    for (let at = 0, index = 0; at < bytes.length; index++) {
      const size = sizes[index % sizes.length] ?? 1
      yield await Promise.resolve(bytes.subarray(at, at + size))
      at += size
    }
  }
  return { length: bytes.length, pieces }
}

async function onSpool({ content, ...rest }: SoapAttachment): Promise<SpoolableAttachment> {
  return { ...rest, content: await spool.keep(content) }
}

/** `CODE field` of the refusal, or `accepted`. */
async function verdict(
  envelope: Uint8Array,
  attachments: readonly SpoolableAttachment[],
  isXop = false,
): Promise<string> {
  const bytes = await spool.keep(envelope)
  const { head } = verifySoapHead(soapContent(envelope), trust.rules())
  try {
    const verified = await head.withSpooledPayload({ bytes, envelope, attachments, isXop })
    expect(verified.payload).toBe(bytes)
    expect(verified.attachments).toBe(attachments)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `${error.code} ${error.field ?? ''}`
  }
}

const pdf: SoapAttachment = {
  contentId: 'sened@vn.az',
  rawHeaders: ['Content-Type', 'application/pdf'],
  content: randomBytes(2 * spoolPieceBytes + 5),
}
const text: SoapAttachment = {
  contentId: 'metn',
  rawHeaders: ['Content-Type', 'text/plain; charset=UTF-8'],
  content: Buffer.from('bir\niki\rüç\r\n'.repeat(40_000)),
}

describe('attachments on the spool', () => {
  it('have the digests that they have in memory, whatever their pieces', async () => {
    const piece = fc.constantFrom('\r', '\n', '\r\n', 'a', 'ə')
    const content = fc.array(piece, { maxLength: 30 }).map((all) => Buffer.from(all.join('')))
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
    const types = fc.constantFrom('text/plain', 'application/pdf', '')
    const transforms = fc.constantFrom('attachment-content', 'attachment-complete')
    await fc.assert(
      fc.asyncProperty(content, sizes, types, transforms, async (bytes, each, type, transform) => {
        const rawHeaders = ['Content-Type', type]
        const attachment = { contentId: 'a', rawHeaders, content: bytes }
        const order = { transform, digest: sha256 } as const
        expect(
          await spooledDigest({ ...attachment, content: cut(bytes, each) }, order, 'attachment 1'),
        ).toBe(attachmentDigest(attachment, order, 'attachment 1'))
      }),
      { numRuns: 300 },
    )
  })

  it('are verified there; an altered byte is refused by its place', async () => {
    const signed = signedMessage(consumer, { attachments: [pdf, text] })
    const both = [await onSpool(pdf), await onSpool(text)]
    expect(await verdict(signed, both)).toBe('accepted')
    const altered = Buffer.from(pdf.content)
    altered[spoolPieceBytes + 1]! ^= 1
    const spoilt = await onSpool({ ...pdf, content: altered })
    expect(await verdict(signed, [spoilt, both[1]!])).toBe('SIGNATURE_INVALID attachment 1')
    expect(await verdict(signed, both.slice(0, 1))).toBe('SIGNATURE_INVALID Reference')
    const more = await onSpool({ ...pdf, contentId: 'b' })
    expect(await verdict(signed, [...both, more])).toBe('SIGNATURE_INVALID attachment 3')
  })

  it('are signed there as they are in memory', async () => {
    const { privateKey, der: certificate } = consumer
    const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
    const signed = await signer.signSpooled({
      envelope: signedMessage(consumer),
      headerBlocks: sampleBlocks.map((block) => Buffer.from(block)),
      attachments: [await onSpool(pdf), text],
    })
    const content = soapContent(signed, [pdf, text])
    expect((await verifySoap(content, trust.rules())).attachments).toEqual([pdf, text])
  })

  it('that are XML and too long to be canonicalised are refused by name', async () => {
    const xml = {
      ...pdf,
      rawHeaders: ['Content-Type', 'application/xml'],
      content: Buffer.from('<a/>'),
    }
    const signed = signedMessage(consumer, { attachments: [xml] })
    expect(await verdict(signed, [xml])).toBe('accepted')
    expect(await verdict(signed, [await onSpool(xml)])).toBe('PAYLOAD_UNSAFE attachment 1')
  })

  it('are part of a Body that was signed before MTOM moved them out', async () => {
    const include = (name: string) =>
      `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${name}"/>`
    const bodyOf = (one: string, other: string) =>
      `<g:finAxtaris xmlns:g="urn:gcq"><fayl>${one}</fayl><ad>Şəfəq</ad><fayl>${other}</fayl></g:finAxtaris>`
    const small = Buffer.from('kiçik')
    const body = bodyOf(Buffer.from(pdf.content).toString('base64'), small.toString('base64'))
    const signed = signedMessage(consumer, { body }).toString('utf8')
    const moved = Buffer.from(signed.replace(body, () => bodyOf(include('a'), include('b'))))
    const rawHeaders = ['Content-Type', 'application/pdf']
    const a = await onSpool({ ...pdf, contentId: 'a' })
    const b = { contentId: 'b', rawHeaders, content: small }
    expect(await verdict(moved, [a, b], true)).toBe('accepted')
    expect(await verdict(moved, [b, a], true)).toBe('accepted')
    const other = { ...b, content: Buffer.from('böyük') }
    expect(await verdict(moved, [a, other], true)).toBe('SIGNATURE_INVALID Body')
    expect(await verdict(moved, [a, b])).toBe('SIGNATURE_INVALID attachment 1')
  })

  it('that are in memory let others have their turn between them', async () => {
    const xml = { ...pdf, rawHeaders: ['Content-Type', 'text/xml'], content: Buffer.from('<a/>') }
    let turns = 0
    const count = (): void => {
      turns++
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    const transform = { transform: 'attachment-content', digest: sha256 } as const
    for (let one = 0; one < 3; one++) await spooledDigest(xml, transform, 'x')
    clearImmediate(next)
    expect(turns).toBeGreaterThanOrEqual(2)
  })

  it('are refused in a Body whose canonical form is many times as long', async () => {
    const content = Buffer.from('kiçik')
    const include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:a"/>'
    const bodyOf = (inside: string): string =>
      `<fayl>${inside}</fayl><ad xmlns:p="urn:${'x'.repeat(1_000)}">${'<p:a/>'.repeat(3_000)}</ad>`
    const signed = signedMessage(consumer, { body: bodyOf(content.toString('base64')) })
    const moved = Buffer.from(
      signed.toString().replace(`>${content.toString('base64')}<`, `>${include}<`),
    )
    expect(await verdict(moved, [await onSpool({ ...pdf, contentId: 'a', content })], true)).toBe(
      'PAYLOAD_UNSAFE Body',
    )
  })
})
