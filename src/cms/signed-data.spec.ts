import { beforeAll, describe, expect, it } from '@jest/globals'
import { CMSVersion, ContentInfo, SignedData } from '@peculiar/asn1-cms'
import { AsnConvert } from '@peculiar/asn1-schema'
import fc from 'fast-check'
import { makeKeyPair } from '../trust/issuing/key-pair.js'
import { sequence } from '../../test/support/der-writer.js'
import {
  makeAuthority,
  makeShortRsaKeyPair,
  type TestAuthority,
  type TestIdentity,
} from '../../test/support/pki.js'
import { CmsError, type CmsReason } from './cms-error.js'
import { cmsIds } from './cms-ids.js'
import { arrayBufferOf, derOf } from './der-output.js'
import { signData, type DataToSign } from './sign-data.js'
import { verifySignedData, type VerifiedSignedData } from './verify-signed-data.js'

const content = Buffer.from('Sübut: kim, nə vaxt, nəyi.')
const signingTime = new Date('2026-03-01T12:00:00Z')

let root: TestAuthority
let signer: TestIdentity

beforeAll(async () => {
  root = await makeAuthority('Kök')
  signer = await root.issue({ subject: 'Şahid' })
})

function signed(wish: Partial<DataToSign> = {}, by: TestIdentity = signer): Buffer {
  return signData({
    content,
    contentType: cmsIds.data,
    isDetached: true,
    privateKey: by.privateKey,
    certificate: by.der,
    certificates: [by.der, root.der],
    signingTime,
    ...wish,
  }).encode()
}

function verified(signedData: Uint8Array, from: Uint8Array = content): VerifiedSignedData {
  return verifySignedData({ signedData, contentType: cmsIds.data, content: from })
}

function reasonOf(act: () => unknown): CmsReason | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(CmsError)
    return (error as CmsError).reason
  }
}

/** The same message after its structure was changed: by the library, so that lengths are right again. */
function changed(der: Buffer, change: (data: SignedData) => void): Buffer {
  const info = AsnConvert.parse(der, ContentInfo)
  const data = AsnConvert.parse(info.content, SignedData)
  change(data)
  info.content = arrayBufferOf(derOf(data))
  return derOf(info)
}

describe('signed data (CMS, RFC 5652) with the attributes of CAdES', () => {
  it.each(['rsa-2048', 'p256', 'p384', 'ed25519'] as const)(
    'are signed with a %s key, and verify',
    async (keyType) => {
      const by = await root.issue({ keyType })
      const { content: proven, signer: found, ...rest } = verified(signed({}, by))
      expect(proven).toEqual(content)
      expect(found.der.equals(by.der)).toBe(true)
      expect(rest.others.map(({ der }) => der)).toEqual([root.der])
      expect(rest.signingTime).toEqual(signingTime)
      expect(rest.signatureTimestamps).toEqual([])
    },
  )

  it('hold their content, or leave it elsewhere, and never both', () => {
    const attached = signed({ isDetached: false })
    expect(verifySignedData({ signedData: attached, contentType: cmsIds.data }).content).toEqual(
      content,
    )
    expect(reasonOf(() => verified(attached))).toBe('content')
    const { length } = signed()
    expect(attached.length).toBeGreaterThan(length + content.length)
    const without = { signedData: signed(), contentType: cmsIds.data }
    expect(reasonOf(() => verifySignedData(without))).toBe('content')
  })

  it('carry certificates as the bytes that they are', () => {
    const der = signed()
    expect(der.includes(signer.der)).toBe(true)
    expect(der.includes(root.der)).toBe(true)
  })

  it('verify with a certificate from elsewhere, and not without it', () => {
    const bare = signed({ certificates: [] })
    expect(reasonOf(() => verified(bare))).toBe('signer-unknown')
    const certificates = [signer.der]
    const request = { signedData: bare, contentType: cmsIds.data, content, certificates }
    expect(verifySignedData(request).signer.der.equals(signer.der)).toBe(true)
  })

  it('carry signature timestamps beside the signature, which stays what it is', () => {
    const data: DataToSign = {
      content,
      contentType: cmsIds.data,
      isDetached: true,
      privateKey: signer.privateKey,
      certificate: signer.der,
      certificates: [signer.der],
      signingTime,
    }
    const tokens = [sequence(Buffer.of(4, 1, 2)), sequence(Buffer.of(4, 1, 1))]
    const made = signData(data)
    const proven = verified(made.encode(tokens))
    expect(proven.signature).toEqual(made.signature)
    expect(proven.signatureTimestamps).toEqual(tokens.toReversed())
  })
})

