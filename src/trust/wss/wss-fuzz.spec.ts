import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  sampleBlocks,
  signedMessage,
  soap11,
  soapContent,
  type TestTrust,
} from '../../../test/support/wss.js'
import { Fault, type FaultCode } from '../../exchange/fault.js'
import type { SoapAttachment, VerifiedSoapRequest } from '../../exchange/soap-content.js'
import { canonicalOctets } from '../../xml/c14n/canonicalise.js'
import { c14nMethod } from '../../xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import { verifySoapHead } from './verify-request.js'

// Everything that the verifier may say; another error, or another code, is a hole.
const expectedCodes: readonly FaultCode[] = [
  'SIGNATURE_MISSING',
  'SIGNATURE_INVALID',
  'REQUEST_INVALID',
  'ALGORITHM_FORBIDDEN',
  'CLOCK_SKEW',
  'CERT_UNKNOWN',
  'PAYLOAD_UNSAFE',
]
const exclusive = c14nMethod('http://www.w3.org/2001/10/xml-exc-c14n#')
const attachments: readonly SoapAttachment[] = [
  { contentId: '1', rawHeaders: ['Content-Type', 'text/plain'], content: Buffer.from('a\nb') },
]

let trust: TestTrust
let consumer: TestIdentity
let rules: VerificationRules
let bytes: Buffer
let text: string
/** Where each element begins and ends. */
let ranges: { start: number; end: number }[]
/** Where each attribute's value begins and ends. */
let values: { start: number; end: number }[]
let meaning: readonly string[]

beforeAll(async () => {
  trust = await makeTestTrust()
  consumer = await trust.authority.issue({ keyType: 'p256' })
  trust.register(consumer)
  rules = trust.rules()
  const blocks = [sampleBlocks[0]!, sampleBlocks[2]!, sampleBlocks[4]!]
  bytes = signedMessage(consumer, { blocks, attachments })
  // One octet a character, so that places in the text are places in the bytes.
  text = bytes.toString('latin1')
  const document = readXml(bytes)
  ranges = [document.root, ...document.inside(document.root)].map((element) =>
    document.range(element),
  )
  values = [...text.matchAll(/="([^"]*)"/g)].map(({ index, 1: value }) => ({
    start: index + 2,
    end: index + 2 + value!.length,
  }))
  meaning = meaningOf(document)
})

/** What is signed and acted upon: the blocks that say who asks what, and the Body, in canonical form. */
function meaningOf(document: XmlDocument): readonly string[] {
  const octets = (element: XmlElement): string =>
    canonicalOctets(document, exclusive, { element }).toString()
  const header = document.firstChild(document.root)!
  const blocks = [...document.children(header)].filter((block) =>
    /^(http:\/\/x-road|urn:sluice)/.test(document.namespace(block)),
  )
  return [...blocks.map(octets).sort(), octets(document.child(document.root, soap11, 'Body')!)]
}

function verify(changed: Buffer, startBytes: number): VerifiedSoapRequest | FaultCode {
  const content = soapContent(changed, attachments, startBytes)
  try {
    const payload = { bytes: changed, envelope: changed, attachments }
    return verifySoapHead(content, rules).head.withPayload(payload)
  } catch (error) {
    if (error instanceof Fault && expectedCodes.includes(error.code)) return error.code
    throw error
  }
}

/** Refused with a fault of the list, or it means what was signed. */
function expectNothingElse(changed: string, startBytes = 65_536): void {
  const octets = Buffer.from(changed, 'latin1')
  const result = verify(octets, startBytes)
  if (typeof result === 'string') return
  expect(meaningOf(readXml(octets))).toEqual(meaning)
  const shown = result.headerBlocks.map((block) =>
    octets.toString('utf8', block.range.start, block.range.end),
  )
  expect(shown).toHaveLength(meaning.length - 1)
  expect(result.signature.keyId).toBe(consumer.thumbprint)
}

const startBytes = fc.constantFrom(65_536, 4_000, 6_000, 7_000)

