import {
  openPayload,
  unwrapDataKey,
  type MasterKey,
  type OpenedPayload,
  type PayloadPlace,
} from '../message-log/payload-cipher.js'
import type { SealedMessage } from './closed-exchange.js'

/** A payload that cannot be opened; the message says why, and nothing of what is in it. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen'
}

/** Opens a stored payload: that it is opened has been recorded by now. @throws CannotOpen */
export function openMessage(
  masterKey: MasterKey,
  place: PayloadPlace,
  sealed: SealedMessage,
): OpenedPayload {
  const { id, wrappedKey, masterKeyId } = sealed
  if (masterKeyId !== masterKey.id) {
    throw new CannotOpen(
      `its payload key is ${masterKeyId}, and this one is ${masterKey.id}: name the right file in the configuration`,
    )
  }
  try {
    return openPayload(unwrapDataKey(masterKey, id, wrappedKey), place, sealed)
  } catch (error) {
    const what = place.half === 1 ? 'request' : 'outcome'
    throw new CannotOpen(`the ${what}'s payload, or its key, was changed where it is stored`, {
      cause: error,
    })
  }
}
