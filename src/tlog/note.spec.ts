import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatCheckpoint, logOfDomain, originOf, parseCheckpoint } from './checkpoint.js'
import { formatNote, NoteError, parseNote, parseSignature } from './note.js'
import { noteSigner, parseVerifierKey, verifierKeyText, verifyNote } from './note-keys.js'
import { entriesPath, parseTilePath, tilePath } from './tile-path.js'

// The example of Go's package golang.org/x/mod/sumdb/note, where signed notes come from.
const published = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  seed: 'gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
}

const at = new Date('2026-11-26T10:00:00Z')

function newSigner(name: string, algorithm?: 'cosignature/v1') {
  return noteSigner(name, generateKeyPairSync('ed25519').privateKey, algorithm)
}

describe('signed notes (C2SP signed-note)', () => {
  it('verifies the published example and signs it to the same bytes', () => {
    const key = parseVerifierKey(published.vkey)
    expect(verifierKeyText(key)).toBe(published.vkey)
    const note = parseNote(`${published.text}\n${published.line}`)
    expect(verifyNote(note, key)).toEqual({ text: published.text, signedAt: undefined })
    const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')
    const privateKey = createPrivateKey({
      key: Buffer.concat([pkcs8, Buffer.from(published.seed, 'base64')]),
      format: 'der',
      type: 'pkcs8',
    })
    const signature = noteSigner('PeterNeumann', privateKey).sign(published.text, at)
    expect(formatNote({ text: published.text, signatures: [signature] })).toBe(
      `${published.text}\n${published.line}`,
    )
  })

  it('keeps signatures of several keys apart; a witness states when it signed', () => {
    const [log, witness] = [newSigner('bus/domain/PORTAL'), newSigner('agentlik', 'cosignature/v1')]
    const text = 'bus/domain/PORTAL\n7\nx\n'
    const signatures = [log.sign(text, at), witness.sign(text, at)]
    const note = parseNote(Buffer.from(formatNote({ text, signatures })))
    expect(note).toEqual({ text, signatures })
    expect(verifyNote(note, log.key).signedAt).toBeUndefined()
    const again = parseVerifierKey(verifierKeyText(witness.key))
    expect(verifyNote(note, again).signedAt).toEqual(at)
  })

  it('refuses what the key did not sign', () => {
    const [log, other] = [newSigner('bus'), newSigner('bus')]
    const witness = newSigner('w', 'cosignature/v1')
    const text = 'bus\n1\nx\n'
    const own = log.sign(text, at)
    const refused = (signatures: (typeof own)[], key = log.key, says = text): void => {
      const note = parseNote(formatNote({ text: says, signatures }))
      expect(() => verifyNote(note, key)).toThrow(NoteError)
    }
    refused([own], other.key)
    refused([own], log.key, 'bus\n2\nx\n')
    refused([own, own])
    refused([{ ...own, bytes: own.bytes.subarray(1) }])
    const cosigned = witness.sign(text, at)
    const later = Buffer.from(cosigned.bytes)
    later[7] = (later[7] ?? 0) ^ 1
    refused([{ ...cosigned, bytes: later }], witness.key)
  })

  it.each([
    ['', 'no signatures'],
    ['text\n', 'no signatures'],
    ['text\n\n', 'no end'],
    ['text\n\nsomething else\n', 'no signature'],
    ['text\n\n\u2014 a b AAAA\n', 'no signature'],
    ['text\n\n\u2014 a AAAAAA==', 'no end'],
    ['te\u0007xt\n\n\u2014 a AAAAAAA=\n', 'cannot be signed'],
    ['text\n\n\u2014 a AAAAAAB=\n', 'no signature'],
  ])('%j is no note', (bytes, reason) => {
    expect(() => parseNote(bytes)).toThrow(reason)
  })

  it('takes what it wrote, and throws nothing but NoteError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          parseNote(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(NoteError)
        }
      }),
    )
    const valid = formatNote({ text: 'a\n', signatures: [newSigner('k').sign('a\n', at)] })
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.string({ maxLength: 2 }), (place, put) => {
        const changed = valid.slice(0, place) + put + valid.slice(place + 1)
        try {
          const note = parseNote(changed)
          expect(formatNote(note)).toBe(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(NoteError)
        }
      }),
    )
    expect(() => parseNote('a'.repeat(70_000))).toThrow('too long')
    expect(() => parseSignature('\u2014 k')).toThrow(NoteError)
  })

  it.each(['', 'a+b', 'a b', 'a\u2028b', 'x'.repeat(1_401)])('%j is no name for a key', (name) => {
    expect(() => newSigner(name)).toThrow(NoteError)
  })

  it.each([
    'PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'a+00000000+AQ==',
  ])('%j is no verifier key', (text) => {
    expect(() => parseVerifierKey(text)).toThrow(NoteError)
  })
})

describe('checkpoints (C2SP tlog-checkpoint)', () => {
  it('are read as they are written', () => {
    const checkpoint = { origin: 'bus/audit', size: 4_294_967_296, root: Buffer.alloc(32, 7) }
    const text = formatCheckpoint(checkpoint)
    expect(parseCheckpoint(text)).toEqual(checkpoint)
    expect(parseCheckpoint(`${text}extension\n`)).toEqual(checkpoint)
  })

  const root = Buffer.alloc(32).toString('base64')

  it.each([
    `\n1\n${root}\n`,
    `o\n01\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n99999999999999999\n${root}\n`,
    'o\n1\nAAAA\n',
    `o\n1\n${root.replace('=', '')}\n`,
    'o\n',
  ])('%j is none', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(NoteError)
  })

  it('name each exchange domain a log of its own, spelled so that it can be the name of a key', () => {
    expect(logOfDomain('PORTAL')).toBe('domain/PORTAL')
    expect(logOfDomain(undefined)).toBe('unassigned')
    expect(originOf('log.example', logOfDomain('SƏNƏD 2'))).toBe(
      'log.example/domain/S%C6%8FN%C6%8FD%202',
    )
  })
})

describe('paths of tiles (C2SP tlog-tiles)', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 999, width: 5 }, 'tile/2/999.p/5'],
    [{ level: 1, index: 1_000, width: 255 }, 'tile/1/x001/000.p/255'],
  ])('%j is %s', (place, path) => {
    expect(tilePath(place)).toBe(path)
    expect(parseTilePath(path)).toEqual({ kind: 'hashes', ...place })
  })

  it('name bundles of entries likewise', () => {
    expect(entriesPath(1_000, 3)).toBe('tile/entries/x001/000.p/3')
    expect(parseTilePath('tile/entries/x001/000.p/3')).toEqual({
      kind: 'entries',
      index: 1_000,
      width: 3,
    })
  })

  it.each([
    ...['tile/0/0', 'tile/00/000', 'tile/0/x000/001', 'tile/0/1234', 'tile/64/000', 'tile/-1/000'],
    ...['tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/01', 'tile/0/000/', '/tile/0/000'],
    ...['tile/0/x001/000/../000', 'tile/data/000', 'checkpoint', 'tile/0/%30%30%30', ''],
  ])('%j is no path of a tile', (path) => {
    expect(parseTilePath(path)).toBeUndefined()
  })
})
