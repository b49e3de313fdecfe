import { describe, expect, it } from '@jest/globals'
import 'reflect-metadata'
import { flawsOf, planSample } from '../../../test/support/declaration-samples.js'
import {
  sampleContent,
  sampleService,
  sampleSubsystem,
  taxId,
  taxServiceCode,
} from '../../../test/support/registry-samples.js'
import type { RegistryContent } from '../registry-content.js'
import type { Service } from '../service.js'

const v1 = `${taxServiceCode}/v1`

/** The tax system and its one service, as much as is said of them. */
function ofTax(subsystem: string, service?: string): string {
  const services = service && `, services: [{ code: voenTap, version: v1, ${service} }]`
  return `instance: AZ
members: [{ class: GOV, code: VN, subsystems: [{ code: VERGI${subsystem}${services ?? ''} }] }]
`
}

const registry = (mq: boolean, service: Partial<Service> = {}): RegistryContent =>
  sampleContent({
    subsystems: [sampleSubsystem(taxId, { mq }), ...sampleContent().subsystems.slice(0, 1)],
    services: [sampleService(v1, service)],
  })

const problemsOf = (text: string, content: RegistryContent): string[] =>
  planSample(text, new Map(), content).problems.map(({ field, problem }) => `${field}: ${problem}`)

const inSubsystem = 'members[0].subsystems[0]'
const inService = `${inSubsystem}.services[0]`
const byQueue = { protocol: 'mq', address: 'amqp:in' }

describe('a service that is reached by a queue', () => {
  it.each(['amqp:in', 'amqp:in.senedler', 'amqp:in.sened-2'])('may name %s', (address) => {
    const text = ofTax(', mq: true', `protocol: mq, address: '${address}', pattern: one-way`)
    const plan = planSample(text, new Map(), registry(false))
    expect(flawsOf(plan)).toEqual([])
    expect(plan.warnings).toEqual([])
    expect(plan.upserts.services).toMatchObject([{ protocol: 'mq', address, pattern: 'one-way' }])
    expect(plan.upserts.subsystems).toMatchObject([{ mq: true }])
  })

  it.each([
    'amqp:',
    'amqp:in.',
    'amqp:in.Sened',
    'amqp:in.a.b',
    `amqp:in.${'x'.repeat(33)}`,
    'amqp://user:secret@host/in',
    'http://10.0.0.1/',
  ])('may not name %s', (address) => {
    const text = ofTax('', `protocol: mq, address: '${address}'`)
    expect(problemsOf(text, registry(true))).toEqual([`${inService}.address: is no queue`])
  })

  it('needs a system that has queues', () => {
    expect(problemsOf(ofTax('', 'protocol: mq, address: amqp:in'), registry(false))).toEqual([
      `${inService}.protocol: is mq, and ${taxId} has no queues`,
    ])
  })

  it('keeps its queues', () => {
    const content = registry(true, byQueue)
    expect(problemsOf(ofTax(', mq: false'), content)).toEqual([
      `${inSubsystem}.mq: takes the queues away from which ${v1} is read`,
    ])
    // Said once, where both are declared.
    expect(problemsOf(ofTax(', mq: false', 'status: active'), content)).toEqual([
      `${inService}.protocol: is mq, and ${taxId} has no queues`,
    ])
  })

  it.each(["protocol: rest, address: 'https://h/'", 'status: liquidated'])(
    'gives them up with %s',
    (service) => {
      expect(problemsOf(ofTax(', mq: false', service), registry(true, byQueue))).toEqual([])
    },
  )

  it('of another system is not looked at', () => {
    const content = registry(true, byQueue)
    const text =
      'instance: AZ\nmembers: [{ class: GOV, code: DIM, subsystems: [{ code: PORTAL, mq: false }] }]\n'
    const subsystems = content.subsystems.map((each) => ({ ...each, mq: true }))
    expect(problemsOf(text, { ...content, subsystems })).toEqual([])
  })
})

describe("a system's name at the broker", () => {
  const withCode = (code: string): string =>
    `instance: AZ
members: [{ class: GOV, code: VN, subsystems: [{ code: ${code}, domain: PORTAL, name: { az: S, en: S }, mq: true }] }]
`

  it('is as long as the broker takes', () => {
    // AZ.GOV.VN. and a code, 22 letters of which take six bytes; .in. with 32 characters more.
    const code = `${'Ə'.repeat(22)}xx`
    expect(10 + 22 * 6 + 2 + 36).toBe(180)
    expect(problemsOf(withCode(code), registry(false))).toEqual([])
    expect(problemsOf(withCode(`${code}x`), registry(false))).toHaveLength(1)
  })

  it.each([
    ['too many characters', 'S'.repeat(100), 'x'.repeat(35)],
    ['letters outside ASCII', 'Ə'.repeat(23), ''],
  ])('is not longer: %s', (_what, code, more) => {
    const text = withCode(code).replace('code: VN', `code: VN${more}`)
    const named = text.replace('VN' + more, `VN${more}, name: { az: V, en: V }`)
    expect(problemsOf(named, registry(false))).toEqual([
      expect.stringMatching(
        /^members\[0\]\.subsystems\[0\]\.mq: cannot be: .* bytes at the broker/,
      ),
    ])
  })
})

describe("a service's pattern", () => {
  const noContract = registry(false)
  const folder = (name: string): string => `contract: contracts/${name}`
  const held = { digest: 'v1'.padEnd(43, '-'), request: 'block', reply: 'block' } as const

  it('is what its contract says', () => {
    const plan = planSample(ofTax('', folder('messages-one-way')), new Map(), noContract)
    expect(flawsOf(plan)).toEqual([])
    expect(plan.changes[0]?.fields).toContainEqual({
      field: 'pattern',
      old: 'request-reply',
      new: 'one-way',
    })
  })

  it.each([
    ['messages-one-way', 'request-reply', 'one-way'],
    ['messages', 'one-way', 'request-reply'],
    ['v1', 'one-way', 'request-reply'],
  ])('under the contract %s is not %s', (name, said, contracts) => {
    expect(problemsOf(ofTax('', `${folder(name)}, pattern: ${said}`), noContract)).toEqual([
      `${inService}.pattern: is ${said}, and the contract says ${contracts}`,
    ])
  })

  it('does not change under a contract that stays', () => {
    const content = registry(false, { contract: held })
    const contractSummaries = new Map([[held.digest, undefined]])
    const plan = (fields: string) =>
      problemsOf(ofTax('', fields), { ...content, contractSummaries })
    expect(plan('pattern: one-way')).toEqual([
      `${inService}.pattern: changes under a contract, which says it too`,
    ])
    expect(plan('pattern: request-reply')).toEqual([])
    expect(plan('pattern: one-way, contract: null')).toEqual([])
  })

  it('may be either where nothing else says it', () => {
    expect(problemsOf(ofTax('', 'pattern: one-way'), noContract)).toEqual([])
  })
})

describe('a contract of messages', () => {
  it.each([
    ['rest', "'https://h/x'"],
    ['mq', 'amqp:in'],
  ])('may be of a service in %s', (protocol, address) => {
    const text = ofTax(
      '',
      `protocol: ${protocol}, address: ${address}, contract: contracts/messages`,
    )
    expect(problemsOf(text, registry(true))).toEqual([])
  })

  it('may not be of a service in SOAP', () => {
    const text = ofTax('', "protocol: soap, address: 'https://h/x', contract: contracts/messages")
    expect(problemsOf(text, registry(true))).toEqual([
      `${inService}.contract: describes a service in rest or mq, and the service's protocol is soap`,
    ])
  })
})
