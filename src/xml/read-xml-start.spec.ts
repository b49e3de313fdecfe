import { describe, expect, it } from '@jest/globals'
import { readXml, readXmlStart } from './read-xml.js'
import { XmlError } from './xml-error.js'

const message = Buffer.from(
  '<?xml version="1.0"?>\n<e:Envelope xmlns:e="urn:e"><!-- c -->\n' +
    '<e:Header a="1"><b>ə</b><c xml:id="x"/></e:Header><e:Body>şə</e:Body></e:Envelope>',
)
const headerEnd = message.indexOf('</e:Header>') + '</e:Header>'.length

function refusalOf(bytes: Buffer): string {
  try {
    readXmlStart(bytes)
    return 'read'
  } catch (error) {
    if (error instanceof XmlError) return error.reason
    throw error
  }
}

describe('the beginning of a document', () => {
  it('is read up to the end of the first element inside the root, wherever it is cut after that', () => {
    const whole = readXml(message)
    const header = whole.firstChild(whole.root)!
    for (let length = headerEnd; length <= message.length; length++) {
      const start = readXmlStart(message.subarray(0, length))
      expect(start.firstChild(start.root)).toBe(header)
      expect(start.range(header)).toEqual(whole.range(header))
      expect(start.nextSibling(header)).toBeUndefined()
      expect(start.elementById('x')).toBe(whole.elementById('x'))
      expect([...start.children(header)].map((child) => start.textInside(child))).toEqual(['ə', ''])
    }
  })

  it('is refused where it ends before', () => {
    for (let length = 0; length < headerEnd; length++) {
      expect(refusalOf(message.subarray(0, length))).not.toBe('read')
    }
  })

  it('is held to the same rules as a whole document', () => {
    expect(refusalOf(Buffer.from('<a><b>&x;</b>'))).toMatch(/five predefined entities/)
    expect(refusalOf(Buffer.from('<!DOCTYPE a><a><b/>'))).toMatch(/document type/)
    expect(refusalOf(Buffer.from('<a>text</a>\n'))).toBe('the root element has no element inside')
    expect(refusalOf(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x62, 0x2f, 0x3e]))).toMatch(
      /UTF-8/,
    )
  })

  it('takes an empty element for the first one', () => {
    const start = readXmlStart(Buffer.from('<a> <b/>'))
    expect(start.localName(start.firstChild(start.root)!)).toBe('b')
  })
})
