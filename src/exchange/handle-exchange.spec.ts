import { beforeEach, describe, expect, it } from '@jest/globals'
import type { ReceivedReply, ReceivedRequest, RequestStage } from './exchange.js'
import type { ExchangePattern } from './route.js'
import { Fault } from './fault.js'
import { handleExchange } from './handle-exchange.js'
import type { Bus } from './ports.js'

const received = { exchangeId: 'e-1' } as unknown as ReceivedRequest
const verified = { format: 'http' }

const order = [
  'enter',
  'verifyHead',
  'identify',
  'checkEntrance',
  'admit',
  'authenticate',
  'authorise',
  'take',
  'validate',
  'logRequest',
  'mediate',
  'deliver',
  'acceptReply',
  'mediateReply',
  'logReply',
] as const
type Step = (typeof order)[number]

let calls: string[]
let refused: { fault: Fault; reached: RequestStage; answer?: ReceivedReply }[]
let left: string[]
let givenBack: RequestStage[]
let ended: unknown[]

/** A bus that notes what it is asked, and fails at one step. */
function busThatFailsAt(
  failing?: Step,
  error: Error = new Fault('ACCESS_DENIED'),
  pattern: ExchangePattern = 'request-reply',
): Bus {
  const step =
    <Result>(name: Step, result: Result) =>
    (): Result => {
      calls.push(name)
      if (name === failing) throw error
      return result
    }
  const later =
    <Result>(name: Step, result: Result) =>
    (): Promise<Result> => {
      calls.push(name)
      return name === failing ? Promise.reject(error) : Promise.resolve(result)
    }
  const envelope = { consumer: 'AZ/GOV/A/X' }
  const stage = (name: string): unknown => ({
    ...{ exchangeId: 'e-1', stage: name, verified, envelope },
    ...(name === 'logged' && { entry: 'request entry', route: { pattern } }),
  })
  return {
    admission: {
      enter: step('enter', undefined),
      admit: step('admit', undefined),
      leave: (exchangeId: string) => left.push(exchangeId),
    },
    verifyHead: step('verifyHead', stage('signed')),
    identify: step('identify', stage('identified')),
    checkEntrance: step('checkEntrance', undefined),
    fairUse: {
      take: later('take', undefined),
      giveBack: (reached: RequestStage) => givenBack.push(reached),
    },
    authenticate: later('authenticate', stage('authenticated')),
    authorise: step('authorise', stage('authorised')),
    validate: step('validate', stage('validated')),
    logRequest: later('logRequest', stage('logged')),
    mediate: step('mediate', stage('mediated')),
    deliver: later('deliver', stage('received')),
    acceptReply: later('acceptReply', stage('accepted')),
    mediateReply: step('mediateReply', stage('mediated back')),
    logReply: later('logReply', { forConsumer: 'content', entry: 'entry' }),
    logRefusal: (fault: Fault, reached: RequestStage, answer?: ReceivedReply) => {
      refused.push({ fault, reached, ...(answer && { answer }) })
      return Promise.resolve('refusal entry')
    },
    ended: (_: RequestStage, outcome: unknown) => ended.push(outcome),
  } as unknown as Bus
}

/** How far the request has come when a step fails. */
const reachedAt: Record<Step, string | undefined> = {
  enter: undefined,
  verifyHead: undefined,
  identify: 'signed',
  checkEntrance: 'identified',
  admit: 'identified',
  authenticate: 'identified',
  authorise: 'authenticated',
  take: 'authorised',
  validate: 'authorised',
  logRequest: 'validated',
  mediate: 'logged',
  deliver: 'logged',
  acceptReply: 'logged',
  mediateReply: 'logged',
  logReply: 'logged',
}

beforeEach(() => {
  calls = []
  refused = []
  left = []
  givenBack = []
  ended = []
})

