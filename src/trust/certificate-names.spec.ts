import { beforeAll, describe, expect, it } from '@jest/globals'
import { hash, X509Certificate } from 'node:crypto'
import type { TestIdentity } from '../../test/support/pki.js'
import { readSubjectKeyIdText } from '../../test/support/certificate-text.js'
import { makeTestTrust, type TestTrust } from '../../test/support/wss.js'
import { Fault } from '../exchange/fault.js'
import type { CertificateName, SignerDirectory } from './signer-directory.js'

describe('registered certificates by what messages name them by', () => {
  let trust: TestTrust
  let signers: SignerDirectory
  let one: TestIdentity
  let other: TestIdentity

  beforeAll(async () => {
    trust = await makeTestTrust()
    one = await trust.authority.issue({ subject: 'Bir', serialNumber: '00ab01' })
    other = await trust.authority.issue({ subject: 'İki', serialNumber: '7f' })
    trust.register(one)
    trust.register(other)
    signers = trust.rules().signers
  })

  const find = (name: CertificateName): string => {
    try {
      return signers.find(name)
    } catch (error) {
      if (error instanceof Fault) return error.code
      throw error
    }
  }
  const sha1 = ({ der }: TestIdentity): CertificateName => ({
    by: 'sha1',
    value: hash('sha1', der, 'hex'),
  })
  const ski = ({ der }: TestIdentity): CertificateName => ({
    by: 'subject-key-id',
    value: readSubjectKeyIdText(der).toString('hex'),
  })
  const serial = (serialNumber: string, issuer = 'CN=Kök,O=Sınaq,C=AZ'): CertificateName => ({
    by: 'issuer-serial',
    issuer,
    serialNumber,
  })

  it('finds each by every name of it', () => {
    for (const each of [one, other]) {
      const decimal = BigInt(`0x${new X509Certificate(each.der).serialNumber}`).toString()
      expect(find(sha1(each))).toBe(each.thumbprint)
      expect(find(ski(each))).toBe(each.thumbprint)
      expect(find(serial(decimal))).toBe(each.thumbprint)
      expect(find(serial(`000${decimal}`))).toBe(each.thumbprint)
    }
  })

  it('finds none by anything else', () => {
    expect(find({ by: 'sha1', value: '' })).toBe('CERT_UNKNOWN')
    expect(find({ by: 'subject-key-id', value: '00' })).toBe('CERT_UNKNOWN')
    expect(find(serial('127', 'CN=Kök'))).toBe('CERT_UNKNOWN')
    for (const odd of ['', '-127', '0x7f', '127.0', '1e2', ' 127', '9'.repeat(10_000)]) {
      expect(find(serial(odd))).toBe('CERT_UNKNOWN')
    }
  })

  it('takes up what is registered, and forgets what is not any more', async () => {
    const third = await trust.authority.issue({ subject: 'Üç' })
    expect(find(sha1(third))).toBe('CERT_UNKNOWN')
    trust.register(third)
    expect(find(sha1(third))).toBe(third.thumbprint)
    trust.certificates.delete(third.thumbprint)
    trust.generation++
    expect(find(sha1(third))).toBe('CERT_UNKNOWN')
  })

  it('passes over bytes that are no certificate', () => {
    trust.register({ thumbprint: 'x'.repeat(43), der: Buffer.from('3000', 'hex') })
    expect(find(ski(one))).toBe(one.thumbprint)
    expect(find(serial('127'))).toBe(other.thumbprint)
  })

  it('finds none where several have the name', async () => {
    const { privateKey, publicKey } = one
    const renewed = await trust.authority.issue({ keyPair: { privateKey, publicKey } })
    trust.register(renewed)
    expect(find(ski(one))).toBe('CERT_UNKNOWN')
    expect(find(sha1(one))).toBe(one.thumbprint)
  })
})
