import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { EvidenceIndexError, readIndex, writeIndex, type EvidenceIndex } from './evidence-index.js'
import { HttpHeadError, parseHead, requestLineOf, splitHeads, statusOf } from '../http/kept-head.js'
import { formatTlogProof, parseTlogProof, TlogProofError } from './tlog-proof.js'

const hash = Buffer.alloc(32, 7)
const proof = formatTlogProof({
  index: 5,
  hashes: [hash, hash],
  checkpoint: 'log\n9\nroot\n\n— x y\n',
})
const head = Buffer.from('POST /r1?a=b HTTP/1.1\r\nHost: bus\r\nX-Road-Id: a: b \r\n\r\n')
const index: EvidenceIndex = {
  format: 1,
  exchangeId: '0190163d-8694-739b-aea5-966c26f8ad91',
  exported: {
    at: '2026-11-26T10:00:00.000Z',
    by: 'N. Əliyeva',
    reason: 'iş 12',
    actId: '0190163d-8694-739b-aea5-966c26f8ad92',
  },
  timestamps: [{ file: 'timestamp-1.tst', authority: 'vaxt', isIndependent: true }],
  judgedAt: '2026-11-26T10:00:00.000Z',
  certificates: [{ file: 'certificates/1.cer', use: 'anchor', revocation: 'crl' }],
  missing: ['no-checkpoint'],
}

/** Bytes of anything, and bytes that are nearly right. */
function hostile(right: Buffer) {
  return fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.tuple(fc.nat(right.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const bytes = Buffer.from(right)
      for (const [at, value] of changes) bytes[at] = value
      return bytes
    }),
    fc.nat(right.length).map((end) => right.subarray(0, end)),
  )
}

describe('what a container holds, of whatever bytes', () => {
  it.each<[string, Buffer, (bytes: Buffer) => unknown, new () => Error]>([
    ['a proof', proof, parseTlogProof, TlogProofError],
    ['an index', writeIndex(index), readIndex, EvidenceIndexError],
    [
      'a head',
      head,
      (bytes) =>
        splitHeads(bytes).map((each) => [parseHead(each)].map((one) => requestLineOf(one))),
      HttpHeadError,
    ],
  ])('%s is read or refused, and nothing else happens', (_, right, read, refusal) => {
    expect(() => read(right)).not.toThrow()
    fc.assert(
      fc.property(hostile(right), (bytes) => {
        try {
          read(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(refusal)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is the proof that was written', () => {
    expect(parseTlogProof(proof)).toEqual({
      index: 5,
      hashes: [hash, hash],
      checkpoint: 'log\n9\nroot\n\n— x y\n',
    })
  })

  it('is the head that was kept, and the delivery’s before it', () => {
    const answer = Buffer.from('HTTP/1.1 204 No Content\r\nVia: 1.1 x\r\n\r\n')
    expect(splitHeads(Buffer.concat([head, answer]))).toEqual([head, answer])
    expect(splitHeads(head)).toEqual([head])
    expect(statusOf(parseHead(answer))).toBe(204)
    expect(parseHead(head).rawHeaders).toEqual(['Host', 'bus', 'X-Road-Id', 'a: b '])
  })

  it.each([
    ['a file of another place', { timestamps: [{ ...index.timestamps[0], file: '../x' }] }],
    ['an unknown reason', { missing: ['whatever'] }],
    ['something more', { more: 1 }],
    ['another format', { format: 2 }],
  ])('is no index with %s', (_, change) => {
    const bytes = Buffer.from(JSON.stringify({ ...index, ...change }))
    expect(() => readIndex(bytes)).toThrow(EvidenceIndexError)
  })
})
