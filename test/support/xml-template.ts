import { constants, createHmac, createPublicKey, hash, sign, type KeyObject } from 'node:crypto'
import { c14nMethod, type C14nMethod } from '../../src/xml/c14n/method.js'
import { canonicalOctets } from '../../src/xml/c14n/canonicalise.js'
import { readXml } from '../../src/xml/read-xml.js'

/*
 * Fills the DigestValues and the SignatureValue of a message that is signed by hand, as xmlsec1 does with
 * a template: so that a test can sign what our own signer would never sign.
 */

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/** @param privateKey for HMAC its public half, as text, is the secret: the oldest trick there is */
export function signTemplate(
  message: string,
  privateKey: KeyObject,
  digests: 'filled' | 'kept' = 'filled',
): Buffer {
  const digested =
    digests === 'kept'
      ? message
      : message.replace(/<ds:Reference[ >][\s\S]*?<\/ds:Reference>/g, (reference) => {
          const value = digestOf(message, reference)
          return value === undefined
            ? reference
            : reference.replace(/(<ds:DigestValue>)[^<]*/, `$1${value}`)
        })
  const document = readXml(Buffer.from(digested))
  const signedInfo = [...document.inside(document.root)].find((element) =>
    document.is(element, ds, 'SignedInfo'),
  )
  const method = methodOf(
    /<ds:CanonicalizationMethod [\s\S]*?<\/ds:CanonicalizationMethod>/.exec(digested)?.[0] ?? '',
  )
  const octets = canonicalOctets(document, method, { element: signedInfo })
  const algorithm = /<ds:SignatureMethod Algorithm="([^"]*)"/.exec(digested)?.[1] ?? ''
  const value = signatureOf(algorithm, octets, privateKey).toString('base64')
  return Buffer.from(digested.replace(/(<ds:SignatureValue>)[^<]*/, `$1${value}`))
}

function digestOf(message: string, reference: string): string | undefined {
  const id = /URI="#([^"]*)"/.exec(reference)?.[1]
  const algorithm = /#(?:sha|SHA)([0-9]+)"/.exec(reference)?.[1]
  if (id === undefined || algorithm === undefined) return undefined
  const document = readXml(Buffer.from(message))
  const element = [...document.inside(document.root)].find((candidate) =>
    document
      .attributes(candidate)
      .some(({ localName, value }) => /^id$/i.test(localName) && value === id),
  )
  if (element === undefined) return undefined
  const octets = canonicalOctets(document, methodOf(reference), { element })
  return hash(`sha${algorithm}`, octets, 'base64')
}

/** The canonicalisation that an element's text names; exclusive where it names something else. */
function methodOf(text: string): C14nMethod {
  const algorithm = /Algorithm="([^"]*c14n[^"]*)"/.exec(text)?.[1] ?? exclusive
  const prefixes = /PrefixList="([^"]*)"/.exec(text)?.[1]?.split(' ') ?? []
  try {
    return c14nMethod(algorithm, prefixes)
  } catch {
    return c14nMethod(exclusive)
  }
}

function signatureOf(algorithm: string, octets: Buffer, key: KeyObject): Buffer {
  const digest = `sha${/sha([0-9]+)/.exec(algorithm)?.[1] ?? '256'}`
  if (algorithm.includes('hmac')) {
    const secret = createPublicKey(key).export({ type: 'spki', format: 'pem' })
    return createHmac(digest, secret).update(octets).digest()
  }
  if (key.asymmetricKeyType === 'ec')
    return sign(digest, octets, { key, dsaEncoding: 'ieee-p1363' })
  const isPss = algorithm.includes('MGF1') || algorithm.endsWith('rsa-pss')
  if (!isPss) return sign(digest, octets, key)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign(digest, octets, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
}
