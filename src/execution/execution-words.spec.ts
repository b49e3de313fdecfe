import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { readSettings } from '../contract/contract-settings.js'
import type { ControlTerms } from '../contract/control-terms.js'
import type { ValidatedRequest } from '../exchange/exchange.js'
import type { ExecutionWord } from '../exchange/execution.js'
import { anyCharacter } from '../../test/support/any-character.js'
import { readXml } from '../xml/read-xml.js'
import { createExecutionWords, executionWords } from './execution-words.js'
import { caseIdIn, deadlineIn } from './values.js'

const controlOf = (folder: string): ControlTerms => {
  const { control } = readSettings(readFileSync(`contracts/${folder}/v1/contract.yaml`))
  if (!control) throw new Error(`${folder} controls nothing`)
  return control
}
const card = controlOf('MURACIET/muraciet')
const event = controlOf('MURACIET/hadise')
const document = controlOf('SENED/sened')

const id = '0b5a3cf2-55b1-4b8e-8c57-0f6a3a0c1101'
const otherId = '7c0f2a52-1d4e-4f0a-9d55-2b8c8b1d0a01'

const inQueue = (payload: Uint8Array | string): ValidatedRequest =>
  ({
    adapter: {},
    verified: { format: 'mq', payload: Buffer.from(payload) },
  }) as unknown as ValidatedRequest
const overSoap = (body: string): ValidatedRequest => {
  const envelope = Buffer.from(
    `<e:Envelope xmlns:e="urn:e"><e:Header/><e:Body>${body}</e:Body></e:Envelope>`,
  )
  const verified = { format: 'soap', envelope, document: readXml(envelope) }
  return { adapter: {}, verified } as unknown as ValidatedRequest
}
const said = (message: object, control: ControlTerms): readonly ExecutionWord[] =>
  executionWords(inQueue(JSON.stringify(message)), control)

