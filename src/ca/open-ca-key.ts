import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import type { CaConfig } from '../config/ca-config.js'
import { ConfigError } from '../config/env.js'
import type { CaKey } from '../trust/issuing/ca-key.js'
import { openPkcs11Key } from './pkcs11-key.js'
import { openSoftwareKey } from './software-key.js'

/**
 * The CA's key as configured, made where there is none yet.
 * @throws ConfigError; CaError CA_KEY_UNAVAILABLE for a token that does not answer
 */
export async function openCaKey({ pkcs11, software, algorithm }: CaConfig): Promise<CaKey> {
  const key = pkcs11
    ? await openPkcs11Key(pkcs11, algorithm)
    : await openSoftwareKey(software, algorithm)
  const weakness = strictAlgorithms.refusesKey(key.publicKey)
  if (weakness !== undefined) throw new ConfigError(`the CA's key cannot be used: ${weakness}`)
  return key
}
