import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { Fault } from '../../src/exchange/fault.js'
import { verifiedSoap, type SoapSample } from '../../test/support/soap-samples.js'
import { sampleBlocks, sluice, xroad } from '../../test/support/wss.js'
import { checkBody, checkBodyName, readEnvelope } from './envelope.js'
import { representationNamespace } from './names.js'

const escaped = (text: string) =>
  text.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`)
const ours = (name: string, text: string) =>
  `<s:${name} xmlns:s="${sluice}">${escaped(text)}</s:${name}>`
const theirs = (name: string, text: string) =>
  `<x:${name} xmlns:x="${xroad}">${escaped(text)}</x:${name}>`

const read = (...more: string[]) =>
  readEnvelope(verifiedSoap({ blocks: [...sampleBlocks, ...more] }))

/** The sample's blocks with one text for another. */
const changed = (from: string, to: string) =>
  sampleBlocks.map((block) => block.replace(from, to)).filter((block) => block !== '')

/** `CODE field` of the refusal, or undefined. */
function refusal(sample: SoapSample): string | undefined {
  try {
    const verified = verifiedSoap(sample)
    const { serviceCode } = readEnvelope(verified)
    checkBody(verified)
    checkBodyName(verified, serviceCode)
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `${error.code} ${error.field ?? ''}`
  }
}

describe('the envelope in header blocks (X-Road Message Protocol 4.0)', () => {
  it('needs client, service, id and protocolVersion', () => {
    const blocks = sampleBlocks.slice(0, 4)
    expect(readEnvelope(verifiedSoap({ blocks }))).toEqual({
      consumer: 'AZ/GOV/VN/SC',
      serviceCode: 'AZ/GOV/DIN/GCQ/finAxtaris',
      version: 'v1',
      messageId: 'sorgu-1',
      domain: undefined,
      mode: undefined,
      purpose: undefined,
      legalBasis: undefined,
      caseNumber: undefined,
      userId: undefined,
      representedParty: undefined,
      correlationId: undefined,
      classification: undefined,
    })
    expect(refusal({ blocks })).toBeUndefined()
    expect(refusal({ blocks, version: '1.2' })).toBeUndefined()
  })

  it('reads every block', () => {
    const party =
      `<r:representedParty xmlns:r="${representationNamespace}"><r:partyClass>COM</r:partyClass>` +
      '<r:partyCode>9900000001</r:partyCode></r:representedParty>'
    expect(
      read(
        theirs('userId', 'AZ0TEST01'),
        theirs('issue', '2013/02-45'),
        party,
        ours('domain', 'PORTAL'),
        ours('purpose', 'Vətəndaşın qeydiyyatı'),
        ours('legalBasis', 'Qanun № 123, maddə 4'),
        ours('correlationId', '5f/1'),
        ours('classification', 'open'),
        ours('assertion', 'aGVhZA.Y2xhaW1z.c2ln'),
      ),
    ).toMatchObject({
      userId: 'AZ0TEST01',
      caseNumber: '2013/02-45',
      representedParty: 'COM/9900000001',
      domain: 'PORTAL',
      mode: 'body',
      purpose: 'Vətəndaşın qeydiyyatı',
      legalBasis: 'Qanun № 123, maddə 4',
      correlationId: '5f/1',
      classification: 'open',
      assertion: 'aGVhZA.Y2xhaW1z.c2ln',
    })
  })

  it('a service without version means the default version', () => {
    const blocks = changed('<id:serviceVersion>v1</id:serviceVersion>', '')
    expect(readEnvelope(verifiedSoap({ blocks }))).toMatchObject({
      serviceCode: 'AZ/GOV/DIN/GCQ/finAxtaris',
      version: undefined,
    })
  })

  it.each([
    [
      '<xroad:protocolVersion xmlns:xroad="http://x-road.eu/xsd/xroad.xsd">4.0</xroad:protocolVersion>',
      '',
      'protocolVersion',
    ],
    ['>4.0<', '>4.1<', 'protocolVersion'],
    ['>4.0<', '>4<!---->.0<', 'protocolVersion'],
    ['"SUBSYSTEM"', '"MEMBER"', 'client'],
    ['<id:subsystemCode>SC</id:subsystemCode>', '', 'subsystemCode'],
    ['<id:memberCode>VN</id:memberCode><id:subsystemCode>', '<id:subsystemCode>', 'memberCode'],
    [
      '<id:memberClass>GOV</id:memberClass><id:memberCode>VN',
      '<id:memberClass>BAD</id:memberClass><id:memberCode>VN',
      'client',
    ],
    ['>VN<', '>V/N<', 'memberCode'],
    ['>VN<', '><', 'memberCode'],
    ['>VN<', '> VN<', 'memberCode'],
    ['>VN<', '>V<!-- x -->N<', 'memberCode'],
    ['<id:memberCode>VN', '<memberCode>VN</memberCode><id:memberCode>VN', 'memberCode'],
    ['SC</id:subsystemCode>', 'SC</id:subsystemCode><id:x/>', 'client'],
    ['SC</id:subsystemCode>', 'SC</id:subsystemCode>text', 'client'],
    ['>sorgu-1<', '><', 'id'],
    ['>sorgu-1<', `>${'a'.repeat(101)}<`, 'id'],
    ['>sorgu-1<', '>sorğu<', 'id'],
    ['>sorgu-1<', '>a\nb<', 'id'],
    ['"SERVICE"', '"CENTRALSERVICE"', 'service'],
    ['<id:subsystemCode>GCQ</id:subsystemCode>', '', 'subsystemCode'],
    ['<id:serviceCode>finAxtaris</id:serviceCode>', '', 'serviceCode'],
    ['>v1<', '>1.0<', 'serviceVersion'],
    ['>v1<', '>v0<', 'serviceVersion'],
    [
      '>v1</id:serviceVersion>',
      '>v1</id:serviceVersion><id:serviceVersion>v2</id:serviceVersion>',
      'service',
    ],
    ['>body<', '>Body<', 'mode'],
    ['>finAxtaris<', '>finAxtarisi<', 'Body'],
  ])('%s becoming %s is refused by name', (from, to, field) => {
    const blocks = changed(from, to)
    expect(blocks.join('')).not.toBe(sampleBlocks.join(''))
    expect(refusal({ blocks })).toBe(`REQUEST_INVALID ${field}`)
  })

  it.each([
    ['issue', theirs('issue', 'a'.repeat(101))],
    ['userId', theirs('userId', '\n')],
    ['domain', ours('domain', 'a b')],
    ['purpose', ours('purpose', '')],
    ['purpose', ours('purpose', ' x')],
    ['legalBasis', ours('legalBasis', 'a\u202eb')],
    ['legalBasis', ours('legalBasis', 'a'.repeat(501))],
    ['correlationId', ours('correlationId', 'ə')],
    ['classification', ours('classification', '<b>')],
    [
      'representedParty',
      `<r:representedParty xmlns:r="${representationNamespace}"><r:partyClass>COM</r:partyClass></r:representedParty>`,
    ],
    [
      'representedParty',
      `<r:representedParty xmlns:r="${representationNamespace}"><r:partyCode>a/b</r:partyCode></r:representedParty>`,
    ],
    [
      'representedParty',
      `<r:representedParty xmlns:r="${representationNamespace}"><x:partyCode xmlns:x="urn:u">a</x:partyCode></r:representedParty>`,
    ],
  ])('%s: %s is refused by name', (field, block) => {
    expect(refusal({ blocks: [...sampleBlocks, block] })).toBe(`REQUEST_INVALID ${field}`)
  })

  it('checks in the order of X-Road, what must be understood first', () => {
    const nothing: SoapSample = { blocks: [], body: '' }
    expect(refusal(nothing)).toBe('REQUEST_INVALID protocolVersion')
    const version = sampleBlocks[3]!
    expect(refusal({ ...nothing, blocks: [version] })).toBe('REQUEST_INVALID client')
    const client = sampleBlocks[0]!
    expect(refusal({ ...nothing, blocks: [version, client] })).toBe('REQUEST_INVALID id')
    const id = sampleBlocks[2]!
    expect(refusal({ ...nothing, blocks: [version, client, id] })).toBe('REQUEST_INVALID service')
    const mustUnderstand = [{ namespace: 'urn:x', localName: 'To' }]
    expect(refusal({ ...nothing, mustUnderstand })).toBe('REQUEST_INVALID MustUnderstand')
  })

  it.each(['', '<finAxtaris/><b/>', 'text', '<axtar/>', '<finAxtarisRequest/>'])(
    'a Body with %j is refused',
    (body) => {
      expect(refusal({ body })).toBe('REQUEST_INVALID Body')
    },
  )

  it('any text in any block is read or refused, never anything else', () => {
    const xmlText = fc
      .string({ unit: anyCharacter, maxLength: 20 })
      .map((text) => text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, ''))
    const name = fc.constantFrom('memberCode', 'serviceCode', 'serviceVersion', 'id')
    fc.assert(
      fc.property(name, xmlText, (element, text) => {
        const blocks = sampleBlocks.map((block) =>
          block.replace(
            new RegExp(`(:${element}(?: [^>]*)?>)[^<]*<`),
            (_, tag: string) => `${tag}${escaped(text)}<`,
          ),
        )
        const found = refusal({ blocks })
        expect(found ?? 'REQUEST_INVALID').toMatch(/^REQUEST_INVALID/)
      }),
    )
  })
})
