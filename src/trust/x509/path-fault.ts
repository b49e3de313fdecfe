import { Fault, type FaultCode } from '../../exchange/fault.js'
import type { PathError, PathReason } from './path-error.js'

const codes: Readonly<Record<PathReason, FaultCode>> = {
  malformed: 'CERT_UNKNOWN',
  'unknown-issuer': 'CERT_UNKNOWN',
  'bad-signature': 'CERT_UNKNOWN',
  'not-yet-valid': 'CERT_EXPIRED',
  expired: 'CERT_EXPIRED',
  revoked: 'CERT_REVOKED',
  'revocation-unknown': 'CERT_UNKNOWN',
  'algorithm-forbidden': 'ALGORITHM_FORBIDDEN',
  'not-a-ca': 'CERT_UNKNOWN',
  'path-length': 'CERT_UNKNOWN',
  'key-usage': 'CERT_UNKNOWN',
  'name-constraint': 'CERT_UNKNOWN',
  policy: 'CERT_UNKNOWN',
  'unknown-critical-extension': 'CERT_UNKNOWN',
  'too-complex': 'CERT_UNKNOWN',
}

/** The refusal of the closed list that a certificate's trouble leads to. */
export function pathFault(error: PathError): Fault {
  const isOurs = error.reason === 'revocation-unknown' || error.reason === 'too-complex'
  return new Fault(codes[error.reason], {
    detail: error.message,
    cause: error,
    ...(isOurs ? { side: 'bus' as const } : {}),
  })
}
