import type { VerifyEndUser } from '../exchange/end-user.js'
import type { AuthenticatedRequest } from '../exchange/exchange.js'
import type { EndUser } from '../exchange/person.js'
import type { Route } from '../exchange/route.js'
import { Fault } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { isNameEnded } from './refusals.js'
import type { RegistrySnapshot } from './snapshot.js'

interface Routed {
  readonly snapshot: RegistrySnapshot
  readonly authenticated: AuthenticatedRequest
  readonly route: Route
  readonly nowMs: number
}

/**
 * The end user of a request in mode user, as an assertion says that one of the same domain's systems may make (R-102,
 * What the bus tells of the registry is told without one: it is about nobody.
 * @returns undefined for a request on behalf of a body
 * @throws Fault ASSERTION_INVALID, ASSURANCE_TOO_LOW; REQUEST_INVALID for an assertion that has no place
 */
export function endUserOf(routed: Routed, verifyEndUser: VerifyEndUser): EndUser | undefined {
  const { authenticated, route } = routed
  const { mode, service, metaservice, assurance } = route
  const { assertion } = authenticated.envelope
  if (mode !== 'user') {
    if (assertion === undefined) return undefined
    const detail = 'An assertion of who the user is belongs to mode user.'
    throw new Fault('REQUEST_INVALID', { field: 'assertion', detail })
  }
  const isAboutNobody = metaservice !== undefined && metaservice !== 'myExchanges'
  if (isAboutNobody && assertion === undefined) return undefined
  const user = verifyEndUser(authenticated, service)
  if (!mayAssert(user.issuer, routed)) {
    const detail = 'The issuer of the assertion may not say who a user is.'
    throw new Fault('ASSERTION_INVALID', { field: 'iss', detail })
  }
  if (assurance === 'e-signature' && user.assurance !== assurance) {
    throw new Fault('ASSURANCE_TOO_LOW', { field: 'acr' })
  }
  return user
}

function mayAssert(issuer: SubsystemId, { snapshot, route, nowMs }: Routed): boolean {
  const party = snapshot.party(issuer)
  if (!party?.subsystem.assertsUsers || party.subsystem.domain !== route.domain) return false
  const isActive = party.subsystem.status === 'active' && party.member?.status === 'active'
  return isActive && !isNameEnded(party, nowMs)
}
