import { createHash } from 'node:crypto'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import { parseCertificate, type Certificate } from '../trust/x509/certificate.js'
import { DerError } from '../trust/x509/der.js'
import type { PathStep } from '../trust/x509/path-context.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath, type ValidatedPath } from '../trust/x509/path-validation.js'
import { makeTrustStore, type RevocationPolicy } from '../trust/x509/trust-store.js'
import type { ChainFile, TrustInputs } from './trust-files.js'

/** What came of a certificate's examination. Exactly one of `validated` and `error` is there. */
export interface CertificateVerdict {
  readonly thumbprint: string
  readonly certificate: Certificate | undefined
  readonly steps: readonly PathStep[]
  readonly validated: ValidatedPath | undefined
  readonly error: PathError | undefined
}

/** Takes a certificate through the bus's own path validation (RFC 5280 §6). */
export function judgeCertificate(
  { certificate: der, others }: ChainFile,
  { anchors, intermediates, revocationLists }: TrustInputs,
  { at, revocation }: { readonly at: Date; readonly revocation: RevocationPolicy },
): CertificateVerdict {
  const steps: PathStep[] = []
  const thumbprint = createHash('sha256').update(der).digest('base64url')
  let certificate: Certificate | undefined
  try {
    certificate = parseCertificate(der)
    const validated = validatePath({
      certificate,
      trust: makeTrustStore({
        anchors,
        intermediates: [...intermediates, ...others],
        revocationLists,
        revocationPolicy: () => revocation,
      }),
      at,
      algorithms: strictAlgorithms,
      onStep: (step) => steps.push(step),
    })
    return { thumbprint, certificate, steps, validated, error: undefined }
  } catch (error) {
    const refusal = refusalOf(error)
    const { subject, section, message: text } = refusal
    steps.push({ outcome: 'failed', subject, section, text })
    return { thumbprint, certificate, steps, validated: undefined, error: refusal }
  }
}

function refusalOf(error: unknown): PathError {
  if (error instanceof PathError) return error
  if (!(error instanceof DerError)) throw error
  const text = `The certificate cannot be read: ${error.message}.`
  return new PathError('malformed', 'the certificate', '4.1', text)
}
