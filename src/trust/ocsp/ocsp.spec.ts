import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { command, describeWith } from '../../../test/support/command.js'
import { delegate, ocspAnswer, type TestAnswer } from '../../../test/support/ocsp.js'
import { OpensslResponder } from '../../../test/support/openssl-responder.js'
import {
  makeAuthority,
  makeShortRsaKeyPair,
  type TestAuthority,
  type TestIdentity,
} from '../../../test/support/pki.js'
import { parseSubsystemId } from '../../exchange/identifier.js'
import { ocspAnswerAgeMsMax, ocspClockSkewMsMax } from '../../limits/certificates.js'
import { SignerVerdicts } from '../signer-verdicts.js'
import type { TrustMaterial } from '../trust-material.js'
import { strictAlgorithms } from '../x509/algorithm-policy.js'
import { parseCertificate } from '../x509/certificate.js'
import { DerError } from '../x509/der.js'
import { ocspSubjectOf, type OcspExchange } from './ocsp-subject.js'
import { OcspAnswerError, readOcspAnswer, type OcspAnswerSummary } from './read-ocsp-answer.js'

const describeWithOpenssl = await describeWith('openssl')
const minute = 60_000
const hour = 60 * minute
const fromNow = (ms: number): Date => new Date(Date.now() + ms)

let root: TestAuthority
let leaf: TestIdentity
let other: TestIdentity

beforeAll(async () => {
  root = await makeAuthority('Kök')
  leaf = await root.issue({ subject: 'Sistem' })
  other = await root.issue({ subject: 'Başqa sistem' })
})

function questionAbout(identity: TestIdentity, digest: 'sha1' | 'sha256' = 'sha256'): OcspExchange {
  const subject = ocspSubjectOf(identity.der, [{ der: root.der }])
  if (!subject) throw new Error('nobody issued it')
  return subject.ask(digest)
}

/** Reads an answer as if it were to a question about the certificate. */
function read(der: Buffer, about: TestIdentity = leaf, now = new Date()): OcspAnswerSummary {
  const issued = { certificate: parseCertificate(about.der), issuer: parseCertificate(root.der) }
  return readOcspAnswer(der, issued, Buffer.of(4, 1, 1), now)
}

describeWithOpenssl('answers of OpenSSL (RFC 6960)', () => {
  let responder: OpensslResponder

  beforeAll(async () => {
    responder = await OpensslResponder.of(root, await delegate(root))
    await responder.write({ [leaf.serialNumber]: 'good', [other.serialNumber]: 'revoked' })
  })

  afterAll(() => responder.close())

  it.each(['sha256', 'sha1'] as const)('are read, for certificates named by %s', async (digest) => {
    const [good, revoked] = [questionAbout(leaf, digest), questionAbout(other, digest)]
    const found = good.read(await responder.answer(good.der, '-nmin', '30'), new Date())
    expect(found.status).toBe('good')
    expect(found.nextUpdate.getTime() - found.thisUpdate.getTime()).toBe(30 * minute)
    const answer = await responder.answer(revoked.der, '-resp_key_id')
    expect(revoked.read(answer, new Date()).status).toBe('revoked')
    const stranger = questionAbout(await root.issue(), digest)
    expect(stranger.read(await responder.answer(stranger.der), new Date()).status).toBe('unknown')
  })

  it('hold for the bus’s own time where they do not say for how long', async () => {
    const question = questionAbout(leaf)
    const answer = await responder.answer(question.der)
    const { thisUpdate, nextUpdate } = question.read(answer, new Date())
    expect(nextUpdate.getTime() - thisUpdate.getTime()).toBe(ocspAnswerAgeMsMax)
    expect(() => question.read(answer, fromNow(ocspAnswerAgeMsMax + minute))).toThrow('ran out on')
  })

  it('to another question are told by their nonce', async () => {
    const answer = await responder.answer(questionAbout(leaf).der)
    expect(() => questionAbout(leaf).read(answer, new Date())).toThrow('its nonce differs')
  })

  it('signed with SHA-1 are refused', async () => {
    const question = questionAbout(leaf)
    const answer = await responder.answer(question.der, '-rmd', 'sha1')
    expect(() => question.read(answer, new Date())).toThrow('it is signed with ECDSA with SHA-1')
  })

  it('by a stranger are refused', async () => {
    const stranger = await OpensslResponder.of(root, await delegate(await makeAuthority('Yad')))
    const question = questionAbout(leaf)
    const answer = await stranger.answer(question.der)
    await stranger.close()
    expect(() => question.read(answer, new Date())).toThrow('is not from that authority itself')
  })

  it('stand every change of theirs: nothing but a refusal comes of it', async () => {
    const question = questionAbout(leaf)
    const answer = await responder.answer(question.der, '-nmin', '30')
    const changes = fc.array(fc.tuple(fc.nat(answer.length - 1), fc.nat(255)), { maxLength: 4 })
    fc.assert(
      fc.property(changes, fc.nat(answer.length), (changed, length) => {
        const bytes = Buffer.from(answer)
        for (const [at, byte] of changed) bytes[at] = byte
        expectReadOrRefused(question, bytes)
        expectReadOrRefused(question, bytes.subarray(0, length))
      }),
      { numRuns: 300 },
    )
  })
})

