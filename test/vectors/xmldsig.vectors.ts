import { describe, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { Fault } from '../../src/exchange/fault.js'
import { keyTypeOf } from '../../src/trust/http-signature/algorithms.js'
import { sameDocumentId } from '../../src/trust/wss/references.js'
import { issuerName, readCertificateIdentity } from '../../src/trust/x509/certificate-identity.js'
import { namesSame } from '../../src/trust/x509/name-text.js'
import { elementDigest } from '../../src/trust/xml-signature/digest.js'
import { fitsSignedInfo } from '../../src/trust/xml-signature/signature.js'
import {
  readSignedInfo,
  type Reference,
  type SignedInfo,
} from '../../src/trust/xml-signature/signed-info.js'
import { readSignatureMethod } from '../../src/trust/xml-signature/signature-method.js'
import { octetsOf } from '../../src/trust/xml-signature/strict-reading.js'
import {
  exclusiveOnly,
  readC14n,
  type CanonicalisationProfile,
} from '../../src/trust/xml-signature/transforms.js'
import { c14nMethod } from '../../src/xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { readXml } from '../../src/xml/read-xml.js'
import { XmlError } from '../../src/xml/xml-error.js'
import { descendants, ds } from './xml-signature-elements.js'
import { keyOf } from './xml-signature-key.js'
import { vectorPath } from './vectors.js'

/*
 * Interoperability signatures of others (Merlin, Phaos, IAIK, W3C XML Signature 1.1). Most are of SHA-1's
 * time: right as mathematics, and to be refused by policy. What is refused is refused by its name.
 */

/** The crypto layer alone: any canonicalisation that we know, and inclusive C14N where none is named. */
const anyC14n: CanonicalisationProfile = {
  accepts: () => true,
  withoutTransforms: c14nMethod('http://www.w3.org/TR/2001/REC-xml-c14n-20010315'),
}

/** Whether the SignatureValue is right, whatever the References say: `valid`, or what refuses it. */
function valueVerdict(document: XmlDocument, signature: XmlElement): string {
  const element = document.child(signature, ds, 'SignedInfo')!
  const c14n = document.child(element, ds, 'CanonicalizationMethod')!
  const canonicalisation = readC14n(document, c14n, 'CanonicalizationMethod', anyC14n)
  const schemes = readSignatureMethod(document, document.child(element, ds, 'SignatureMethod')!)
  const signedInfo = { element, canonicalisation, schemes, references: [] }
  return signatureVerdict(document, signature, signedInfo)
}

/** The same of the whole signature, its References included. */
function wholeVerdict(
  document: XmlDocument,
  signature: XmlElement,
  profile: CanonicalisationProfile,
): string {
  const element = document.child(signature, ds, 'SignedInfo')!
  const signedInfo = readSignedInfo(document, element, profile)
  const verdict = signatureVerdict(document, signature, signedInfo)
  const isRight = signedInfo.references.every((reference) => digestIsRight(document, reference))
  return verdict === 'valid' && !isRight ? 'SIGNATURE_INVALID digest' : verdict
}

function signatureVerdict(
  document: XmlDocument,
  signature: XmlElement,
  signedInfo: SignedInfo,
): string {
  const publicKey = keyOf(document, signature)
  if (!publicKey) return 'no key in the signature'
  const keyType = keyTypeOf(publicKey)
  if (!keyType) return 'a key of a kind that is not accepted'
  const element = document.child(signature, ds, 'SignatureValue')!
  const value = octetsOf(document, element, 'SignatureValue')
  return fitsSignedInfo(document, { signedInfo, value }, { publicKey, keyType })
    ? 'valid'
    : 'SIGNATURE_INVALID SignatureValue'
}

function digestIsRight(
  document: XmlDocument,
  { uri, transform, digest, digestText }: Reference,
): boolean {
  if (typeof transform === 'string') throw new Error('no vector has attachments')
  const element = document.elementById(sameDocumentId(uri))
  return element !== undefined && elementDigest(document, element, transform, digest) === digestText
}

type Judge = (document: XmlDocument, signature: XmlElement) => string

function verdictsIn(file: string, judge: Judge): string[] {
  try {
    const document = readXml(readFileSync(file))
    return descendants(document, 'Signature').map((signature) => {
      try {
        return judge(document, signature)
      } catch (error) {
        if (error instanceof Fault) return `${error.code}: ${error.detail ?? ''}`
        throw error
      }
    })
  } catch (error) {
    if (error instanceof XmlError) return [`PAYLOAD_UNSAFE: ${error.reason}`]
    throw error
  }
}

const files = readdirSync(vectorPath('xmldsig'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.xml'))
  .sort()

function counted(judge: Judge): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const file of files) {
    for (const verdict of verdictsIn(vectorPath('xmldsig', file), judge)) {
      counts[verdict] = (counts[verdict] ?? 0) + 1
    }
  }
  return counts
}

describe('interoperability signatures', () => {
  it('have a SignatureValue that is right, or are refused by name', () => {
    // RSA and ECDSA with SHA-256, SHA-384 and SHA-512, P-256 and P-384, and Ed25519.
    expect(counted(valueVerdict)).toEqual({
      valid: 50,
      'ALGORITHM_FORBIDDEN: DSA is not accepted in SignatureMethod.': 66,
      'ALGORITHM_FORBIDDEN: ECDSA with SHA-1 is not accepted in SignatureMethod.': 12,
      'ALGORITHM_FORBIDDEN: HMAC, which is no proof towards third parties, is not accepted in SignatureMethod.': 22,
      'ALGORITHM_FORBIDDEN: RSA with SHA-1 is not accepted in SignatureMethod.': 28,
      // Ed448.
      'ALGORITHM_FORBIDDEN: The Algorithm of SignatureMethod is not on the list of accepted ones.': 2,
      'PAYLOAD_UNSAFE: a document type declaration is not accepted': 7,
      'PAYLOAD_UNSAFE: a processing instruction is not accepted': 2,
      // P-521.
      'a key of a kind that is not accepted': 12,
    })
  })

  it('are right as a whole, or are refused by name', () => {
    const judge: Judge = (document, signature) => wholeVerdict(document, signature, anyC14n)
    expect(counted(judge)).toEqual({
      valid: 6,
      'ALGORITHM_FORBIDDEN: DSA is not accepted in SignatureMethod.': 66,
      'ALGORITHM_FORBIDDEN: ECDSA with SHA-1 is not accepted in SignatureMethod.': 12,
      'ALGORITHM_FORBIDDEN: HMAC, which is no proof towards third parties, is not accepted in SignatureMethod.': 22,
      'ALGORITHM_FORBIDDEN: RSA with SHA-1 is not accepted in SignatureMethod.': 28,
      // Ed448.
      'ALGORITHM_FORBIDDEN: The Algorithm of SignatureMethod is not on the list of accepted ones.': 2,
      'ALGORITHM_FORBIDDEN: SHA-1 is not accepted in DigestMethod.': 6,
      'ALGORITHM_FORBIDDEN: The enveloped-signature transform is not accepted in Transform.': 26,
      'PAYLOAD_UNSAFE: a document type declaration is not accepted': 7,
      'PAYLOAD_UNSAFE: a processing instruction is not accepted': 2,
      'SIGNATURE_INVALID: A Reference to an Object, Manifest or the like is not accepted.': 24,
    })
  })

  // Nobody signed a SOAP message among them: the first thing that a message may not say is told.
  it('say nothing that a message may say, and are refused by name', () => {
    const judge: Judge = (document, signature) => wholeVerdict(document, signature, exclusiveOnly)
    expect(counted(judge)).toEqual({
      'ALGORITHM_FORBIDDEN: DSA is not accepted in SignatureMethod.': 46,
      'ALGORITHM_FORBIDDEN: ECDSA with SHA-1 is not accepted in SignatureMethod.': 3,
      'ALGORITHM_FORBIDDEN: HMAC, which is no proof towards third parties, is not accepted in SignatureMethod.': 7,
      'ALGORITHM_FORBIDDEN: Inclusive Canonical XML 1.0 is not accepted in CanonicalizationMethod.': 110,
      'ALGORITHM_FORBIDDEN: Inclusive Canonical XML 1.1 is not accepted in CanonicalizationMethod.': 9,
      'ALGORITHM_FORBIDDEN: RSA with SHA-1 is not accepted in SignatureMethod.': 1,
      'ALGORITHM_FORBIDDEN: The Algorithm of SignatureMethod is not on the list of accepted ones.': 2,
      'ALGORITHM_FORBIDDEN: The enveloped-signature transform is not accepted in Transform.': 14,
      'PAYLOAD_UNSAFE: a document type declaration is not accepted': 7,
      'PAYLOAD_UNSAFE: a processing instruction is not accepted': 2,
    })
  })

  // The verdicts that come with the vectors; what is crypto-valid may be refused all the same.
  it('that are known to be wrong are not valid', () => {
    const verdicts = readFileSync(vectorPath('verdicts.tsv'), 'utf8').split('\n')
    const wrong = verdicts
      .map((line) => line.split('\t'))
      .filter(
        ([path = '', verdict]) =>
          path.startsWith('xmldsig/') && /^(invalid|reject)/.test(verdict ?? ''),
      )
    expect(wrong.length).toBeGreaterThan(5)
    for (const [path = ''] of wrong) {
      const judge: Judge = (document, signature) => wholeVerdict(document, signature, anyC14n)
      expect([path, verdictsIn(vectorPath(path), judge)]).not.toEqual([path, ['valid']])
    }
  })
})

describe('distinguished names as stacks write them (W3C XML Signature 1.1 interoperability)', () => {
  const folder = 'w3c-dname'
  const certificates: Record<string, string> = {
    'diffRFCs-1': 'John',
    'diffRFCs-1a': 'John',
    'diffRFCs-2': 'Spacey',
    'diffRFCs-3': 'Null',
    'diffRFCs-4': 'Number',
    'diffRFCs-5': 'Equals',
    'diffRFCs-6': 'Trailing',
    'diffRFCs-7': 'Control',
    'diffRFCs-8': 'Escaped',
    'dnString-4': 'Trailing',
    'dnString-6': 'Control',
    'dnString-8': 'Escaped',
  }
  const cases = readdirSync(vectorPath('xmldsig', folder)).filter((file) => file.endsWith('.xml'))

  it.each(cases)('%s', (file) => {
    const document = readXml(readFileSync(vectorPath('xmldsig', folder, file)))
    const [name] = descendants(document, 'X509SubjectName')
    const series = /^[^-]+-[^-]+/.exec(file)![0]
    const bytes = readFileSync(
      vectorPath('xmldsig', folder, 'certs', `${certificates[series.replace('.xml', '')]!}.crt`),
    )
    // They sign themselves, with parameters that we refuse in a certificate.
    const issuer = issuerName(readCertificateIdentity(new X509Certificate(bytes).raw))
    expect(namesSame(document.text(name!), issuer)).toBe(true)
  })
})
