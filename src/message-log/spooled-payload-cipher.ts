import { createCipheriv, createHash } from 'node:crypto'
import type { ByteSource, SpooledPayload } from '../exchange/payload.js'
import {
  frameStart,
  nextNonce,
  placeBytes,
  tagBytes,
  type DataKey,
  type PayloadPlace,
  type SealedPayload,
} from './payload-cipher.js'

/** A message as it came, its payload on the spool. */
export interface SpooledMessage {
  readonly head: Uint8Array
  readonly payload: SpooledPayload
}

const nothing = new Uint8Array()

/**
 * `sealPayload` for a payload that is never in memory as a whole: it is read once here for the digest, and
 * once more for the ciphertext, each time somebody writes it. The frame is the same.
 */
export async function sealSpooledPayload(
  dataKey: DataKey,
  place: PayloadPlace,
  { head, payload }: SpooledMessage,
): Promise<{ readonly sealed: SealedPayload<ByteSource>; readonly digest: string }> {
  const nonce = nextNonce(dataKey)
  const { start, salted } = frameStart(head, nothing)
  const sha256 = createHash('sha256').update(salted)
  for await (const piece of payload.pieces()) sha256.update(piece)
  const ciphertext: ByteSource = {
    length: start.length + payload.length + tagBytes,
    pieces: () => encrypted(dataKey, nonce, place, start, payload),
  }
  return {
    sealed: { dataKeyId: dataKey.id, nonce, ciphertext },
    digest: sha256.digest('base64url'),
  }
}

/**
 * May be asked for again with the same nonce: the spool gives the very same bytes each time, or none, so
 * that two ciphertexts of one nonce cannot differ.
 */
async function* encrypted(
  dataKey: DataKey,
  nonce: Buffer,
  place: PayloadPlace,
  start: Buffer,
  payload: SpooledPayload,
): AsyncGenerator<Uint8Array, void> {
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce)
  cipher.setAAD(placeBytes(place))
  yield cipher.update(start)
  for await (const piece of payload.pieces()) yield cipher.update(piece)
  cipher.final()
  yield cipher.getAuthTag()
}
