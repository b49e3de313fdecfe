import { checkBody, isNamedAs, readEnvelope } from '../../../../adapters/soap/envelope.js'
import type { Envelope } from '../../../exchange/envelope.js'
import type { SoapPayload, VerifiedSoapRequest } from '../../../exchange/soap-content.js'
import { Fault } from '../../../exchange/fault.js'
import { defaultLimits } from '../../../limits/default-limits.js'
import type { RegisteredKey } from '../../../trust/signer-directory.js'
import type { Coverage } from '../../../trust/wss/coverage.js'
import { readSoapXml } from '../../../trust/wss/read-soap-xml.js'
import type { SecurityHeader } from '../../../trust/wss/security-header.js'
import { readSoapEnvelope, type SoapEnvelope } from '../../../trust/wss/soap-envelope.js'
import type { Timestamp } from '../../../trust/wss/timestamp.js'
import { UnreadSoap } from '../../../trust/wss/verified-request.js'
import {
  checkHeadDigests,
  checkSignature,
  checkTime,
  findKey,
  readCoverage,
  readMessageSignature,
  readSecurity,
} from '../../../trust/wss/verify-header.js'
import { readSoapHead } from '../../../trust/wss/verify-request.js'
import type { SoapVerificationWatch } from '../../../trust/wss/watch.js'
import type { XmlSignature } from '../../../trust/xml-signature/signature.js'
import { forbiddenAlgorithms } from './forbidden-algorithms.js'
import { NoCertificate } from '../no-certificate.js'
import { ExplainSigners, type Candidate } from './explain-signers.js'
import type { SoapChecks, SoapKind } from './soap-checks.js'
import type { Unpacked } from './unpack.js'

/** As the bus has it where its configuration says nothing else. */
const { freshnessMs } = defaultLimits

export interface ExamineOptions {
  readonly kind: SoapKind
  readonly isBare: boolean
  readonly at: Date
  /** From --cert. */
  readonly given: Candidate | undefined
  /** Those that the message brings along. */
  readonly brought: readonly Candidate[]
}

/** What the verifier found; each is undefined where a check before it ended. */
export interface Examined {
  readonly frame: SoapEnvelope | undefined
  readonly security: SecurityHeader | undefined
  readonly signature: XmlSignature | undefined
  readonly coverage: Coverage | undefined
  readonly timestamp: Timestamp | undefined
  readonly key: RegisteredKey | undefined
  readonly head: UnreadSoap | undefined
  readonly envelope: Envelope | undefined
  readonly whole: VerifiedSoapRequest | undefined
}

const nothing: Examined = {
  frame: undefined,
  security: undefined,
  signature: undefined,
  coverage: undefined,
  timestamp: undefined,
  key: undefined,
  head: undefined,
  envelope: undefined,
  whole: undefined,
}

/**
 * Takes a message through the verifier's own steps, and goes on behind one that refuses where that makes
 * sense. What is wrong is in `checks`.
 */
export function examineSoap(
  unpacked: Unpacked,
  options: ExamineOptions,
  checks: SoapChecks,
): Examined {
  const { start } = unpacked
  if (!start) return nothing
  const frame = checks.attempt(() => readFrame(unpacked, options.kind, checks))
  if (!frame) return nothing
  const security = checks.attempt(() => readSecurity(frame, checks))
  if (!security) return { ...nothing, frame }
  const signature = signatureOf(frame, security, checks)
  const coverage = signature && coverageOf(frame, security, signature, options, checks)
  const timestamp = checks.attempt(() =>
    checkTime(frame, security, { now: () => options.at, freshnessMs }, checks),
  )
  const key = signature && keyOf(frame, security, signature, options, checks)
  if (signature && key) checks.attempt(() => checkSignature(frame, signature, key, checks))
  const found = { ...nothing, frame, security, signature, coverage, timestamp, key }
  if (!signature || !coverage) return found
  checks.attempt(() => checkHeadDigests(frame, coverage, checks))
  const created = timestamp?.created ?? options.at
  const verified = {
    security,
    coverage,
    signature: { label: '', keyId: '', created, value: signature.value },
    signer: { subsystem: '', thumbprint: '', serialNumber: '' } as RegisteredKey['signer'],
  }
  // What was read whole at once is compared whole.
  const begun = frame.body === undefined ? start : (unpacked.payload?.envelope ?? start)
  const head = new UnreadSoap(frame, verified, begun, checks)
  return { ...found, head, ...contentOf(head, coverage, unpacked, options, checks) }
}

