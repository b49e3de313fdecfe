import { describe, expect, it } from '@jest/globals'
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

/** Octets given in hexadecimal between the halves of a document. */
const withOctets = (hex: string): Buffer =>
  Buffer.concat([Buffer.from('<a>'), Buffer.from(hex, 'hex'), Buffer.from('</a>')])

describe('what is well-formed', () => {
  it.each([
    ['an empty element', '<a/>'],
    ['white space in tags', '<a\t\r\n b = \'1\'\n c="2" ></a\n>'],
    ['comments around the root', '<!-- - --> <a/>\n<!---->\n'],
    ['the XML declaration', '<?xml version="1.0" encoding=\'utf-8\' standalone="no" ?><a/>'],
    ['the XML declaration, loosely', "<?xml\n version\t=\r'1.0'\n?><a/>"],
    ['a byte order mark', '\ufeff<?xml version="1.0"?><a/>'],
    ['references', '<a b="&amp;&lt;&gt;&quot;&apos;&#9;&#xA;&#x10FFFF;">&#0065;&#xd7ff;</a>'],
    ['a greater-than sign', '<a b=">">></a>'],
    ['brackets', '<a>]] ]&gt; ]</a>'],
    ['CDATA', '<a><![CDATA[]]><![CDATA[<&]]]]><![CDATA[>]]></a>'],
    ['text after CDATA that only looks like its end', '<a><![CDATA[]]]]]><b/>></a>'],
    ['names beyond ASCII', '<şlüz_ə имя·="1" ⁰=""/>'.replace('⁰', '\u2070')],
    ['a name beyond the first plane', '<\u{10400}\u{effff}/>'],
    ['white space of attributes', '<a b="\t\r\n"/>'],
    ['U+FFFD and its neighbours', '<a>\ufffd\uf000\ue000</a>'],
    ['U+0085 and U+007F, which XML 1.0 allows', '<a>\u0085\u007f</a>'],
    ['declarations after their use', '<p:a p:b="" xmlns:p="urn:p"/>'],
    ['one local name in two namespaces', '<a b="" p:b="" xmlns="urn:p" xmlns:p="urn:p"/>'],
    ['an undeclared default namespace', '<a xmlns="urn:a"><b xmlns=""/></a>'],
    ['xml declared as what it is', '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>'],
    ['xml: without a declaration', '<xml:a xml:lang="az" xml:anything=""/>'],
    ['prefixes that begin with xml', '<xmlfoo:a xmlns:xmlfoo="urn:x"/>'],
    ['namespace names', `<a xmlns="a+b:" xmlns:b="http://u:p@[::1]:80/%41?q?#f'"/>`],
    ['one prefix again inside', '<p:a xmlns:p="urn:a"><p:b xmlns:p="urn:b"/><p:c/></p:a>'],
  ])('%s', (_name, xml) => {
    expect(errorOf(xml)).toBeUndefined()
  })
})

