import { readEnvelope } from '../../../../adapters/mq/envelope.js'
import { Fault } from '../../../exchange/fault.js'
import type { SubsystemId } from '../../../exchange/identifier.js'
import type { MqProperties } from '../../../exchange/mq-content.js'
import { defaultLimits } from '../../../limits/default-limits.js'
import { signatureHeader, textHeader } from '../../../mq-head.js'
import { keyTypeOf } from '../../../trust/http-signature/algorithms.js'
import {
  readDetachedJws,
  signatureField,
  type DetachedJws,
} from '../../../trust/jws/detached-jws.js'
import { checkEnvelope } from '../../../trust/jws/envelope-members.js'
import { readProtectedHeader, type ProtectedHeader } from '../../../trust/jws/protected-header.js'
import { UnreadRequest } from '../../../trust/jws/verified-request.js'
import {
  checkFreshness,
  checkSignature,
  type VerifiedMessage,
} from '../../../trust/jws/verify-message.js'
import { queuedAgeMsMax } from '../../../trust/queued-age.js'
import type { NamedCertificate } from '../../command-files.js'
import type { MqCapture } from './mq-capture.js'
import type { MqChecks } from './mq-checks.js'

const type = 'sluice-request+jws'

/** A signature as far as it could be read. */
export interface Examined {
  readonly jws: DetachedJws | undefined
  readonly header: ProtectedHeader | undefined
}

/** Takes a captured message through the bus's own checks. What is wrong is in `checks`. */
export function examineMq(
  { properties, payload, isMessage }: MqCapture,
  given: NamedCertificate | undefined,
  at: Date,
  checks: MqChecks,
): Examined {
  for (const name of ['sender', 'registry'] as const) {
    checks.note(name, 'The registry says that; this command works without it.')
  }
  checks.enters('message')
  if ('reason' in properties) {
    const { code, field, reason: detail } = properties
    checks.refuses(new Fault(code, { detail, ...(field !== undefined && { field }) }))
    return { jws: undefined, header: undefined }
  }
  checks.enters('form')
  const jws = checks.attempt(() => jwsIn(properties))
  if (!jws) return { jws, header: undefined }
  checks.enters('header')
  const header = checks.attempt(() => readProtectedHeader(jws.headerBytes, type))
  if (!header) return { jws, header }
  checks.enters('freshness')
  const ageMsMax = isMessage ? queuedAgeMsMax(defaultLimits) : defaultLimits.freshnessMs
  checks.attempt(() => checkFreshness(header, { ...defaultLimits, now: () => at }, ageMsMax))
  checkCertificate({ jws, header }, payload, given, checks)
  checkSaid(messageOf(jws, header), properties, payload, checks)
  return { jws, header }
}

function jwsIn(properties: MqProperties): DetachedJws {
  const signature = textHeader(properties, signatureHeader)
  if (signature === undefined) throw new Fault('SIGNATURE_MISSING', { field: signatureField })
  return readDetachedJws(signature)
}

function checkCertificate(
  { jws, header }: { readonly jws: DetachedJws; readonly header: ProtectedHeader },
  payload: Buffer,
  given: NamedCertificate | undefined,
  checks: MqChecks,
): void {
  if (!given) {
    checks.skip('certificate', "Give the signer's certificate with --cert.")
    checks.skip('verification', "Give the signer's certificate with --cert.")
    return
  }
  const { publicKey, thumbprint } = given
  checks.enters('certificate')
  if (header.thumbprint !== thumbprint) {
    const detail = 'x5t#S256 is not the thumbprint of the certificate given with --cert.'
    checks.refuses(new Fault('CERT_UNKNOWN', { field: 'x5t#S256', detail }))
    checks.note('certificate', `The thumbprint of that certificate is ${thumbprint}`)
  }
  const keyType = keyTypeOf(publicKey)
  if (!keyType) {
    const detail = 'The bus checks no signatures with a key of this kind, and registers none.'
    checks.refuses(new Fault('CERT_UNKNOWN', { detail }))
    return
  }
  checks.enters('verification')
  checks.attempt(() => checkSignature(jws, header, payload, { publicKey, keyType }))
}

/** What a message says of itself, whose signature is told of apart. */
function messageOf(
  { value }: DetachedJws,
  { thumbprint, issuedAt, contentType, envelope }: ProtectedHeader,
): VerifiedMessage {
  return {
    // Whose certificate it is only the registry knows.
    signer: { subsystem: '' as SubsystemId, thumbprint, serialNumber: '' },
    contentType,
    envelope,
    signature: { label: type, keyId: thumbprint, created: new Date(issuedAt * 1_000), value },
  }
}

function checkSaid(
  message: VerifiedMessage,
  properties: MqProperties,
  payload: Buffer,
  checks: MqChecks,
): void {
  checks.enters('repeated')
  checks.attempt(() => checkEnvelope(type, message, properties))
  checks.enters('envelope')
  checks.attempt(() => readEnvelope(new UnreadRequest(message, 0, payload)))
}
