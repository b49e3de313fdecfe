import { describe, expect, it } from '@jest/globals'
import {
  authenticatedSample,
  noon,
  sampleContent,
  sampleSubsystem,
  taxId,
  withService,
  verifiedAs,
} from '../../test/support/registry-samples.js'
import type { Envelope } from '../exchange/envelope.js'
import type { AuthenticatedRequest } from '../exchange/exchange.js'
import type { ExchangePattern } from '../exchange/route.js'
import { toFault, type Fault } from '../exchange/fault.js'
import { parseServiceCode, parseSubsystemId } from '../exchange/identifier.js'
import { authorise } from './authorise.js'
import { checkMaySpeak } from './queue-owners.js'
import { RegistrySnapshot } from './snapshot.js'

interface Way {
  readonly through: 'requests' | 'messages'
  /** Recipients that the message names, where it names several. */
  readonly to?: readonly string[]
}

/** A request that came out of a queue. */
function queued({ through, to }: Way, envelope: Partial<Envelope> = {}): AuthenticatedRequest {
  const content = { format: 'mq', through }
  const verified = { format: 'mq', texts: (name: string) => (name === 'to' ? to : undefined) }
  const sample: unknown = { ...authenticatedSample(envelope), content, verified }
  return sample as AuthenticatedRequest
}

function outcomeOf(pattern: ExchangePattern, request: AuthenticatedRequest): Fault | undefined {
  const snapshot = new RegistrySnapshot(sampleContent(withService({ pattern })))
  try {
    authorise(snapshot, request, noon, verifiedAs())
    return undefined
  } catch (error) {
    return toFault(error)
  }
}

describe('a service that answers', () => {
  it('is asked by way of the queue of requests, one at a time', () => {
    expect(outcomeOf('request-reply', queued({ through: 'requests' }))).toBeUndefined()
  })

  it('is not asked by way of the queue of messages, which it would hold up', () => {
    const fault = outcomeOf('request-reply', queued({ through: 'messages' }))
    expect(fault).toMatchObject({ code: 'REQUEST_INVALID', field: 'routing key' })
  })

  it('is not asked as one of several recipients', () => {
    const fault = outcomeOf('request-reply', queued({ through: 'requests', to: ['a', 'b'] }))
    expect(fault).toMatchObject({ code: 'REQUEST_INVALID', field: 'to' })
  })

  it('nor is the bus itself', () => {
    const serviceCode = parseServiceCode(`${taxId}/listMethods`)
    const fault = outcomeOf('request-reply', queued({ through: 'messages' }, { serviceCode }))
    expect(fault).toMatchObject({ code: 'REQUEST_INVALID', field: 'routing key' })
  })
})

describe('a one-way message', () => {
  it.each<Way>([{ through: 'requests' }, { through: 'messages', to: ['a', 'b'] }])(
    'goes either way, to several at once: %j',
    (way) => {
      expect(outcomeOf('one-way', queued(way))).toBeUndefined()
    },
  )
})

describe('what a recipient says of its messages', () => {
  const speaks = (changes: object): string => {
    const subsystems = [sampleSubsystem(taxId, { mq: true, ...changes })]
    try {
      checkMaySpeak(new RegistrySnapshot(sampleContent({ subsystems })), parseSubsystemId(taxId))
      return 'heard'
    } catch (error) {
      return toFault(error).code
    }
  }

  it('is heard while it is active and has queues', () => {
    expect(speaks({})).toBe('heard')
    expect(speaks({ status: 'suspended' })).toBe('MEMBER_SUSPENDED')
    expect(speaks({ status: 'liquidated' })).toBe('MEMBER_SUSPENDED')
    expect(speaks({ mq: false })).toBe('MEMBER_SUSPENDED')
  })
})
