import type { ServiceContract } from '../../contract/load-contract.js'
import type { MessageChecks } from '../../contract/ready-contract.js'
import type { BilingualText } from '../../exchange/fault.js'
import { parseServiceId } from '../../exchange/identifier.js'
import { serviceLimitDefaults } from '../../limits/registry.js'
import type { ConnectionApplication, ProbeRequest } from '../application.js'
import type { ConformityTools } from '../conformity-tools.js'
import type { DeclaredEndpoint } from '../endpoint.js'
import { probeLimits } from '../limits.js'
import type { CallSeen, CallsSeen, ContractSeen } from '../seen.js'
import { EndpointCaller } from './endpoint-caller.js'
import type { PinnedAddress } from './pinned-address.js'
import { RestLane } from './rest-lane.js'
import type { LaneTerms, MadeCall, ServiceLane } from './service-lane.js'
import { SoapLane } from './soap-lane.js'
import { Trouble } from './trouble.js'

/** What is needed to call an endpoint. */
export interface EndpointToCall {
  readonly application: ConnectionApplication
  readonly endpoint: DeclaredEndpoint
  readonly pinned: PinnedAddress
  readonly contract: ContractSeen
  readonly tools: ConformityTools
  readonly signal: AbortSignal
}

/** Makes the test calls: the bad one, the good one, and the one whose text has to come back. */
export async function callEndpoint(of: EndpointToCall): Promise<CallsSeen> {
  const { application, contract, pinned, tools, signal } = of
  const { probes } = application
  if (!probes) return { missing: noProbes }
  if (!contract.contract || contract.problems.length > 0) return { missing: noContract }
  const lane = laneOf(of, contract.contract, contract.checks)
  const { limits } = contract.contract.settings
  const caller = new EndpointCaller(pinned, {
    authorities: tools.addresses.authorities,
    timeLimitMs: Math.min(
      limits.timeLimitMs ?? serviceLimitDefaults.timeLimitMs,
      probeLimits.callMsMax,
    ),
    answerBytesMax: Math.min(
      limits.replyBytesMax ?? serviceLimitDefaults.replyBytesMax,
      probeLimits.answerBytesMax,
    ),
    signal,
  })
  try {
    // The bad one first: it opens the connection, which is no part of the time that the good one takes.
    const bad = await called(lane, caller, probes.bad)
    const good = await called(lane, caller, probes.good)
    const echo = probes.echo && (await called(lane, caller, probes.echo.request))
    return { missing: undefined, bad, good, echo }
  } finally {
    await caller.close()
  }
}

const noProbes: BilingualText = {
  az: 'Müraciətdə sınaq sorğuları (probes) yoxdur',
  en: 'The application has no test requests (probes)',
}

const noContract: BilingualText = {
  az: 'Xidmətin təsviri oxunmadığı üçün sınaq sorğusu göndərilməyib (TT-01)',
  en: 'No test request was sent, since the contract cannot be used (TT-01)',
}

function laneOf(of: EndpointToCall, contract: ServiceContract, checks: MessageChecks): ServiceLane {
  const { application, endpoint, pinned, tools } = of
  const terms: LaneTerms = {
    service: parseServiceId(application.objectId),
    domain: application.domain,
    ...{ endpoint, pinned, contract, tools, checks },
  }
  const { description } = contract
  return description.protocol === 'soap' ? new SoapLane(terms, description) : new RestLane(terms)
}

async function called(
  lane: ServiceLane,
  caller: EndpointCaller,
  request: ProbeRequest,
): Promise<CallSeen> {
  let made: MadeCall
  try {
    made = lane.make(request)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { made: undefined, answer: undefined, trouble: error.text }
  }
  return { made, ...(await caller.call(made.call)) }
}
