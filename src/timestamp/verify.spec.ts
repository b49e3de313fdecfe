import { beforeAll, describe, expect, it } from '@jest/globals'
import { AsnConvert } from '@peculiar/asn1-schema'
import { PKIStatus, PKIStatusInfo, TimeStampResp } from '@peculiar/asn1-tsp'
import fc from 'fast-check'
import { makeAuthority, type TestAuthority } from '../../test/support/pki.js'
import {
  issueTsa,
  makeTsa,
  samplePolicy,
  timestamping,
  trustOf,
  type TestTsa,
} from '../../test/support/timestamps.js'
import { derOf } from '../cms/der-output.js'
import { parseRevocationList } from '../trust/x509/crl.js'
import { TimestampError, type TimestampReason } from './timestamp-error.js'
import { makeTimestampRequest } from './timestamp-request.js'
import { verifyResponse, type FreshTimestamp, type ResponseRequest } from './verify-response.js'
import { verifyToken, type VerifiedTimestamp } from './verify-token.js'

const data = Buffer.from('sluice/PORTAL\n17\nkök\n\n— imza\n')
const day = 86_400_000
const fromNow = (days: number): Date => new Date(Date.now() + days * day)

let tsa: TestTsa

beforeAll(async () => {
  tsa = await makeTsa()
})

/** What comes of a whole round: asked, answered, verified; each part may be another than it should. */
function stamp(of: TestTsa = tsa, wish: Partial<ResponseRequest> = {}): FreshTimestamp {
  const { der, nonce } = makeTimestampRequest(data)
  const response = of.authority.answer(der)
  return verifyResponse({
    ...{ response, data, nonce, trust: of.trust, receivedAt: new Date() },
    ...wish,
  })
}

function reasonOf(act: () => unknown): TimestampReason | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(TimestampError)
    return (error as TimestampError).reason
  }
}

describe('a timestamp', () => {
  it.each(['rsa-2048', 'p256', 'p384'] as const)(
    'of a %s key says what existed when, and who says so',
    async (keyType) => {
      const other = await makeTsa((root) => issueTsa(root, { keyType }))
      const before = Date.now()
      const made = stamp(other)
      expect(made.policy).toBe(samplePolicy)
      expect(made.certificate.subject.text).toBe('C=AZ, O=Sınaq, CN=Vaxt')
      expect(made.accuracyMs).toBe(1_000)
      expect(made.time.getTime()).toBeGreaterThan(before - 1_001)
      expect(made.time.getTime()).toBeLessThanOrEqual(Date.now())
    },
  )

  it('has a number of its own', () => {
    const numbers = Array.from({ length: 20 }, () => stamp().serial)
    expect(new Set(numbers).size).toBe(20)
  })

  it('that was good when it was made stays good', async () => {
    const root = await makeAuthority('Vaxtın kökü', { notBefore: fromNow(-100) })
    const validity = { notBefore: fromNow(-90), notAfter: fromNow(-10) }
    const old = await makeTsa(
      () => issueTsa(root, validity),
      () => fromNow(-20),
    )
    const { der, nonce } = makeTimestampRequest(data)
    const response = old.authority.answer(der)
    const trust = trustOf(root)
    const receivedAt = fromNow(-20)
    const { token } = verifyResponse({ response, data, nonce, trust, receivedAt })
    expect(verifyToken({ token, data, trust }).certificate.notAfter.getTime()).toBeLessThan(
      Date.now(),
    )
  })

  it('verifies with a certificate from elsewhere, if it holds none', () => {
    const { der, nonce } = makeTimestampRequest(data)
    // The BOOLEAN that asks for the certificate stands last.
    const request = Buffer.from(der.subarray(0, -3))
    request[1] = request[1]! - 3
    const response = tsa.authority.answer(request)
    const answer = { response, data, nonce, receivedAt: new Date() }
    expect(reasonOf(() => verifyResponse({ ...answer, trust: tsa.trust }))).toBe('signature')
    const { certificate } = stamp()
    const trust = { ...tsa.trust, intermediates: [certificate] }
    expect(verifyResponse({ ...answer, trust }).nonce).toBe(nonce)
  })
})

