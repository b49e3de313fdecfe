import type { KeyObject } from 'node:crypto'
import type { MqSigner } from '../../exchange/signed-content.js'

export interface MqKey {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
  readonly now: () => Date
}

/** What signs messages of queues with this key. */
export function createMqSigner(key: MqKey): MqSigner {
  return {
    sign: () => {
      throw new TypeError(`not here yet ${key.certificateThumbprint}`)
    },
  }
}
