import { readEnvelope } from '../../../../adapters/rest/envelope.js'
import { listClientsPath, protocolPrefix } from '../../../../adapters/rest/service-path.js'
import { Fault } from '../../../exchange/fault.js'
import type { SubsystemId } from '../../../exchange/identifier.js'
import type { HttpRequestContent, UnreadHttpRequest } from '../../../exchange/http-content.js'
import { checkHead } from '../../../http/head.js'
import { defaultLimits } from '../../../limits/default-limits.js'
import { keyTypeOf } from '../../../trust/http-signature/algorithms.js'
import {
  digestMismatch,
  digestsMatch,
  readContentDigest,
  sha256Of,
} from '../../../trust/http-signature/content-digest.js'
import { HeaderFields } from '../../../trust/http-signature/header-fields.js'
import { verifyRequestHead } from '../../../trust/http-signature/verify-request.js'
import type { SignerDirectory } from '../../../trust/signer-directory.js'
import type { NamedCertificate } from '../../command-files.js'
import type { Capture } from '../capture.js'
import { NoCertificate } from '../no-certificate.js'
import type { ExplainOptions } from '../options.js'
import type { RestChecks } from './rest-checks.js'

/** As the bus has them where its configuration says nothing else. */
const { headersMax, freshnessMs } = defaultLimits

/**
 * Takes a captured request through the bus's own checks. What is wrong is in `checks`.
 * @param authorities - the bus's own; undefined where any Host is let pass
 */
export function examine(
  capture: Capture,
  given: NamedCertificate | undefined,
  { at, authorities }: Pick<ExplainOptions, 'at' | 'authorities'>,
  checks: RestChecks,
): HttpRequestContent | undefined {
  checks.enters('request')
  const { content: captured, httpVersion } = capture
  const { target: url, rawHeaders, scheme } = captured
  const rules = {
    scheme,
    headersMax,
    authorities,
    pathPrefixes: [protocolPrefix, listClientsPath] as const,
  }
  const head = checkHead({ url, httpVersion, rawHeaders: [...rawHeaders] }, rules)
  if ('reason' in head) {
    checks.refuses(new Fault(head.code, { field: head.field, detail: head.reason }))
    return undefined
  }
  const content = { ...captured, authority: head.authority }
  const verified = checks.attempt(() => signedHead(content, given, at, checks))
  if (!given) checks.skip('certificate', "Give the signer's certificate with --cert.")
  if (verified) {
    checks.enters('envelope')
    checks.attempt(() => readEnvelope(verified))
  }
  if (!checks.hasFault('headers')) {
    checks.enters('content-digest')
    checks.attempt(() => checkPayload(verified, content, capture.payload))
  }
  checks.note('sender', 'The registry says that; this command works without it.')
  checks.note('registry', 'The registry says that; this command works without it.')
  return content
}

function signedHead(
  content: HttpRequestContent,
  given: NamedCertificate | undefined,
  at: Date,
  checks: RestChecks,
): UnreadHttpRequest | undefined {
  const rules = { signers: directoryOf(given, checks), now: () => at, freshnessMs }
  try {
    const { head } = verifyRequestHead(content, rules, checks)
    return checks.hasFault('verification') ? undefined : head
  } catch (error) {
    if (error instanceof NoCertificate) return undefined
    throw error
  }
}

/** The one certificate given, whatever keyid says; that it says another is noted. */
function directoryOf(given: NamedCertificate | undefined, checks: RestChecks): SignerDirectory {
  return {
    key(keyId) {
      if (!given) throw new NoCertificate()
      const { publicKey, thumbprint, certificate } = given
      if (keyId !== thumbprint) {
        const detail = 'keyid is not the thumbprint of the certificate given with --cert.'
        checks.refuses(new Fault('CERT_UNKNOWN', { field: 'keyid', detail }))
        checks.note('certificate', `The thumbprint of that certificate is ${thumbprint}`)
      }
      const keyType = keyTypeOf(publicKey)
      if (!keyType) {
        const detail = 'The bus checks no signatures with a key of this kind, and registers none.'
        throw new Fault('CERT_UNKNOWN', { detail })
      }
      // Whose certificate it is only the registry knows.
      const signer = { subsystem: '' as SubsystemId, thumbprint, serialNumber: certificate.serial }
      return { signer, publicKey, keyType }
    },
    find() {
      throw new Fault('CERT_UNKNOWN')
    },
    checkCertificate() {
      // The chain is checked apart, with the files that were given for it.
    },
  }
}

function checkPayload(
  verified: UnreadHttpRequest | undefined,
  { rawHeaders }: HttpRequestContent,
  payload: Buffer,
): void {
  if (verified) {
    verified.withPayload(payload)
    return
  }
  const digests = readContentDigest(new HeaderFields(rawHeaders))
  if (digests && !digestsMatch(digests, payload, sha256Of(payload))) throw digestMismatch()
}
