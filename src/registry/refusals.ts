import type { Envelope } from '../exchange/envelope.js'
import { Fault } from '../exchange/fault.js'
import { messageExpiryMsMax } from '../limits/one-way.js'
import type { AccessDecision } from './access-decision.js'
import { closedUntil, type ClosedTime } from './closed-times.js'
import type { Member } from './member.js'
import { allowedClassifications, type Service } from './service.js'
import type { Party } from './snapshot.js'
import type { Subsystem } from './subsystem.js'

/** Why a request gets no further than step 2, one function a reason; `authorise` has their order. */

export function refuseClassified({ classification }: Envelope): void {
  if (classification === undefined) return
  if (!(allowedClassifications as readonly string[]).includes(classification)) {
    throw new Fault('CLASSIFICATION_FORBIDDEN')
  }
}

export function refuseExpired({ expiresAt }: Envelope, nowMs: number): void {
  if (expiresAt === undefined) return
  const leftMs = expiresAt.getTime() - nowMs
  if (leftMs > 0 && leftMs <= messageExpiryMsMax) return
  throw new Fault('REQUEST_INVALID', {
    field: 'expires',
    detail: leftMs > 0 ? 'The message expires too late.' : 'The message has expired already.',
  })
}

export function refuseInactive({ status }: Member | Subsystem): void {
  if (status === 'active') return
  throw new Fault('MEMBER_SUSPENDED', { detail: `The sending system has been ${status}.` })
}

/** The name of a member that was merged into another is good for a time only. */
export function isNameEnded({ formerMember }: Party, nowMs: number): boolean {
  if (formerMember?.status !== 'liquidated') return false
  return formerMember.aliasUntil === undefined || nowMs >= formerMember.aliasUntil.getTime()
}

export function refuseEndedName(provider: Party, nowMs: number): void {
  const { formerMember, subsystem } = provider
  if (!isNameEnded(provider, nowMs)) return
  throw liquidated(subsystem.successor ?? formerMember?.successor)
}

export function refuseForeignDomain({ domain, subsystem }: Party, envelope: Envelope): void {
  if (domain?.status !== 'active') throw new Fault('DOMAIN_SUSPENDED')
  if (envelope.domain !== undefined && envelope.domain !== subsystem.domain) {
    throw new Fault('DOMAIN_MISMATCH', {
      detail: 'The request states another domain than the one its sender belongs to.',
    })
  }
}

export function refuseClosedParty(
  { status, successor }: Member | Subsystem,
  canWait: boolean,
): void {
  if (status === 'liquidated') throw liquidated(successor)
  if (status === 'suspended' && !canWait) {
    throw new Fault('TARGET_SUSPENDED', { detail: "The provider's system is suspended." })
  }
}

export function refuseClosedService(service: Service, nowMs: number, canWait: boolean): void {
  if (service.status === 'liquidated') throw liquidated(service.successor)
  if (canWait) return
  switch (service.status) {
    case 'active':
      return
    case 'suspended':
      throw new Fault('TARGET_SUSPENDED')
    case 'maintenance': {
      const { from, until } = service
      const notYet = from !== undefined && nowMs < from.getTime()
      const over = until !== undefined && nowMs >= until.getTime()
      if (notYet || over) return
      throw new Fault('IN_MAINTENANCE', until ? { until } : {})
    }
  }
}

/** Announced works: the gate answers for the system from the moment they were to begin. */
export function refuseDuringWorks(
  closed: readonly ClosedTime[],
  nowMs: number,
  canWait: boolean,
): void {
  if (canWait || closed.length === 0) return
  const untilMs = closedUntil(closed, nowMs)
  if (untilMs !== undefined) throw new Fault('IN_MAINTENANCE', { until: new Date(untilMs) })
}

export function liquidated(successor: string | undefined): Fault {
  return new Fault(
    'TARGET_LIQUIDATED',
    successor === undefined ? {} : { detail: `The successor is ${successor}.` },
  )
}

/** A body says on what ground and in which case it asks. */
export function refuseUngrounded(envelope: Envelope, { mode }: AccessDecision): void {
  if (mode === 'body' && !(envelope.legalBasis && envelope.caseNumber)) {
    throw new Fault('LEGAL_BASIS_REQUIRED', {
      field: envelope.legalBasis ? 'caseNumber' : 'legalBasis',
    })
  }
}
