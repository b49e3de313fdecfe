import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { makeAuthority, makeShortRsaKeyPair } from '../../test/support/pki.js'
import type { TestAuthority, TestIdentity } from '../../test/support/pki.js'
import { Fault } from '../exchange/fault.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import { keyTypeOf } from './http-signature/algorithms.js'
import type { RegisteredKey } from './signer-directory.js'
import { refusalMs, SignerVerdicts } from './signer-verdicts.js'
import type { RegisteredAuthority, RegisteredCertificate, TrustMaterial } from './trust-material.js'
import { strictAlgorithms } from './x509/algorithm-policy.js'

const day = 86_400_000
const subsystem = parseSubsystemId('AZ/GOV/VN/ƏDV')

/** A registry of a test: what it holds can be changed at will. */
class Registry implements TrustMaterial {
  generation = 1
  authorities: RegisteredAuthority[] = []
  revocationLists: Uint8Array[] = []
  looksUp = 0
  readonly certificates = new Map<string, RegisteredCertificate>()
  readonly answers = new Map<string, Uint8Array>()

  ocspAnswer(thumbprint: string): Uint8Array | undefined {
    return this.answers.get(thumbprint)
  }

  register(identity: TestIdentity, status: RegisteredCertificate['status'] = 'active'): void {
    this.certificates.set(identity.thumbprint, { der: identity.der, subsystem, status })
  }

  registerBytes(thumbprint: string, der: Buffer): void {
    this.certificates.set(thumbprint, { der, subsystem, status: 'active' })
  }

  certificate(thumbprint: string): RegisteredCertificate | undefined {
    this.looksUp += 1
    return this.certificates.get(thumbprint)
  }
}

