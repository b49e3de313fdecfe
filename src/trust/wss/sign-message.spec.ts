import { beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import type { TestIdentity } from '../../../test/support/pki.js'
import {
  makeTestTrust,
  soap11,
  soap12,
  soapContent,
  verifySoap,
  wsu,
  type TestTrust,
} from '../../../test/support/wss.js'
import { Fault } from '../../exchange/fault.js'
import type { SoapSigner, SoapToSign } from '../../exchange/signers.js'
import { readXml } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'
import { createSoapSigner } from './sign-message.js'

describe('signing a SOAP message with the key of the bus', () => {
  let trust: TestTrust
  let bus: TestIdentity
  let signer: SoapSigner

  beforeAll(async () => {
    trust = await makeTestTrust()
    bus = await trust.authority.issue({ keyType: 'p256', subject: 'Şlüz' })
    trust.register(bus)
    signer = createSoapSigner({
      privateKey: bus.privateKey,
      certificate: bus.der,
      now: () => new Date(),
    })
  })

  const sign = (envelope: string, rest: Partial<SoapToSign> = {}): string =>
    Buffer.from(
      signer.sign({ envelope: Buffer.from(envelope), headerBlocks: [], attachments: [], ...rest }),
    ).toString()
  const accepted = (message: string) => verifySoap(soapContent(Buffer.from(message)), trust.rules())

  it('keeps the tag of the Envelope and the content of the Body byte for byte', async () => {
    const start =
      "<?xml version='1.0'?>\r\n<env:Envelope  xmlns:env = '" +
      `${soap12}' xmlns:xs="http://www.w3.org/2001/XMLSchema"\r\n attr='x' >`
    const content = "\r\n <a  x='1' ><![CDATA[<]]>&#233;<!-- c --></a >\t"
    const end = '</env:Body >\r\n</env:Envelope >\n<!-- end -->'
    const given = `${start} \n<env:Header><old/></env:Header>\n <env:Body y='2' >${content}${end}`
    const message = sign(given)
    expect(message.startsWith(`${start}<env:Header `)).toBe(true)
    expect(message.endsWith(`${content}${end}`)).toBe(true)
    expect(message).toContain(`<env:Body xmlns:wsu="${wsu}" wsu:Id="`)
    expect(message).toContain(` y='2' >${content}`)
    expect(message).not.toContain('<old/>')
    expect((await accepted(message)).version).toBe('1.2')
  })

  it('uses the Id that the Body has, whatever is in it', async () => {
    const id = 'provayder&amp;&lt;&quot;1'
    const body = `<S:Body xmlns:u="${wsu}" u:Id="${id}"><a/></S:Body>`
    const message = sign(`<S:Envelope xmlns:S="${soap11}">${body}</S:Envelope>`)
    expect(message).toContain(body)
    expect(message).toContain(`<ds:Reference URI="#${id}">`)
    await accepted(message)
  })

  it('gives the Body an Id with a prefix that means nothing else there', async () => {
    const bodies = [
      `<S:Body xmlns:wsu="urn:other"><wsu:a/></S:Body>`,
      `<S:Body Id="x"><a xmlns="urn:x"/></S:Body>`,
      '<S:Body/>',
      '<S:Body />',
    ]
    for (const body of bodies) {
      const given = `<S:Envelope xmlns:S="${soap11}">${body}</S:Envelope>`
      const verified = await accepted(sign(given))
      const before = readXml(Buffer.from(given))
      const content = (document: ReturnType<typeof readXml>): string[] =>
        [...document.inside(document.root)].map(
          (each) => `${document.namespace(each)} ${document.localName(each)}`,
        )
      const after = readXml(Buffer.from(verified.envelope))
      expect(content(after).slice(-content(before).length)).toEqual(content(before))
    }
    const declared = `<S:Envelope xmlns:S="${soap11}" xmlns:u="${wsu}"><S:Body/></S:Envelope>`
    expect(sign(declared)).toContain('<S:Body u:Id="')
  })

  it('works without a prefix for SOAP', async () => {
    const message = sign(`<Envelope xmlns="${soap11}"><Body><a xmlns=""/></Body></Envelope>`)
    expect((await accepted(message)).body.children()[0]?.namespace).toBe('')
  })

  it('covers each header block', async () => {
    const headerBlocks = ['<x:a xmlns:x="urn:x">1</x:a>', '<x:b\nxmlns:x="urn:x"/>', '<c/>'].map(
      (block) => Buffer.from(block),
    )
    const given = `<S:Envelope xmlns:S="${soap11}"><S:Body/></S:Envelope>`
    const verified = await accepted(sign(given, { headerBlocks }))
    expect(verified.headerBlocks.map(({ localName }) => localName)).toEqual(['a', 'b', 'c'])
    expect(verified.headerBlock('urn:x', 'a')?.text()).toBe('1')
  })

  it.each([
    ['two elements', '<a/><b/>'],
    ['text', 'a'],
    ['an end tag', '<a></a></S:Header><S:Header>'],
    ['a Header that ends ours', `<a/></S:Header><S:Header xmlns:wsu="${wsu}">`],
    ['nothing', ''],
    ['half an element', '<a>'],
    ['a Security header that closes ours', '<a/></S:Header><S:Body/><S:Header><b/>'],
  ])('refuses a header block that is %s', (_what, block) => {
    const given = `<S:Envelope xmlns:S="${soap11}"><S:Body/></S:Envelope>`
    const order = { headerBlocks: [Buffer.from(block)] }
    expect(() => sign(given, order)).toThrow()
  })

  it.each([
    '<a/>',
    `<S:Envelope xmlns:S="${soap11}"/>`,
    `<S:Envelope xmlns:S="urn:x"><S:Body/></S:Envelope>`,
  ])('refuses what is no envelope: %s', (given) => {
    expect(() => sign(given)).toThrow(TypeError)
  })

  it('takes what the envelope was read as, and only of these very bytes', async () => {
    const envelopeOf = (text: string) =>
      Buffer.from(`<S:Envelope xmlns:S="${soap11}"><S:Body><a>${text}</a></S:Body></S:Envelope>`)
    const envelope = envelopeOf('asked')
    for (const read of [envelope, envelopeOf('other')]) {
      const message = sign('', { envelope, document: readXml(read) })
      expect(message).toContain('<a>asked</a>')
      await accepted(message)
    }
  })

  it('refuses what is no XML', () => {
    expect(() => sign('<a>')).toThrow(XmlError)
  })

  it('says when, and until when', async () => {
    const created = new Date('2027-01-01T12:00:00.123Z')
    const { privateKey, der: certificate } = bus
    const other = createSoapSigner({
      privateKey,
      certificate,
      now: () => created,
      validForMs: 1_000,
    })
    const envelope = Buffer.from(`<S:Envelope xmlns:S="${soap11}"><S:Body/></S:Envelope>`)
    const message = Buffer.from(other.sign({ envelope, headerBlocks: [], attachments: [] }))
    const verified = await verifySoap(
      soapContent(message),
      trust.rules(() => new Date('2027-01-01T12:00:01.000Z')),
    )
    expect(verified.signature.created).toEqual(created)
    expect(message.toString()).toContain('<wsu:Expires>2027-01-01T12:00:01.123Z</wsu:Expires>')
  })

  it('takes no key that no algorithm takes', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    expect(() =>
      createSoapSigner({ privateKey, certificate: bus.der, now: () => new Date() }),
    ).toThrow(Fault)
  })
})
