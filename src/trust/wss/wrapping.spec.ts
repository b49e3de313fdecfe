import { beforeAll, describe, expect, it } from '@jest/globals'
import { idOf, inHeader, WrappingSample } from '../../../test/support/wrapping.js'
import { sluice, soap11, wsse, wsu, xroad } from '../../../test/support/wss.js'

/*
 * Signature wrapping: what was signed is kept where nobody reads it, and something else stands in its place.
 * Every form that was published (McIntosh and Austel 2005, Jensen and others 2011, Somorovsky and others 2012)
 * is one test. The signature itself is right in all of them.
 */
describe('a signed message wrapped into another', () => {
  let sample: WrappingSample
  /** The message as it was signed, and its parts as they stand in it. */
  let message: string
  let body: string
  let client: string
  let timestamp: string
  let security: string

  const evilBody = '<S:Body><g:finSil xmlns:g="urn:gcq"/></S:Body>'
  const evilClient = `<xroad:client xmlns:xroad="${xroad}"><evil/></xroad:client>`

  beforeAll(async () => {
    sample = await WrappingSample.make()
    ;({ message, body, client, timestamp, security } = sample)
  })

  const verdict = (text: string, startBytes?: number): Promise<string> =>
    sample.verdict(text, startBytes)

  it('is accepted as it was signed', async () => {
    expect(await verdict(message)).toBe('accepted')
  })

  describe('the Body', () => {
    it.each([
      ['without an Id', evilBody],
      [
        'with another Id',
        evilBody.replace('<S:Body>', `<S:Body xmlns:wsu="${wsu}" wsu:Id="evil">`),
      ],
    ])('moved into a header block, another Body %s in its place', async (_how, evil) => {
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${body}</w:Wrapper>`
      expect(await verdict(inHeader(message.replace(body, evil), wrapper))).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('moved into a header block for somebody else, that need not be understood', async () => {
      const wrapper = `<w:Wrapper xmlns:w="urn:w" S:actor="urn:nobody" S:mustUnderstand="0">${body}</w:Wrapper>`
      expect(await verdict(inHeader(message.replace(body, evilBody), wrapper))).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('made a header block itself', async () => {
      expect(await verdict(inHeader(message.replace(body, evilBody), body))).toBe(
        'SIGNATURE_INVALID Body',
      )
    })

    it('moved into the Security header', async () => {
      const moved = message
        .replace(body, evilBody)
        .replace('</wsse:Security>', `${body}</wsse:Security>`)
      expect(await verdict(moved)).toBe('SIGNATURE_INVALID Security')
    })

    it('moved into an Object of the Signature', async () => {
      const object = `<ds:Object>${body}</ds:Object></ds:Signature>`
      const moved = message.replace(body, evilBody).replace('</ds:Signature>', object)
      expect(await verdict(moved)).toBe('SIGNATURE_INVALID Signature')
    })

    it('moved into KeyInfo', async () => {
      const moved = message.replace(body, evilBody).replace('<ds:KeyInfo>', `<ds:KeyInfo>${body}`)
      expect(await verdict(moved)).toBe('SIGNATURE_INVALID Reference')
    })

    it('moved into the Body that takes its place', async () => {
      const evil = evilBody.replace('</S:Body>', `${body}</S:Body>`)
      expect(await verdict(message.replace(body, evil))).toBe('SIGNATURE_INVALID Reference')
    })

    it.each([
      ['before', (evil: string, signed: string) => evil + signed],
      ['behind', (evil: string, signed: string) => signed + evil],
    ])('with a second one %s it', async (_where, both) => {
      expect(await verdict(message.replace(body, both(evilBody, body)))).toBe(
        'REQUEST_INVALID Envelope',
      )
    })

    it('moved behind the Body that takes its place, as an element that SOAP 1.1 allows there', async () => {
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${body}</w:Wrapper>`
      expect(await verdict(message.replace(body, evilBody + wrapper))).toBe(
        'REQUEST_INVALID Envelope',
      )
    })

    it('moved before the Header', async () => {
      const moved = message.replace(body, evilBody).replace('<S:Header', `${body}<S:Header`)
      expect(await verdict(moved)).toBe('SIGNATURE_MISSING')
    })

    it('moved into a second Header', async () => {
      const header = `<S:Header>${body}</S:Header>`
      expect(await verdict(message.replace(body, header + evilBody))).toBe('REQUEST_INVALID Body')
    })

    it('beside one whose Id is the same', async () => {
      const evil = evilBody.replace(
        '<S:Body>',
        `<S:Body xmlns:wsu="${wsu}" wsu:Id="${idOf(body)}">`,
      )
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${body}</w:Wrapper>`
      expect(await verdict(inHeader(message.replace(body, evil), wrapper))).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('in another namespace, where only its local name is looked at', async () => {
      const evil = '<e:Body xmlns:e="urn:e"><g:finSil xmlns:g="urn:gcq"/></e:Body>'
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${body}</w:Wrapper>`
      expect(await verdict(inHeader(message.replace(body, evil), wrapper))).toBe(
        'REQUEST_INVALID Body',
      )
    })

    it('inside an envelope in an envelope', async () => {
      const inner = message.slice(message.indexOf('<S:Envelope')).replace(security, '')
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${inner}</w:Wrapper>`
      const outer = `<S:Envelope xmlns:S="${soap11}"><S:Header xmlns:wsu="${wsu}">${security}${wrapper}</S:Header>${evilBody}</S:Envelope>`
      expect(await verdict(outer)).toBe('SIGNATURE_INVALID Reference')
    })
  })

  describe('a header block', () => {
    it('moved into another one', async () => {
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${client}</w:Wrapper>`
      expect(await verdict(message.replace(client, evilClient + wrapper))).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })

    it('moved into the Security header', async () => {
      const moved = message
        .replace(client, evilClient)
        .replace('</wsse:Security>', `${client}</wsse:Security>`)
      expect(await verdict(moved)).toBe('SIGNATURE_INVALID Security')
    })

    it('moved into the Security header, so that it is signed and nobody reads it', async () => {
      const mode = /<s:mode .*<\/s:mode>/.exec(message)![0]
      for (const place of ['</wsse:Security>', '<wsu:Timestamp ', '<ds:Signature ']) {
        const moved = message.replace(mode, '').replace(place, mode + place)
        expect(await verdict(moved)).toBe('SIGNATURE_INVALID Security')
      }
    })

    it.each([
      ['before', (evil: string, signed: string) => evil + signed],
      ['behind', (evil: string, signed: string) => signed + evil],
    ])('with another of its name %s it', async (_where, both) => {
      expect(await verdict(message.replace(client, both(evilClient, client)))).toBe(
        'REQUEST_INVALID client',
      )
    })

    it('moved into the Body', async () => {
      const moved = message.replace(client, evilClient).replace('</S:Body>', `${client}</S:Body>`)
      expect(await verdict(moved)).toBe('SIGNATURE_INVALID Reference')
    })

    it('for somebody else, with one for us that nobody signed', async () => {
      const evil = evilClient.replace(
        '<xroad:client',
        `<xroad:client xmlns:S="${soap11}" S:actor="urn:x"`,
      )
      expect(await verdict(inHeader(message, evil))).toBe('REQUEST_INVALID client')
    })

    it.each([
      ['userId', `<xroad:userId xmlns:xroad="${xroad}">AZ1</xroad:userId>`],
      ['purpose', `<s:purpose xmlns:s="${sluice}">x</s:purpose>`],
      [
        'representedParty',
        '<r:representedParty xmlns:r="http://x-road.eu/xsd/representation.xsd"/>',
      ],
    ])('%s added after the message was signed', async (name, block) => {
      expect(await verdict(inHeader(message, block))).toBe(`SIGNATURE_INVALID ${name}`)
    })

    it('taken out', async () => {
      expect(await verdict(message.replace(client, ''))).toBe('SIGNATURE_INVALID Reference')
    })
  })

  describe('the Timestamp', () => {
    const fresh = '<wsu:Timestamp><wsu:Created>2030-01-01T00:00:00Z</wsu:Created></wsu:Timestamp>'

    it('moved into a wrapper in the Security header, a fresh one in its place', async () => {
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${timestamp}</w:Wrapper>`
      expect(await verdict(message.replace(timestamp, fresh + wrapper))).toBe(
        'SIGNATURE_INVALID Security',
      )
    })

    it('made a header block, a fresh one in its place', async () => {
      expect(await verdict(inHeader(message.replace(timestamp, fresh), timestamp))).toBe(
        'SIGNATURE_INVALID Timestamp',
      )
    })

    it.each([
      ['before', (evil: string, signed: string) => evil + signed],
      ['behind', (evil: string, signed: string) => signed + evil],
    ])('with a fresh one %s it', async (_where, both) => {
      expect(await verdict(message.replace(timestamp, both(fresh, timestamp)))).toBe(
        'SIGNATURE_INVALID Timestamp',
      )
    })
  })

  describe('the Security header', () => {
    it.each([
      ['as it is', ''],
      ['for the next receiver', ' S:actor="http://schemas.xmlsoap.org/soap/actor/next"'],
      ['for an actor of no name', ' S:actor=""'],
    ])('twice, the second %s', async (_how, actor) => {
      const second = `<wsse:Security xmlns:wsse="${wsse}"${actor}/>`
      expect(await verdict(inHeader(message, second))).toBe('SIGNATURE_INVALID Security')
      expect(await verdict(message.replace(security, second + security))).toBe(
        'SIGNATURE_INVALID Security',
      )
    })

    it('for another receiver is not for us', async () => {
      const foreign = security.replace('<wsse:Security', '<wsse:Security S:actor="urn:other"')
      expect(await verdict(message.replace(security, foreign))).toBe('SIGNATURE_MISSING')
    })

    it('for another receiver beside ours is let be', async () => {
      const foreign = `<wsse:Security xmlns:wsse="${wsse}" S:actor="urn:other"/>`
      expect(await verdict(inHeader(message, foreign))).toBe('accepted')
    })

    it('inside another header block is none', async () => {
      const wrapper = `<w:Wrapper xmlns:w="urn:w">${security}</w:Wrapper>`
      expect(await verdict(message.replace(security, wrapper))).toBe('SIGNATURE_MISSING')
    })

    it('with something that nobody signed', async () => {
      const added = '<wsse:UsernameToken/></wsse:Security>'
      expect(await verdict(message.replace('</wsse:Security>', added))).toBe(
        'SIGNATURE_INVALID UsernameToken',
      )
    })
  })
})
