import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { testSearchFilling } from '../support/log-search.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import type { Answer, Call } from '../support/whole-bus-consumer.js'
import { sampleRight, sampleService, services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

const person = { fin: '0TEST01', voen: ['9900000022'], telefon: ['+994501234567'] }
const strict = `${subsystems.taxes}/imzaIle/v1`

beforeAll(async () => {
  bus = await startWholeBus()
  const { address } = bus.providers.taxes
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('voenTap', address, {
        subjects: [
          { type: 'fin', request: '/fin', reply: '/vetendas/fin' },
          { type: 'voen', request: '/voen' },
          { type: 'telefon', request: '/telefon' },
        ],
      }),
      sampleService('imzaIle', address, { assurance: 'e-signature' }),
    ],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/imzaIle`)],
  })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

/** On behalf of the user, whatever stands in the payload. */
function asUser(payload: object, more: Call = {}): Call {
  const headers = {
    'Sluice-Mode': 'user',
    'Sluice-Legal-Basis': undefined,
    'X-Road-Issue': undefined,
    ...more.headers,
  }
  const assertion = { ...more.assertion, claims: { sub: person, ...more.assertion?.claims } }
  return { payload: JSON.stringify(payload), ...more, headers, assertion }
}

const ask = (payload: object, more?: Call): Promise<Answer> =>
  bus.portal.call(asUser(payload, more))

describe('R-104: calls on behalf of a body need legal basis and case number', () => {
  it.each([
    ['Sluice-Legal-Basis', 'legalBasis'],
    ['X-Road-Issue', 'caseNumber'],
  ])('without %s: LEGAL_BASIS_REQUIRED', async (header, field) => {
    const answer = await bus.portal.call({ headers: { [header]: undefined } })
    await expectRefused(bus, answer, 'LEGAL_BASIS_REQUIRED', { status: 422, field })
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('with both, the log has both, and about whom it is', async () => {
    const legalBasis = 'İnzibati icraat haqqında Qanun, maddə 5'
    const headers = {
      'Sluice-Legal-Basis': encodeURIComponent(legalBasis),
      'X-Road-Issue': encodeURIComponent('İş № 12/ə'),
    }
    const [request] = await expectAnswered(bus, await bus.portal.call({ headers }))
    expect(request).toMatchObject({ mode: 'body', legalBasis, caseNumber: 'İş № 12/ə' })
    expect(request.namedPseudonyms).toMatch(/^[\w-]{43}$/)
    expect(request.subjectPseudonym).toBeUndefined()
  })
})

describe('R-100: a user gets data about themselves alone', () => {
  it.each([{ fin: '0TEST01' }, { voen: '9900000022' }, { telefon: '+994 50 123 45 67' }])(
    'their own passes: %j',
    async (payload) => {
      const [request] = await expectAnswered(bus, await ask(payload))
      expect(bus.providers.taxes.latest.payload.toString()).toBe(JSON.stringify(payload))
      expect(request).toMatchObject({
        assertionIssuer: subsystems.portal,
        assurance: 'e-signature',
        assertionDigest: expect.stringMatching(/^[\w-]{43}$/),
        subjectPseudonym: expect.stringMatching(/^[\w-]{43}$/),
        namedPseudonyms: expect.stringMatching(/^[\w-]{43}$/),
      })
    },
  )

  it.each([
    [{ fin: '0TEST02' }, '/fin'],
    [{ fin: '0TEST01', voen: '9900000033' }, '/voen'],
    [{ telefon: '0501234568' }, '/telefon'],
    [{ ad: 'Aygün' }, '/fin'],
  ])('another’s does not, nor nobody’s: %j', async (payload, field) => {
    const answer = await ask(payload)
    const entry = await expectRefused(bus, answer, 'NOT_DATA_SUBJECT', { status: 403, field })
    expect(answer.problem?.text.az).toBe('Yalnız özünüzə aid məlumatları əldə edə bilərsiniz')
    expect(answer.payload.toString()).not.toContain(Object.values(payload)[0])
    expect(entry.assertionIssuer).toBe(subsystems.portal)
    expect(bus.providers.taxes.count).toBe(0)
  })
})

describe('R-101: the rule holds for the answer, too', () => {
  const answerWith = (body: object): void => {
    bus.providers.taxes.answer = () => ({
      headers: { 'Content-Type': 'application/json' },
      payload: JSON.stringify(body),
    })
  }

  it('an answer about another does not reach the user, and the log keeps it', async () => {
    answerWith({ vetendas: { fin: '0TEST02', ad: 'Gizli' } })
    const answer = await ask({ fin: '0TEST01' })
    const entry = await expectRefused(bus, answer, 'RESPONSE_SUBJECT_MISMATCH', {
      ...{ status: 502, side: 'provider', field: '/vetendas/fin', entries: 2 },
    })
    expect(answer.payload.toString()).not.toContain('Gizli')
    expect(entry.payloadDigest).toMatch(/^[\w-]{43}$/)
  })

  it('an answer about the user, and one that found nobody, do', async () => {
    answerWith({ vetendas: { fin: '0TEST01' } })
    await expectAnswered(bus, await ask({ fin: '0TEST01' }))
    answerWith({ tapilmadi: true })
    await expectAnswered(bus, await ask({ fin: '0TEST01' }))
  })
})

describe('R-102: services demand authentication of a set strength', () => {
  it('a code and a password are less than a signature', async () => {
    const withPassword = { service: strict, assertion: { claims: { acr: 'code-password' } } }
    const refused = await ask({}, withPassword)
    await expectRefused(bus, refused, 'ASSURANCE_TOO_LOW', { status: 403, field: 'acr' })
    await expectAnswered(bus, await ask({}, { service: strict }))
  })
})

describe('R-103: the user assertion is signed, fresh and bound to the request', () => {
  const expectInvalid = async (answer: Answer, field: string): Promise<void> => {
    await expectRefused(bus, answer, 'ASSERTION_INVALID', { status: 403, field })
    expect(bus.providers.taxes.count).toBe(0)
  }

  it('a user stated without one is none', async () => {
    const headers = { 'X-Road-UserId': 'AZ0TEST01', 'Sluice-Assertion': undefined }
    await expectInvalid(await ask({ fin: '0TEST01' }, { headers }), 'assertion')
  })

  it('an old one does not serve again', async () => {
    const before = bus.portal.sign(asUser({ fin: '0TEST01' }))
    const headers = { 'Sluice-Assertion': before.headers['Sluice-Assertion'] }
    await expectInvalid(await ask({ fin: '0TEST01' }, { headers }), 'mid')
    const messageId = before.headers['X-Road-Id']!
    await expectInvalid(await ask({}, { headers, messageId, service: strict }), 'aud')
    await expectInvalid(
      await bus.consumers.personnel.call(asUser({}, { headers, messageId })),
      'client',
    )
    const [head, claims = '', signature] = headers['Sluice-Assertion']!.split('.')
    const text = Buffer.from(claims, 'base64url').toString().replace('0TEST01', '0TEST02')
    const forged = `${head}.${Buffer.from(text).toString('base64url')}.${signature}`
    await expectInvalid(await ask({}, { headers: { 'Sluice-Assertion': forged } }), 'assertion')
    await expectAnswered(bus, await bus.portal.send(before))
    expect((await bus.portal.send(before)).fault).toBe('DUPLICATE_MESSAGE')
  })

  it('one whose time is over does not serve', async () => {
    const iat = Math.floor(Date.now() / 1000) - 600
    await expectInvalid(await ask({}, { assertion: { claims: { iat, exp: iat + 60 } } }), 'exp')
  })

  it('only a system of which the registry says so may assert users', async () => {
    await expectInvalid(await bus.consumers.personnel.call(asUser({ fin: '0TEST01' })), 'iss')
    await bus.registry.change(subsystems.portal, { assertsUsers: false })
    await expectInvalid(await ask({ fin: '0TEST01' }), 'iss')
    await bus.registry.change(subsystems.portal, { assertsUsers: true })
    await expectAnswered(bus, await ask({ fin: '0TEST01' }))
  })
})

describe('R-107: a person can learn which bodies asked about them', () => {
  interface Told {
    readonly exchanges: readonly Record<string, string>[]
    readonly next?: string
  }

  const mine = `${subsystems.portal}/myExchanges`

  async function told(fin: string, rest = ''): Promise<Told> {
    const assertion = { claims: { sub: { fin } } }
    const call = asUser({}, { service: mine, method: 'GET', payload: '', rest, assertion })
    const answer = await bus.portal.call(call)
    await expectAnswered(bus, answer)
    return JSON.parse(answer.payload.toString()) as Told
  }

  it('their own, newest first, and nobody else’s', async () => {
    const [fin, other] = ['7MINE01', '7OTHER1']
    const caseNumber = `İş ${randomUUID()}`
    const body = { headers: { 'X-Road-Issue': encodeURIComponent(caseNumber) } }
    const asked = await bus.consumers.personnel.call({ ...body, payload: JSON.stringify({ fin }) })
    await bus.consumers.personnel.call({ payload: JSON.stringify({ fin: other }) })
    // An officer who is named is not whom it is about.
    const officer = { headers: { 'X-Road-UserId': fin }, payload: JSON.stringify({ fin: other }) }
    await bus.consumers.personnel.call(officer)
    const own = await ask({ fin }, { assertion: { claims: { sub: { fin } } } })
    const { filling, pool } = testSearchFilling(bus.database.jobsUrl)
    await filling.turn()
    await pool.end()

    const { exchanges } = await told(fin)
    expect(exchanges.map(({ exchangeId }) => exchangeId)).toEqual([
      own.exchangeId,
      asked.exchangeId,
    ])
    expect(exchanges[1]).toMatchObject({
      ...{ consumer: subsystems.personnel, provider: subsystems.taxes, service: services.taxes },
      ...{ mode: 'body', legalBasis: 'Vergi Məcəlləsi, maddə 30', caseNumber, outcome: 'answered' },
      at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
    })
    const first = await told(fin, '?limit=1')
    expect(first.exchanges.map(({ exchangeId }) => exchangeId)).toEqual([own.exchangeId])
    const rest = await told(fin, `?limit=1&before=${first.next}`)
    expect(rest.exchanges.map(({ exchangeId }) => exchangeId)).toEqual([asked.exchangeId])
    expect((await told('7NOBODY')).exchanges).toEqual([])
  })

  it('is told to a user alone, by the system that asks for them', async () => {
    const call = asUser({}, { service: mine, method: 'GET', payload: '' })
    const unproved = { ...call, headers: { ...call.headers, 'Sluice-Assertion': undefined } }
    expect((await bus.portal.call(unproved)).fault).toBe('ASSERTION_INVALID')
    const asBody = { service: mine, method: 'GET', payload: '' }
    expect((await bus.portal.call(asBody)).fault).toBe('REQUEST_INVALID')
    const ofAnother = { ...call, service: `${subsystems.taxes}/myExchanges` }
    expect((await bus.portal.call(ofAnother)).fault).toBe('TARGET_UNREGISTERED')
    expect((await bus.portal.call({ ...call, rest: '?limit=0' })).fault).toBe('REQUEST_INVALID')
  })
})