describe('what is not well-formed', () => {
  it.each([
    ['', 'the document ends too early'],
    [' ', 'the document ends too early'],
    ['text', 'the root element is missing'],
    ['<a', 'the document ends too early'],
    ['<a>', 'the document ends too early'],
    ['<a b="', 'the document ends too early'],
    ['<a><!--', 'the document ends too early'],
    ['<a><![CDATA[ ]]', 'the document ends too early'],
    ['<a></b>', 'an end tag does not match its start tag'],
    ['<a></ab>', 'an end tag does not match its start tag'],
    ['<ab></a>', 'an end tag does not match its start tag'],
    ['<p:a xmlns:p="urn:a" xmlns:q="urn:a"></q:a>', 'an end tag does not match its start tag'],
    ['<a></a b="1">', 'an end tag does not match its start tag'],
    ['<a/><a/>', 'something follows the root element'],
    ['<a/>x', 'something follows the root element'],
    ['<a/>&#32;', 'something follows the root element'],
    ['<a/></a>', 'something follows the root element'],
    ['<![CDATA[]]><a/>', 'a mark begins neither a comment nor a CDATA section'],
    ['<a><!ELEMENT b></a>', 'a mark begins neither a comment nor a CDATA section'],
    ['<a><![cdata[]]></a>', 'a mark begins neither a comment nor a CDATA section'],
    ['< a/>', 'a name is missing'],
    ['<a b/>', 'an attribute has no value'],
    ['<a b=1/>', 'an attribute value is not in quotes'],
    ['<a b="1"c="2"/>', 'white space or the end of a tag is missing'],
    ['<a b="1" /c>', 'a slash in a tag is not followed by its end'],
    ['<a b="<"/>', 'an attribute value holds a less-than sign'],
    ['<a b="1" b="2"/>', 'an attribute stands twice in one tag'],
    ['<a>]]></a>', 'text holds the end mark of a CDATA section'],
    ['<a>x]]]></a>', 'text holds the end mark of a CDATA section'],
    ['<a><!-- -- --></a>', 'a comment holds two hyphens in a row'],
    ['<a/><!-- --->', 'a comment holds two hyphens in a row'],
    ['<1/>', 'a name has a character or a colon where none may be'],
    ['<-a/>', 'a name has a character or a colon where none may be'],
    ['<·a/>', 'a name has a character or a colon where none may be'],
    ['<a×/>', 'a name has a character or a colon where none may be'],
    ['<a\u037e/>', 'a name has a character or a colon where none may be'],
    ['<a \u0300="1"/>', 'a name has a character or a colon where none may be'],
    ['<a\u{f0000}/>', 'a name has a character or a colon where none may be'],
    ['<?xml version="1.0"encoding="utf-8"?><a/>', 'the XML declaration is not correct'],
    ['<?xml encoding="utf-8" version="1.0"?><a/>', 'the XML declaration is not correct'],
    ['<?xml version="1.0" standalone="maybe"?><a/>', 'the XML declaration is not correct'],
    ['<?xml version=\'1.0"?><a/>', 'the XML declaration is not correct'],
    ['<?xml version="2.0"?><a/>', 'the XML declaration is not correct'],
    ['<?xml ?><a/>', 'the XML declaration is not correct'],
  ])('%s: %s', (xml, reason) => {
    expect(errorOf(xml)).toMatchObject({ kind: 'malformed', reason })
  })

  it.each([
    ['<a>&</a>', 'an ampersand starts none of the five predefined entities'],
    ['<a>&amp</a>', 'an ampersand starts none of the five predefined entities'],
    ['<a>&nbsp;</a>', 'an ampersand starts none of the five predefined entities'],
    ['<a b="&AMP;"/>', 'an ampersand starts none of the five predefined entities'],
    ['<a b="&lt"/>', 'an ampersand starts none of the five predefined entities'],
    ['<a>&#;</a>', 'a character reference has no number'],
    ['<a>&#x;</a>', 'a character reference has no number'],
    ['<a>&#X41;</a>', 'a character reference is not complete'],
    ['<a>&#4A;</a>', 'a character reference is not complete'],
    ['<a b="&#65"/>', 'a character reference is not complete'],
    ['<a>&#0;</a>', 'a reference to what is no XML character'],
    ['<a>&#x1F;</a>', 'a reference to what is no XML character'],
    ['<a b="&#xD800;"/>', 'a reference to what is no XML character'],
    ['<a>&#xFFFE;</a>', 'a reference to what is no XML character'],
    ['<a>&#x110000;</a>', 'a reference to what is no XML character'],
    ['<a>&#99999999999999999999;</a>', 'a reference to what is no XML character'],
  ])('reference %s: %s', (xml, reason) => {
    expect(errorOf(xml)).toMatchObject({ kind: 'malformed', reason })
  })

  it.each(['00', '01', '0b', '0c', '1f', 'efbfbe', 'efbfbf'])('the character %s', (hex) => {
    const reason = 'a character is not allowed in XML'
    expect(errorOf(withOctets(hex))).toMatchObject({ reason, offset: 3 })
    const places = ['<a b="#"/>', '<a><!--#--></a>', '<a><![CDATA[#]]></a>']
    for (const place of places) {
      const [before = '', after = ''] = place.split('#')
      const xml = [Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]
      expect(errorOf(Buffer.concat(xml))).toMatchObject({ reason, offset: before.length })
    }
  })

  it.each(['80', 'c3', 'c080', 'e282', 'eda080', 'f4908080', 'ff', 'f8a08080', 'd18080'])(
    'the octets %s, which are not UTF-8',
    (hex) => {
      const reason = 'the document is not UTF-8'
      expect(errorOf(withOctets(hex))).toMatchObject({ reason })
      // Wherever they stand, and whatever is around them, the place is found.
      for (const before of [0, 1, 14, 15, 16, 17, 1_000, 1_001]) {
        for (const after of [0, 1, 16, 1_000]) {
          const xml = [Buffer.from('я'.repeat(before)), Buffer.from(hex, 'hex')]
          const all = Buffer.concat([...xml, Buffer.from('ə'.repeat(after))])
          const second = hex === 'd18080' ? 2 : 0
          expect(errorOf(all)?.offset).toBe(before * 2 + second)
        }
      }
    },
  )
})