function expectReadOrRefused(question: OcspExchange, bytes: Buffer): void {
  try {
    question.read(bytes, new Date())
  } catch (error) {
    const isOurs = error instanceof DerError || error instanceof OcspAnswerError
    expect(isOurs ? 'refused' : error).toBe('refused')
  }
}

describe('what is no answer about a certificate (RFC 6960 §3.2)', () => {
  it.each<[string, TestAnswer, string]>([
    ['one that ran out', { thisUpdate: fromNow(-2 * hour) }, 'ran out on'],
    ['one of tomorrow', { thisUpdate: fromNow(24 * hour) }, 'is not valid before'],
    ['one made tomorrow', { producedAt: fromNow(24 * hour) }, 'which is to come'],
    [
      'one that is old and says no end',
      { thisUpdate: fromNow(-2 * hour), nextUpdate: null },
      'ran out on',
    ],
  ])('%s', (_what, terms, trouble) => {
    expect(() => read(ocspAnswer(leaf, root, terms))).toThrow(trouble)
  })

  it('is one about another certificate, replayed', () => {
    expect(() => read(ocspAnswer(other, root))).toThrow('speaks of another certificate')
  })

  it('is one about a namesake of another authority of the same name', async () => {
    const twin = await makeAuthority('Kök')
    const namesake = await twin.issue({ serialNumber: leaf.serialNumber })
    expect(() => read(ocspAnswer(namesake, twin))).toThrow('speaks of another certificate')
  })

  it.each([
    ['a system', ['2.5.29.37'], 'does not include OCSP answers'],
    ['one who may be revoked', ['1.3.6.1.5.5.7.48.1.5'], 'id-pkix-ocsp-nocheck'],
  ])('is one signed by %s', async (_who, without, trouble) => {
    const signer = await delegate(root, { without })
    expect(() => read(ocspAnswer(leaf, root, { signer }))).toThrow(trouble)
  })

  it('is one by a responder that had run out, or has a weak key', async () => {
    const old = await delegate(root, { notBefore: fromNow(-9 * hour), notAfter: fromNow(-hour) })
    const early = { signer: old, thisUpdate: fromNow(-2 * hour), nextUpdate: fromNow(hour) }
    expect(() => read(ocspAnswer(leaf, root, early))).toThrow('ran out on')
    const late = { signer: old, thisUpdate: fromNow(-minute), nextUpdate: fromNow(hour) }
    expect(() => read(ocspAnswer(leaf, root, late))).toThrow('was not valid when it answered')
    const weak = await delegate(root, { keyPair: makeShortRsaKeyPair() })
    expect(() => read(ocspAnswer(leaf, root, { signer: weak }))).toThrow('RSA key has 1024 bits')
  })

  it.each([
    ['an error', Buffer.from('30030a0106', 'hex'), 'the responder answers unauthorized'],
    ['an error of no name', Buffer.from('30030a0109', 'hex'), 'answers with the error 9'],
    ['a page of HTML', Buffer.from('<html>'), DerError],
    ['nothing', Buffer.alloc(0), DerError],
    ['far too much', Buffer.alloc(100_000, 0x30), 'too large'],
  ])('is %s', (_what, bytes, trouble) => {
    expect(() => read(bytes)).toThrow(trouble)
  })

  it('and yet is one whose clock is ahead by a little', () => {
    const thisUpdate = fromNow(ocspClockSkewMsMax - 10_000)
    expect(read(ocspAnswer(leaf, root, { thisUpdate })).status).toBe('good')
  })
})

