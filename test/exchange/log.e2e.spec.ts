import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { EntryFields } from '../../src/message-log/entry.js'
import { withoutSignature, type Answer, type Call } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

beforeAll(async () => {
  bus = await startWholeBus()
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const digest = expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)
const legalBasis = 'Vergi Məcəlləsi, maddə 30'

/** What every record of a verified request says, whatever became of it. */
function verifiedRequest({ portal }: WholeBus['identities']): Partial<EntryFields> {
  return {
    format: 2,
    domain: 'PORTAL',
    consumer: subsystems.portal,
    consumerIdentity: 'verified',
    consumerProtocol: 'rest',
    consumerCertificate: portal.thumbprint,
    consumerCertificateSerial: portal.serialNumber,
    consumerSignatureDigest: digest as unknown as string,
    correlationId: 'sessiya-7',
    messageId: expect.any(String) as unknown as string,
    mode: 'user',
    purpose: 'VÖEN yoxlanışı',
    legalBasis,
    caseNumber: 'VN-2026-000118',
    subjectPseudonym: digest as unknown as string,
    representedPartyPseudonym: digest as unknown as string,
    classification: 'open',
    service: services.taxes,
    payloadBytes: 17,
    remoteAddress: '127.0.0.1',
    receivedAt: time as unknown as string,
    recordedAt: time as unknown as string,
  }
}

/** A request that says all there is to say. */
const wholeCall: Call = {
  headers: {
    'Sluice-Mode': 'user',
    'X-Road-UserId': 'AZ0TEST01',
    'X-Road-Represented-Party': 'COM/1234567891',
    'Sluice-Correlation-Id': 'sessiya-7',
    'Sluice-Domain': 'PORTAL',
    'Sluice-Purpose': encodeURIComponent('VÖEN yoxlanışı'),
    'Sluice-Classification': 'open',
  },
}

describe('R-120: what a record says', () => {
  it('of an answered exchange: request and reply, tied together', async () => {
    const { privateKey, ...taxes } = bus.identities.taxes
    bus.providers.taxes.signer = { privateKey, ...taxes }
    await bus.registry.change(services.taxes, { providerSignature: 'required' })
    const answer = await bus.portal.call(wholeCall)
    await bus.registry.change(services.taxes, { providerSignature: 'none' })
    const [request, reply] = await expectAnswered(bus, answer)
    expect(request).toMatchObject({
      ...verifiedRequest(bus.identities),
      kind: 'request',
      ...{ assertionDigest: digest, assertionIssuer: subsystems.portal, assurance: 'e-signature' },
      provider: subsystems.taxes,
      providerProtocol: 'rest',
      rightId: expect.stringMatching(/^AR-/),
      rightPurpose: 'VÖEN yoxlanışı',
      rightLegalBasis: legalBasis,
      contractVersion: 'none',
      payloadDigest: digest,
    })
    expect(reply).toMatchObject({
      kind: 'reply',
      exchangeId: request.exchangeId,
      messageId: request.messageId,
      correlationId: 'sessiya-7',
      domain: 'PORTAL',
      consumer: subsystems.portal,
      provider: subsystems.taxes,
      service: services.taxes,
      providerProtocol: 'rest',
      providerCertificate: taxes.thumbprint,
      providerCertificateSerial: taxes.serialNumber,
      outcome: 'answered',
      replyStatus: 200,
      mappingVersion: 'none',
      payloadDigest: digest,
      deliveredPayloadDigest: request.payloadDigest,
      payloadBytes: 17,
      deliveredAt: time,
      answeredAt: time,
      recordedAt: time,
      requestEntry: digest,
    })
    const times = [request.receivedAt, request.recordedAt, reply.deliveredAt, reply.answeredAt]
    expect([...times, reply.recordedAt]).toEqual([...times, reply.recordedAt].sort())
    expect(answer.signed('sluice-entry')).toBe(
      (await bus.log.entries(answer.exchangeId))[1]?.leafHash.toString('base64url'),
    )
  })

  it('of a fault on the provider’s side: the request, and what became of it', async () => {
    bus.providers.taxes.answer = () => 'break off'
    const answer = await bus.portal.call(wholeCall)
    const fault = await expectRefused(bus, answer, 'PROVIDER_FAULT', {
      status: 502,
      side: 'provider',
      entries: 2,
    })
    const [request] = await bus.log.entries(answer.exchangeId)
    expect(request?.fields).toMatchObject(verifiedRequest(bus.identities))
    expect(fault).toMatchObject({
      ...{ domain: 'PORTAL', consumer: subsystems.portal, provider: subsystems.taxes },
      ...{ service: services.taxes, correlationId: 'sessiya-7', recordedAt: time },
      messageId: request?.fields.messageId,
      requestEntry: request?.leafHash.toString('base64url'),
    })
  })

  it('of a verified request that was refused: who asked for what, and by which rule not', async () => {
    const service = `${subsystems.taxes}/yox/v3`
    const fault = await expectRefused(
      bus,
      await bus.portal.call({ ...wholeCall, service }),
      'TARGET_UNREGISTERED',
    )
    expect(fault).toMatchObject({ ...verifiedRequest(bus.identities), service })
    expect(fault.payloadDigest).toEqual(digest)
    expect((await bus.log.open(fault.exchangeId, 2)).payload.toString()).toBe('{"fin":"0TEST01"}')
  })

  it('of a request that nobody signed: that nothing is known of it', async () => {
    const answer = await bus.portal.send(withoutSignature(bus.portal.sign(wholeCall)))
    const fault = await expectRefused(bus, answer, 'SIGNATURE_MISSING')
    expect(fault).toEqual({
      ...{ format: 2, kind: 'refusal', exchangeId: answer.exchangeId, consumerIdentity: 'none' },
      ...{ consumerProtocol: 'rest', remoteAddress: '127.0.0.1' },
      ...{ outcome: 'SIGNATURE_MISSING', faultSide: 'consumer' },
      ...{ receivedAt: time, recordedAt: time },
    })
  })

  it('1,000 mixed calls leave 1,000 complete records', async () => {
    bus.providers.taxes.answer = ({ target, payload }) =>
      target.includes('pozulub') ? 'break off' : { payload }
    const kinds = [
      (): Promise<Answer> => bus.portal.call(),
      () => bus.portal.call({ service: services.education }),
      () => bus.consumers.personnel.call({ method: 'GET', rest: '?fin=0TEST01' }),
      () => bus.portal.call({ service: `${subsystems.taxes}/yox/v1` }),
      () => bus.portal.send(withoutSignature(bus.portal.sign())),
      () => bus.portal.call({ headers: { 'X-Road-Issue': undefined } }),
      () => bus.portal.call({ credentials: bus.identities.personnel }),
      () => bus.portal.send({ ...bus.portal.sign(), payload: Buffer.from('{"fin":"0TEST02"}') }),
      () => bus.portal.call({ service: services.education, payload: '' }),
      () => bus.consumers.personnel.call({ rest: '/pozulub' }),
    ]
    const before = await bus.log.rows('message_log_entry')
    const answers: Answer[] = []
    let next = 0
    const client = async (): Promise<void> => {
      for (let i = next++; i < 1_000; i = next++) answers.push(await kinds[i % kinds.length]!())
    }
    await Promise.all(Array.from({ length: 20 }, client))

    expect(new Set(answers.map(({ exchangeId }) => exchangeId)).size).toBe(1_000)
    const faults = new Set(answers.map(({ fault }) => fault))
    for (const fault of [undefined, 'PROVIDER_FAULT', 'TARGET_UNREGISTERED', 'SIGNATURE_MISSING']) {
      expect(faults).toContain(fault)
    }
    const delivered = answers.filter((each) => !each.problem || each.problem.side === 'provider')
    const rows = (await bus.log.rows('message_log_entry')) - before
    expect(rows).toBe(1_000 + delivered.length)
    const records = new Map<string, EntryFields[]>()
    for (const { exchangeId, fields } of await bus.log.last(1_000)) {
      records.set(exchangeId, [...(records.get(exchangeId) ?? []), fields])
    }
    for (const { exchangeId, fault, problem } of answers) {
      const entries = records.get(exchangeId) ?? []
      const end = fault === undefined ? 'reply' : 'refusal'
      const isDelivered = problem === undefined || problem.side === 'provider'
      expect(entries.map(({ kind }) => kind)).toEqual(isDelivered ? ['request', end] : [end])
      expect(entries.at(-1)?.outcome).toBe(fault ?? 'answered')
      for (const entry of entries) expect(absent(entry, entries.length)).toEqual([])
    }
  }, 120_000)
})

const ofAll = ['exchangeId', 'recordedAt'] as const
const ofSigned = [
  ...ofAll,
  ...(['domain', 'consumerCertificate', 'consumerCertificateSerial'] as const),
  'consumerSignatureDigest',
] as const
const ofVerified = [...ofAll, ...(['messageId', 'domain', 'consumer', 'service'] as const)] as const
const ofPayload = ['payloadDigest', 'payloadBytes'] as const

/** Fields that an entry of its kind must have and has not. */
function absent(entry: EntryFields, halves: number): string[] {
  // The request's entry says the rest.
  if (entry.kind === 'refusal' && halves === 2) {
    const needed = [
      ...ofAll,
      ...(['messageId', 'domain', 'consumer', 'provider', 'service', 'requestEntry'] as const),
      ...(['consumerProtocol', 'providerProtocol'] as const),
    ] as const
    return needed.filter((name) => entry[name] === undefined)
  }
  const isKnown = entry.kind !== 'refusal' || entry.consumerIdentity === 'verified'
  const isPayloadKnown = isKnown && entry.faultField !== 'content-digest'
  const ofKind = {
    request: [
      ...([
        'receivedAt',
        'remoteAddress',
        'consumerCertificateSerial',
        'mode',
        'provider',
      ] as const),
      ...(['consumerProtocol', 'providerProtocol'] as const),
    ],
    reply: [
      ...(['deliveredAt', 'answeredAt', 'replyStatus', 'requestEntry', 'mappingVersion'] as const),
      ...(['consumerProtocol', 'providerProtocol'] as const),
    ],
    refusal: ['receivedAt', 'remoteAddress', 'faultSide', 'consumerProtocol'],
    unresolved: [],
    notice: ['noticeOf', 'requestEntry', 'providerCertificate'],
  } as const
  const needed: readonly (keyof EntryFields)[] = [
    ...(isKnown ? ofVerified : ofAll),
    ...(isPayloadKnown ? ofPayload : []),
    ...((entry.consumerIdentity ?? 'none') === 'none' ? [] : ofSigned),
    ...ofKind[entry.kind],
  ]
  return needed.filter((name) => entry[name] === undefined)
}

describe('R-106: payloads are protected at rest and from the operator’s staff', () => {
  const secrets = {
    pin: '5XY7K2A',
    name: 'Nümunəyeva Şəfəq',
    taxNumber: '9900000022',
    user: 'AZ5XY7K2A',
    party: 'COM/9900000033',
    answer: 'Çağırış küçəsi 7',
  }

  it('an answered exchange and refused ones leave nothing in clear, in no table and no log line', async () => {
    bus.providers.taxes.answer = () => ({
      headers: { 'Content-Type': 'application/json', 'X-Cavab': encodeURIComponent(secrets.name) },
      payload: JSON.stringify({ unvan: secrets.answer, voen: secrets.taxNumber }),
    })
    const call: Call = {
      rest: `/axtar/${secrets.pin}?ad=${encodeURIComponent(secrets.name)}`,
      payload: JSON.stringify({ fin: secrets.pin, ad: secrets.name }),
      headers: {
        'Sluice-Mode': 'user',
        'X-Road-UserId': secrets.user,
        'X-Road-Represented-Party': secrets.party,
        'X-Ad': encodeURIComponent(secrets.name),
      },
    }
    await expectAnswered(bus, await bus.portal.call(call))
    const signed = bus.portal.sign(call)
    const altered = Buffer.from(signed.payload.toString().replace('"ad"', '"AD"'))
    const faults = [
      await bus.portal.call({ ...call, service: `${subsystems.taxes}/yox/v1` }),
      await bus.portal.call({ ...call, credentials: bus.identities.personnel }),
      await bus.portal.send(withoutSignature(signed)),
      await bus.portal.send({ ...signed, payload: altered }),
      await bus.portal.send({ ...signed, url: `${signed.url}&soyad=x` }),
    ].map(({ fault }) => fault)
    expect(faults).not.toContain(undefined)

    const [stored, lines] = [await bus.log.everything(), Buffer.from(bus.systemLog.join(''))]
    expect([stored.length > 10_000, lines.length > 1_000]).toEqual([true, true])
    const found = Object.entries(secrets).flatMap(([what, secret]) =>
      formsOf(secret)
        .filter((form) => stored.includes(form) || lines.includes(form))
        .map((form) => `${what}: ${form.toString()}`),
    )
    expect(found).toEqual([])
  })

  it('the same person has the same pseudonym in every exchange, and another one has another', async () => {
    const pseudonymOf = async (user: string): Promise<string | undefined> => {
      const headers = { 'Sluice-Mode': 'user', 'X-Road-UserId': user }
      const [request] = await expectAnswered(bus, await bus.portal.call({ headers }))
      return request.subjectPseudonym
    }
    expect(await pseudonymOf('AZ0TEST01')).toBe(await pseudonymOf('AZ0TEST01'))
    expect(await pseudonymOf('AZ0TEST01')).not.toBe(await pseudonymOf('AZ0TEST02'))
  })

  it('equal payloads have digests that do not tell so', async () => {
    const first = await expectAnswered(bus, await bus.portal.call())
    const second = await expectAnswered(bus, await bus.portal.call())
    expect(first[0].payloadDigest).not.toBe(second[0].payloadDigest)
  })
})

/** The ways in which a text could lie about: as it is, percent-encoded, base64 at each offset. */
function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text)
  const base64 = [0, 1, 2].map((pad) => {
    const padded = Buffer.concat([Buffer.alloc(pad), bytes])
    // The first and last characters depend on the neighbours.
    return padded
      .toString('base64')
      .slice(Math.ceil((pad * 4) / 3), Math.floor(padded.length / 3) * 4)
  })
  return [bytes, Buffer.from(encodeURIComponent(text)), ...base64.map((each) => Buffer.from(each))]
}
