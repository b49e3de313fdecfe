import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { DerivedRequest } from '../exchange/derived-request.js'
import type { AcceptedReply, AuthorisedRequest, LoggedRequest } from '../exchange/exchange.js'
import type { PersonIdentifier } from '../exchange/person.js'
import type { SubjectRule } from '../exchange/route.js'
import { Fault } from '../exchange/fault.js'
import { subjectLimits } from '../limits/persons.js'
import { readXml } from '../xml/read-xml.js'
import { checkAnswer } from './check-answer.js'
import { holdToSubject } from './hold-to-subject.js'

const identifiers: readonly PersonIdentifier[] = [
  { type: 'fin', value: '0TEST01' },
  { type: 'voen', value: '9900000022' },
  { type: 'telefon', value: '994501234567' },
]
const fin: SubjectRule = { type: 'fin', request: '/fin', reply: '/vetendas/fin' }
const user = { identifiers }

interface Asked {
  readonly path?: string
  readonly query?: string
  readonly payload?: string
}

function overHttp({ path = '', query, payload = '' }: Asked): object {
  const verified = { format: 'http', query, payload: Buffer.from(payload) }
  return { adapter: { ownPath: () => path }, verified }
}

function overSoap(body: string): object {
  const envelope = Buffer.from(
    `<e:Envelope xmlns:e="urn:e"><e:Header/><e:Body>${body}</e:Body></e:Envelope>`,
  )
  return { adapter: {}, verified: { format: 'soap', envelope, document: readXml(envelope) } }
}

const inQueue = (payload: string): object => ({
  adapter: {},
  verified: { format: 'mq', payload: Buffer.from(payload) },
})

