import type { KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import type { MqSigner } from '../../exchange/signers.js'
import { keyTypeOf, signByScheme } from '../http-signature/algorithms.js'
import { algorithmByKeyType, schemeOf } from './algorithms.js'
import { signingInput } from './detached-jws.js'

export interface MqKey {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
  readonly now: () => Date
}

/**
 * What signs messages of queues with this key: a JWS with detached and unencoded payload (RFC 7515 appendix F,
 * RFC 7797), its members always in the same order.
 * @throws Fault ALGORITHM_FORBIDDEN when no accepted algorithm takes the key
 */
export function createMqSigner({ privateKey, certificateThumbprint, now }: MqKey): MqSigner {
  const keyType = keyTypeOf(privateKey)
  const alg = keyType && algorithmByKeyType[keyType]
  const scheme = alg === undefined ? undefined : schemeOf(alg)
  if (!scheme) {
    throw new Fault('ALGORITHM_FORBIDDEN', {
      side: 'bus',
      detail: 'The signing key must be RSA, P-256, P-384 or Ed25519.',
    })
  }
  const start = `{"alg":"${alg}","b64":false,"crit":["b64"],"typ":"`
  const by = `","x5t#S256":"${certificateThumbprint}","iat":`
  return {
    sign: ({ type, contentType, envelope, payload }) => {
      const iat = Math.floor(now().getTime() / 1000)
      const cty = contentType === undefined ? '' : `,"cty":${JSON.stringify(contentType)}`
      const text = `${start}${type}${by}${iat}${cty},"env":${JSON.stringify(envelope)}}`
      const header = Buffer.from(text).toString('base64url')
      const value = signByScheme(scheme, privateKey, signingInput(header, payload))
      return `${header}..${value.toString('base64url')}`
    },
  }
}
