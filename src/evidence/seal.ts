import type { KeyObject } from 'node:crypto'
import { cmsIds } from '../cms/cms-ids.js'
import { signData } from '../cms/sign-data.js'
import type { Seal } from './asic-container.js'

/** Who seals containers. */
export interface SealingIdentity {
  readonly privateKey: KeyObject
  /** DER of the certificate over this key. */
  readonly certificate: Uint8Array
  /** DER of the certificates above it, as far as there are any; its root is no matter. */
  readonly chain: readonly Uint8Array[]
}

/** Gets a timestamp token over data; undefined where no authority gives one now. */
export type Stamper = (data: Uint8Array) => Promise<Buffer | undefined>

/**
 * Seals with a detached CAdES signature (ETSI EN 319 122-1): baseline T with a signature timestamp where one
 * can be had, baseline B else. That a timestamp is missing keeps nobody from their evidence.
 */
export function createSeal(identity: SealingIdentity, stamp: Stamper, now: Date): Seal {
  return async (manifest) => {
    const signed = signData({
      content: manifest,
      contentType: cmsIds.data,
      isDetached: true,
      privateKey: identity.privateKey,
      certificate: identity.certificate,
      certificates: [identity.certificate, ...identity.chain],
      signingTime: now,
    })
    const token = await stamp(signed.signature)
    return signed.encode(token ? [token] : [])
  }
}
