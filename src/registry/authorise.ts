import type {
  AuthenticatedRequest,
  AuthorisedRequest,
  Envelope,
  Route,
} from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { memberOf, providerOf, type SubsystemId } from '../exchange/identifier.js'
import { decideAccess, type AccessDecision } from './access-decision.js'
import { unknownServicePayloadBytesMax } from './limits.js'
import { allowedClassifications, type Service } from './service.js'
import type { RegistrySnapshot } from './snapshot.js'
import type { Subsystem } from './subsystem.js'

/**
 * Step 2: may this subsystem call this service, now, for this purpose? A pure function of the
 * snapshot; denies whatever the registry does not expressly allow. The order of the checks decides
 * which of several faults a request gets.
 * @throws Fault CLASSIFICATION_FORBIDDEN, CERT_SENDER_MISMATCH, MEMBER_SUSPENDED, DOMAIN_SUSPENDED,
 * DOMAIN_MISMATCH, TARGET_UNREGISTERED, TARGET_SUSPENDED, TARGET_LIQUIDATED, IN_MAINTENANCE,
 * ACCESS_DENIED, REQUEST_INVALID (mode), LEGAL_BASIS_REQUIRED, ASSERTION_INVALID
 */
export function authorise(
  snapshot: RegistrySnapshot,
  authenticated: AuthenticatedRequest,
  now: Date,
): AuthorisedRequest {
  const { envelope, signer } = authenticated
  refuseClassified(envelope)
  // Trust has bound the certificate to the sender; the route must not rest on that alone.
  if (signer.subsystem !== envelope.consumer) throw new Fault('CERT_SENDER_MISMATCH')
  const consumer = activeConsumer(snapshot, envelope.consumer)
  refuseForeignDomain(snapshot, consumer, envelope)
  const service = registeredService(snapshot, envelope)
  const provider = snapshot.subsystems.get(providerOf(service.id))
  if (!provider) throw new Fault('TARGET_UNREGISTERED')
  if (provider.domain !== consumer.domain) throw new Fault('DOMAIN_MISMATCH')
  refuseClosedProvider(snapshot, provider)
  refuseClosedService(service, now)
  const decision = decideAccess(snapshot, envelope, service, now)
  refuseUngrounded(envelope, decision)
  return { ...authenticated, route: routeTo(service, provider, decision) } as AuthorisedRequest
}

/**
 * How much of a request's payload may be read before it is known to be authorised: the limit of
 * the service it names, little for a service that does not exist.
 */
export function payloadBytesMax(
  snapshot: RegistrySnapshot,
  envelope: Pick<Envelope, 'serviceCode' | 'version'>,
): number {
  const service = snapshot.service(envelope.serviceCode, envelope.version)
  return service?.limits.requestBytesMax ?? unknownServicePayloadBytesMax
}

function refuseClassified({ classification }: Envelope): void {
  if (classification === undefined) return
  if (!(allowedClassifications as readonly string[]).includes(classification)) {
    throw new Fault('CLASSIFICATION_FORBIDDEN')
  }
}

function activeConsumer(snapshot: RegistrySnapshot, id: SubsystemId): Subsystem {
  const consumer = snapshot.subsystems.get(id)
  const member = snapshot.members.get(memberOf(id))
  if (!consumer || !member) {
    throw new Fault('MEMBER_SUSPENDED', { detail: 'The sending system is not registered.' })
  }
  for (const { status } of [member, consumer]) {
    if (status === 'active') continue
    const what = status === 'liquidated' ? 'liquidated' : 'suspended'
    throw new Fault('MEMBER_SUSPENDED', { detail: `The sending system has been ${what}.` })
  }
  return consumer
}

function refuseForeignDomain(
  snapshot: RegistrySnapshot,
  { domain }: Subsystem,
  envelope: Envelope,
): void {
  if (snapshot.domains.get(domain)?.status !== 'active') throw new Fault('DOMAIN_SUSPENDED')
  if (envelope.domain !== undefined && envelope.domain !== domain) {
    throw new Fault('DOMAIN_MISMATCH', {
      detail: 'The request states another domain than the one its sender belongs to.',
    })
  }
}

function registeredService(snapshot: RegistrySnapshot, envelope: Envelope): Service {
  const service = snapshot.service(envelope.serviceCode, envelope.version)
  if (service) return service
  throw new Fault('TARGET_UNREGISTERED', {
    detail:
      envelope.version === undefined
        ? 'There is no such service, or none of its versions is the default one.'
        : 'There is no such service in this version.',
  })
}

function refuseClosedProvider(snapshot: RegistrySnapshot, provider: Subsystem): void {
  const member = snapshot.members.get(memberOf(provider.id))
  if (!member) throw new Fault('TARGET_UNREGISTERED')
  for (const party of [member, provider]) {
    if (party.status === 'liquidated') throw liquidated(party.successor)
    if (party.status === 'suspended') {
      throw new Fault('TARGET_SUSPENDED', { detail: "The provider's system is suspended." })
    }
  }
}

function refuseClosedService(service: Service, now: Date): void {
  switch (service.status) {
    case 'active':
      return
    case 'suspended':
      throw new Fault('TARGET_SUSPENDED')
    case 'liquidated':
      throw liquidated(service.successor)
    case 'maintenance': {
      const { from, until } = service
      const notYet = from !== undefined && now < from
      const over = until !== undefined && now >= until
      if (notYet || over) return
      throw new Fault('IN_MAINTENANCE', until ? { until } : {})
    }
  }
}

function liquidated(successor: string | undefined): Fault {
  return new Fault(
    'TARGET_LIQUIDATED',
    successor === undefined ? {} : { detail: `The successor is ${successor}.` },
  )
}

/** A body says on what ground and in which case it asks; a user's request names the user. */
function refuseUngrounded(envelope: Envelope, { mode }: AccessDecision): void {
  if (mode === 'body' && !(envelope.legalBasis && envelope.caseNumber)) {
    throw new Fault('LEGAL_BASIS_REQUIRED', {
      field: envelope.legalBasis ? 'caseNumber' : 'legalBasis',
    })
  }
  if (mode === 'user' && !envelope.userId) {
    throw new Fault('ASSERTION_INVALID', { detail: 'The request names no user.', field: 'userId' })
  }
}

function routeTo(service: Service, provider: Subsystem, { right, mode }: AccessDecision): Route {
  return {
    service: service.id,
    provider: provider.id,
    domain: provider.domain,
    mode,
    protocol: service.protocol,
    address: service.address,
    ...service.limits,
    idempotent: service.idempotent,
    providerSignature: service.providerSignature,
    accessRight: { id: right.id, legalBasis: right.legalBasis, purpose: right.purpose },
  }
}
