import type { AuthenticatedRequest } from '../exchange/exchange.js'
import type { StoredRequest } from '../exchange/stored-request.js'
import { createAuthenticate } from './authenticate.js'
import type { SignerDirectory } from './signer-directory.js'

/**
 * Step 1 for a request that is read back: the same verifier over the same bytes, by the time at which they came. That
 * the certificate was good then was found out then, and is not asked again: the registry keeps the certificates of
 * whoever is registered for good, so that the key is there, whatever has become of the certificate since.
 * @returns what throws Fault CERT_UNKNOWN for a certificate that the registry has not, and the verifier's others
 */
export function createAuthenticateStored(
  signers: SignerDirectory,
): (stored: StoredRequest) => Promise<AuthenticatedRequest> {
  return async (stored) => {
    const { verifyHead, identify, authenticate } = createAuthenticate({
      signers: keysOnly(signers),
      now: () => stored.receivedAt,
      // It was fresh, by the configuration of that day.
      freshnessMs: Number.MAX_SAFE_INTEGER,
      // It had the size that its service takes.
      payloadBytesMax: () => Number.MAX_SAFE_INTEGER,
      // It is read back into memory, whether or not it is carried over.
      isCarriedOver: () => true,
    })
    return authenticate(identify(verifyHead(stored)))
  }
}

/** Whose key it is, for what was judged when it came: nothing is said of a certificate. */
export function keysOnly(signers: SignerDirectory): SignerDirectory {
  return {
    key: (thumbprint) => signers.key(thumbprint),
    find: (name) => signers.find(name),
    checkCertificate: () => undefined,
  }
}
