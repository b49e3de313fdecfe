import { createCipheriv, createHash, type CipherGCM } from 'node:crypto'
import type { ByteSource, SpooledPayload } from '../exchange/payload.js'
import {
  frameStart,
  nextNonce,
  placeBytes,
  saltBytes,
  tagBytes,
  type DataKey,
  type PayloadPlace,
  type Sealing,
} from './payload-cipher.js'

/** A message as it came, its payload on the spool. */
export interface SpooledMessage {
  readonly head: Uint8Array
  readonly payload: SpooledPayload
}

const nothing = new Uint8Array()

/**
 * `sealPayload` for a payload that is never in memory as a whole: it is read once here for the digests, and
 * once more for the ciphertext, each time somebody writes it. The frame is the same.
 */
export async function sealSpooledPayload(
  dataKey: DataKey,
  place: PayloadPlace,
  { head, payload }: SpooledMessage,
): Promise<Sealing<ByteSource>> {
  const nonce = nextNonce(dataKey)
  const { start, salted, headDigest } = frameStart(head, nothing)
  const sha256 = createHash('sha256').update(salted)
  const sealedSha256 = createHash('sha256').update(dataKey.commitment).update(nonce)
  // The entry, which holds both digests, is written with the ciphertext, so it is encrypted here for
  // the digest alone: cheaper than to keep it.
  const cipher = cipherOf(dataKey, nonce, place)
  sealedSha256.update(cipher.update(start))
  for await (const piece of payload.pieces()) {
    sha256.update(piece)
    sealedSha256.update(cipher.update(piece))
  }
  cipher.final()
  sealedSha256.update(cipher.getAuthTag())
  const ciphertext: ByteSource = {
    length: start.length + payload.length + tagBytes,
    pieces: () => encrypted(dataKey, nonce, place, start, payload),
  }
  return {
    sealed: { dataKeyId: dataKey.id, nonce, ciphertext },
    salt: salted.subarray(0, saltBytes),
    digest: sha256.digest('base64url'),
    headDigest,
    sealedDigest: sealedSha256.digest('base64url'),
  }
}

function cipherOf(dataKey: DataKey, nonce: Buffer, place: PayloadPlace): CipherGCM {
  return createCipheriv('aes-256-gcm', dataKey.key, nonce).setAAD(placeBytes(place))
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
  const cipher = cipherOf(dataKey, nonce, place)
  yield cipher.update(start)
  for await (const piece of payload.pieces()) yield cipher.update(piece)
  cipher.final()
  yield cipher.getAuthTag()
}