function verdictOf(
  message: object,
  subjects: readonly SubjectRule[] = [fin],
  by: object | 'agency' = user,
  derived?: DerivedRequest,
): string {
  const authorised = {
    ...message,
    route: { subjects },
    user: by === 'agency' ? undefined : by,
  } as unknown as AuthorisedRequest
  try {
    const named = holdToSubject(authorised, derived)
    return named.map(({ type, value }) => `${type} ${value}`).join(', ')
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.field}`
    throw error
  }
}

const rule = (request: string, type: SubjectRule['type'] = 'fin'): SubjectRule[] => [
  { type, request, reply: undefined },
]

describe('R-100: a user gets data about themselves alone', () => {
  it.each<[string, string, SubjectRule[], string]>([
    ['a FIN', '{"fin":"0TEST01"}', [fin], 'fin 0TEST01'],
    ['a FIN in small letters', '{"fin":"0test01"}', [fin], 'fin 0TEST01'],
    ['a name that is escaped', '{"\\u0066in":"0TEST01"}', [fin], 'fin 0TEST01'],
    ['a VÖEN', '{"voen":"9900000022"}', rule('/voen', 'voen'), 'voen 9900000022'],
    ['a VÖEN as a number', '{"voen":9900000022}', rule('/voen', 'voen'), 'voen 9900000022'],
    ['a telephone', '{"tel":"+994 50 123-45-67"}', rule('/tel', 'telefon'), 'telefon 994501234567'],
    ['a list', '[{"fin":"0TEST01"},{"fin":"0test01"}]', rule('/*/fin'), 'fin 0TEST01'],
    ['an index', '{"x":["0TEST02","0TEST01"]}', rule('/x/1'), 'fin 0TEST01'],
    ['a name with a slash', '{"a/b":{"m~n":"0TEST01"}}', rule('/a~1b/m~0n'), 'fin 0TEST01'],
    [
      'another one that says nothing',
      '{"fin":"0TEST01","voen":null}',
      [fin, ...rule('/voen', 'voen')],
      'fin 0TEST01',
    ],
  ])('passes with %s of their own', (_what, payload, subjects, named) => {
    expect(verdictOf(overHttp({ payload }), subjects)).toBe(named)
    expect(verdictOf(inQueue(payload), subjects)).toBe(named)
  })

  it.each<[string, string, SubjectRule[]]>([
    ["another's FIN", '{"fin":"0TEST02"}', [fin]],
    ['nobody', '{"ad":"x"}', [fin]],
    ['nothing at the place', '{"fin":""}', [fin]],
    ['null', '{"fin":null}', [fin]],
    ['their own beside another', '{"fin":["0TEST01","0TEST02"]}', [fin]],
    ['another within', '{"fin":{"x":[{"y":"0TEST02"}]}}', [fin]],
    ['a FIN with a space', '{"fin":"0TEST01 "}', [fin]],
    ['a FIN with a letter that looks alike', '{"fin":"0TEST0\\u0131"}', [fin]],
    ['their FIN where a VÖEN is meant', '{"fin":"0TEST01"}', rule('/fin', 'voen')],
    ['a truth', '{"fin":true}', [fin]],
    ['a number like theirs', '{"voen":9900000022.0}', rule('/voen', 'voen')],
    ['one of several', '[{"fin":"0TEST01"},{"fin":"0TEST02"}]', rule('/*/fin')],
    ['an empty message', '', [fin]],
  ])('is refused with %s', (_what, payload, subjects) => {
    const [{ request } = fin] = subjects
    expect(verdictOf(overHttp({ payload }), subjects)).toBe(`NOT_DATA_SUBJECT ${request}`)
  })

  it.each([
    ['a name twice', '{"fin":"0TEST02","fin":"0TEST01"}'],
    ['no JSON', 'fin=0TEST01'],
    ['half of it', '{"fin":"0TEST01"'],
  ])('is refused with %s, of which readers would make different things', (_what, payload) => {
    expect(verdictOf(overHttp({ payload }))).toBe('REQUEST_INVALID /fin')
    expect(verdictOf(overHttp({ payload }), [fin], 'agency')).toBe('REQUEST_INVALID /fin')
  })

  it.each<[string, Asked, string, string]>([
    ['in the query', { query: 'fin=0TEST01' }, '/query/fin', 'fin 0TEST01'],
    ['encoded', { query: 'f%69n=0TEST%301' }, '/query/fin', 'fin 0TEST01'],
    ['twice', { query: 'fin=0TEST01&fin=0TEST02' }, '/query/fin', 'NOT_DATA_SUBJECT /query/fin'],
    [
      'after a semicolon',
      { query: 'x=1;fin=0TEST02&fin=0TEST01' },
      '/query/fin',
      'REQUEST_INVALID /query/fin',
    ],
    ['in none', {}, '/query/fin', 'NOT_DATA_SUBJECT /query/fin'],
    ['in the path', { path: '/vetendas/0TEST01' }, '/path/1', 'fin 0TEST01'],
    ['in the path, another', { path: '/vetendas/0TEST02' }, '/path/1', 'NOT_DATA_SUBJECT /path/1'],
    ['in a path too short', { path: '/vetendas' }, '/path/1', 'NOT_DATA_SUBJECT /path/1'],
    ['in a broken path', { path: '/vetendas/%ff' }, '/path/1', 'REQUEST_INVALID /path/1'],
  ])('over REST, %s', (_what, asked, pointer, verdict) => {
    expect(verdictOf(overHttp(asked), rule(pointer))).toBe(verdict)
  })

  it.each([
    ['an element', '<a:q xmlns:a="urn:a"><a:fin>0TEST01</a:fin></a:q>', '/fin', 'fin 0TEST01'],
    ['CDATA', '<q><fin><![CDATA[0TEST]]>01</fin></q>', '/fin', 'fin 0TEST01'],
    ['an attribute', '<q fin="0TEST01"/>', '/@fin', 'fin 0TEST01'],
    ['text beside an attribute', '<q><fin k="x">0TEST01</fin></q>', '/fin/$', 'fin 0TEST01'],
    ['one of a list', '<q><p><fin>0TEST01</fin></p></q>', '/p/*/fin', 'fin 0TEST01'],
    [
      'two of a list',
      '<q><p><fin>0TEST01</fin></p><p><fin>0TEST02</fin></p></q>',
      '/p/*/fin',
      'NOT_DATA_SUBJECT /p/*/fin',
    ],
    [
      'another namespace',
      '<q><fin>0TEST01</fin><b:fin xmlns:b="urn:b">0TEST02</b:fin></q>',
      '/fin',
      'NOT_DATA_SUBJECT /fin',
    ],
    ['elements within', '<q><fin><x>0TEST02</x></fin></q>', '/fin', 'NOT_DATA_SUBJECT /fin'],
    ['text beside elements', '<q><fin>0TEST01<x/></fin></q>', '/fin', 'REQUEST_INVALID /fin'],
    ['a comment', '<q><fin>0TEST01<!-- -->2</fin></q>', '/fin', 'REQUEST_INVALID /fin'],
    ['none', '<q><ad>x</ad></q>', '/fin', 'NOT_DATA_SUBJECT /fin'],
  ])('over SOAP, %s', (_what, body, pointer, verdict) => {
    expect(verdictOf(overSoap(body), rule(pointer))).toBe(verdict)
    const derived = { format: 'soap', body: Buffer.from(body) } as unknown as DerivedRequest
    expect(verdictOf(overHttp({}), rule(pointer), user, derived)).toBe(verdict)
  })

  it('what the provider gets decides, not what it was made of', () => {
    const payload = Buffer.from('{"fin":"0TEST02"}')
    const derived = { format: 'mq', payload } as unknown as DerivedRequest
    const message = overHttp({ payload: '{"fin":"0TEST01"}' })
    expect(verdictOf(message, [fin], user, derived)).toBe('NOT_DATA_SUBJECT /fin')
  })

  it('an agency may ask about others, and about whom is known', () => {
    const several = overHttp({ payload: '[{"fin":"0TEST02"},{"fin":"0TEST03"}]' })
    expect(verdictOf(several, rule('/*/fin'), 'agency')).toBe('fin 0TEST02, fin 0TEST03')
    expect(verdictOf(overHttp({ payload: '{}' }), [fin], 'agency')).toBe('')
    expect(verdictOf(overHttp({ payload: '{"fin":"-"}' }), [fin], 'agency')).toBe(
      'REQUEST_INVALID /fin',
    )
    const many = JSON.stringify(
      Array.from({ length: subjectLimits.valuesMax + 1 }, () => '0TEST02'),
    )
    expect(verdictOf(overHttp({ payload: many }), rule('/*'), 'agency')).toBe('REQUEST_INVALID /*')
  })

  it('a service whose messages are about nobody is not looked at', () => {
    expect(verdictOf(overHttp({ payload: 'x' }), [])).toBe('')
  })

  it('any message, by any pointer, passes or meets a fault of the list', () => {
    const text = fc.oneof(fc.json(), fc.string(), fc.constant('{"fin":"0TEST01"}'))
    const pointer = fc.oneof(
      fc.constantFrom('/fin', '/*', '/*/*', '/query/fin', '/path/0'),
      fc.string(),
    )
    fc.assert(
      fc.property(text, fc.string(), pointer, (payload, query, place) => {
        for (const by of [user, 'agency'] as const) {
          const verdict = verdictOf(overHttp({ payload, query, path: query }), rule(place), by)
          if (by !== 'agency' && !/^[A-Z_]+ /.test(verdict)) expect(verdict).toBe('fin 0TEST01')
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('R-101: the rule holds for the answer, too', () => {
  function answerVerdict(payload: string, rest: object = {}, status = 200): string {
    const logged = { route: { subjects: [fin] }, user, subjects: [], ...rest }
    const content = { format: 'http', status, payload: Buffer.from(payload) }
    try {
      checkAnswer({ content } as unknown as AcceptedReply, logged as unknown as LoggedRequest)
      return 'passes'
    } catch (error) {
      if (error instanceof Fault) return `${error.code} ${error.side} ${error.field}`
      throw error
    }
  }

  const mismatch = 'RESPONSE_SUBJECT_MISMATCH provider /vetendas/fin'

  it.each([
    ['{"vetendas":{"fin":"0TEST01"}}', 'passes'],
    ['{"tapilmadi":true}', 'passes'],
    ['', 'passes'],
    ['{"vetendas":{"fin":"0TEST02"}}', mismatch],
    ['{"vetendas":{"fin":["0TEST01","0TEST02"]}}', mismatch],
    ['<html>', 'RESPONSE_INVALID provider /vetendas/fin'],
  ])('%s: %s', (payload, verdict) => {
    expect(answerVerdict(payload)).toBe(verdict)
  })

  it('what a system says of its failure is about nobody', () => {
    expect(answerVerdict('<html>', {}, 502)).toBe('passes')
    expect(answerVerdict('{"vetendas":{"fin":"0TEST02"}}', {}, 404)).toBe(mismatch)
  })

  it('an agency is answered about whom it asked', () => {
    const asked = { user: undefined, subjects: [{ type: 'fin', value: '0TEST02' }] }
    expect(answerVerdict('{"vetendas":{"fin":"0TEST02"}}', asked)).toBe('passes')
    expect(answerVerdict('{"vetendas":{"fin":"0TEST01"}}', asked)).toBe(mismatch)
    const otherwise = { user: undefined, subjects: [] }
    expect(answerVerdict('{"vetendas":{"fin":"0TEST01"}}', otherwise)).toBe('passes')
  })

  it('in SOAP', () => {
    const { verified } = overSoap('<r><vetendas><fin>0TEST02</fin></vetendas></r>') as {
      verified: object
    }
    const logged = { route: { subjects: [fin] }, user, subjects: [] } as unknown as LoggedRequest
    const content = { ...verified, status: 200 }
    expect(() => checkAnswer({ content } as unknown as AcceptedReply, logged)).toThrow(
      'RESPONSE_SUBJECT_MISMATCH',
    )
  })
})
