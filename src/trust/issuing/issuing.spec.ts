import { describe, expect, it } from '@jest/globals'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { makeAuthority } from '../../../test/support/pki.js'
import { parseCertificate, serialText } from '../x509/certificate.js'
import { parseRevocationList } from '../x509/crl.js'
import { privateKeyPem, type IssuedKeyType } from './key-pair.js'

const keyTypes: IssuedKeyType[] = ['rsa-2048', 'rsa-3072', 'p256', 'p384', 'ed25519']

describe('issuing certificates', () => {
  it.each(keyTypes)('a root and an end entity with %s keys verify with node', async (keyType) => {
    const root = await makeAuthority('Kök', { keyType })
    const leaf = await root.issue({ subject: 'Sistem', keyType })
    const certificate = new X509Certificate(leaf.pem)
    expect(certificate.verify(root.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(leaf.privateKey)).toBe(true)
    expect(certificate.checkIssued(new X509Certificate(root.der))).toBe(true)
    expect(createPrivateKey(privateKeyPem(leaf.privateKey)).equals(leaf.privateKey)).toBe(true)
  })

  it('gives a random positive serial number, and says it as OpenSSL does', async () => {
    const root = await makeAuthority('Kök')
    const [one, other] = [await root.issue(), await root.issue()]
    expect(one.serialNumber).toMatch(/^[4-7][0-9a-f]{31}$/)
    expect(one.serialNumber).not.toBe(other.serialNumber)
    expect(new X509Certificate(one.der).serialNumber.toLowerCase()).toBe(one.serialNumber)
    expect(serialText(parseCertificate(one.der))).toBe(one.serialNumber)
  })

  it('keeps names in Azerbaijani as they are', async () => {
    const root = await makeAuthority('Kök')
    const subject = [
      ['C', 'AZ'],
      ['O', 'Vergilər Nazirliyi, "ƏDV" + şöbə'],
      ['CN', 'AZ/GOV/VN/ƏDV'],
    ] as const
    const leaf = await root.issue({ subject })
    expect(parseCertificate(leaf.der).subject.text).toBe(
      'C=AZ, O=Vergilər Nazirliyi, "ƏDV" + şöbə, CN=AZ/GOV/VN/ƏDV',
    )
  })

  it('marks authorities and end entities apart (RFC 5280 §4.2.1.9, §4.2.1.3)', async () => {
    const root = await makeAuthority('Kök')
    const middle = await root.subordinate('Aralıq', { pathLength: 0 })
    const leaf = await middle.issue()
    expect(parseCertificate(middle.der).basicConstraints).toEqual({ isCa: true, pathLength: 0 })
    expect(parseCertificate(middle.der).keyUsage).toBe(0x60)
    expect(parseCertificate(leaf.der).basicConstraints?.isCa).toBe(false)
    expect(parseCertificate(leaf.der).keyUsage).toBe(1)
  })

  it('issues revocation lists that say what was asked (RFC 5280 §5)', async () => {
    const root = await makeAuthority('Kök')
    const leaf = await root.issue()
    const other = await root.issue()
    const der = await root.revocationList([leaf.serialNumber], { number: 130 })
    const list = parseRevocationList(der)
    expect(list.number).toBe(130n)
    const certificate = parseCertificate(leaf.der)
    expect(list.entry(certificate.issuer, certificate.serial)).toBeDefined()
    expect(list.entry(certificate.issuer, parseCertificate(other.der).serial)).toBeUndefined()
  })
})
