import { describe, expect, it } from '@jest/globals'
import { Fault } from '../../exchange/fault.js'
import { HeaderFields } from './header-fields.js'
import { requestMessageOf, type HttpMessage, type ReplyMessage } from './message.js'
import { signatureBase } from './signature-base.js'
import { readSignatures } from './signature-fields.js'

const url =
  'https://Bus.Example:443/r1/a%2Fb?name=%C3%A7+x&empty=&twice=1&twice=2&fa%C3%A7ade%22=~!'

function lines(components: string, message: HttpMessage): string[] {
  const fields = new HeaderFields([
    'Signature-Input',
    `s=(${components});created=1`,
    'Signature',
    's=:AA==:',
  ])
  const [signature] = readSignatures(fields)
  const { components: read, parametersText } = signature!
  return signatureBase(message, read, parametersText).split('\n').slice(0, -1)
}

function request(rawHeaders: string[] = [], method = 'POST', target = url): HttpMessage {
  return requestMessageOf(method, target, rawHeaders)
}

function reply(rawHeaders: string[], asked?: string[]): ReplyMessage {
  const fields = new HeaderFields(rawHeaders)
  const answered = asked && requestMessageOf('GET', 'http://h/p', asked)
  return { kind: 'reply', status: 503, fields, request: answered }
}

function refusal(components: string, message: HttpMessage): string | undefined {
  try {
    lines(components, message)
  } catch (error) {
    if (error instanceof Fault && error.code === 'SIGNATURE_INVALID') return error.field
    throw error
  }
  return 'accepted'
}

describe('signature base, RFC 9421 §2', () => {
  it('§2.2 derives every component of a request', () => {
    const names =
      '"@method" "@target-uri" "@authority" "@scheme" "@request-target" "@path" "@query"'
    expect(lines(names, request())).toEqual([
      '"@method": POST',
      `"@target-uri": https://bus.example${url.slice(23)}`,
      '"@authority": bus.example',
      '"@scheme": https',
      `"@request-target": ${url.slice(23)}`,
      '"@path": /r1/a%2Fb',
      `"@query": ${url.slice(url.indexOf('?'))}`,
    ])
  })

  it('§2.2.3 keeps a port that is not the default one', () => {
    expect(lines('"@authority"', request([], 'GET', 'http://h:8080/'))).toEqual([
      '"@authority": h:8080',
    ])
    expect(lines('"@authority"', request([], 'GET', 'http://h:443/'))).toEqual([
      '"@authority": h:443',
    ])
  })

  it('§2.2.6 and §2.2.7 give an empty path as / and an absent query as ?', () => {
    expect(lines('"@path" "@query"', request([], 'GET', 'http://h'))).toEqual([
      '"@path": /',
      '"@query": ?',
    ])
  })

  it('§2.2.8 encodes names and values of query parameters anew', () => {
    const names =
      '"@query-param";name="name" "@query-param";name="empty" "@query-param";name="fa%C3%A7ade%22"'
    expect(lines(names, request())).toEqual([
      '"@query-param";name="name": %C3%A7%20x',
      '"@query-param";name="empty": ',
      '"@query-param";name="fa%C3%A7ade%22": %7E%21',
    ])
  })

  it('§2.2.8 does not take the question mark for the separator twice', () => {
    const message = request([], 'GET', 'http://h/p??a=1')
    expect(lines('"@query-param";name="%3Fa"', message)).toEqual(['"@query-param";name="%3Fa": 1'])
    expect(refusal('"@query-param";name="a"', message)).toBe('@query-param')
  })

  it('§2.2.9 gives the status of a response, and a request through req only', () => {
    expect(lines('"@status" "@method";req', reply([], []))).toEqual([
      '"@status": 503',
      '"@method";req: GET',
    ])
  })

  it('§2.1 combines lines of one name in their order, trimmed', () => {
    const headers = ['X-Many', '  a ', 'x-one', '', 'x-MANY', '\tb  c\t']
    expect(lines('"x-many" "x-one"', request(headers))).toEqual(['"x-many": a, b  c', '"x-one": '])
  })

  it('§2.1.1 serialises a structured field anew where its type is known', () => {
    const headers = ['Content-Digest', 'sha-256=:AQ==: ,  md5=:Ag==:;a']
    expect(lines('"content-digest";sf', request(headers))).toEqual([
      '"content-digest";sf: sha-256=:AQ==:, md5=:Ag==:;a',
    ])
  })

  it('§2.1.2 takes one member of a dictionary', () => {
    const headers = ['X-Dict', ' a=1, b=2;x=1;y=2, c=(a   b   c), d', 'X-Dict', 'a=3']
    const names = '"x-dict";key="a" "x-dict";key="b" "x-dict";key="c" "x-dict";key="d"'
    expect(lines(names, request(headers))).toEqual([
      '"x-dict";key="a": 3',
      '"x-dict";key="b": 2;x=1;y=2',
      '"x-dict";key="c": (a b c)',
      '"x-dict";key="d": ?1',
    ])
  })

  it('§2.1.3 wraps every line in bytes, whatever they are', () => {
    const headers = ['X-Bin', 'value, with, lots', 'X-Bin', 'of, \xc9\x99commas']
    expect(lines('"x-bin";bs', request(headers))).toEqual([
      `"x-bin";bs: :dmFsdWUsIHdpdGgsIGxvdHM=:, :${Buffer.from('of, \xc9\x99commas', 'latin1').toString('base64')}:`,
    ])
  })

  it('§2.4 takes fields of the request that a response answers', () => {
    const asked = ['Signature', 'me=:AQ==:, sluice=:Ag==:']
    expect(lines('"signature";req;key="sluice" "signature";req', reply([], asked))).toEqual([
      '"signature";req;key="sluice": :Ag==:',
      '"signature";req: me=:AQ==:, sluice=:Ag==:',
    ])
  })

  it.each([
    ['@nosuch', '"@nosuch"', 'signature-input'],
    ['upper case', '"X-Road-Client"', 'signature-input'],
    ['a component that is no string', 'token', 'signature-input'],
    ['@signature-params', '"@signature-params"', 'signature-input'],
    ['@status in a request', '"@status"', '@status'],
    ['req in a request', '"@method";req', '@method'],
    ['a field that is absent', '"x-none"', 'x-none'],
    ['an absent field as bytes', '"x-none";bs', 'x-none'],
    ['tr by its name', '"x-one";tr', 'x-one'],
    ['an unknown parameter', '"x-one";new', 'x-one'],
    ['a parameter with a value it cannot have', '"x-one";sf=?0', 'x-one'],
    ['a derived component as a structured field', '"@path";sf', '@path'],
    ['bs with sf', '"x-one";bs;sf', 'x-one'],
    ['bs with key', '"x-one";bs;key="a"', 'x-one'],
    ['sf of a field whose type is unknown', '"x-one";sf', 'x-one'],
    ['sf of an inherited property name', '"constructor";sf', 'constructor'],
    ['a key that is not in the dictionary', '"x-one";key="zz"', 'x-one'],
    ['a key of what is no dictionary', '"x-bad";key="a"', 'x-bad'],
    ['a query parameter without a name', '"@query-param"', '@query-param'],
    ['a query parameter that is absent', '"@query-param";name="none"', '@query-param'],
    ['a query parameter that occurs twice', '"@query-param";name="twice"', '@query-param'],
    ['the same component twice', '"x-one" "@path" "x-one"', 'x-one'],
    [
      'the same component twice, written otherwise',
      '"x-one";key="a";req "x-one";req;key="a"',
      'x-one',
    ],
    ['bytes above ASCII', '"x-utf8"', 'x-utf8'],
    ['a folded line', '"x-folded"', 'x-folded'],
    ['a control character', '"x-nul"', 'x-nul'],
    ['a control character as bytes', '"x-nul";bs', 'x-nul'],
  ])('§2.5 refuses %s', (_what, components, field) => {
    const headers = ['X-One', 'a=1', 'X-Bad', 'a=(', 'X-Utf8', '\xc9\x99', 'X-Nul', 'a\0b']
    headers.push('X-Folded', 'a\r\n b', 'Constructor', 'a=1')
    expect(refusal(components, request(headers))).toBe(field)
  })

  it('§2.2 refuses components of a request in a response, and a request that is not known', () => {
    expect(refusal('"@method"', reply([], []))).toBe('@method')
    expect(refusal('"@method";req', reply([]))).toBe('@method')
    expect(refusal('"@status";req', reply([], []))).toBe('@status')
  })

  it('refuses a target with bytes above ASCII', () => {
    const odd: HttpMessage = { ...requestMessageOf('GET', 'http://h/', []), target: '/\xe9' }
    expect(refusal('"@path"', odd)).toBe('@path')
  })
})

