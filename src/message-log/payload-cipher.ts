import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hash,
  randomBytes,
  type CipherGCM,
  type KeyObject,
} from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Bytes } from '../exchange/payload.js'
import type { Half } from './entry.js'

/** A key that encrypts the payloads of one process for a while. */
export interface DataKey {
  /** UUID. */
  readonly id: string
  readonly key: KeyObject
  /** The key under the master key: nonce, ciphertext and tag. */
  readonly wrapped: Buffer
  readonly madeAt: Date
  /** What sealed digests say of the key's row, so that nobody can change it unseen. */
  readonly commitment: Buffer
  /** Payloads sealed so far; also the nonce's counter. */
  sealed: number
}

/** The key from outside the database that wraps data keys. */
export interface MasterKey {
  /** Says which master key wrapped a data key, and nothing of the key itself. */
  readonly id: string
  readonly key: KeyObject
}

/** An encrypted payload. */
export interface SealedPayload<Ciphertext extends Bytes = Buffer> {
  readonly dataKeyId: string
  readonly nonce: Buffer
  /** AES-256-GCM ciphertext and, at its end, the tag. */
  readonly ciphertext: Ciphertext
}

/** A payload that was sealed, with what its entry says of it. */
export interface Sealing<Ciphertext extends Bytes = Buffer> {
  readonly sealed: SealedPayload<Ciphertext>
  readonly salt: Buffer
  /** base64url SHA-256 of salt and payload: proves the payload to whoever opens it. */
  readonly digest: string
  /** base64url SHA-256 of head and salt: proves the head likewise. */
  readonly headDigest: string
  /**
   * base64url SHA-256 of the key's commitment, nonce and ciphertext: shows whoever has no key
   * that the stored rows are those that were written.
   */
  readonly sealedDigest: string
}

/** Where a payload belongs. */
export interface PayloadPlace {
  readonly exchangeId: string
  readonly half: Half
}

/** A message as it came, and the digests that its entry must have. */
export interface OpenedPayload {
  readonly head: Buffer
  readonly salt: Buffer
  readonly payload: Buffer
  readonly digest: string
  readonly headDigest: string
}

export const keyBytes = 32
export const saltBytes = 16
const nonceBytes = 12
export const tagBytes = 16
const frameVersion = 1
const lengthBytes = 4
const headAt = 1 + lengthBytes
/** Larger payloads are worked off in slices, so that others get their turn between. */
const sliceBytes = 512 * 1024

/** @throws RangeError unless the key has 32 bytes */
export function masterKeyOf(bytes: Uint8Array): MasterKey {
  if (bytes.length !== keyBytes) throw new RangeError(`a payload key has ${keyBytes} bytes`)
  const key = createSecretKey(bytes)
  const id = createHmac('sha256', key).update('sluice master key id').digest('hex').slice(0, 16)
  return { id, key }
}

/** A new data key, wrapped by AES-256-GCM with its id as additional data. */
export function makeDataKey(master: MasterKey, id: string, madeAt: Date): DataKey {
  const bytes = randomBytes(keyBytes)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', master.key, nonce).setAAD(Buffer.from(id))
  const wrapped = Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  const key = createSecretKey(bytes)
  bytes.fill(0)
  const commitment = keyCommitmentOf({ id, wrapped, masterKeyId: master.id, madeAt })
  return { id, key, wrapped, madeAt, commitment, sealed: 0 }
}

/** SHA-256 of a data key's row: id, master key's id and time, a line each, and the wrapped key. */
function keyCommitmentOf(row: {
  readonly id: string
  readonly wrapped: Uint8Array
  readonly masterKeyId: string
  readonly madeAt: Date
}): Buffer {
  return createHash('sha256')
    .update(`${row.id}\n${row.masterKeyId}\n${row.madeAt.toISOString()}\n`)
    .update(row.wrapped)
    .digest()
}

/** @throws Error when the wrapped key was changed or another master key wrapped it */
export function unwrapDataKey(master: MasterKey, id: string, wrapped: Uint8Array): KeyObject {
  const text = decrypt(
    master.key,
    wrapped.subarray(0, nonceBytes),
    wrapped.subarray(nonceBytes),
    Buffer.from(id),
  )
  return createSecretKey(text)
}

/** Ties a ciphertext to its place, so that it cannot be moved to another exchange or half. */
export function placeBytes({ exchangeId, half }: PayloadPlace): Buffer {
  return Buffer.from(`${exchangeId}/${half}`)
}

/** A data key serves one process only, so counting makes every nonce new. */
export function nextNonce(dataKey: DataKey): Buffer {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeBigUInt64BE(BigInt(dataKey.sealed), nonceBytes - 8)
  dataKey.sealed += 1
  return nonce
}

/** A message as it came. */
export interface Message {
  readonly head: Uint8Array
  readonly payload: Uint8Array
}

/**
 * Encrypts a message as it came. The frame: version, length of the head, head, salt, payload. The
 * digests are SHA-256 of the frame up to the salt's end, and from the salt on, so that an entry proves
 * head and payload each by itself, and says nothing of them to those who can only guess.
 */
