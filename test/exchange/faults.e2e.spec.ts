import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Deliver } from '../../src/exchange/deliver.js'
import type { FaultCode } from '../../src/exchange/fault.js'
import { faultTexts } from '../../src/exchange/fault-text.js'
import type { TestIdentity } from '../support/pki.js'
import { withoutSignature, type Answer, type Call } from '../support/whole-bus-consumer.js'
import { silence } from '../support/whole-bus-provider.js'
import {
  sampleMember,
  sampleRight,
  sampleService,
  services,
  subsystems,
} from '../support/whole-bus-sample.js'
import type { Fields } from '../support/whole-bus-registry.js'
import { startWholeBus, type RunningBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
/** A bus that takes one exchange at a time. */
let small: RunningBus
let revoked: TestIdentity
let expired: TestIdentity

const codeOf = (name: string): string => `${subsystems.taxes}/${name}/v1`

beforeAll(async () => {
  bus = await startWholeBus()
  small = await bus.startAnother({ limits: { exchangesMax: 1 } })
  revoked = await bus.authority.issue()
  expired = await bus.authority.issue({ notAfter: new Date(Date.now() - 1_000) })
  const { address } = bus.providers.taxes
  const service = (code: string, rest: Fields): Fields => sampleService(code, address, rest)
  await bus.registry.change(subsystems.taxes, {
    services: [
      service('dayanib', { status: 'suspended' }),
      service('legvEdilib', { status: 'liquidated' }),
      service('temirde', { status: 'maintenance', until: '2099-01-01' }),
      service('huquqsuz', {}),
      service('imzaIle', { assurance: 'e-signature' }),
      service('ozunun', { subjects: [{ type: 'fin', request: '/fin', reply: '/fin' }] }),
    ],
  })
  await bus.registry.change(subsystems.portal, {
    certificates: [{ pem: revoked.pem, status: 'revoked' }, { pem: expired.pem }],
  })
  await bus.registry.apply({
    accessRights: ['imzaIle', 'ozunun'].map((code) => sampleRight(subsystems.portal, codeOf(code))),
    members: [
      sampleMember('AZ/GOV/MK/SENED', {
        domain: 'SENED',
        services: [sampleService('senedGonder', address)],
      }),
    ],
  })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

const call = (what: Call) => (): Promise<Answer> => bus.portal.call(what)

/** Changes the service of the taxes, calls, and takes the change back. */
function changed(fields: Fields, back: Fields, what: Call = {}): () => Promise<Answer> {
  return async () => {
    await bus.registry.change(services.taxes, fields)
    try {
      return await bus.portal.call(what)
    } finally {
      await bus.registry.change(services.taxes, back)
    }
  }
}

async function suspended(declare: (status: string) => Promise<void>): Promise<Answer> {
  await declare('suspended')
  try {
    return await bus.portal.call()
  } finally {
    await declare('active')
  }
}

async function throttled(): Promise<Answer> {
  const { taxes } = bus.providers
  taxes.answer = silence
  const consumer = bus.portal.at(small.address)
  const first = consumer.exchange(consumer.sign()).catch(() => undefined)
  await taxes.nextDelivery()
  const refused = await consumer.call()
  await taxes.dropConnections()
  await first
  return refused
}

async function internalError(): Promise<Answer> {
  const deliver = bus.app.get(Deliver)
  deliver.deliver = () => Promise.reject(new TypeError('gizli səbəb'))
  try {
    return await bus.portal.call()
  } finally {
    Reflect.deleteProperty(deliver, 'deliver')
  }
}

const asUser = { 'Sluice-Mode': 'user' }

/** How each fault that can arise by now comes about. */
const provoked: Partial<Record<FaultCode, () => Promise<Answer>>> = {
  SIGNATURE_MISSING: () => bus.portal.send(withoutSignature(bus.portal.sign())),
  SIGNATURE_INVALID: () =>
    bus.portal.send({ ...bus.portal.sign(), payload: Buffer.from('{"fin":"0TEST99"}') }),
  CERT_UNKNOWN: async () => bus.portal.call({ credentials: await bus.authority.issue() }),
  CERT_EXPIRED: () => bus.portal.call({ credentials: expired }),
  CERT_REVOKED: () => bus.portal.call({ credentials: revoked }),
  CERT_SENDER_MISMATCH: () => bus.portal.call({ credentials: bus.identities.personnel }),
  ALGORITHM_FORBIDDEN: () => {
    const { headers, ...rest } = bus.portal.sign()
    const input = headers['Signature-Input']?.replace(/alg="[^"]*"/, 'alg="hmac-sha256"') ?? ''
    return bus.portal.send({ ...rest, headers: { ...headers, 'Signature-Input': input } })
  },
  CLOCK_SKEW: call({ signature: { created: new Date(0) } }),
  ZONE_FORBIDDEN: async () => {
    await bus.registry.change(subsystems.portal, { zones: ['daxili'] })
    try {
      return await bus.portal.call()
    } finally {
      await bus.registry.change(subsystems.portal, { zones: [] })
    }
  },
  MEMBER_SUSPENDED: () => suspended((status) => bus.registry.change(subsystems.portal, { status })),
  TARGET_UNREGISTERED: call({ service: codeOf('yox') }),
  TARGET_SUSPENDED: call({ service: codeOf('dayanib') }),
  TARGET_LIQUIDATED: call({ service: codeOf('legvEdilib') }),
  IN_MAINTENANCE: call({ service: codeOf('temirde') }),
  DOMAIN_MISMATCH: call({ service: 'AZ/GOV/MK/SENED/senedGonder/v1' }),
  DOMAIN_SUSPENDED: () =>
    suspended((status) => bus.registry.apply({ domains: [{ code: 'PORTAL', status }] })),
  CLASSIFICATION_FORBIDDEN: call({ headers: { 'Sluice-Classification': 'secret' } }),
  ACCESS_DENIED: call({ service: codeOf('huquqsuz') }),
  LEGAL_BASIS_REQUIRED: call({ headers: { 'X-Road-Issue': undefined } }),
  ASSERTION_INVALID: call({ headers: { ...asUser, 'Sluice-Assertion': undefined } }),
  ASSURANCE_TOO_LOW: call({
    ...{ service: codeOf('imzaIle'), headers: asUser },
    assertion: { claims: { acr: 'code-password' } },
  }),
  NOT_DATA_SUBJECT: call({
    ...{ service: codeOf('ozunun'), headers: asUser, payload: '{"fin":"0TEST02"}' },
  }),
  RESPONSE_SUBJECT_MISMATCH: () => {
    bus.providers.taxes.answer = () => ({ payload: '{"fin":"0TEST02"}' })
    return bus.portal.call({ service: codeOf('ozunun'), headers: asUser })
  },
  REQUEST_INVALID: call({ headers: { 'Sluice-Mode': 'everybody' } }),
  RESPONSE_INVALID: changed(
    { limits: { replyBytesMax: 1_024 } },
    { limits: { replyBytesMax: 67_108_864 } },
    { payload: 'x'.repeat(2_000) },
  ),
  MAPPING_FAILED: changed({ protocol: 'soap' }, { protocol: 'rest' }),
  DUPLICATE_MESSAGE: async () => {
    const messageId = randomUUID()
    await bus.portal.call({ messageId })
    return bus.portal.call({ messageId })
  },
  PROVIDER_UNAVAILABLE: async () => {
    const address = bus.providers.taxes.address
    return changed({ address: 'http://127.0.0.1:1/' }, { address })()
  },
  PROVIDER_TIMEOUT: () => {
    bus.providers.taxes.answer = silence
    return changed({ limits: { timeLimitMs: 100 } }, { limits: { timeLimitMs: 10_000 } })()
  },
  PROVIDER_FAULT: () => {
    bus.providers.taxes.answer = () => 'break off'
    return bus.portal.call()
  },
  THROTTLED: throttled,
  PAYLOAD_TOO_LARGE: changed(
    { limits: { requestBytesMax: 1_024 } },
    { limits: { requestBytesMax: 67_108_864 } },
    { payload: 'x'.repeat(1_025) },
  ),
  PAYLOAD_UNSAFE: call({ headers: manyHeaders() }),
  INTERNAL_ERROR: internalError,
}

function manyHeaders(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`X-${index}`, 'x']))
}