describe('a timestamp is refused', () => {
  it('over something else', () => {
    expect(reasonOf(() => stamp(tsa, { data: Buffer.from('başqa') }))).toBe('imprint')
  })

  it('that answers another request', () => {
    expect(reasonOf(() => stamp(tsa, { nonce: makeTimestampRequest(data).nonce }))).toBe('nonce')
  })

  it('under another policy', () => {
    expect(reasonOf(() => stamp(tsa, { policy: '1.2.3.4.1' }))).toBe('policy')
  })

  it.each([
    ['for code', ['1.3.6.1.5.5.7.3.3'], true],
    ['for timestamps and more', [timestamping, '1.3.6.1.5.5.7.3.4'], true],
    ['for timestamps, but not critically', [timestamping], false],
  ])('of a certificate %s (RFC 3161 §2.3)', async (_what, purposes, isCritical) => {
    const other = await makeTsa((root) => issueTsa(root, {}, purposes, isCritical))
    expect(reasonOf(() => stamp(other))).toBe('purpose')
  })

  it('of a certificate for messages', async () => {
    const other = await makeTsa((root) => root.issue())
    expect(reasonOf(() => stamp(other))).toBe('purpose')
  })

  it('of somebody whom no anchor vouches for', async () => {
    const other = await makeTsa()
    expect(reasonOf(() => stamp(other, { trust: tsa.trust }))).toBe('certificate')
  })

  it('of a certificate that had expired', async () => {
    const root = await makeAuthority('Vaxtın kökü', { notBefore: fromNow(-100) })
    const validity = { notBefore: fromNow(-90), notAfter: fromNow(-10) }
    const expired = await makeTsa(() => issueTsa(root, validity))
    expect(reasonOf(() => stamp(expired, { trust: trustOf(root) }))).toBe('certificate')
  })

  it('of a clock that is far from ours', async () => {
    for (const minutes of [-10, 10]) {
      const other = await makeTsa(undefined, () => fromNow(minutes / 1_440))
      expect(reasonOf(() => stamp(other))).toBe('clock')
    }
    const near = await makeTsa(undefined, () => fromNow(4 / 1_440))
    expect(reasonOf(() => stamp(near))).toBeUndefined()
  })

  it('that the authority does not give', () => {
    const status = (value: PKIStatus): Buffer =>
      derOf(new TimeStampResp({ status: new PKIStatusInfo({ status: value }) }))
    for (const value of [PKIStatus.rejection, PKIStatus.waiting, PKIStatus.revocationWarning]) {
      expect(reasonOf(() => stamp(tsa, { response: status(value) }))).toBe('rejected')
    }
    expect(reasonOf(() => stamp(tsa, { response: status(PKIStatus.granted) }))).toBe('malformed')
  })

  it('that is too large, before anything is read of it', () => {
    const response = Buffer.alloc(200_000, 0x30)
    expect(reasonOf(() => stamp(tsa, { response }))).toBe('too-large')
    const trust = tsa.trust
    expect(reasonOf(() => verifyToken({ token: response, data, trust }))).toBe('too-large')
  })

  it('that is not there at all', () => {
    const pages = ['', '<!DOCTYPE html><title>503</title>', '0', '\u0000'.repeat(1_000)]
    for (const page of pages) {
      expect(reasonOf(() => stamp(tsa, { response: Buffer.from(page) }))).toBe('malformed')
    }
  })
})

describe('revocation lists of that day', () => {
  let root: TestAuthority
  let made: FreshTimestamp

  beforeAll(async () => {
    const other = await makeTsa()
    root = other.root
    made = stamp(other)
  })

  async function verdict(serialNumbers: readonly string[], thisUpdate = fromNow(-1)) {
    const der = await root.revocationList(serialNumbers, { thisUpdate })
    const trust = { ...trustOf(root), revocationLists: [parseRevocationList(der)] }
    return reasonOf(() => verifyToken({ token: made.token, data, trust }))
  }

  it('must cover the certificate, where they are given', async () => {
    expect(await verdict([])).toBeUndefined()
    expect(await verdict([made.certificate.serial])).toBe('certificate')
    // A list that was not yet there proves nothing of then.
    expect(await verdict([], fromNow(1))).toBe('certificate')
    const trust = { ...trustOf(root), revocationLists: [] }
    expect(reasonOf(() => verifyToken({ token: made.token, data, trust }))).toBe('certificate')
  })
})

describe('foreign bytes', () => {
  it('end in a timestamp of the same meaning, or in a TimestampError', () => {
    const made = stamp()
    fc.assert(
      fc.property(fc.nat(made.token.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const token = Buffer.from(made.token)
        token[at] = token[at]! ^ change
        const proven = verifiedOrRefused(token)
        if (!proven) return
        expect(proven).toMatchObject({
          time: made.time,
          serial: made.serial,
          policy: made.policy,
          nonce: made.nonce,
        })
        expect(proven.certificate.der.equals(made.certificate.der)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('in the place of an answer or a request do no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(reasonOf(() => stamp(tsa, { response: bytes }))).toBe('malformed')
        const answer = tsa.authority.answer(bytes)
        expect(reasonOf(() => stamp(tsa, { response: answer }))).toBe('rejected')
      }),
      { numRuns: 50 },
    )
  })

  it('in a request end in an answer, whatever was changed', () => {
    const { der } = makeTimestampRequest(data)
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const request = Buffer.from(der)
        request[at] = request[at]! ^ change
        expect(AsnConvert.parse(tsa.authority.answer(request), TimeStampResp).status).toBeDefined()
      }),
      { numRuns: 150 },
    )
  })
})

function verifiedOrRefused(token: Uint8Array): VerifiedTimestamp | undefined {
  try {
    return verifyToken({ token, data, trust: tsa.trust })
  } catch (error) {
    if (error instanceof TimestampError) return undefined
    throw error
  }
}
