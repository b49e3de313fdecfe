import { describe, expect, it } from '@jest/globals'
import { readXml } from '../read-xml.js'
import { canonicalOctets } from './canonicalise.js'
import { c14nMethod } from './method.js'

const exclusive = c14nMethod('http://www.w3.org/2001/10/xml-exc-c14n#')

describe('canonical octets with something in the place of elements', () => {
  const document = readXml(
    Buffer.from('<a x="1" ><b><i><j/></i></b>&#65;<c>\r\n<i/></c><i></i><d xmlns="urn:d"/></a >'),
  )
  const places = [...document.inside(document.root)].filter((element) =>
    document.is(element, '', 'i'),
  )

  it('are those of the document that has them there', () => {
    const replaced = new Map(
      places.map((element, index) => [element, [Buffer.from(`${index}`), Buffer.from('=')]]),
    )
    const written = canonicalOctets(document, exclusive, { replaced }).toString()
    expect(written).toBe('<a x="1"><b>0=</b>A<c>\n1=</c>2=<d xmlns="urn:d"></d></a>')
  })

  it('take no notice of an element inside one that is replaced', () => {
    const inner = document.firstChild(places[0]!)!
    const replaced = new Map([
      [inner, [Buffer.from('no')]],
      [places[0]!, [Buffer.from('yes')]],
    ])
    const written = canonicalOctets(document, exclusive, { replaced }).toString()
    expect(written).toContain('<b>yes</b>')
  })

  it('are of the part that is written, whatever is replaced before it', () => {
    const replaced = new Map(places.map((element) => [element, [Buffer.from('+')]]))
    const element = document.parent(places[1]!)
    expect(canonicalOctets(document, exclusive, { element, replaced }).toString()).toBe(
      '<c>\n+</c>',
    )
  })

  it('hold long replacements unchanged', () => {
    const long = Buffer.alloc(100_000, 'QUJD')
    const replaced = new Map([[places[1]!, [long, long]]])
    const written = canonicalOctets(document, exclusive, {
      element: document.parent(places[1]!),
      replaced,
    })
    expect(written.toString()).toBe(`<c>\n${long.toString()}${long.toString()}</c>`)
  })
})