describe('verdicts on signers by OCSP answers', () => {
  let now: Date
  let answer: Buffer | undefined
  let generation = 0

  /** The fault's code and side, or `accepted`. */
  function judged(unreachable: 'refuse' | 'accept' = 'refuse'): string {
    const registered = {
      der: leaf.der,
      subsystem: parseSubsystemId('AZ/GOV/VN/ƏDV'),
      status: 'active',
    } as const
    const material: TrustMaterial = {
      generation: ++generation,
      certificates: new Map([[leaf.thumbprint, registered]]),
      certificate: () => registered,
      authorities: [{ der: root.der, role: 'anchor', revocation: 'ocsp', unreachable }],
      revocationLists: [],
      ocspAnswer: (thumbprint) => (thumbprint === leaf.thumbprint ? answer : undefined),
    }
    const settings = { trustMaterial: () => material, now: () => now, algorithms: strictAlgorithms }
    try {
      new SignerVerdicts(settings).checkCertificate(leaf.thumbprint)
      return 'accepted'
    } catch (error) {
      const { code, side } = error as { code: string; side: string }
      return `${code} ${side}`
    }
  }

  it('accept while the answer holds; then the policy decides', async () => {
    const signer = await delegate(root)
    answer = ocspAnswer(leaf, root, { signer })
    now = new Date()
    expect(judged()).toBe('accepted')
    now = fromNow(2 * hour)
    expect([judged('refuse'), judged('accept')]).toEqual(['CERT_UNKNOWN bus', 'accepted'])
  })

  it('leave it to the policy where there is no answer, or none that can be read', () => {
    now = new Date()
    for (answer of [undefined, Buffer.from('x')]) {
      expect([judged('refuse'), judged('accept')]).toEqual(['CERT_UNKNOWN bus', 'accepted'])
    }
  })

  it('refuse what is revoked, by an answer that has run out, too', () => {
    answer = ocspAnswer(leaf, root, { status: 'revoked' })
    for (now of [new Date(), fromNow(2 * hour)]) {
      expect(judged('accept')).toMatch(/^CERT_REVOKED/)
    }
  })

  it('refuse what the responder does not know, whatever the policy', () => {
    answer = ocspAnswer(leaf, root, { status: 'unknown' })
    now = new Date()
    expect([judged('refuse'), judged('accept')]).toEqual(['CERT_UNKNOWN bus', 'CERT_UNKNOWN bus'])
  })

  it('take no answer of somebody else, stored by whatever way', () => {
    answer = ocspAnswer(other, root)
    now = new Date()
    expect(judged('refuse')).toBe('CERT_UNKNOWN bus')
  })
})

describeWithOpenssl('questions', () => {
  it('are read by OpenSSL', async () => {
    const { der } = questionAbout(leaf)
    const text = await command('bash', [
      '-c',
      `echo ${der.toString('base64')} | base64 -d | openssl ocsp -reqin /dev/stdin -req_text`,
    ])
    expect(text.toString()).toMatch(/Hash Algorithm: sha256[^]*OCSP Nonce/)
  })
})
