import type { KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import { algorithmFor, keyTypeOf, signBytes, type SignatureAlgorithm } from './algorithms.js'
import type { Component } from './component.js'
import type { HttpMessage } from './message.js'
import { signatureBase } from './signature-base.js'
import { signatureParameters } from './signature-fields.js'
import { bytesText, stringText } from './structured-fields-text.js'

/** Members for `Signature-Input` and `Signature`, label included. */
export interface SignedFields {
  readonly input: string
  readonly value: string
}

export interface MessageSignerSettings {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
  readonly now: () => Date
  /** By default the algorithm that the key decides. */
  readonly algorithm?: SignatureAlgorithm
}

export type MessageSigner = (
  message: HttpMessage,
  components: readonly Component[],
  label: string,
) => SignedFields

/**
 * Signs messages with one key (RFC 9421 §3.1); what does not change from one to the next is made once.
 * @throws Fault ALGORITHM_FORBIDDEN when no accepted algorithm takes the key
 */
export function createMessageSigner(settings: MessageSignerSettings): MessageSigner {
  const { privateKey, certificateThumbprint, now } = settings
  const keyType = keyTypeOf(privateKey)
  if (!keyType) {
    throw new Fault('ALGORITHM_FORBIDDEN', {
      side: 'bus',
      detail: 'The signing key must be RSA, P-256, P-384 or Ed25519.',
    })
  }
  const algorithm = algorithmFor(keyType, settings.algorithm)
  const constant = `;keyid=${stringText(certificateThumbprint)};alg="${algorithm}"`
  return (message, components, label) => {
    const created = Math.floor(now().getTime() / 1000)
    const parameters = signatureParameters(components, `;created=${created}${constant}`)
    const base = Buffer.from(signatureBase(message, components, parameters), 'latin1')
    const signature = signBytes(algorithm, privateKey, base)
    return { input: `${label}=${parameters}`, value: `${label}=${bytesText(signature)}` }
  }
}
