import type { Envelope, ExchangeMode } from '../exchange/envelope.js'
import { Fault } from '../exchange/fault.js'
import type { AccessRight } from './access-right.js'
import type { Service } from './service.js'
import type { Offer, Party } from './snapshot.js'

export interface AccessDecision {
  readonly right: AccessRight
  readonly mode: ExchangeMode
}

/**
 * The access right under which this request may pass, and its mode: the one stated or, where none
 * is, the only one that the service and the rights in force leave.
 * @throws Fault ACCESS_DENIED saying what the nearest right lacks, REQUEST_INVALID where the mode
 * has to be stated
 */
export function decideAccess(
  { rights }: Party,
  envelope: Envelope,
  { service, code }: Offer,
  nowMs: number,
): AccessDecision {
  const candidates = [...(rights.get(service.id) ?? none), ...(rights.get(code) ?? none)]
  const inForce = rightsInForce(candidates, envelope.purpose, nowMs)
  const mode = envelope.mode ?? onlyMode(service, inForce)
  if (!service.modes.includes(mode)) throw denied('The service does not offer this mode.')
  const right = inForce.find(({ modes }) => modes.includes(mode))
  if (!right) throw denied('The access right does not allow this mode.')
  return { right, mode }
}

const none: readonly AccessRight[] = []

/** What a right may lack, the nearest to being in force last. */
const lacks = [
  'There is no access right of this consumer for this service.',
  'The access right has been withdrawn.',
  'The access right has expired.',
  'The access right is not in force yet.',
  'The access right is for another purpose than the one stated.',
] as const

function rightsInForce(
  candidates: readonly AccessRight[],
  purpose: string | undefined,
  nowMs: number,
): AccessRight[] {
  const inForce: AccessRight[] = []
  let nearest = 0
  for (const right of candidates) {
    const lack = lackOf(right, purpose, nowMs)
    if (lack === 0) inForce.push(right)
    else nearest = Math.max(nearest, lack)
  }
  if (inForce.length === 0) throw denied(lacks[nearest] ?? lacks[0])
  return inForce
}

/** Whether a right may be used now, for its purpose. */
export function isInForce(right: AccessRight, nowMs: number): boolean {
  return lackOf(right, undefined, nowMs) === 0
}

/** Index into `lacks`, or 0 for a right in force. */
function lackOf(right: AccessRight, purpose: string | undefined, nowMs: number): number {
  if (right.status === 'withdrawn') return 1
  if (right.until && nowMs >= right.until.getTime()) return 2
  if (nowMs < right.from.getTime()) return 3
  return purpose === undefined || isSameText(purpose, right.purpose) ? 0 : 4
}

function onlyMode(service: Service, inForce: readonly AccessRight[]): ExchangeMode {
  const [only, ...others] = service.modes.filter((mode) =>
    inForce.some(({ modes }) => modes.includes(mode)),
  )
  if (!only) throw denied('The access right and the service have no mode in common.')
  if (others.length > 0) {
    throw new Fault('REQUEST_INVALID', {
      field: 'mode',
      detail: 'Both modes are allowed here; the request has to state one.',
    })
  }
  return only
}

// Texts of the registry are in composed form (NFC); senders may use either (Unicode UAX 15).
function isSameText(stated: string, registered: string): boolean {
  return stated === registered || stated.normalize('NFC') === registered
}

function denied(detail: string): Fault {
  return new Fault('ACCESS_DENIED', { detail })
}