describe('what messages say of cases (R-203)', () => {
  it('a card opens one, with its deadline: the end of that day in Baku', () => {
    expect(said({ vereqeId: id.toUpperCase(), icraMuddeti: '2015-08-02' }, card)).toEqual([
      {
        ...{ step: 'opened', caseId: id, reminderDays: 5, noticeHours: 24 },
        deadline: new Date('2015-08-02T20:00:00Z'),
      },
    ])
  })

  it('an event tells what became of it, and may name a new deadline', () => {
    for (const [hadise, step] of [
      ['QEYDIYYAT', 'registered'],
      ['YONLENDIRILIB', 'forwarded'],
      ['CAVABLANDIRILIB', 'answered'],
      ['ARXIVLESDIRILIB', 'archived'],
    ]) {
      expect(said({ vereqeId: id, hadise }, event)).toEqual([
        { step, caseId: id, deadline: undefined },
      ])
    }
    expect(said({ vereqeId: id, hadise: 'ICRADA', icraMuddeti: '2015-08-20' }, event)).toEqual([
      { step: 'in-execution', caseId: id, deadline: new Date('2015-08-20T20:00:00Z') },
    ])
    expect(said({ vereqeId: id, hadise: 'BASQA' }, event)).toEqual([])
  })

  it('a document that answers another ends that one, and opens its own', () => {
    const words = said({ senedId: id, cavabdir: otherId }, document)
    expect(words).toEqual([
      { step: 'answered', caseId: otherId, deadline: undefined },
      {
        ...{ step: 'opened', caseId: id, deadline: undefined },
        ...{ reminderDays: 3, noticeHours: 24 },
      },
    ])
  })

  it('is read in XML as in JSON', () => {
    const body = `<m:muraciet xmlns:m="urn:m"><m:vereqeId>${id}</m:vereqeId><m:icraMuddeti>2015-08-02</m:icraMuddeti></m:muraciet>`
    expect(executionWords(overSoap(body), card)).toEqual(
      said({ vereqeId: id, icraMuddeti: '2015-08-02' }, card),
    )
    // What a schema takes for a value, with spaces around it or a zone behind a day, is one here, too.
    const spaced = body.replaceAll(/>([^<]+)</g, '>\n  $1\n<').replace('-02\n', '-02+04:00\n')
    expect(executionWords(overSoap(spaced), card)).toEqual(executionWords(overSoap(body), card))
    const derived = { format: 'mq', payload: Buffer.from(JSON.stringify({ vereqeId: otherId })) }
    const carriedOver = { ...overSoap(body), derived } as unknown as ValidatedRequest
    expect(executionWords(carriedOver, card)).toMatchObject([{ caseId: otherId }])
  })

  it.each([
    ['no id', { icraMuddeti: '2015-08-02' }],
    ['an id that is none', { vereqeId: '0TEST01' }],
    ['several', { vereqeId: [id, otherId] }],
    ['something inside', { vereqeId: { id, other: otherId } }],
    ['null', { vereqeId: null }],
  ])('opens nothing with %s, and is not refused for that', (_what, message) => {
    expect(said(message, card)).toEqual([])
  })

  it('without a contract, or one that controls nothing, is not looked at', () => {
    let asked = 0
    const words = createExecutionWords({
      get: () => {
        asked += 1
        return { control: undefined } as never
      },
    })
    const plain = { ...inQueue('{'), route: { contract: undefined } } as ValidatedRequest
    expect(words(plain)).toEqual([])
    expect(asked).toBe(0)
    const contract = { digest: 'x', request: 'block', reply: 'block' }
    expect(words({ ...plain, route: { contract } } as ValidatedRequest)).toEqual([])
  })

  it('is a word or none, whatever the bytes', () => {
    const member = fc.constantFrom('vereqeId', 'icraMuddeti', 'hadise', 'x')
    const value = fc.oneof(fc.constantFrom(id, '2015-08-02', 'ICRADA', '9999-12-31'), fc.json())
    const message = fc
      .array(fc.tuple(member, value))
      .map(
        (pairs) =>
          `{${pairs.map(([name, each]) => `"${name}":${each.startsWith('{') ? each : JSON.stringify(each)}`).join()}}`,
      )
    const bytes = fc.oneof(
      message.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
      fc.string({ unit: anyCharacter }).map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(bytes, (each) => {
        for (const control of [card, event, document]) {
          for (const word of executionWords(inQueue(each), control)) {
            expect(word.caseId).toMatch(/^[0-9a-f-]{36}$/)
            expect(Number.isNaN(word.deadline?.getTime() ?? 0)).toBe(false)
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('ids and deadlines', () => {
  it.each([
    ['2026-11-26', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26T15:30:00+04:00', '2026-11-26T11:30:00.000Z'],
    ['2026-11-26T15:30:00', '2026-11-26T11:30:00.000Z'],
    ['2026-11-26T15:30:00.5Z', '2026-11-26T15:30:00.500Z'],
    ['2024-02-29', '2024-02-29T20:00:00.000Z'],
    ['2026-11-26+04:00', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26Z', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26-05:00', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26T24:00:00', '2026-11-26T20:00:00.000Z'],
    ['2026-11-26t15:30:00z', '2026-11-26T15:30:00.000Z'],
    ['2026-11-26T15:30:00.12345678901+04:00', '2026-11-26T11:30:00.123Z'],
    ['2026-02-30+04:00', undefined],
    ['2026-11-26T15:30:00+99:99', undefined],
    ['2026-02-29', undefined],
    ['2026-02-30T10:00:00Z', undefined],
    ['2026-11-26T25:00:00Z', undefined],
    ['1969-12-30', undefined],
    ['9999-12-31', undefined],
    ['26.11.2026', undefined],
    ['', undefined],
  ])('the deadline %j is %s', (text, at) => {
    expect(deadlineIn(text)?.toISOString()).toBe(at)
  })

  it('an id is a UUID, and nothing that says who somebody is', () => {
    expect(caseIdIn(id)).toBe(id)
    for (const text of ['0TEST01', `${id} `, `{${id}}`, id.replaceAll('-', ''), '']) {
      expect(caseIdIn(text)).toBeUndefined()
    }
  })
})