describe('fuzzing a signed SOAP message', () => {
  it('begins from one that is accepted', () => {
    expect(typeof verify(bytes, 65_536)).toBe('object')
    expectNothingElse(text)
  })

  it('with one byte changed it never means anything else', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), startBytes, (at, by, start) => {
        const place = at % text.length
        const octet = String.fromCharCode(text.charCodeAt(place) ^ by)
        expectNothingElse(text.slice(0, place) + octet + text.slice(place + 1), start)
      }),
      { numRuns: 1_000 },
    )
  })

  it('with stretches cut, doubled or put elsewhere it never means anything else', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(40), fc.nat(), fc.nat(40))
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), startBytes, (edits, start) => {
        let now = text
        for (const [at, cut, from, length] of edits) {
          const place = at % now.length
          const piece = text.slice(from % text.length, (from % text.length) + length)
          now = now.slice(0, place) + piece + now.slice(place + cut)
        }
        expectNothingElse(now, start)
      }),
      { numRuns: 700 },
    )
  })

  it('with elements taken out, copied, moved or swapped it never means anything else', () => {
    const step = fc.tuple(
      fc.constantFrom('cut', 'copy', 'move', 'swap'),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
    )
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 2 }), startBytes, (steps, start) => {
        let now = text
        for (const [what, one, two, before] of steps) {
          const here = ranges[one % ranges.length]!
          const there = ranges[two % ranges.length]!
          const element = now.slice(here.start, here.end)
          const place = before ? there.start : there.end
          if (what === 'cut') now = now.slice(0, here.start) + now.slice(here.end)
          else if (what === 'copy') now = now.slice(0, place) + element + now.slice(place)
          else if (here.end <= there.start || there.end <= here.start) {
            const [first, second] = here.start < there.start ? [here, there] : [there, here]
            const moved = what === 'swap' ? now.slice(there.start, there.end) : ''
            const target = now.slice(there.start, there.end)
            const put = what === 'swap' ? element : before ? element + target : target + element
            const [atFirst, atSecond] = first === here ? [moved, put] : [put, moved]
            now =
              now.slice(0, first.start) +
              atFirst +
              now.slice(first.end, second.start) +
              atSecond +
              now.slice(second.end)
          }
        }
        expectNothingElse(now, start)
      }),
      { numRuns: 1_000 },
    )
  })

  it('with any one element at any other place, or twice, it never means anything else', () => {
    for (const { start, end } of ranges) {
      const element = text.slice(start, end)
      for (const place of ranges.flatMap((range) => [range.start, range.end])) {
        expectNothingElse(text.slice(0, place) + element + text.slice(place))
        if (place > start && place < end) continue
        const rest = text.slice(0, start) + text.slice(end)
        const there = place < end ? place : place - element.length
        expectNothingElse(rest.slice(0, there) + element + rest.slice(there))
      }
    }
  })

  it('with values of attributes taken from others it never means anything else', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), startBytes, (one, two, start) => {
        const here = values[one % values.length]!
        const there = values[two % values.length]!
        const value = text.slice(there.start, there.end)
        expectNothingElse(text.slice(0, here.start) + value + text.slice(here.end), start)
      }),
      { numRuns: 700 },
    )
  })

  it('with attributes and comments put into tags and texts it never means anything else', () => {
    const piece = fc.constantFrom(
      ' Id="B"',
      ' wsu:Id="x"',
      ' xml:id="T"',
      ' S:actor="urn:x"',
      ' S:mustUnderstand="1"',
      ' xmlns:S="urn:x"',
      ' xmlns="urn:x"',
      ' xmlns:xroad="urn:x"',
      '<!-- c -->',
      '<![CDATA[]]>',
      '&#x20;',
      '\r\n',
      '<x/>',
    )
    const places = ' >='
    fc.assert(
      fc.property(piece, fc.nat(), startBytes, (put, at, start) => {
        let place = at % text.length
        while (!places.includes(text.charAt(place)) && place < text.length) place++
        expectNothingElse(text.slice(0, place) + put + text.slice(place), start)
        expectNothingElse(text.slice(0, place + 1) + put + text.slice(place + 1), start)
      }),
      { numRuns: 1_000 },
    )
  })

  it('any bytes at all meet a fault of the list', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        expect(typeof verify(Buffer.from(octets), 65_536)).toBe('string')
      }),
      { numRuns: 500 },
    )
  })
})