describe('verdicts on signers', () => {
  let root: TestAuthority
  let leaf: TestIdentity
  let registry: Registry
  let now: Date
  let verdicts: SignerVerdicts

  beforeAll(async () => {
    root = await makeAuthority('Kök')
    leaf = await root.issue({ subject: 'Sistem' })
  })

  beforeEach(() => {
    now = new Date()
    registry = new Registry()
    registry.authorities = [{ der: root.der, role: 'anchor', revocation: 'none' }]
    registry.register(leaf)
    verdicts = new SignerVerdicts({
      trustMaterial: () => registry,
      now: () => now,
      algorithms: strictAlgorithms,
    })
  })

  /** As a verifier that found a signature right. */
  const accepted = (thumbprint = leaf.thumbprint): RegisteredKey => {
    const key = verdicts.key(thumbprint)
    verdicts.checkCertificate(thumbprint)
    return key
  }

  const refusal = (thumbprint = leaf.thumbprint): Fault => {
    try {
      accepted(thumbprint)
    } catch (error) {
      if (error instanceof Fault) return error
      throw error
    }
    throw new Error('the certificate was accepted')
  }

  it('names the subsystem, the serial number and the key', () => {
    const { signer, publicKey, keyType } = accepted()
    const { thumbprint, serialNumber } = leaf
    expect(signer).toEqual({ subsystem, thumbprint, serialNumber })
    expect(publicKey.equals(leaf.publicKey)).toBe(true)
    expect(keyType).toBe('p256')
  })

  it.each([
    ['rsa-2048', 'rsa'],
    ['p384', 'p384'],
    ['ed25519', 'ed25519'],
  ] as const)('knows the kind of %s keys', async (keyType, expected) => {
    const identity = await root.issue({ keyType })
    registry.register(identity)
    expect(accepted(identity.thumbprint).keyType).toBe(expected)
  })

  it('remembers a verdict within a generation', () => {
    const first = accepted()
    expect(accepted()).toBe(first)
    expect(registry.looksUp).toBe(1)
  })

  it('refuses a certificate that is not registered', () => {
    expect(refusal('unknown').code).toBe('CERT_UNKNOWN')
  })

  it('refuses a certificate that is registered and chains to nothing accepted (R-089)', async () => {
    const stranger = await (await makeAuthority('Yad')).issue()
    registry.register(stranger)
    expect(refusal(stranger.thumbprint).code).toBe('CERT_UNKNOWN')
  })

  it('takes and loses an authority with the next generation (R-089)', async () => {
    const other = await makeAuthority('Başqa')
    const identity = await other.issue()
    registry.register(identity)
    expect(refusal(identity.thumbprint).code).toBe('CERT_UNKNOWN')
    const before = registry.authorities
    registry.authorities = [...before, { der: other.der, role: 'anchor', revocation: 'none' }]
    registry.generation += 1
    expect(accepted(identity.thumbprint).signer.subsystem).toBe(subsystem)
    registry.authorities = before
    registry.generation += 1
    expect(refusal(identity.thumbprint).code).toBe('CERT_UNKNOWN')
  })

  it('refuses a certificate that the registry revoked, at once', () => {
    accepted()
    registry.register(leaf, 'revoked')
    registry.generation += 1
    expect(refusal().code).toBe('CERT_REVOKED')
  })

  it('refuses a certificate on hold, and takes it again once it is released', () => {
    registry.register(leaf, 'held')
    registry.generation += 1
    expect(refusal()).toMatchObject({
      code: 'CERT_REVOKED',
      detail: 'The certificate is on hold.',
    })
    registry.register(leaf, 'active')
    registry.generation += 1
    expect(accepted().signer.subsystem).toBe(subsystem)
  })

  it('refuses a certificate that its authority revoked', async () => {
    registry.authorities = [{ der: root.der, role: 'anchor', revocation: 'crl' }]
    registry.revocationLists = [await root.revocationList([leaf.serialNumber])]
    expect(refusal()).toMatchObject({ code: 'CERT_REVOKED', side: 'consumer' })
  })

  it('fails closed without a current list, and says that the bus has to act', () => {
    registry.authorities = [{ der: root.der, role: 'anchor', revocation: 'crl' }]
    const fault = refusal()
    expect(fault).toMatchObject({ code: 'CERT_UNKNOWN', side: 'bus' })
    expect(fault.detail).toContain('could not be established')
  })

  it('does not outlive the revocation list that it used', async () => {
    const nextUpdate = new Date(now.getTime() + day)
    registry.authorities = [{ der: root.der, role: 'anchor', revocation: 'crl' }]
    registry.revocationLists = [await root.revocationList([], { nextUpdate })]
    expect(accepted().keyType).toBe('p256')
    now = new Date(now.getTime() + day + 1_000)
    expect(refusal()).toMatchObject({ code: 'CERT_UNKNOWN', side: 'bus' })
  })

  it('does not outlive the certificate', () => {
    expect(accepted().keyType).toBe('p256')
    now = new Date(now.getTime() + 366 * day)
    expect(refusal().code).toBe('CERT_EXPIRED')
  })

  it('remembers a refusal for a while only, since time heals some', async () => {
    const early = await root.issue({ notBefore: new Date(now.getTime() + 60_000) })
    registry.register(early)
    expect(refusal(early.thumbprint).code).toBe('CERT_EXPIRED')
    expect(refusal(early.thumbprint).detail).toContain('not valid before')
    expect(registry.looksUp).toBe(1)
    now = new Date(now.getTime() + 60_000 + refusalMs)
    expect(accepted(early.thumbprint).keyType).toBe('p256')
  })

  it('checks again when the clock was set back before the verdict', () => {
    accepted()
    now = new Date(now.getTime() - 10 * day)
    expect(refusal().code).toBe('CERT_EXPIRED')
  })

  it('gives the key of a certificate whatever has become of it, and tells that apart', async () => {
    const expired = await root.issue({ notAfter: new Date(now.getTime() - 1) })
    const foreign = await (await makeAuthority('Yad')).issue()
    const weak = await root.issue({ keyPair: makeShortRsaKeyPair() })
    const revoked = await root.issue()
    registry.register(revoked, 'revoked')
    for (const each of [expired, foreign, weak]) registry.register(each)
    const all = [expired, foreign, weak, revoked]
    for (const { thumbprint, serialNumber, publicKey } of all) {
      const key = verdicts.key(thumbprint)
      expect(key.publicKey.equals(publicKey)).toBe(true)
      expect(key.signer).toEqual({ subsystem, thumbprint, serialNumber })
    }
    const codes = all.map(({ thumbprint }) => refusal(thumbprint).code)
    expect(codes).toEqual(['CERT_EXPIRED', 'CERT_UNKNOWN', 'ALGORITHM_FORBIDDEN', 'CERT_REVOKED'])
  })

  it('tells a certificate whose key checks no signatures apart from an unknown one to nobody', async () => {
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
    const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const unusable = await Promise.all([pss, curve].map((keyPair) => root.issue({ keyPair })))
    for (const each of unusable) registry.register(each)
    registry.registerBytes('unreadable', Buffer.from('broken'))
    const { code, side, field, detail } = refusal('unknown')
    for (const thumbprint of [...unusable.map((each) => each.thumbprint), 'unreadable']) {
      const fault = refusal(thumbprint)
      expect([fault.code, fault.side, fault.field, fault.detail]).toEqual([
        code,
        side,
        field,
        detail,
      ])
      expect(fault.cause).toBeInstanceOf(Error)
    }
  })

  it('never checks a signature with an RSA key that is too slow for it', () => {
    expect(keyTypeOf(longRsaKey())).toBeUndefined()
  })

  it('refuses forbidden algorithms by name', async () => {
    const weak = await root.issue({ keyPair: makeShortRsaKeyPair() })
    registry.register(weak)
    const fault = refusal(weak.thumbprint)
    expect(fault.code).toBe('ALGORITHM_FORBIDDEN')
    expect(fault.detail).toContain('1024')
  })

  it('lets nothing that cannot be read vouch for anybody', () => {
    const broken = Buffer.from('broken')
    registry.authorities = [
      { der: broken, role: 'anchor', revocation: 'none' },
      { der: root.der, role: 'anchor', revocation: 'crl' },
    ]
    registry.revocationLists = [broken]
    expect(refusal()).toMatchObject({ code: 'CERT_UNKNOWN', side: 'bus' })
  })

  it('checks revocation where two certificates of one authority disagree about it', () => {
    registry.authorities = [
      { der: root.der, role: 'anchor', revocation: 'none' },
      { der: Buffer.from(root.der), role: 'intermediate', revocation: 'crl' },
    ]
    expect(refusal().detail).toContain('could not be established')
  })
})

/** A public key of 8,200 bits; making a pair would take minutes. */
function longRsaKey(): KeyObject {
  const n = Buffer.alloc(1_025, 0xff).toString('base64url')
  return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
}
