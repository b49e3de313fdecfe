import { describe, expect, it } from '@jest/globals'
import { xmlLimits } from '../limits/documents.js'
import { readXml } from './read-xml.js'
import { XmlError } from './xml-error.js'

const bytesOf = (xml: string | Buffer): Buffer =>
  typeof xml === 'string' ? Buffer.from(xml, 'utf8') : xml

function errorOf(xml: string | Buffer): XmlError | undefined {
  try {
    readXml(bytesOf(xml))
    return undefined
  } catch (error) {
    if (error instanceof XmlError) return error
    throw error
  }
}

describe('limits', () => {
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  const attributes = (count: number): string =>
    Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ')
  const declarations = (count: number, prefix = 'p'): string =>
    Array.from({ length: count }, (_, index) => `xmlns:${prefix}${index}="urn:a"`).join(' ')
  const names = (count: number): string =>
    Array.from({ length: count }, (_, index) => `<n${index}/>`).join('')

  it.each([
    ['depth', nested(xmlLimits.depthMax), nested(xmlLimits.depthMax + 1)],
    [
      'attributes of an element',
      `<a ${attributes(xmlLimits.attributesPerElementMax)}/>`,
      `<a ${attributes(xmlLimits.attributesPerElementMax + 1)}/>`,
    ],
    [
      'namespaces in scope',
      `<a ${declarations(60)}><b ${declarations(4, 'q')}/><b ${declarations(4, 'r')}/></a>`,
      `<a ${declarations(60)}><b ${declarations(4, 'q')}><b xmlns="urn:b"/></b></a>`,
    ],
    [
      'length of names',
      `<${'a'.repeat(xmlLimits.nameBytesMax)}/>`,
      `<${'a'.repeat(xmlLimits.nameBytesMax + 1)}/>`,
    ],
    [
      'length of namespace names',
      `<a xmlns="urn:${'a'.repeat(xmlLimits.namespaceNameBytesMax - 4)}"/>`,
      `<a xmlns="urn:${'a'.repeat(xmlLimits.namespaceNameBytesMax - 3)}"/>`,
    ],
    [
      'different names',
      `<a>${names(xmlLimits.namesMax - 1)}</a>`,
      `<a>${names(xmlLimits.namesMax)}</a>`,
    ],
    [
      'nodes',
      `<a>${'<a/>'.repeat(xmlLimits.nodesMax - 10)}</a>`,
      `<a>${'<a/>'.repeat(xmlLimits.nodesMax)}</a>`,
    ],
  ])('%s', (_name, within, above) => {
    expect(errorOf(within)).toBeUndefined()
    expect(errorOf(above)).toMatchObject({ kind: 'limit' })
  })

  it('a limit on names does not depend on the documents before', () => {
    const xml = `<a>${names(xmlLimits.namesMax - 1)}</a>`
    expect([xml, xml, `<b/>`, xml].map((each) => errorOf(each))).toEqual(Array(4).fill(undefined))
    expect(errorOf(xml.replace('<a>', '<a b="">'))).toMatchObject({ kind: 'limit' })
  })

  it('redeclared prefixes count once', () => {
    const depth = xmlLimits.depthMax
    const xml = '<p:a xmlns:p="urn:a" xmlns="urn:b">'.repeat(depth) + '</p:a>'.repeat(depth)
    expect(errorOf(xml)).toBeUndefined()
  })

  it('bytes', () => {
    const xml = Buffer.alloc(xmlLimits.bytesMax + 1, ' ')
    expect(errorOf(xml)).toMatchObject({ kind: 'limit', reason: 'the document is too large' })
  })

  it('the XML declaration', () => {
    const xml = (spaces: number): string => `<?xml version="1.0"${' '.repeat(spaces)}?><a/>`
    expect(errorOf(xml(400))).toBeUndefined()
    expect(errorOf(xml(600))).toMatchObject({ reason: 'the XML declaration is not correct' })
  })
})

describe('an error', () => {
  it('tells the place in bytes, lines and characters', () => {
    const xml = '<a>\n<b>\r\nşlüz</b>\r<c>ə&x;</c></a>'
    const error = errorOf(xml)
    expect(error).toMatchObject({ line: 4, column: 5 })
    expect(error?.offset).toBe(Buffer.from(xml).indexOf('&x;'))
    expect(error?.message).toBe(
      'an ampersand starts none of the five predefined entities (line 4, column 5)',
    )
  })

  it('never quotes the document', () => {
    for (const xml of [
      '<a>&secret;</a>',
      '<secret></secreT>',
      '<a xmlns="secret"/>',
      '<a secret>',
    ]) {
      expect(errorOf(xml)?.message).not.toContain('secre')
    }
  })

  it('leaves the next document as it is', () => {
    const xml = '<p:a xmlns:p="urn:a"><p:b/></p:a>'
    expect(errorOf('<p:a xmlns:p="urn:a" xmlns:q="urn:q"><p:b>&')).toBeDefined()
    expect(errorOf('<q:a/>')).toMatchObject({ reason: 'a prefix is not declared' })
    expect(errorOf(xml)).toBeUndefined()
  })
})
