import type { VerifyEndUser } from '../../src/exchange/end-user.js'
import type { Envelope } from '../../src/exchange/envelope.js'
import type { AuthenticatedRequest } from '../../src/exchange/exchange.js'
import type { EndUser } from '../../src/exchange/person.js'
import type { Route } from '../../src/exchange/route.js'
import { Fault } from '../../src/exchange/fault.js'
import {
  memberOf,
  parseMemberId,
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
} from '../../src/exchange/identifier.js'
import type { AccessRight } from '../../src/registry/access-right.js'
import { authorise } from '../../src/registry/authorise.js'
import { serviceLimitDefaults } from '../../src/limits/registry.js'
import type { Member } from '../../src/registry/member.js'
import { emptyRegistry, type RegistryContent } from '../../src/registry/registry-content.js'
import type { Service } from '../../src/registry/service.js'
import { RegistrySnapshot } from '../../src/registry/snapshot.js'
import type { Subsystem } from '../../src/registry/subsystem.js'

export const portalId = parseSubsystemId('AZ/GOV/DIM/PORTAL')
export const taxId = parseSubsystemId('AZ/GOV/VN/VERGI')
export const taxServiceCode = parseServiceCode(`${taxId}/voenTap`)
export const noon = new Date('2026-06-15T08:00:00Z')

export function sampleMember(id: string, rest: Partial<Member> = {}): Member {
  return {
    id: parseMemberId(id),
    name: { az: 'Nazirlik', en: 'Ministry' },
    status: 'active',
    successor: undefined,
    aliasUntil: undefined,
    archived: false,
    ...rest,
  }
}

export function sampleSubsystem(id: string, rest: Partial<Subsystem> = {}): Subsystem {
  return {
    id: parseSubsystemId(id),
    owner: memberOf(parseSubsystemId(id)),
    domain: 'PORTAL',
    name: { az: 'Sistem', en: 'System' },
    replySignature: 'ecdsa',
    mq: false,
    status: 'active',
    successor: undefined,
    important: false,
    archivePlace: undefined,
    zones: [],
    clientCertificate: false,
    assertsUsers: false,
    archived: false,
    ...rest,
  }
}

export function sampleService(id: string, rest: Partial<Service> = {}): Service {
  return {
    id: parseServiceId(id),
    name: undefined,
    isDefault: false,
    protocol: 'rest',
    address: 'http://127.0.0.1:9101/voen',
    pattern: 'request-reply',
    modes: ['body'],
    idempotent: false,
    providerSignature: 'none',
    soap: undefined,
    contract: undefined,
    classification: 'open',
    limits: serviceLimitDefaults,
    subjects: [],
    assurance: undefined,
    rate: undefined,
    status: 'active',
    from: undefined,
    until: undefined,
    successor: undefined,
    deprecatedFrom: undefined,
    archived: false,
    ...rest,
  }
}

export function sampleRight(rest: Partial<AccessRight> = {}): AccessRight {
  return {
    id: 'AR-1',
    consumer: portalId,
    service: taxServiceCode,
    legalBasis: 'Vergi Məcəlləsi, 30',
    purpose: 'VÖEN yoxlanışı',
    from: new Date('2026-01-01T00:00:00Z'),
    until: new Date('2027-01-01T00:00:00Z'),
    modes: ['body'],
    status: 'active',
    omit: [],
    dailyQuota: undefined,
    ...rest,
  }
}

/** Two members in one domain; the portal may call the tax system's service, `body` mode. */
export function sampleContent(rest: Partial<RegistryContent> = {}): RegistryContent {
  return {
    ...emptyRegistry,
    generation: 1,
    instance: 'AZ',
    domains: [
      { code: 'PORTAL', name: undefined, status: 'active' },
      { code: 'SENED', name: undefined, status: 'active' },
    ],
    members: [sampleMember('AZ/GOV/DIM'), sampleMember('AZ/GOV/VN')],
    subsystems: [sampleSubsystem(portalId), sampleSubsystem(taxId)],
    services: [sampleService(`${taxServiceCode}/v1`, { isDefault: true })],
    accessRights: [sampleRight()],
    ...rest,
  }
}

export function sampleEnvelope(rest: Partial<Envelope> = {}): Envelope {
  return {
    consumer: portalId,
    serviceCode: taxServiceCode,
    version: 'v1',
    messageId: 'm-1',
    domain: undefined,
    mode: undefined,
    purpose: undefined,
    legalBasis: 'Vergi Məcəlləsi, 30',
    caseNumber: '2026/17',
    userId: undefined,
    representedParty: undefined,
    correlationId: undefined,
    classification: undefined,
    ...rest,
  }
}

/** A request as authentication leaves it, with nothing but what authorise reads. */
export function authenticatedSample(
  rest: Partial<Envelope> = {},
  action?: string,
): AuthenticatedRequest {
  const envelope = sampleEnvelope(rest)
  return {
    exchangeId: 'e-1',
    adapter: { protocol: 'rest' },
    content: { format: 'soap', action },
    envelope,
    signer: { subsystem: envelope.consumer, thumbprint: 't', serialNumber: '01' },
  } as unknown as AuthenticatedRequest
}

/** What differs from the sample registry and request, in one case of authorisation. */
export interface AuthoriseCase {
  readonly content?: Partial<RegistryContent>
  readonly envelope?: Partial<Envelope>
  /** What the request's SOAPAction names. */
  readonly action?: string
  /** Whom its assertion proves; nobody by default. */
  readonly user?: Partial<EndUser>
  readonly now?: Date
}

/** @param decide - `authoriseDelivery`, where it is not about taking the request */
export function routeOf(
  { content, envelope, action, user, now = noon }: AuthoriseCase,
  decide = authorise,
): Route {
  const snapshot = new RegistrySnapshot(sampleContent(content))
  return decide(snapshot, authenticatedSample(envelope, action), now, verifiedAs(user)).route
}

/** Stands for the verifier of assertions: it finds this user, or none. */
export function verifiedAs(user?: Partial<EndUser>): VerifyEndUser {
  return () => {
    if (!user) throw new Fault('ASSERTION_INVALID')
    const identifiers = [{ type: 'fin', value: '0TEST01' }] as const
    const digest = 'd'.repeat(43)
    const known = {
      assurance: 'code-password',
      identifiers,
      represents: undefined,
      digest,
    } as const
    return { issuer: portalId, ...known, ...user }
  }
}

export function faultOf(each: AuthoriseCase, decide = authorise): Fault {
  try {
    routeOf(each, decide)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('was authorised')
}

/** The sample registry with another service in version 1. */
export function withService(rest: Partial<Service>): Partial<RegistryContent> {
  return { services: [sampleService(`${taxServiceCode}/v1`, { isDefault: true, ...rest })] }
}

/** The sample registry with another access right. */
export function withRight(rest: Partial<AccessRight>): Partial<RegistryContent> {
  return { accessRights: [sampleRight(rest)] }
}
