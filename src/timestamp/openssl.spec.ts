import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeWith } from '../../test/support/command.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from '../../test/support/pki.js'
import {
  issueTsa,
  makeTsa,
  openOpensslTsa,
  samplePolicy,
  trustOf,
  type OpensslTsa,
  type TestTsa,
} from '../../test/support/timestamps.js'
import { makeTimestampRequest } from './timestamp-request.js'
import { verifyResponse, type FreshTimestamp } from './verify-response.js'
import { verifyToken } from './verify-token.js'

const describeWithOpenssl = await describeWith('openssl')
const data = Buffer.from('sluice/PORTAL\n17\nkök\n\n— imza\n')

let root: TestAuthority
let middle: TestAuthority
let identity: TestIdentity
let openssl: OpensslTsa
let ours: TestTsa

beforeAll(async () => {
  root = await makeAuthority('Vaxtın kökü')
  middle = await root.subordinate('Vaxtın idarəsi')
  identity = await issueTsa(middle, { keyType: 'rsa-2048' })
  openssl = await openOpensslTsa(identity, [middle])
  ours = await makeTsa()
})

afterAll(() => openssl.remove())

async function stampedBy(tsa: OpensslTsa, policy?: string): Promise<FreshTimestamp> {
  const { der, nonce } = makeTimestampRequest(data, policy)
  const response = await tsa.reply(der)
  return verifyResponse({
    ...{ response, data, nonce, policy },
    trust: trustOf(root),
    receivedAt: new Date(),
  })
}

describeWithOpenssl('openssl ts', () => {
  it('answers our request, and its answer verifies', async () => {
    const stamp = await stampedBy(openssl)
    expect(stamp.policy).toBe(samplePolicy)
    expect(stamp.accuracyMs).toBe(1_501)
    expect(stamp.certificate.der.equals(identity.der)).toBe(true)
    expect(stamp.path.path).toHaveLength(3)
    expect(verifyToken({ token: stamp.token, data, trust: trustOf(root) }).time).toEqual(stamp.time)
  })

  it('works under the policy that was asked for', async () => {
    expect((await stampedBy(openssl, '1.2.3.4.1')).policy).toBe('1.2.3.4.1')
    await expect(stampedBy(openssl, '1.2.3.4.2')).rejects.toMatchObject({ reason: 'rejected' })
  })

  it.each(['sha1', 'sha384'])('names its certificate by %s (RFC 5816)', async (essDigest) => {
    const p256 = await issueTsa(middle)
    const tsa = await openOpensslTsa(p256, [middle], essDigest)
    try {
      expect((await stampedBy(tsa)).certificate.der.equals(p256.der)).toBe(true)
    } finally {
      await tsa.remove()
    }
  })

  it.each([
    ['with nonce and certificate', ['-cert']],
    ['with neither', ['-no_nonce']],
    ['over SHA-512', ['-cert', '-sha512']],
    ['for our policy', ['-cert', '-tspolicy', samplePolicy]],
  ])('asks %s, and verifies the answer of our authority', async (_what, options) => {
    const answer = ours.authority.answer(await openssl.query(data, ...options))
    const untrusted = options.includes('-cert') ? [] : ['-untrusted', 'ours.pem']
    if (untrusted.length > 0) await openssl.keep('ours.pem', ours.identity.pem)
    await expect(openssl.verify(answer, data, ours.root.pem, ...untrusted)).resolves.toContain(
      'Verification: OK',
    )
    await expect(
      openssl.verify(answer, Buffer.from('başqa'), ours.root.pem, ...untrusted),
    ).rejects.toThrow('message imprint mismatch')
  })

  it('verifies our answer against its own question, nonce and all', async () => {
    const answer = ours.authority.answer(await openssl.query(data, '-cert'))
    await expect(openssl.verifyQuery(answer, ours.root.pem)).resolves.toContain('Verification: OK')
    await openssl.query(data, '-cert')
    await expect(openssl.verifyQuery(answer, ours.root.pem)).rejects.toThrow('nonce mismatch')
  })

  it('understands why our authority refuses', async () => {
    const answer = ours.authority.answer(await openssl.query(data, '-tspolicy', '1.2.3.4.9'))
    const text = await openssl.show(answer)
    expect(text).toContain('Status: Rejected')
    expect(text).toContain('the policy is 2.25.')
    expect(text).toContain('policy is not supported')
    const weak = ours.authority.answer(await openssl.query(data, '-sha1'))
    expect(await openssl.show(weak)).toContain('unrecognized or unsupported algorithm')
  })

  it('answers with a rejection, which is told in its words', async () => {
    const { nonce } = makeTimestampRequest(data)
    const response = await openssl.reply(await openssl.query(data, '-sha1'))
    const request = { response, data, nonce, trust: trustOf(root), receivedAt: new Date() }
    expect(() => verifyResponse(request)).toThrow(
      'The authority refuses: it does not know the algorithm, “Message digest algorithm is not supported.”.',
    )
  })
})
