import { strictAlgorithms } from '../../src/trust/x509/algorithm-policy.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { parseRevocationList } from '../../src/trust/x509/crl.js'
import { PathError } from '../../src/trust/x509/path-error.js'
import {
  validatePath,
  type PathRequest,
  type ValidatedPath,
} from '../../src/trust/x509/path-validation.js'
import { makeTrustStore, type RevocationPolicy } from '../../src/trust/x509/trust-store.js'

interface Der {
  readonly der: Buffer
}

/** Trust material of a test: certificates as they were issued. */
export interface TestTrust {
  readonly anchors: readonly Der[]
  readonly intermediates?: readonly Der[]
  readonly lists?: readonly Buffer[]
  /** `none` by default; `crl` where lists are given. */
  readonly revocation?: RevocationPolicy
}

export type TestRequest = Partial<
  Pick<PathRequest, 'at' | 'policies' | 'purpose' | 'onStep' | 'algorithms'>
>

/** Validates a certificate. @throws PathError */
export function validated(
  certificate: Der,
  { anchors, intermediates = [], lists = [], revocation }: TestTrust,
  request: TestRequest = {},
): ValidatedPath {
  return validatePath({
    certificate: parseCertificate(certificate.der),
    trust: makeTrustStore({
      anchors: anchors.map(({ der }) => parseCertificate(der)),
      intermediates: intermediates.map(({ der }) => parseCertificate(der)),
      revocationLists: lists.map(parseRevocationList),
      revocationPolicy: () => revocation ?? (lists.length > 0 ? 'crl' : 'none'),
    }),
    at: new Date(),
    algorithms: strictAlgorithms,
    ...request,
  })
}

/** `accepted`, or the machine reason of the refusal and what it is about. */
export function verdict(certificate: Der, trust: TestTrust, request: TestRequest = {}): string {
  try {
    validated(certificate, trust, request)
    return 'accepted'
  } catch (error) {
    if (error instanceof PathError) return `${error.reason}: ${error.subject}: ${error.message}`
    throw error
  }
}