describe('namespaces', () => {
  it.each([
    ['<p:a/>', 'a prefix is not declared'],
    ['<a p:b=""/>', 'a prefix is not declared'],
    ['<xmlns:a/>', 'a prefix is not declared'],
    ['<a><p:b xmlns:p="urn:p"/><p:c/></a>', 'a prefix is not declared'],
    ['<:a/>', 'a name has a character or a colon where none may be'],
    ['<a:/>', 'a name has a character or a colon where none may be'],
    ['<a:b:c xmlns:a="urn:a"/>', 'a name has a character or a colon where none may be'],
    ['<a:1 xmlns:a="urn:a"/>', 'a name has a character or a colon where none may be'],
    ['<a xmlns:="urn:a"/>', 'a name has a character or a colon where none may be'],
    ['<a xmlns:p=""/>', 'a prefix may not be undeclared'],
    ['<a xmlns:p="urn:a" xmlns:p="urn:b"/>', 'a prefix is declared twice in one tag'],
    ['<a xmlns="urn:a" xmlns="urn:a"/>', 'a prefix is declared twice in one tag'],
    ['<a xmlns="" xmlns=""/>', 'a prefix is declared twice in one tag'],
    ['<a xmlns:xmlns="urn:a"/>', 'the prefix xmlns may not be declared'],
    ['<a xmlns:xml="urn:a"/>', 'the prefix xml and its namespace belong to each other alone'],
    [
      '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>',
      'the prefix xml and its namespace belong to each other alone',
    ],
    [
      '<a xmlns="&#104;ttp://www.w3.org/XML/1998/namespace"/>',
      'the prefix xml and its namespace belong to each other alone',
    ],
    ['<a xmlns="http://www.w3.org/2000/xmlns/"/>', 'the namespace of xmlns may not be declared'],
    ['<a xmlns="http://a b/"/>', 'a namespace name is not a URI'],
    ['<a xmlns="http://dövlət.az/"/>', 'a namespace name is not a URI'],
    ['<a xmlns="urn:%4"/>', 'a namespace name is not a URI'],
    ['<a xmlns="urn:a#b#c"/>', 'a namespace name is not a URI'],
    ['<a xmlns:p="urn:p" xmlns:q="urn:p" p:b="" q:b=""/>', 'an attribute stands twice in one tag'],
    [
      '<a q:b="" p:b="" xmlns:p="urn:p" xmlns:q="urn&#58;p"/>',
      'an attribute stands twice in one tag',
    ],
    ['<a xml:b="" xml:b=""/>', 'an attribute stands twice in one tag'],
  ])('%s: %s', (xml, reason) => {
    expect(errorOf(xml)).toMatchObject({ kind: 'malformed', reason })
  })
})

describe('what is refused by name', () => {
  it.each([
    ['<!DOCTYPE a><a/>', 'a document type declaration is not accepted'],
    ['<?pi?><a/>', 'a processing instruction is not accepted'],
    ['<a><?pi data?></a>', 'a processing instruction is not accepted'],
    ['<a/><?pi?>', 'a processing instruction is not accepted'],
    ['<?xml-stylesheet href="x"?><a/>', 'a processing instruction is not accepted'],
    [' <?xml version="1.0"?><a/>', 'a processing instruction is not accepted'],
    ['<?xml version="1.1"?><a/>', 'the version of XML is not 1.0'],
    ['<?xml version="1.0" encoding="windows-1251"?><a/>', 'the declared encoding is not UTF-8'],
    ['<?xml version="1.0" encoding="UTF-16"?><a/>', 'the declared encoding is not UTF-8'],
    ['<a xmlns="relative"/>', 'a namespace name is a relative reference'],
    ['<a xmlns:p="//host/path"/>', 'a namespace name is a relative reference'],
    ['<a xmlns:p="#part"/>', 'a namespace name is a relative reference'],
  ])('%s: %s', (xml, reason) => {
    expect(errorOf(xml)).toMatchObject({ kind: 'refused', reason })
  })

  it('another encoding before bytes that are not UTF-8', () => {
    const xml = Buffer.from('<?xml version="1.0" encoding="ISO-8859-9"?><a>\xfe</a>', 'latin1')
    expect(errorOf(xml)).toMatchObject({ reason: 'the declared encoding is not UTF-8' })
  })

  it.each(['feff003c', 'fffe3c00', '003c0061', '3c006100', '0000feff', 'fffe0000', '0000003c'])(
    'UTF-16 and UTF-32, beginning with %s',
    (hex) => {
      const reason = 'the encoding is UTF-16 or UTF-32 and not UTF-8'
      expect(errorOf(Buffer.from(hex, 'hex'))).toMatchObject({ kind: 'refused', reason })
    },
  )
})

it('reads any bytes of memory, and only those', () => {
  const memory = new Uint8Array(Buffer.from('xx<a>şlüz</a>yy'))
  const document = readXml(memory.subarray(2, memory.length - 2))
  expect(document.text(document.root)).toBe('şlüz')
})
