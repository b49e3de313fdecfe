import { describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { formatCheckpoint } from '../tlog/checkpoint.js'
import { formatNote } from '../tlog/note.js'
import { noteSigner, verifierKeyText } from '../tlog/note-keys.js'
import {
  FormatError,
  readCheckpoint,
  readVerifierKey,
  signatureTime,
  witnessKeyOf,
} from './signed-note.js'

const { privateKey } = generateKeyPairSync('ed25519')
const signer = noteSigner('sluice/domain/PORTAL', privateKey)
const timed = noteSigner('sluice/domain/PORTAL', privateKey, 'cosignature/v1')
const at = new Date('2026-11-26T10:00:00Z')
const text = formatCheckpoint({ origin: signer.key.name, size: 7, root: Buffer.alloc(32, 3) })
const note = formatNote({ text, signatures: [signer.sign(text, at), timed.sign(text, at)] })

describe('signed checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature)', () => {
  it('are read and verified as others write them', () => {
    const checkpoint = readCheckpoint(note)
    expect(checkpoint).toMatchObject({ origin: signer.key.name, size: 7, text })
    const [own, time] = checkpoint.signatures
    const key = readVerifierKey(verifierKeyText(signer.key))
    expect(signatureTime(checkpoint.text, own!, key)).toBe(0)
    expect(witnessKeyOf(key).id).toBe(timed.key.keyId)
    expect(signatureTime(checkpoint.text, time!, witnessKeyOf(key))).toBe(at.getTime() / 1_000)
  })

  it('verify the published example of Go’s package note', () => {
    const key = readVerifierKey(
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    )
    expect(key).toMatchObject({ name: 'PeterNeumann', id: 0xc74f20a3, isWitness: false })
  })

  it('are not believed with any byte changed', () => {
    const key = readVerifierKey(verifierKeyText(signer.key))
    const holds = (bytes: Buffer): boolean => {
      try {
        const checkpoint = readCheckpoint(bytes)
        const [own, time, ...others] = checkpoint.signatures
        return (
          others.length === 0 &&
          signatureTime(checkpoint.text, own!, key) !== undefined &&
          time !== undefined &&
          signatureTime(checkpoint.text, time, witnessKeyOf(key)) !== undefined
        )
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
        return false
      }
    }
    expect(holds(Buffer.from(note))).toBe(true)
    for (let n = 0; n < Buffer.byteLength(note); n += 1) {
      const changed = Buffer.from(note)
      changed[n] = (changed[n] ?? 0) ^ 1
      expect([n, holds(changed)]).toEqual([n, false])
    }
  })

  it('of any bytes are read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, key) => {
        expect(() => readCheckpoint(Buffer.from(bytes))).toThrow(FormatError)
        expect(() => readVerifierKey(key)).toThrow(FormatError)
      }),
    )
  })
})