/** Without the log there is no record of it: `audit.e2e.spec.ts`. */
const withoutRecord: readonly FaultCode[] = ['AUDIT_UNAVAILABLE']

describe('R-127: refused requests are recorded too', () => {
  it('every fault of the closed list is provoked here, or has no record', () => {
    const known = [...Object.keys(provoked), ...withoutRecord].sort()
    expect(known).toEqual(Object.keys(faultTexts).sort())
  })

  it.each(Object.entries(provoked))('%s leaves a record', async (code, provoke) => {
    const answer = await provoke()
    expect(answer.fault).toBe(code)
    const entries = await bus.log.entries(answer.exchangeId)
    const last = entries.at(-1)?.fields
    expect(last).toMatchObject({ kind: 'refusal', outcome: code, faultSide: answer.problem?.side })
    expect(last?.faultField).toBe(answer.problem?.field)
    // Refused after its request was logged, an exchange has both halves, tied together.
    const [request] = entries
    if (entries.length === 2) {
      expect(last?.requestEntry).toBe(request?.leafHash.toString('base64url'))
    } else {
      expect(entries).toHaveLength(1)
    }
  })
})

describe('refusals as consumers see them (RFC 9457, X-Road REST §4.6)', () => {
  const shown = Object.entries(provoked)

  it.each(shown)('%s: problem+json in both languages, signed by the bus', async (code, provoke) => {
    const { status, headers, problem, exchangeId, signed, isBound } = await provoke()
    const { az, en, remedyAz } = faultTexts[code as FaultCode]
    expect(problem).toMatchObject({
      type: `urn:sluice:fault:${code}`,
      status,
      code,
      instance: `urn:uuid:${exchangeId}`,
      exchangeId,
      title: problem?.text.az,
      remedy: { az: expect.any(String), en: expect.any(String) },
    })
    expect(problem?.text.az).toContain(az.split(/[:{]/)[0])
    expect(problem?.text.en).toContain(en.split(/[:{]/)[0])
    expect(problem?.detail).toBeTruthy()
    if (problem?.side === 'consumer') expect(problem.remedy.az).toBe(remedyAz)
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': 'az',
      'cache-control': 'no-store',
    })
    expect([signed('x-road-error'), signed('x-road-request-id')]).toEqual([code, exchangeId])
    expect([200, 500]).not.toContain(status)
    expect(status >= 500).toBe(problem?.side !== 'consumer')
    // Bound to its request wherever that request's signature was found right.
    const isUnknownRequest = (await bus.log.refusal(exchangeId)).consumerIdentity === 'none'
    if (!isUnknownRequest) expect(isBound).toBe(true)
  })

  it.each([
    [undefined, 'az'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['az,en;q=0.8', 'az'],
    ['ru,tr;q=0.9', 'az'],
    ['ru;q=1,en;q=0.5', 'en'],
    ['en;q=0', 'az'],
    ['*', 'az'],
    [`${'x,'.repeat(5_00)}en`, 'az'],
  ])('Accept-Language %s: the title in %s', async (accepted, language) => {
    const headers = { 'Accept-Language': accepted }
    const { problem, headers: answered } = await bus.portal.call({
      headers,
      service: codeOf('yox'),
    })
    expect(answered['content-language']).toBe(language)
    expect(problem?.title).toBe(problem?.text[language as 'az' | 'en'])
  })

  it('what went wrong inside stays inside, and reaches the engineer on call', async () => {
    const { payload, headers, exchangeId } = await internalError()
    expect(payload.toString()).not.toContain('gizli')
    expect(JSON.stringify(headers)).not.toContain('gizli')
    const line = bus.systemLog.find((each) => each.includes(exchangeId) && each.includes('gizli'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 50, code: 'INTERNAL_ERROR' })
  })

  it('nothing that was sent is quoted', async () => {
    const mark = 'İZ0123'
    const marked = `${mark}<script>`
    const answers = [
      await bus.portal.call({ service: `AZ/GOV/VN/VERGI/${marked}/v1` }),
      await bus.portal.call({ headers: { 'Sluice-Purpose': encodeURIComponent(marked) } }),
      await bus.portal.call({ headers: { 'Sluice-Mode': encodeURIComponent(marked) } }),
      await bus.portal.call({ headers: { 'Sluice-Domain': encodeURIComponent(marked) } }),
      await bus.portal.call({ headers: { 'X-Road-Client': encodeURIComponent(marked) } }),
    ]
    for (const { payload, fault, headers } of answers) {
      expect(fault).toBeDefined()
      const text = payload.toString() + JSON.stringify(headers)
      expect([text.includes(mark), text.includes(encodeURIComponent(mark))]).toEqual([false, false])
    }
  })
})
