import { beforeAll, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { createSoapSigner } from '../../src/trust/wss/sign-message.js'
import { readXml } from '../../src/xml/read-xml.js'
import { makeAuthority, type TestIdentity } from '../../test/support/pki.js'
import { securityBlock, verifiedSoap } from '../../test/support/soap-samples.js'
import { identifiers, sampleBlocks, soap11, wsu, xroad } from '../../test/support/wss.js'
import { representationNamespace } from './names.js'
import { refusalHeaderBlocks, replyHeaderBlocks } from './reply-envelope.js'
import { strippedEnvelope } from './strip.js'

const terms = { exchangeId: '019ab2c4', entry: Buffer.from('leaf'), receipt: 'e30.e30.x' }
const unlogged = { exchangeId: 'x', receipt: undefined }
const texts = (blocks: readonly Uint8Array[]) =>
  blocks.map((block) => Buffer.from(block).toString())
const names = (blocks: readonly Uint8Array[]) =>
  blocks.map((block) => {
    const document = readXml(block)
    return document.localName(document.root)
  })

describe("the reply's header blocks", () => {
  it("repeat the request's in their order, then say which request and exchange it was", () => {
    const request = verifiedSoap()
    const blocks = replyHeaderBlocks(request, terms)
    expect(names(blocks)).toEqual([
      ...['client', 'service', 'id', 'protocolVersion', 'requestHash', 'exchangeId', 'entry'],
      'receipt',
    ])
    expect(texts(blocks)[2]).toBe(`<xroad:id xmlns:xroad="${xroad}">sorgu-1</xroad:id>`)
    const digest = createHash('sha256').update(request.envelope).digest('base64')
    expect(texts(blocks)[4]).toBe(
      `<xroad:requestHash xmlns:xroad="${xroad}" algorithmId="http://www.w3.org/2001/04/xmlenc#sha256">${digest}</xroad:requestHash>`,
    )
    expect(texts(blocks)[6]).toContain('>bGVhZg<')
    expect(texts(blocks)[7]).toContain('>e30.e30.x<')
  })

  it('hash the SOAP part of a multipart, not the multipart', () => {
    const alone = verifiedSoap()
    const packed = { ...alone, payload: Buffer.concat([alone.payload, Buffer.from('x')]) }
    expect(texts(replyHeaderBlocks(packed, terms))[4]).toBe(
      texts(replyHeaderBlocks(alone, terms))[4],
    )
  })

  it('keep values and drop Ids, whatever prefixes the consumer used', () => {
    const blocks = [
      `<client xmlns="${xroad}" xmlns:wsu="${wsu}" wsu:Id="c" xmlns:xroad="${identifiers}" xroad:objectType="SUBSYSTEM"><xroad:xRoadInstance>A&amp;Z</xroad:xRoadInstance></client>`,
      `<p:representedParty xmlns:p="${representationNamespace}"><p:partyCode>9&lt;</p:partyCode></p:representedParty>`,
      `<x:issue xmlns:x="${xroad}"><![CDATA[<2013>]]></x:issue>`,
    ]
    const written = texts(replyHeaderBlocks(verifiedSoap({ blocks }), terms))
    expect(written.slice(0, 3)).toEqual([
      `<xroad:client xmlns:xroad="${xroad}" xmlns:id="${identifiers}" id:objectType="SUBSYSTEM"><id:xRoadInstance xmlns:id="${identifiers}">A&amp;Z</id:xRoadInstance></xroad:client>`,
      `<xroad:representedParty xmlns:xroad="${representationNamespace}"><part:partyCode xmlns:part="${representationNamespace}">9&lt;</part:partyCode></xroad:representedParty>`,
      `<xroad:issue xmlns:xroad="${xroad}">&lt;2013&gt;</xroad:issue>`,
    ])
  })

  it('of a refusal repeat what had been verified', () => {
    expect(names(refusalHeaderBlocks(undefined, unlogged))).toEqual(['exchangeId'])
    expect(names(refusalHeaderBlocks(verifiedSoap(), unlogged))).toEqual([
      ...['client', 'service', 'id', 'protocolVersion', 'exchangeId'],
    ])
  })

  it('of a refusal bring the receipt where the log has an entry of it', () => {
    const logged = { exchangeId: 'x', receipt: 'e30.e30.x' }
    const blocks = refusalHeaderBlocks(undefined, logged)
    expect(names(blocks)).toEqual(['exchangeId', 'receipt'])
    expect(texts(blocks)[1]).toBe(
      '<sluice:receipt xmlns:sluice="urn:sluice:header:1">e30.e30.x</sluice:receipt>',
    )
  })

  it('of a refusal leave out the block that is why', () => {
    const blocks = [`<x:id xmlns:x="${xroad}"><b/></x:id>`, sampleBlocks[3]!]
    expect(names(refusalHeaderBlocks(verifiedSoap({ blocks }), unlogged))).toEqual([
      ...['protocolVersion', 'exchangeId'],
    ])
  })

  describe('with the signer', () => {
    let bus: TestIdentity

    beforeAll(async () => {
      const authority = await makeAuthority('Kök')
      bus = await authority.issue({ keyType: 'p256' })
    })

    it("take the place of the provider's Header, around its Body byte for byte", () => {
      const { privateKey, der: certificate } = bus
      const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
      const body = `<S:Body Id="b" ><r:finAxtarisResponse  ad='Ə'/></S:Body>`
      const envelope = Buffer.from(
        `<S:Envelope xmlns:S="${soap11}" xmlns:r='urn:r'><S:Header><x:old xmlns:x="urn:x"/>${securityBlock}</S:Header>${body}</S:Envelope>`,
      )
      const headerBlocks = replyHeaderBlocks(verifiedSoap(), terms)
      const signed = Buffer.from(
        signer.sign({ envelope, headerBlocks, attachments: [] }),
      ).toString()
      expect(signed).toContain(`<r:finAxtarisResponse  ad='Ə'/></S:Body></S:Envelope>`)
      expect(signed).toMatch(/^<S:Envelope xmlns:S="[^"]*" xmlns:r='urn:r'><S:Header /)
      expect(signed).not.toContain('urn:x')
    })
  })
})

describe('an envelope for a provider that chokes', () => {
  const request = verifiedSoap()
  const text = Buffer.from(request.envelope).toString()

  it('is the same bytes where nothing is cut', () => {
    expect(strippedEnvelope(request, { security: false, envelope: false })).toBe(request.envelope)
  })

  it('loses the Security header, the X-Road and our blocks, and not a byte more', () => {
    const cut = (security: boolean, envelope: boolean) =>
      Buffer.from(strippedEnvelope(request, { security, envelope })).toString()
    const withoutBlocks = sampleBlocks.reduce((rest, block) => rest.replace(block, ''), text)
    expect(cut(true, false)).toBe(text.replace(securityBlock, ''))
    expect(cut(false, true)).toBe(withoutBlocks)
    expect(cut(true, true)).toBe(withoutBlocks.replace(securityBlock, ''))
    readXml(Buffer.from(cut(true, true)))
  })

  it('keeps the blocks of others', () => {
    const other = '<a:To xmlns:a="http://www.w3.org/2005/08/addressing">x</a:To>'
    const addressed = verifiedSoap({ blocks: [...sampleBlocks, other] })
    const stripped = strippedEnvelope(addressed, { security: true, envelope: true })
    expect(Buffer.from(stripped).toString()).toContain(other)
  })
})
