import { Fault } from '../../exchange/fault.js'
import { coversWhole } from './component.js'
import type { RequestMessage } from './message.js'
import { queryOf } from './signature-base.js'
import type { MessageSignature } from './signature-fields.js'
import type { VerificationWatch } from './watch.js'

/** Label of the bus's own signatures; a consumer's or provider's may not bear it. */
export const busLabel = 'sluice'

/** Mandatory header fields of a request (X-Road REST message protocol §4.3 and protocols of ours). */
const mandatoryFields = ['x-road-client', 'x-road-id'] as const

/** Whether a header field says who asks what, and so must be signed where it is present. */
export function isEnvelopeField(name: string): boolean {
  return name.startsWith('x-road-') || name.startsWith('sluice-')
}

/** Names of the components that a signature takes in whole. */
export function coveredNames(signature: MessageSignature): ReadonlySet<string> {
  const names = new Set<string>()
  for (const component of signature.components) {
    if (coversWhole(component)) names.add(component.name)
  }
  return names
}

/**
 * Header fields that two readers could read differently: one that says who asks what must not be
 * there twice, and the mandatory ones must be there.
 */
export function checkEnvelopeFields({ fields }: RequestMessage, watch: VerificationWatch): void {
  for (const name of fields.names()) {
    if (isEnvelopeField(name) && fields.isRepeated(name)) {
      watch.refuses(invalidRequest(name, 'The header field is repeated.'))
    }
  }
  for (const name of mandatoryFields) {
    if (!fields.has(name)) watch.refuses(invalidRequest(name, 'The header field is missing.'))
  }
}

/**
 * The one signature that speaks for the consumer. Others (of a proxy, say) are let be, but two that
 * claim to be the consumer's are one too many.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID
 */
export function consumerSignature(signatures: readonly MessageSignature[]): MessageSignature {
  if (signatures.some(({ label }) => label === busLabel)) {
    throw uncovered('signature-input', 'The label sluice is reserved for the bus.')
  }
  const [first, ...others] = signatures
  if (!first) throw new Fault('SIGNATURE_MISSING')
  if (others.length === 0) return first
  const qualified = signatures.filter(({ components }) =>
    components.some(({ name }) => name === 'x-road-client'),
  )
  const [only] = qualified
  if (only && qualified.length === 1) return only
  throw uncovered(
    'signature-input',
    'Exactly one of several signatures must cover the header field x-road-client.',
  )
}

/** Every part of the request that the profile asks for is covered; each one that is not is named. */
export function checkCoverage(
  message: RequestMessage,
  covered: ReadonlySet<string>,
  watch: VerificationWatch,
): void {
  for (const name of uncoveredNames(message, covered)) {
    watch.refuses(uncovered(name, 'The part is present and the signature does not cover it.'))
  }
}

function uncoveredNames(message: RequestMessage, covered: ReadonlySet<string>): string[] {
  const names: string[] = []
  const need = (name: string): void => {
    if (!covered.has(name)) names.push(name)
  }
  need('@method')
  // The whole target, or its path and, where it has one, its query.
  if (!covered.has('@target-uri')) {
    if (!covered.has('@path')) names.push('@target-uri')
    else if (queryOf(message.target) !== undefined) need('@query')
  }
  for (const name of mandatoryFields) need(name)
  for (const name of message.fields.names()) {
    if (isEnvelopeField(name) && !isMandatory(name)) need(name)
  }
  if (message.fields.has('content-digest') || announcesPayload(message)) need('content-digest')
  return names
}

function isMandatory(name: string): boolean {
  return (mandatoryFields as readonly string[]).includes(name)
}

function announcesPayload({ fields }: RequestMessage): boolean {
  if (fields.has('transfer-encoding')) return true
  const length = fields.value('content-length')
  return length !== undefined && length !== '0'
}

/** The refusal of a part that is present and not covered. */
export function uncovered(field: string, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail })
}

function invalidRequest(field: string, detail: string): Fault {
  return new Fault('REQUEST_INVALID', { field, detail })
}