/** A reply is read at once, a request by its beginning first. @throws Fault */
function readFrame(
  { start, startIsWhole, payload }: Unpacked,
  kind: SoapKind,
  checks: SoapChecks,
): SoapEnvelope {
  if (start && (kind === 'request' || !payload)) {
    return readSoapHead({ start, startIsWhole }, checks)
  }
  checks.enters('envelope')
  return readSoapEnvelope(readSoapXml(payload?.envelope ?? new Uint8Array()), true)
}

function signatureOf(
  frame: SoapEnvelope,
  security: SecurityHeader,
  checks: SoapChecks,
): XmlSignature | undefined {
  const signature = checks.attempt(() => readMessageSignature(frame, security, checks))
  if (signature) return signature
  const told = new Set(checks.faultsOf('signed-info').map(({ message }) => message))
  for (const fault of forbiddenAlgorithms(frame.document, security.signature)) {
    if (!told.has(fault.message)) checks.refuses(fault)
  }
  return undefined
}

function coverageOf(
  frame: SoapEnvelope,
  security: SecurityHeader,
  signature: XmlSignature,
  { kind }: ExamineOptions,
  checks: SoapChecks,
): Coverage | undefined {
  const rule = kind === 'provider-reply' ? 'answer' : 'request'
  return checks.attempt(() => readCoverage(frame, security, signature, rule, checks))
}

function keyOf(
  frame: SoapEnvelope,
  security: SecurityHeader,
  signature: XmlSignature,
  { given, brought }: ExamineOptions,
  checks: SoapChecks,
): RegisteredKey | undefined {
  try {
    const signers = new ExplainSigners(given, brought)
    const key = checks.attempt(() => findKey(frame, security, signature, signers, checks))
    // With the certificate that the message brings, the signature itself can still be looked at.
    return key ?? (given && keyBrought(frame, security, signature, brought))
  } catch (error) {
    if (!(error instanceof NoCertificate)) throw error
    checks.skip('token', "Give the signer's certificate with --cert: the message does not hold it.")
    return undefined
  }
}

function keyBrought(
  frame: SoapEnvelope,
  security: SecurityHeader,
  signature: XmlSignature,
  brought: readonly Candidate[],
): RegisteredKey | undefined {
  try {
    return findKey(frame, security, signature, new ExplainSigners(undefined, brought), unwatched)
  } catch (error) {
    if (error instanceof Fault || error instanceof NoCertificate) return undefined
    throw error
  }
}

const unwatched: SoapVerificationWatch = {
  enters: () => undefined,
  refuses: () => undefined,
  finds: () => undefined,
}

/** What stands in header blocks and in the Body, and whether it is what was signed. */
function contentOf(
  head: UnreadSoap,
  coverage: Coverage,
  { payload }: Unpacked,
  { kind, isBare }: ExamineOptions,
  checks: SoapChecks,
): Pick<Examined, 'envelope' | 'whole'> {
  const isRequest = kind === 'request'
  if (isRequest) checks.enters('header')
  const envelope = isRequest ? checks.attempt(() => readEnvelope(head)) : undefined
  if (!payload) return { envelope, whole: undefined }
  if (isBare && hasAttachments(coverage, payload)) {
    checks.note('payload', 'The attachments are not in this file: capture the whole HTTP message.')
    return { envelope, whole: undefined }
  }
  checks.enters('payload')
  const whole = checks.attempt(() => head.withPayload(payload))
  if (isRequest && whole && envelope) {
    checks.enters('operation')
    checks.attempt(() => {
      checkBody(whole)
    })
    if (!checks.hasFault('operation') && !isNamedAs(whole, envelope.serviceCode)) {
      checks.skip('operation', otherName)
    }
  }
  return { envelope, whole }
}

const otherName =
  "The Body's element is not called as the service code. It is accepted only if it is what the service's contract says; " +
  'that is in its WSDL.'

function hasAttachments({ attachments }: Coverage, { envelope }: SoapPayload): boolean {
  if (attachments.size > 0) return true
  return Buffer.from(envelope).includes('http://www.w3.org/2004/08/xop/include')
}