describe('signed data are refused', () => {
  it('when the content is another', () => {
    expect(reasonOf(() => verified(signed(), Buffer.from('başqa')))).toBe('message-digest')
  })

  it('when the content is of another type than asked for', () => {
    const signedData = signed({ contentType: cmsIds.timestampInfo })
    expect(reasonOf(() => verified(signedData))).toBe('content-type')
    const relabelled = changed(signedData, (data) => {
      data.encapContentInfo.eContentType = cmsIds.data
    })
    expect(reasonOf(() => verified(relabelled))).toBe('content-type')
  })

  it('when another certificate over the same key is put in the place of the signer’s (RFC 5035 §1)', async () => {
    const { serialNumber, privateKey, publicKey } = signer
    const keyPair = { privateKey, publicKey }
    const other = await root.issue({ subject: 'Başqası', keyPair, serialNumber })
    expect(reasonOf(() => verified(signed({ certificates: [other.der] })))).toBe(
      'signing-certificate',
    )
    // Beside the right one it changes nothing.
    const both = signed({ certificates: [other.der, signer.der] })
    expect(verified(both).signer.der.equals(signer.der)).toBe(true)
  })

  it('when the key is not the one of the certificate', async () => {
    const { privateKey } = await makeKeyPair('p256')
    expect(reasonOf(() => verified(signed({ privateKey })))).toBe('bad-signature')
  })

  it('when the key is too weak', async () => {
    const weak = await root.issue({ keyPair: makeShortRsaKeyPair() })
    expect(reasonOf(() => verified(signed({}, weak)))).toBe('algorithm-forbidden')
  })

  it.each<[string, CmsReason, (data: SignedData) => void]>([
    ['attributes in another order', 'malformed', (data) => attributesOf(data).reverse()],
    ['an attribute twice', 'malformed', (data) => attributesOf(data).push(attributesOf(data)[0]!)],
    [
      'no attribute that names the certificate',
      'malformed',
      (data) => without(data, cmsIds.signingCertificateV2),
    ],
    ['no content type', 'attributes', (data) => without(data, cmsIds.contentType)],
    ['no message digest', 'attributes', (data) => without(data, cmsIds.messageDigest)],
    ['another signing time', 'bad-signature', (data) => without(data, cmsIds.signingTime)],
    ['no signed attributes', 'malformed', (data) => delete data.signerInfos[0]!.signedAttrs],
    ['no signer', 'malformed', (data) => data.signerInfos.pop()],
    ['two signers', 'malformed', (data) => data.signerInfos.push(data.signerInfos[0]!)],
    ['a version that is unknown', 'malformed', (data) => (data.version = CMSVersion.v2)],
    [
      'a signer of another version',
      'malformed',
      (data) => (data.signerInfos[0]!.version = CMSVersion.v3),
    ],
    [
      'SHA-1',
      'algorithm-forbidden',
      (data) => (data.signerInfos[0]!.digestAlgorithm.algorithm = '1.3.14.3.2.26'),
    ],
    [
      'two digests',
      'algorithm-forbidden',
      (data) => (data.signerInfos[0]!.digestAlgorithm.algorithm = '2.16.840.1.101.3.4.2.3'),
    ],
    ['a digest that is not announced', 'malformed', (data) => data.digestAlgorithms.pop()],
  ])('with %s', (_what, reason, change) => {
    expect(reasonOf(() => verified(changed(signed(), change)))).toBe(reason)
  })

  it('when they are too large, before anything is read of them', () => {
    expect(reasonOf(() => verified(Buffer.alloc(5_000_000, 0x30)))).toBe('malformed')
  })
})

function attributesOf(data: SignedData) {
  return data.signerInfos[0]!.signedAttrs!
}

function without(data: SignedData, type: string): void {
  const [info] = data.signerInfos
  info!.signedAttrs = info!.signedAttrs!.filter(({ attrType }) => attrType !== type)
}

describe('foreign bytes', () => {
  it('end in an accepted message of the same meaning, or in a CmsError', () => {
    const original = signed({ isDetached: false })
    const octet = fc.nat(original.length - 1)
    fc.assert(
      fc.property(octet, fc.integer({ min: 1, max: 255 }), (at, change) => {
        const der = Buffer.from(original)
        der[at] = der[at]! ^ change
        const proven = verifiedOrRefused(der)
        if (!proven) return
        // What no signature covers may differ: another certificate that came along, a version.
        expect(proven.content).toEqual(content)
        expect(proven.signer.der.equals(signer.der)).toBe(true)
        expect(proven.signingTime).toEqual(signingTime)
      }),
      { numRuns: 2_000 },
    )
  })

  it('broken off, or none of ours at all, end in a CmsError', () => {
    const original = signed({ isDetached: false })
    for (let length = 0; length < original.length; length += 7) {
      expect(verifiedOrRefused(original.subarray(0, length))).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(verifiedOrRefused(bytes)).toBeUndefined()
      }),
    )
  })
})

function verifiedOrRefused(signedData: Uint8Array): VerifiedSignedData | undefined {
  try {
    return verifySignedData({ signedData, contentType: cmsIds.data })
  } catch (error) {
    if (error instanceof CmsError) return undefined
    throw error
  }
}