describe('Signature-Input and Signature, RFC 9421 §4', () => {
  function read(input: string, value: string): unknown {
    return readSignatures(new HeaderFields(['Signature-Input', input, 'Signature', value]))
  }

  it('gives the parameters in canonical form, whatever the spaces', () => {
    const [found] = readSignatures(
      new HeaderFields([
        'Signature-Input',
        's=( "a"   "b";key="x" );created=5;  keyid="k"',
        'Signature',
        's=:AA==:',
      ]),
    )
    expect(found?.parametersText).toBe('("a" "b";key="x");created=5;keyid="k"')
  })

  it.each([
    ['an input without a signature', 's=();created=1, t=()', 's=:AA==:'],
    ['a signature without an input', 's=()', 's=:AA==:, t=:AA==:'],
    ['other labels', 's=()', 't=:AA==:'],
    ['a label twice', 's=(), s=()', 's=:AA==:'],
    ['a parameter twice', 's=();created=1;created=2', 's=:AA==:'],
    ['an input that is no list', 's="x"', 's=:AA==:'],
    ['a signature that is no byte sequence', 's=()', 's="AA=="'],
    ['a signature that is a list', 's=()', 's=(:AA==:)'],
    ['a signature with a parameter', 's=()', 's=:AA==:;a'],
    ['created as text', 's=();created="1"', 's=:AA==:'],
    ['expires as a decimal', 's=();expires=1.5', 's=:AA==:'],
    ['keyid as a token', 's=();keyid=k', 's=:AA==:'],
    ['alg without a value', 's=();alg', 's=:AA==:'],
    ['more than 4 signatures', 'a=(), b=(), c=(), d=(), e=()', 'a=::, b=::, c=::, d=::, e=::'],
    [
      'more than 64 components',
      `s=(${Array.from({ length: 65 }, (_, n) => `"a${n}"`).join(' ')})`,
      's=::',
    ],
    ['what is no dictionary', 's=(', 's=:AA==:'],
  ])('refuses %s', (_what, input, value) => {
    expect(() => read(input, value)).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
  })
})