describe('one exchange (architecture §3)', () => {
  it('takes its steps in their order, and ends with the logged answer', async () => {
    const reply = await handleExchange(received, busThatFailsAt())
    expect(calls).toEqual(order)
    expect(reply).toMatchObject({
      outcome: 'answered',
      exchangeId: 'e-1',
      request: { stage: 'logged' },
      content: 'content',
      entry: 'entry',
    })
    expect(refused).toEqual([])
    expect(ended).toEqual(['answered'])
    expect(left).toHaveLength(1)
  })

  it('of a one-way message ends with its acceptance, once it is durable', async () => {
    const reply = await handleExchange(received, busThatFailsAt(undefined, undefined, 'one-way'))
    expect(calls).toEqual(order.slice(0, order.indexOf('logRequest') + 1))
    expect(reply).toMatchObject({
      outcome: 'accepted',
      exchangeId: 'e-1',
      request: { stage: 'logged' },
      entry: 'request entry',
    })
    expect([refused, ended, left.length]).toEqual([[], ['accepted'], 1])
  })

  it.each(order)('a refusal at %s is logged once, and nothing after it happens', async (step) => {
    const reply = await handleExchange(received, busThatFailsAt(step))
    expect(calls).toEqual(order.slice(0, order.indexOf(step) + 1))
    expect(reply).toMatchObject({ outcome: 'refused', fault: { code: 'ACCESS_DENIED' } })
    expect(refused).toHaveLength(1)
    expect((refused[0]!.reached as { stage?: string }).stage).toBe(reachedAt[step])
    expect(ended).toEqual([refused[0]!.fault])
    expect(left).toHaveLength(1)
  })

  it.each(order)('a bug at %s is INTERNAL_ERROR, and mute (R-127)', async (step) => {
    const reply = await handleExchange(received, busThatFailsAt(step, new Error('password=1')))
    expect(reply).toMatchObject({ outcome: 'refused', fault: { code: 'INTERNAL_ERROR' } })
    expect(refused).toHaveLength(1)
  })

  it.each(order)('a refusal at %s gives back what was counted, whatever it was', async (step) => {
    await handleExchange(received, busThatFailsAt(step))
    expect(givenBack).toHaveLength(1)
    expect((givenBack[0] as { stage?: string }).stage).toBe(reachedAt[step])
  })

  it('gives nothing back of what came to its end', async () => {
    await handleExchange(received, busThatFailsAt())
    expect(givenBack).toEqual([])
  })

  it.each([
    ['deliver', undefined],
    ['acceptReply', 'received'],
    ['mediateReply', 'received'],
    ['logReply', 'received'],
  ] as const)(
    'what the provider answered goes into the record of a refusal at %s',
    async (step, answer) => {
      await handleExchange(received, busThatFailsAt(step))
      expect((refused[0]!.answer as { stage?: string } | undefined)?.stage).toBe(answer)
    },
  )

  it.each(['logRequest', 'logReply'] as const)(
    'is refused when the message log cannot write at %s (R-128)',
    async (step) => {
      const bus = busThatFailsAt(step, new Fault('AUDIT_UNAVAILABLE'))
      const reply = await handleExchange(received, bus)
      expect(reply).toMatchObject({ outcome: 'refused', fault: { code: 'AUDIT_UNAVAILABLE' } })
      expect(calls.includes('deliver')).toBe(step === 'logReply')
      expect(reply).not.toHaveProperty('content')
    },
  )

  it.each(['verifyHead', 'logRequest', 'deliver', 'logReply'] as const)(
    'a refusal at %s has the entry whose receipt it brings',
    async (step) => {
      const reply = await handleExchange(received, busThatFailsAt(step))
      expect(reply).toMatchObject({ outcome: 'refused', entry: 'refusal entry' })
    },
  )

  it.each([
    ['enter', undefined],
    ['verifyHead', undefined],
    ['identify', verified],
    ['admit', verified],
    ['authenticate', verified],
    ['deliver', verified],
  ] as const)('a refusal at %s says what had been verified', async (step, expected) => {
    expect(await handleExchange(received, busThatFailsAt(step))).toMatchObject({
      outcome: 'refused',
      verified: expected,
    })
  })
})
