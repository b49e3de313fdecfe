import { beforeAll, describe, expect, it } from '@jest/globals'
import { idOf, inHeader, WrappingSample } from '../../../test/support/wrapping.js'
import { signedMessage, wsu, xroad } from '../../../test/support/wss.js'

describe('names that a signed message gives its parts:', () => {
  let sample: WrappingSample
  let message: string
  let body: string
  let client: string
  let timestamp: string

  beforeAll(async () => {
    sample = await WrappingSample.make()
    ;({ message, body, client, timestamp } = sample)
  })

  const verdict = (text: string, startBytes?: number): Promise<string> =>
    sample.verdict(text, startBytes)

  describe('an Id', () => {
    it.each([
      ['wsu:Id', (id: string) => `<x xmlns:wsu="${wsu}" wsu:Id="${id}"/>`],
      ['Id', (id: string) => `<x Id="${id}"/>`],
      ['ID', (id: string) => `<x ID="${id}"/>`],
      ['id', (id: string) => `<x id="${id}"/>`],
      ['xml:id', (id: string) => `<x xml:id="${id}"/>`],
    ])('of a signed part again as %s, in the Header or in the Body', async (_kind, element) => {
      for (const part of [client, timestamp, body]) {
        const again = element(idOf(part))
        const inBody = message.replace('</S:Body>', `${again}</S:Body>`)
        expect(await verdict(inHeader(message, again))).toBe('SIGNATURE_INVALID Reference')
        expect(await verdict(inBody)).toBe('SIGNATURE_INVALID Reference')
        // And where the Header is judged by itself first.
        const headerEnd = message.indexOf('</S:Header>') + 40
        expect(await verdict(inBody, headerEnd)).toBe('SIGNATURE_INVALID Reference')
      }
    })

    it('in a namespace that is not for Ids is none', async () => {
      const foreign = body
        .replace('xmlns:wsu=', 'xmlns:f="urn:f" xmlns:wsu=')
        .replace(' wsu:Id=', ' f:Id=')
      expect(foreign).not.toBe(body)
      expect(await verdict(message.replace(body, foreign))).toBe('SIGNATURE_INVALID Reference')
      // Nor does one beside the real one do harm.
      const other = `<x:y xmlns:x="urn:x" x:Id="${idOf(body)}"/>`
      expect(await verdict(inHeader(message, other))).toBe('accepted')
    })

    it('of the token on a second element', async () => {
      const token = /BinarySecurityToken[^>]* wsu:Id="([^"]*)"/.exec(message)![1]!
      const again = message.replace('</S:Body>', `<x Id="${token}"/></S:Body>`)
      expect(await verdict(again)).toBe('SIGNATURE_INVALID Reference')
      const headerEnd = message.indexOf('</S:Header>') + 40
      expect(await verdict(again, headerEnd)).toBe('SIGNATURE_INVALID Reference')
    })

    it('of a signed part on a second element that is signed too', async () => {
      const service = idOf(/<xroad:service .*?>/.exec(message)![0])
      expect(await verdict(message.replace(`"${idOf(client)}"`, `"${service}"`))).toBe(
        'SIGNATURE_INVALID Reference',
      )
    })
  })

  describe('namespaces', () => {
    it('changed around a header block change what it is', async () => {
      const renamed = message.replace(`xmlns:xroad="${xroad}"`, 'xmlns:xroad="urn:other"')
      expect(await verdict(renamed)).toMatch(/^SIGNATURE_INVALID/)
    })

    it('that the Body uses in values only are signed with it', async () => {
      const body = '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="xs:int">1</a>'
      const bodyTag = '<S:Body xmlns:xs="http://www.w3.org/2001/XMLSchema">'
      const typed = signedMessage(sample.consumer, { body, bodyTag }).toString()
      expect(await verdict(typed)).toBe('accepted')
      const injected = typed.replace('"http://www.w3.org/2001/XMLSchema"', '"urn:evil"')
      expect(await verdict(injected)).toBe('SIGNATURE_INVALID Body')
    })

    it('of SOAP itself cannot be mixed', async () => {
      const soap12 = 'http://www.w3.org/2003/05/soap-envelope'
      const mixed = message.replace('<S:Header', `<S:Header xmlns:S="${soap12}"`)
      expect(await verdict(mixed)).toBe('REQUEST_INVALID Envelope')
    })
  })
})
