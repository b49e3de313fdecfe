import { describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import type { XmlDocument, XmlElement } from '../document.js'
import { readXml } from '../read-xml.js'
import { canonicalise, canonicalOctets, type C14nPart } from './canonicalise.js'
import { c14nMethod, UnsupportedTransform } from './method.js'
import { joinReferences, withoutDots } from './xml-base.js'

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const inclusive10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const inclusive11 = 'http://www.w3.org/2006/12/xml-c14n11'

const read = (xml: string): XmlDocument => readXml(Buffer.from(xml))

function canonical(
  document: XmlDocument,
  algorithm: string,
  part?: C14nPart,
  ...prefixes: string[]
) {
  return canonicalOctets(document, c14nMethod(algorithm, prefixes), part).toString()
}

/** Whole documents, where the methods say the same. */
function expectEverywhere(xml: string, expected: string): void {
  for (const algorithm of [exclusive, inclusive10, inclusive11]) {
    expect(canonical(read(xml), algorithm)).toBe(expected)
  }
}

const childOf = (document: XmlDocument, parent = document.root): XmlElement =>
  document.firstChild(parent)!

describe('whatever the method', () => {
  it.each([
    ['empty elements get an end tag', '<a><b /></a>', '<a><b></b></a>'],
    ['white space in tags goes', '<a  b="1"\n c="2" ></a >', '<a b="1" c="2"></a>'],
    ['quotes are double', `<a b='"&apos;' c="'"/>`, `<a b="&quot;'" c="'"></a>`],
    ['text', `<a>&quot;&apos;"'&gt;>&lt;&amp;&#65;ə</a>`, `<a>"'"'&gt;&gt;&lt;&amp;Aə</a>`],
    ['line ends', '<a>\r\n\r\n\r&#13;\n</a>', '<a>\n\n\n&#xD;\n</a>'],
    [
      'line ends in attributes',
      '<a b="\r\n\r&#13;&#10;&#9;\t"/>',
      '<a b="  &#xD;&#xA;&#x9; "></a>',
    ],
    ['CDATA becomes text', '<a><![CDATA[<&>"\r\n&amp;]]></a>', '<a>&lt;&amp;&gt;"\n&amp;amp;</a>'],
    ['the declaration goes', '\ufeff<?xml version="1.0"?>\n<a/>\n', '<a></a>'],
    ['comments go', '<!-- 1 --><a>x<!-- 2 -->y</a><!-- 3 -->', '<a>xy</a>'],
    ['attributes are sorted', '<a z="" b="" B="" é=""/>', '<a B="" b="" z="" é=""></a>'],
    [
      'by code point, not by UTF-16',
      '<a \u{10400}="1" \uff21="2"/>',
      '<a \uff21="2" \u{10400}="1"></a>',
    ],
    [
      'by namespace name, not by prefix',
      '<a b:x="" a:x="" x="" xmlns:a="urn:2" xmlns:b="urn:1"/>',
      '<a xmlns:a="urn:2" xmlns:b="urn:1" x="" b:x="" a:x=""></a>',
    ],
    [
      'declarations are sorted and come first',
      '<p:a x="" xmlns:z="urn:z" xmlns:p="urn:p" z:y=""/>',
      '<p:a xmlns:p="urn:p" xmlns:z="urn:z" x="" z:y=""></p:a>',
    ],
    [
      'xml is never declared',
      '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:b=""/>',
      '<a xml:b=""></a>',
    ],
    ['ampersands in namespace names', '<a xmlns="urn:a&amp;b"/>', '<a xmlns="urn:a&amp;b"></a>'],
  ])('%s', (_name, xml, expected) => {
    expectEverywhere(xml, expected)
  })

  it('canonical input comes out as it is', () => {
    const xml =
      '<p:a xmlns:p="urn:p" a="&amp;&lt;&quot;&#x9;&#xA;&#xD;\'>" b="">&amp;&lt;&gt;&#xD;"ə<b></b></p:a>'
    expectEverywhere(xml, xml)
  })

  it('with comments, those outside the root have a line of their own', () => {
    const document = read('<!-- 1 --> <!-- 2 --><a>x<!-- 3\r\n -->y</a><!-- 4 -->\n')
    for (const algorithm of [`${exclusive}WithComments`, `${inclusive10}#WithComments`]) {
      expect(canonical(document, algorithm)).toBe(
        '<!-- 1 -->\n<!-- 2 -->\n<a>x<!-- 3\n -->y</a>\n<!-- 4 -->',
      )
      expect(canonical(document, algorithm, { element: document.root })).toBe(
        '<a>x<!-- 3\n -->y</a>',
      )
    }
  })

  it('leaves out an element, and only this', () => {
    const document = read('<a>1<b><c xmlns:p="urn:p" p:x=""/>2</b>3<b/>4</a>')
    const [first, second] = [...document.children(document.root)]
    expect(canonical(document, exclusive, { without: first })).toBe('<a>13<b></b>4</a>')
    expect(
      canonical(document, exclusive, { element: first, without: childOf(document, first) }),
    ).toBe('<b>2</b>')
    expect(canonical(document, exclusive, { element: first, without: first })).toBe('')
    expect(() => canonical(document, exclusive, { element: first, without: second })).toThrow(
      RangeError,
    )
  })
})

describe('exclusive C14N', () => {
  const soap =
    '<s:E xmlns:s="urn:s" xmlns:d="urn:d" xmlns="urn:n"><s:B d:i="1"><x><s:y/><d:z/></x></s:B></s:E>'

  it('declares what is used, where it is used first', () => {
    const document = read(soap)
    expect(canonical(document, exclusive, { element: childOf(document) })).toBe(
      '<s:B xmlns:d="urn:d" xmlns:s="urn:s" d:i="1"><x xmlns="urn:n"><s:y></s:y><d:z></d:z></x></s:B>',
    )
  })

  it('does not depend on what is around', () => {
    const inner = '<d:a xmlns:d="urn:d"><b d:c=""/></d:a>'
    const expected = '<d:a xmlns:d="urn:d"><b d:c=""></b></d:a>'
    for (const around of [
      '<o>#</o>',
      '<o xmlns:x="urn:x" xml:lang="az" xmlns:d="urn:other">#</o>',
    ]) {
      const document = read(around.replace('#', inner))
      expect(canonical(document, exclusive, { element: childOf(document) })).toBe(expected)
    }
  })

  it('undeclares the default namespace only where the output has one', () => {
    const document = read(
      '<a xmlns="urn:a"><b xmlns=""><c/></b><p:d xmlns:p="urn:p" xmlns=""/></a>',
    )
    expect(canonical(document, exclusive)).toBe(
      '<a xmlns="urn:a"><b xmlns=""><c></c></b><p:d xmlns:p="urn:p"></p:d></a>',
    )
    const [b] = [...document.children(document.root)]
    expect(canonical(document, exclusive, { element: b })).toBe('<b><c></c></b>')
  })

  it('declares again for each sibling, and a prefix that changes its namespace', () => {
    const xml =
      '<a xmlns:p="urn:1"><p:b/><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"/></p:b><p:b/></a>'
    expect(canonical(read(xml), exclusive)).toBe(
      '<a><p:b xmlns:p="urn:1"></p:b><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"></p:c></p:b>' +
        '<p:b xmlns:p="urn:1"></p:b></a>',
    )
  })

  it('treats the prefixes of the list as inclusive C14N does', () => {
    const document = read(soap)
    const part = { element: childOf(document) }
    expect(canonical(document, exclusive, part, '#default', 'unknown')).toBe(
      '<s:B xmlns="urn:n" xmlns:d="urn:d" xmlns:s="urn:s" d:i="1"><x><s:y></s:y><d:z></d:z></x></s:B>',
    )
    const values = read('<a xmlns:t="urn:t"><b type="t:x"><c xmlns:t="urn:u" type="t:y"/></b></a>')
    expect(canonical(values, exclusive, { element: childOf(values) }, 't')).toBe(
      '<b xmlns:t="urn:t" type="t:x"><c xmlns:t="urn:u" type="t:y"></c></b>',
    )
    expect(canonical(values, exclusive, { element: childOf(values) })).toBe(
      '<b type="t:x"><c type="t:y"></c></b>',
    )
  })
})

describe('inclusive C14N', () => {
  it('takes along all namespaces in scope, once', () => {
    const document = read(
      '<a xmlns:p="urn:p" xmlns="urn:a" xmlns:q="urn:q"><b xmlns:q="urn:r"><c xmlns="urn:a" xmlns:p="urn:p"/></b></a>',
    )
    for (const algorithm of [inclusive10, inclusive11]) {
      expect(canonical(document, algorithm, { element: childOf(document) })).toBe(
        '<b xmlns="urn:a" xmlns:p="urn:p" xmlns:q="urn:r"><c></c></b>',
      )
    }
  })

  const around =
    '<a xml:lang="az" xml:space="preserve" xml:id="a" xml:base="http://x/y/" xml:other="o">' +
    '<b xml:lang="en" xml:base="z/"><c xml:base="w"><d/></c></b></a>'

  it('1.0 inherits every xml: attribute', () => {
    const document = read(around)
    const c = childOf(document, childOf(document))
    expect(canonical(document, inclusive10, { element: c })).toBe(
      '<c xml:base="w" xml:id="a" xml:lang="en" xml:other="o" xml:space="preserve"><d></d></c>',
    )
  })

  it('1.1 inherits xml:lang and xml:space, and joins xml:base', () => {
    const document = read(around)
    const c = childOf(document, childOf(document))
    expect(canonical(document, inclusive11, { element: c })).toBe(
      '<c xml:base="http://x/y/z/w" xml:lang="en" xml:space="preserve"><d></d></c>',
    )
    expect(canonical(document, inclusive11, { element: childOf(document, c) })).toBe(
      '<d xml:base="http://x/y/z/w" xml:lang="en" xml:space="preserve"></d>',
    )
  })

  it('1.1 leaves an xml:base alone that nothing is joined to, and drops an empty one', () => {
    const alone = read('<a><b xml:base="../x/."/></a>')
    const part = (document: XmlDocument): C14nPart => ({ element: childOf(document) })
    expect(canonical(alone, inclusive11, part(alone))).toBe('<b xml:base="../x/."></b>')
    const empty = read('<a xml:base="x"><b xml:base="."/></a>')
    expect(canonical(empty, inclusive11, part(empty))).toBe('<b></b>')
  })

  it('1.1 joins no xml:base without end', () => {
    const document = read(`<a xml:base="${'x'.repeat(3_000)}"><b/></a>`)
    const join = (): string => canonical(document, inclusive11, { element: childOf(document) })
    expect(join).toThrow('an xml:base is too long to be joined')
  })

  it.each([
    ['http://a/b/c', 'd', 'http://a/b/d'],
    ['http://a/b/c?q', '', 'http://a/b/c?q'],
    ['http://a/b/c?q#f', '?r', 'http://a/b/c?r'],
    ['http://a', 'b', 'http://a/b'],
    ['http://a/b/', '../../c', 'http://a/c'],
    ['http://a/b', '//c/d', 'http://c/d'],
    ['http://a/b', 'urn:x:y', 'urn:x:y'],
    ['a/b', '/c', '/c'],
    ['..', 'x', '../x'],
    ['a/..', 'x', 'x'],
  ])('%s and %s are %s', (base, reference, joined) => {
    expect(joinReferences(base, reference)).toBe(joined)
  })

  it('removes dot segments and keeps leading ones', () => {
    expect(['a/./b', '../../a/..', '/../a', 'a//b', '..', './', '/.'].map(withoutDots)).toEqual([
      'a/b',
      '../../',
      '/a',
      'a/b',
      '../',
      '',
      '/',
    ])
  })
})

describe('the sink', () => {
  it('gets the octets in order, however large the pieces are', () => {
    const text = (length: number): string => 'şəhər>'.repeat(length)
    const document = read(
      `<a>${text(1)}<b/>${text(9_000)}<![CDATA[${text(5_000)}]]><c x='${text(4_000)}'/>${'<d/>'.repeat(9_000)}</a>`,
    )
    const expected =
      `<a>${text(1)}<b></b>${text(9_000)}${text(5_000)}<c x="§"></c>${'<d></d>'.repeat(9_000)}</a>`
        .replaceAll('ər>', 'ər&gt;')
        .replace('§', text(4_000))
    expect(canonical(document, exclusive)).toBe(expected)
    const hash = createHash('sha256')
    canonicalise(document, c14nMethod(exclusive), hash)
    expect(hash.digest('hex')).toBe(createHash('sha256').update(expected).digest('hex'))
  })

  it('may canonicalise itself', () => {
    const document = read(`<a>${'<b x="1" />'.repeat(3_000)}</a>`)
    const plain = canonical(document, exclusive)
    const stretches: Buffer[] = []
    canonicalise(document, c14nMethod(exclusive), {
      update(octets) {
        expect(canonical(document, exclusive)).toBe(plain)
        stretches.push(Buffer.from(octets))
      },
    })
    expect(stretches.length).toBeGreaterThan(1)
    expect(Buffer.concat(stretches).toString()).toBe(plain)
  })

  it('that throws does no harm to the next', () => {
    const document = read('<p:a xmlns:p="urn:p"/>')
    const fail = (): never => {
      throw new Error('no')
    }
    expect(() => canonicalise(document, c14nMethod(exclusive), { update: fail })).toThrow('no')
    expect(canonical(document, exclusive)).toBe('<p:a xmlns:p="urn:p"></p:a>')
  })
})

describe('the method', () => {
  it.each([
    ['http://www.w3.org/TR/1999/REC-xpath-19991116', 'an XPath filter is not carried out'],
    ['http://www.w3.org/TR/1999/REC-xslt-19991116', 'an XSLT stylesheet is not carried out'],
    ['http://www.w3.org/2000/09/xmldsig#base64', 'a Base64 decoding is not carried out'],
    [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'an unknown transform is not carried out',
    ],
    ['http://www.w3.org/2001/10/xml-exc-c14n', 'an unknown transform is not carried out'],
    ['', 'an unknown transform is not carried out'],
  ])('%s: %s', (algorithm, message) => {
    expect(() => c14nMethod(algorithm)).toThrow(UnsupportedTransform)
    expect(() => c14nMethod(algorithm)).toThrow(message)
  })

  it('has a list of prefixes only if it is exclusive', () => {
    expect(c14nMethod(exclusive, ['a']).inclusivePrefixes).toEqual(['a'])
    expect(() => c14nMethod(inclusive11, ['a'])).toThrow(UnsupportedTransform)
  })
})