export async function sealPayload(
  dataKey: DataKey,
  place: PayloadPlace,
  { head, payload }: Message,
): Promise<Sealing> {
  const nonce = nextNonce(dataKey)
  const cipher = createCipheriv('aes-256-gcm', dataKey.key, nonce)
  cipher.setAAD(placeBytes(place))
  const frame = frameStart(head, payload.subarray(0, sliceBytes))
  const rest = payload.subarray(sliceBytes)
  return rest.length === 0
    ? sealedAtOnce(dataKey, nonce, cipher, frame)
    : sealedInSlices(dataKey, nonce, cipher, frame, rest)
}

/** A frame, and what of the payload comes behind it. */
async function sealedInSlices(
  { id: dataKeyId, commitment }: DataKey,
  nonce: Buffer,
  cipher: CipherGCM,
  { start, salted, headDigest }: FrameStart,
  rest: Uint8Array,
): Promise<Sealing> {
  const sha256 = createHash('sha256').update(salted)
  const sealedSha256 = createHash('sha256').update(commitment).update(nonce)
  // GCM adds nothing but the tag, so the whole has a known place and is never joined a second time.
  const ciphertext = Buffer.allocUnsafe(start.length + rest.length + tagBytes)
  let end = cipher.update(start).copy(ciphertext)
  sealedSha256.update(ciphertext.subarray(0, end))
  for (let at = 0; at < rest.length; at += sliceBytes) {
    await ownTurn()
    const slice = rest.subarray(at, at + sliceBytes)
    sha256.update(slice)
    const from = end
    end += cipher.update(slice).copy(ciphertext, end)
    sealedSha256.update(ciphertext.subarray(from, end))
  }
  cipher.final()
  cipher.getAuthTag().copy(ciphertext, end)
  return {
    sealed: { dataKeyId, nonce, ciphertext },
    salt: salted.subarray(0, saltBytes),
    digest: sha256.digest('base64url'),
    headDigest,
    sealedDigest: sealedSha256.update(ciphertext.subarray(end)).digest('base64url'),
  }
}

/** A frame that is one slice. */
function sealedAtOnce(
  { id: dataKeyId, commitment }: DataKey,
  nonce: Buffer,
  cipher: CipherGCM,
  { start, salted, headDigest }: FrameStart,
): Sealing {
  // Behind what is hashed with it, because hashing one piece is several times cheaper than three.
  const text = cipher.update(start)
  const whole = Buffer.concat([commitment, nonce, text, cipher.final(), cipher.getAuthTag()])
  const ciphertext = whole.subarray(commitment.length + nonce.length)
  return {
    sealed: { dataKeyId, nonce, ciphertext },
    salt: salted.subarray(0, saltBytes),
    digest: hash('sha256', salted, 'base64url'),
    headDigest,
    sealedDigest: hash('sha256', whole, 'base64url'),
  }
}

interface FrameStart {
  readonly start: Buffer
  /** Those of its bytes from the salt on. */
  readonly salted: Buffer
  /** Digest of head and salt. */
  readonly headDigest: string
}

/** The frame with as much of the payload as is given. */
export function frameStart(head: Uint8Array, payload: Uint8Array): FrameStart {
  const saltAt = headAt + head.length
  const start = Buffer.allocUnsafe(saltAt + saltBytes + payload.length)
  start.writeUInt8(frameVersion, 0)
  start.writeUInt32BE(head.length, 1)
  start.set(head, headAt)
  start.set(newSalt(), saltAt)
  start.set(payload, saltAt + saltBytes)
  const headed = start.subarray(headAt, saltAt + saltBytes)
  return { start, salted: start.subarray(saltAt), headDigest: hash('sha256', headed, 'base64url') }
}

let lastTurn: Promise<void> = Promise.resolve()

/** A turn of the event loop in which no other large payload is worked on: they take one slice each. */
function ownTurn(): Promise<void> {
  return (lastTurn = lastTurn.then(() => nextTurn()))
}

// Random bytes by the page: asking for sixteen at a time costs more than encrypting with them.
const saltsPerPage = 256
let page = Buffer.alloc(0)

function newSalt(): Buffer {
  if (page.length === 0) page = randomBytes(saltsPerPage * saltBytes)
  const salt = page.subarray(0, saltBytes)
  page = page.subarray(saltBytes)
  return salt
}

/** @throws Error when the ciphertext was changed, or belongs to another exchange or half */
export function openPayload(
  key: KeyObject,
  place: PayloadPlace,
  sealed: Pick<SealedPayload, 'nonce' | 'ciphertext'>,
): OpenedPayload {
  const frame = decrypt(key, sealed.nonce, sealed.ciphertext, placeBytes(place))
  if (frame.readUInt8(0) !== frameVersion) throw new Error('unknown version of a payload frame')
  const saltAt = headAt + frame.readUInt32BE(1)
  const salted = frame.subarray(saltAt)
  return {
    head: frame.subarray(headAt, saltAt),
    salt: salted.subarray(0, saltBytes),
    payload: salted.subarray(saltBytes),
    digest: hash('sha256', salted, 'base64url'),
    headDigest: hash('sha256', frame.subarray(headAt, saltAt + saltBytes), 'base64url'),
  }
}

function decrypt(
  key: KeyObject,
  nonce: Uint8Array,
  sealed: Uint8Array,
  additional: Uint8Array,
): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(additional)
  const tagAt = sealed.length - tagBytes
  decipher.setAuthTag(sealed.subarray(tagAt))
  return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()])
}
