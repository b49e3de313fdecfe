import { afterAll, describe, expect, it } from '@jest/globals'
import { WorkCounter } from '../../test/support/work.js'
import type { XmlDocument, XmlElement } from './document.js'

const counter = new WorkCounter(/\/src\/xml\//)
const { canonicalOctets } = await import('./c14n/canonicalise.js')
const { c14nMethod } = await import('./c14n/method.js')
const { readXml } = await import('./read-xml.js')

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const each = (count: number, text: (index: number) => string): string =>
  numbers(count).map(text).join('')

/** Documents that grow with `size` in the one thing that somebody may make costly. */
const hostile: Record<string, (size: number) => string> = {
  'one long text': (size) => `<a>${'x'.repeat(size * 20)}</a>`,
  references: (size) => `<a b="${'&#x41;'.repeat(size)}">${'&lt;'.repeat(size)}</a>`,
  'leading zeros': (size) => `<a>&#${'0'.repeat(size * 20)}65;</a>`,
  'almost the end of a CDATA section': (size) => `<a><![CDATA[${']'.repeat(size * 10)}]]></a>`,
  'almost the end of a comment': (size) => `<a><!--${'- '.repeat(size * 5)}--></a>`,
  'greater-than signs': (size) => `<a>${']>'.repeat(size * 4)}</a>`,
  'line ends': (size) => `<a b="${'\r\n'.repeat(size)}">${'\r'.repeat(size * 4)}</a>`,
  'white space in tags': (size) => `<a${' '.repeat(size * 10)}>x</a${'\n'.repeat(size * 10)}>`,
  'white space around the root': (size) => `${' '.repeat(size * 10)}<a/>${'\n'.repeat(size * 10)}`,
  siblings: (size) => `<a>${'<b/>'.repeat(size)}</a>`,
  'deep siblings': (size) =>
    `<a>${`${'<b>'.repeat(90)}${'</b>'.repeat(90)}`.repeat(size / 50)}</a>`,
  'many attributes': (size) =>
    `<a>${`<b ${each(64, (n) => `k${63 - n}="" `)}/>`.repeat(size / 50)}</a>`,
  'many declarations': (size) =>
    `<a>${`<b ${each(60, (n) => `xmlns:p${n}="urn:p" `)}/>`.repeat(size / 50)}</a>`,
  'prefixes from far outside': (size) =>
    `<a ${each(60, (n) => `xmlns:p${n}="urn:p${n}" `)}>${each(size, (n) => `<p${n % 60}:b/>`)}</a>`,
  'declarations that hide each other': (size) =>
    each(90, (n) => `<a xmlns="urn:${n}" xmlns:p="urn:${n}">`) +
    '<p:b/>'.repeat(size) +
    '</a>'.repeat(90),
  // For the table of the names last seen: all in the same place there.
  'names with one hash': (size) =>
    `<a>${'<Aa/><BB/>'.repeat(size)}${each(size, (n) => `<${n % 2 ? 'AaAa' : 'BBBB'}/>`)}</a>`,
  'different names': (size) => `<a>${each(size, (n) => `<n${n}/>`)}</a>`,
  'the same Id': (size) => `<a>${'<b Id="x"/>'.repeat(size)}</a>`,
}

function everything(xml: Buffer): void {
  const document = readXml(xml)
  for (const algorithm of [
    'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
    'http://www.w3.org/2006/12/xml-c14n11',
  ]) {
    canonicalOctets(document, c14nMethod(algorithm))
    canonicalOctets(document, c14nMethod(algorithm), { element: last(document) })
  }
  document.textInside(document.root)
  document.elementById('nobody')
}

function last(document: XmlDocument): XmlElement {
  let element = document.root
  for (let child = document.firstChild(element); child !== undefined;) {
    element = child
    child = document.nextSibling(child) ?? document.firstChild(child)
  }
  return element
}

afterAll(() => counter.stop())

describe('cost', () => {
  it.each(Object.entries(hostile))('grows no faster than the document: %s', (_name, make) => {
    const [small, large] = [600, 2_400].map((size) => Buffer.from(make(size))) as [Buffer, Buffer]
    // The names are known from then on, so that the same work is counted.
    everything(large)
    const cost = (xml: Buffer): number => counter.count(() => everything(xml))
    expect(cost(large) / cost(small)).toBeLessThan(4.2)
    // Blocks of a few instructions each, for reading, C14N in four ways, and looking around.
    expect(cost(large) / large.length).toBeLessThan(30)
    expect(cost(large) / large.length).toBeGreaterThan(0.5)
  })
})
