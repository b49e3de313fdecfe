import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { Fault, type FaultCode } from '../../src/exchange/fault.js'
import { faultTexts } from '../../src/exchange/fault-text.js'
import { readXml } from '../../src/xml/read-xml.js'
import { renderFault, type SoapFaultTerms } from './fault.js'
import { sluiceFaultNamespace, soapNamespaces } from './names.js'

const exchangeId = '019ab2c4-0000-7000-8000-000000000001'
const terms = (
  version: SoapFaultTerms['version'],
  language: 'az' | 'en' = 'az',
): SoapFaultTerms => ({
  version,
  exchangeId,
  language,
})

/** The texts inside, by path from the Body; an element that has elements is no text. */
function textsOf(envelope: Buffer): Record<string, string> {
  const document = readXml(envelope)
  const texts: Record<string, string> = {}
  const walk = (element: typeof document.root, path: string) => {
    const language = document.attribute(element, 'http://www.w3.org/XML/1998/namespace', 'lang')
    const here = `${path}/${document.localName(element)}${language ? `@${language}` : ''}`
    const children = [...document.children(element)]
    if (children.length === 0) texts[here] = document.text(element)
    for (const child of children) walk(child, here)
  }
  walk(document.root, '')
  return texts
}

describe('a refusal as a SOAP Fault', () => {
  const denied = new Fault('ACCESS_DENIED')

  it('in SOAP 1.1: the code, the preferred language, and all in the detail', () => {
    const { status, contentType, envelope } = renderFault(denied, terms('1.1', 'en'))
    expect(status).toBe(500)
    expect(contentType).toBe('text/xml; charset=utf-8')
    const fault = '/Envelope/Body/Fault'
    expect(textsOf(envelope)).toEqual({
      [`${fault}/faultcode`]: 'S:Client',
      [`${fault}/faultstring`]: 'No access grant',
      [`${fault}/detail/fault/code`]: 'ACCESS_DENIED',
      [`${fault}/detail/fault/side`]: 'consumer',
      [`${fault}/detail/fault/exchangeId`]: exchangeId,
      [`${fault}/detail/fault/text@az`]: 'Bu xidmət üzrə giriş icazəsi yoxdur',
      [`${fault}/detail/fault/text@en`]: 'No access grant',
      [`${fault}/detail/fault/remedy@az`]: 'Xidmət təchizatçısından giriş icazəsi istəyin.',
      [`${fault}/detail/fault/remedy@en`]: 'Ask the provider for an access right.',
    })
    const document = readXml(envelope)
    const body = document.child(document.root, soapNamespaces['1.1'], 'Body')!
    const faultcode = document.firstChild(document.firstChild(body)!)!
    expect(document.namespaceOfPrefix(faultcode, 'S')).toBe(soapNamespaces['1.1'])
    expect(document.namespace(faultcode)).toBe('')
  })

  it('in SOAP 1.2: both languages in the Reason, our code as Subcode', () => {
    const until = new Date('2013-02-05T14:30:00Z')
    const fault = new Fault('IN_MAINTENANCE', { until, detail: 'The provider is asleep.' })
    const { status, contentType, envelope } = renderFault(fault, terms('1.2'))
    expect(status).toBe(500)
    expect(contentType).toBe('application/soap+xml; charset=utf-8')
    const path = '/Envelope/Body/Fault'
    expect(textsOf(envelope)).toMatchObject({
      [`${path}/Code/Value`]: 'S:Receiver',
      [`${path}/Code/Subcode/Value`]: 'f:IN_MAINTENANCE',
      [`${path}/Reason/Text@az`]:
        'Texniki iş aparılır. Planlaşdırılan bitmə vaxtı: 05.02.2013 14:30 UTC',
      [`${path}/Reason/Text@en`]: 'Maintenance until 05.02.2013 14:30 UTC',
      [`${path}/Detail/fault/until`]: '2013-02-05T14:30:00.000Z',
      [`${path}/Detail/fault/detail`]: 'The provider is asleep.',
    })
    const document = readXml(envelope)
    const names = [...document.children(document.firstChild(document.firstChild(document.root)!)!)]
    expect(names.map((name) => document.namespace(name))).toEqual(
      Array.from({ length: 3 }, () => soapNamespaces['1.2']),
    )
    expect(envelope.toString()).toContain(`<f:fault xmlns:f="${sluiceFaultNamespace}">`)
  })

  it.each(['MustUnderstand', 'VersionMismatch'])('the standing code %s', (field) => {
    const fault = new Fault('REQUEST_INVALID', { field })
    for (const version of ['1.1', '1.2'] as const) {
      expect(renderFault(fault, terms(version)).envelope.toString()).toContain(`>S:${field}<`)
    }
    const other = new Fault('PAYLOAD_UNSAFE', { field })
    expect(renderFault(other, terms('1.1')).envelope.toString()).toContain('>S:Client<')
  })

  it('what was no SOAP message is answered in SOAP 1.1, with 400', () => {
    const { status, contentType } = renderFault(denied, terms(undefined))
    expect([status, contentType]).toEqual([400, 'text/xml; charset=utf-8'])
  })

  it.each(Object.keys(faultTexts) as FaultCode[])(
    '%s is well-formed and blames its side',
    (code) => {
      const fault = new Fault(code, { field: 'Body' })
      for (const version of ['1.1', '1.2'] as const) {
        const text = renderFault(fault, terms(version)).envelope.toString()
        expect(Object.values(textsOf(Buffer.from(text)))).toContain(fault.text.az)
        expect(/S:(?:Client|Sender)</.test(text)).toBe(fault.side === 'consumer')
      }
    },
  )

  it.each(['1.1', '1.2'] as const)(
    'SOAP %s names the places at which a message breaks its contract, in both languages',
    (version) => {
      const text = { az: 'Qiymət siyahıda yoxdur: <&', en: 'The value is none of: <&' }
      const places = ['/illər[2]/@kod', '/<fin>'].map((path) => ({ path, text }))
      const { envelope } = renderFault(new Fault('REQUEST_INVALID', { places }), terms(version))
      const document = readXml(envelope)
      const found: object[] = []
      const walk = (element: typeof document.root): void => {
        if (document.is(element, sluiceFaultNamespace, 'place')) {
          const [path, az, en] = [...document.children(element)].map((each) => document.text(each))
          found.push({ path, text: { az, en } })
        }
        for (const inner of document.children(element)) walk(inner)
      }
      walk(document.root)
      expect(found).toEqual(places)
      const without = renderFault(denied, terms(version)).envelope.toString()
      expect(without).not.toContain('places')
    },
  )

  it('any field and detail are escaped, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }),
        fc.constantFrom('1.1', '1.2'),
        (text, version) => {
          const fault = new Fault('REQUEST_INVALID', {
            field: `<${text}`,
            detail: `]]>&${text}`,
            places: [{ path: `/<${text}`, text: { az: `<${text}`, en: `]]>${text}` } }],
          })
          const { envelope } = renderFault(fault, terms(version))
          expect(Object.keys(textsOf(envelope)).length).toBeGreaterThan(8)
        },
      ),
    )
  })
})
