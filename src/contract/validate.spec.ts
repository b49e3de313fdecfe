import { describe, expect, it } from '@jest/globals'
import { contractLane, jsonRequest, type ContractLane } from '../../test/support/contract-lane.js'
import {
  describedBy,
  foundPerson,
  messageContract,
  soapContract,
} from '../../test/support/contract-samples.js'
import { echoOf, httpReply } from '../../test/support/views.js'
import type { AcceptedReply, AuthorisedRequest, LoggedRequest } from '../exchange/exchange.js'
import type { ValidationLevel } from '../exchange/route.js'
import { Fault } from '../exchange/fault.js'
import { faultPathCharsMax, faultPlacesMax } from '../limits/contracts.js'
import { mediatedBytesMax } from '../limits/mediation.js'
import { breachFault } from './breach.js'
import { createCheckReply } from './check-reply.js'
import { createValidate } from './validate.js'
import { violation } from '../violation/violation.js'

const service = 'AZ/GOV/DIN/GCQ/mesaj/v1'
const lane = await contractLane(messageContract({ service }))
const good = jsonRequest({ fin: '0TEST01' })
const bad = jsonRequest({ fin: 'OTEST01' })

function faultOf(act: () => unknown): Fault | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

/** What is told of breaches while something happens. */
function toldOf({ breaches }: ContractLane, act: () => void): string[] {
  const before = breaches.length
  act()
  return breaches.slice(before).map(({ side, level }) => `${side} ${level}`)
}

describe('a request', () => {
  const validate = createValidate(lane.rules)
  const { digest } = lane.contract
  const at = (request: ValidationLevel, verified = bad) => lane.authorised(verified, { request })

  it('that breaks its contract is refused, passes and is told of, or passes', () => {
    const outcome = (level: ValidationLevel) => {
      let code: string | undefined
      const told = toldOf(lane, () => (code = faultOf(() => validate(at(level)))?.code))
      return { code, told }
    }
    expect(outcome('block')).toEqual({ code: 'REQUEST_INVALID', told: ['request block'] })
    expect(outcome('report')).toEqual({ code: undefined, told: ['request report'] })
    expect(outcome('off')).toEqual({ code: undefined, told: [] })
  })

  it('that keeps it is the same, and names the contract it was held to', () => {
    for (const level of ['block', 'report'] as const) {
      const made = validate(at(level, good))
      expect(made).toMatchObject({ contractVersion: digest, mappingVersion: 'none' })
      expect(made.verified).toBe(good)
    }
    expect(validate(at('off', good)).contractVersion).toBe('none')
  })

  it('of a service without a contract is not looked at', () => {
    const request = at('block')
    const free = { ...request, route: { ...request.route, contract: undefined } }
    expect(validate(free as AuthorisedRequest).contractVersion).toBe('none')
  })

  it('under a contract that cannot be used passes at no level that looks at it', () => {
    const broken = createValidate({
      ...lane.rules,
      contracts: {
        get: () => {
          throw new Fault('INTERNAL_ERROR')
        },
      },
    })
    for (const level of ['block', 'report'] as const) {
      expect(faultOf(() => broken(at(level, good)))?.code).toBe('INTERNAL_ERROR')
    }
  })

  it('of no operation of the contract passes only where its answer is held to none', () => {
    const other = { ...good, method: 'DELETE' }
    const outcome = (request: ValidationLevel, reply: ValidationLevel) =>
      faultOf(() => validate(lane.authorised(other, { request, reply })))?.code
    expect(outcome('report', 'block')).toBe('REQUEST_INVALID')
    expect(outcome('off', 'block')).toBe('REQUEST_INVALID')
    expect(outcome('report', 'report')).toBeUndefined()
    expect(outcome('off', 'off')).toBeUndefined()
  })

  it('that is too large to be carried over is refused before it is taken apart', async () => {
    const { authorised, rules } = await contractLane(soapContract({ service }))
    const large = { ...good, payload: new Uint8Array(mediatedBytesMax + 1) }
    const request = authorised(large, {}, { consumer: 'rest' })
    expect(faultOf(() => createValidate(rules)(request))?.code).toBe('PAYLOAD_TOO_LARGE')
  })
})

describe('an answer', () => {
  const check = createCheckReply(lane.rules)
  const outcome = (reply: ValidationLevel, body = '{"tapildi":1}') => {
    const content = httpReply(200, body)
    const logged = { ...lane.authorised(good, { reply }), derived: undefined }
    let fault: Fault | undefined
    const told = toldOf(lane, () => {
      fault = faultOf(() => {
        check({ content } as AcceptedReply, logged as unknown as LoggedRequest)
      })
    })
    return { code: fault?.code, side: fault?.side, told }
  }

  it('that breaks the contract is refused, passes and is told of, or passes', () => {
    const passes = { code: undefined, side: undefined }
    const told = ['reply block']
    expect(outcome('block')).toEqual({ code: 'RESPONSE_INVALID', side: 'provider', told })
    expect(outcome('report')).toEqual({ ...passes, told: ['reply report'] })
    expect(outcome('off')).toEqual({ ...passes, told: [] })
    expect(outcome('block', '{"tapildi":true}')).toEqual({ ...passes, told: [] })
  })
})

it('an answer to no operation of the contract is told of, as nobody knows what it must be', async () => {
  const rest = await contractLane(describedBy({ service }, 'openapi.json', echoOf(foundPerson)))
  const asked = rest.authorised(jsonRequest({}, { method: 'DELETE', path: '/yox' }), {
    request: 'report',
    reply: 'report',
  })
  const logged = { ...createValidate(rest.rules)(asked), derived: undefined }
  createCheckReply(rest.rules)(
    { content: httpReply(200, '{}') } as AcceptedReply,
    logged as unknown as LoggedRequest,
  )
  expect(rest.breaches.map(({ side, violations }) => `${side} ${violations[0]?.rule}`)).toEqual([
    'request operation',
    'reply operation',
  ])
})

describe('the refusal', () => {
  it('names the first place and a bounded number of others, none longer than told', () => {
    const paths = Array.from({ length: 30 }, (_, at) => `/${at}${'x'.repeat(at * 100)}`)
    const fault = breachFault(
      'request',
      paths.map((path) => violation(path, 'type', 'string')),
    )
    expect(fault.field).toBe('/0')
    expect(fault.places).toHaveLength(faultPlacesMax)
    for (const { path } of fault.places) {
      expect(path.length).toBeLessThanOrEqual(faultPathCharsMax + 1)
    }
  })
})
