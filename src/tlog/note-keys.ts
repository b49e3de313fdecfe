import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import { assertKeyName, NoteError, type Note, type NoteSignature } from './note.js'

/** `ed25519` signs notes, `cosignature/v1` is a witness's (C2SP signed-note, tlog-cosignature). */
export type NoteAlgorithm = 'ed25519' | 'cosignature/v1'

/** A key by which notes are checked. */
export interface NoteKey {
  readonly name: string
  readonly keyId: number
  readonly algorithm: NoteAlgorithm
  readonly publicKey: KeyObject
}

/** Signs notes, as a log or as a witness. */
export interface NoteSigner {
  readonly key: NoteKey
  /** @param at - when it is signed, which a witness's signature states */
  sign(text: string, at: Date): NoteSignature
}

/** What a key has signed. */
export interface VerifiedNote {
  readonly text: string
  /** When a witness says that it signed; a log's own signature says no time. */
  readonly signedAt: Date | undefined
}

const typeBytes: Readonly<Record<NoteAlgorithm, number>> = { ed25519: 0x01, 'cosignature/v1': 0x04 }
const publicKeyBytes = 32
const signatureBytes = 64
const timeBytes = 8
const vkeyPattern = /^(?<name>[^+\s]+)\+(?<id>[0-9a-f]{8})\+(?<value>[A-Za-z0-9+/]+={0,2})$/u
/** SubjectPublicKeyInfo of Ed25519 before the key (RFC 8410 §4). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

/** The key in the form `name+id+key` of C2SP signed-note. */
export function verifierKeyText({ name, keyId, algorithm, publicKey }: NoteKey): string {
  const value = Buffer.concat([Buffer.of(typeBytes[algorithm]), rawOf(publicKey)])
  return `${name}+${keyId.toString(16).padStart(8, '0')}+${value.toString('base64')}`
}

/** @throws NoteError for what is no such key, or one of an algorithm that is not known here */
export function parseVerifierKey(text: string): NoteKey {
  const { name = '', id = '', value = '' } = vkeyPattern.exec(text)?.groups ?? {}
  const bytes = Buffer.from(value, 'base64')
  const algorithm = (['ed25519', 'cosignature/v1'] as const).find(
    (each) => typeBytes[each] === bytes[0],
  )
  if (bytes.length !== 1 + publicKeyBytes || bytes.toString('base64') !== value || !algorithm) {
    throw new NoteError('this is no verifier key of the form name+id+key')
  }
  const key = noteKey(name, bytes.subarray(1), algorithm)
  if (key.keyId !== Number.parseInt(id, 16)) {
    throw new NoteError('the id of the verifier key is not that of its name and key')
  }
  return key
}

/**
 * @param privateKey - Ed25519
 * @throws NoteError for a name that no key may have, or another kind of key
 */
export function noteSigner(
  name: string,
  privateKey: KeyObject,
  algorithm: NoteAlgorithm = 'ed25519',
): NoteSigner {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new NoteError('notes are signed by Ed25519')
  const key = noteKey(name, rawOf(createPublicKey(privateKey)), algorithm)
  return {
    key,
    sign(text, at) {
      const seconds = Math.floor(at.getTime() / 1_000)
      const signature = sign(null, signedBytes(algorithm, text, seconds), privateKey)
      const bytes =
        algorithm === 'ed25519' ? signature : Buffer.concat([timeOf(seconds), signature])
      return { name, keyId: key.keyId, bytes }
    },
  }
}

/**
 * Checks that this key signed the note. Others' signatures do not matter.
 * @throws NoteError if it did not
 */
export function verifyNote(note: Note, key: NoteKey): VerifiedNote {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId)
  const [signature] = own
  if (!signature) throw new NoteError(`the note has no signature by ${key.name}`)
  // Two by one key would leave open which of them is meant.
  if (own.length > 1) throw new NoteError(`the note has two signatures by ${key.name}`)
  return verifySignature(note.text, signature, key)
}

/**
 * The key that a log signs notes with under this name.
 * @param publicKey - Ed25519
 * @throws NoteError for a name that no key may have, or another kind of key
 */
export function noteKeyOf(name: string, publicKey: KeyObject): NoteKey {
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new NoteError('notes are signed by Ed25519')
  return noteKey(name, rawOf(publicKey), 'ed25519')
}

function verifySignature(text: string, { bytes }: NoteSignature, key: NoteKey): VerifiedNote {
  const isTimed = key.algorithm === 'cosignature/v1'
  if (bytes.length !== signatureBytes + (isTimed ? timeBytes : 0)) {
    throw new NoteError(`the signature by ${key.name} has a wrong length`)
  }
  const seconds = isTimed ? Number(bytes.readBigUInt64BE(0)) : 0
  const signature = isTimed ? bytes.subarray(timeBytes) : bytes
  if (!verify(null, signedBytes(key.algorithm, text, seconds), key.publicKey, signature)) {
    throw new NoteError(`the signature by ${key.name} is wrong`)
  }
  const signedAt = isTimed ? new Date(seconds * 1_000) : undefined
  if (signedAt && Number.isNaN(signedAt.getTime())) {
    throw new NoteError(`the signature by ${key.name} says a time that no calendar has`)
  }
  return { text, signedAt }
}

function noteKey(name: string, raw: Buffer, algorithm: NoteAlgorithm): NoteKey {
  assertKeyName(name)
  const digest = hash(
    'sha256',
    Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(typeBytes[algorithm]), raw]),
    'buffer',
  )
  const publicKey = createPublicKey({
    key: Buffer.concat([spkiHead, raw]),
    format: 'der',
    type: 'spki',
  })
  return { name, keyId: digest.readUInt32BE(0), algorithm, publicKey }
}

function rawOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiHead.length)
}

/** C2SP tlog-cosignature, "Format": a witness signs a head with its time before the text. */
function signedBytes(algorithm: NoteAlgorithm, text: string, seconds: number): Buffer {
  const head = algorithm === 'ed25519' ? '' : `cosignature/v1\ntime ${seconds}\n`
  return Buffer.from(head + text)
}

function timeOf(seconds: number): Buffer {
  const bytes = Buffer.alloc(timeBytes)
  bytes.writeBigUInt64BE(BigInt(seconds))
  return bytes
}
