import { createHash } from 'node:crypto'
import { CmsError } from '../cms/cms-error.js'
import { cmsIds, digestNames } from '../cms/cms-ids.js'
import { verifySignedData, type VerifiedSignedData } from '../cms/verify-signed-data.js'
import { timestampTokenBytesMax } from '../limits/signed-data.js'
import { strictAlgorithms, type AlgorithmPolicy } from '../trust/x509/algorithm-policy.js'
import type { Certificate } from '../trust/x509/certificate.js'
import type { RevocationList } from '../trust/x509/crl.js'
import { DerError } from '../trust/x509/der.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath, type ValidatedPath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import { TimestampError } from './timestamp-error.js'
import { parseTimestampInfo, type Imprint, type TimestampInfo } from './timestamp-info.js'
import { checkAuthorityName, checkTimestamper } from './timestamper-certificate.js'

/** Whom timestamps are believed from. */
export interface TimestampTrust {
  readonly anchors: readonly Certificate[]
  /** Authorities between them and the token's certificate, beside those in the token. */
  readonly intermediates?: readonly Certificate[]
  /**
   * Lists that were current at the token's time. Where they are given, each certificate of the path must be
   * covered by one; where they are not, revocation is not looked at.
   */
  readonly revocationLists?: readonly RevocationList[]
}

export interface TokenRequest {
  /** DER of the token, a CMS ContentInfo. */
  readonly token: Uint8Array
  /** What must have been stamped. */
  readonly data: Uint8Array
  readonly trust: TimestampTrust
  /** Object identifier of the policy that must be in it; any by default. */
  readonly policy?: string | undefined
  readonly algorithms?: AlgorithmPolicy
}

/** A timestamp that was verified: `data` existed at `time`, says an authority that an anchor vouches for. */
export interface VerifiedTimestamp extends TimestampInfo {
  readonly certificate: Certificate
  /** The path from that certificate to an anchor, as it stood at `time`. */
  readonly path: ValidatedPath
  /** DER of the other certificates and the revocation lists that came in the token. */
  readonly signedData: VerifiedSignedData
}

/**
 * Verifies a timestamp token (RFC 3161 §2.4.2, RFC 5816) over `data`: one signer with its signing
 * certificate attribute, a certificate for timestamping alone, the imprint, the policy, and a path to an
 * anchor at the time of the token, so that one that was good then stays good.
 * @throws TimestampError malformed, too-large, imprint, policy, signature, purpose, certificate
 */
export function verifyToken(request: TokenRequest): VerifiedTimestamp {
  const { token, data, policy } = request
  if (token.length > timestampTokenBytesMax) {
    throw new TimestampError('too-large', 'The token is too large.')
  }
  try {
    const signedData = verifySignedData({
      signedData: token,
      contentType: cmsIds.timestampInfo,
      ...(request.algorithms && { algorithms: request.algorithms }),
      certificates: request.trust.intermediates?.map(({ der }) => der) ?? [],
    })
    const info = parseTimestampInfo(signedData.content)
    checkImprint(info.imprint, data)
    if (policy !== undefined && info.policy !== policy) {
      throw new TimestampError('policy', `It was made under the policy ${info.policy}.`)
    }
    const { signer: certificate } = signedData
    checkTimestamper(certificate)
    checkAuthorityName(info.authority, certificate)
    return { ...info, certificate, path: pathOf(signedData, info.time, request), signedData }
  } catch (error) {
    throw asTimestampError(error)
  }
}

/** @throws TimestampError imprint */
export function checkImprint({ digest, hash }: Imprint, data: Uint8Array): void {
  if (!Object.values(digestNames).includes(digest)) {
    throw new TimestampError('imprint', `It stamps a digest of another kind, ${digest}.`)
  }
  if (!createHash(digest).update(data).digest().equals(hash)) {
    throw new TimestampError('imprint', 'It stamps something else: the digests differ.')
  }
}

function pathOf(data: VerifiedSignedData, at: Date, request: TokenRequest): ValidatedPath {
  const { anchors, intermediates = [], revocationLists } = request.trust
  return validatePath({
    certificate: data.signer,
    trust: makeTrustStore({
      anchors,
      intermediates: [...intermediates, ...data.others],
      revocationLists: revocationLists ?? [],
      revocationPolicy: () => (revocationLists ? 'crl' : 'none'),
    }),
    at,
    algorithms: request.algorithms ?? strictAlgorithms,
    // What the key is for has been looked at already: PathPurpose knows messages only.
    purpose: 'any',
  })
}

/** What went wrong underneath, as a reason of this module; other errors as they are. */
export function asTimestampError(error: unknown): unknown {
  if (error instanceof DerError) {
    const text = `It is not a proper timestamp: ${error.message}.`
    return new TimestampError('malformed', text, { cause: error })
  }
  if (error instanceof CmsError) {
    const reason = error.reason === 'malformed' ? 'malformed' : 'signature'
    return new TimestampError(reason, error.message, { cause: error })
  }
  if (error instanceof PathError) {
    return new TimestampError('certificate', `${error.subject}: ${error.message}`, { cause: error })
  }
  return error
}
