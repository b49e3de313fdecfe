import { createHash, createPrivateKey, sign, verify } from 'node:crypto'
import { HttpClient, WSSecurityCert } from 'soap'
import { SignedXml } from 'xml-crypto'

/** Signs what goes to the bus and verifies what comes back (WS-Security 1.1), with soap and xml-crypto 6. */

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const ecdsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
const xroad = 'http://x-road.eu/xsd/xroad.xsd'
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const attachmentContent =
  'http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform'

/** The answer is not the bus's word: nothing of it may be used. */
export class AnswerNotAccepted extends Error {}

/** What xml-crypto lacks: ECDSA, whose signatures in XML are r and s and not DER. */
class EcdsaSha256 {
  getSignature(signedInfo, key) {
    return sign('sha256', signedInfo, { ...key, dsaEncoding: 'ieee-p1363' }).toString('base64')
  }

  verifySignature(signedInfo, key, value) {
    const given = Buffer.from(value, 'base64')
    return verify('sha256', Buffer.from(signedInfo), { key, dsaEncoding: 'ieee-p1363' }, given)
  }

  getAlgorithmName() {
    return ecdsaSha256
  }
}

/**
 * Signs Body, Timestamp and header blocks.
 * @param headerNames - every header block that is sent, by its qualified name, e.g. `x:client`
 * @param inlined - base64 of the Body by Content-ID, which is sent as attachment (MTOM): signed in its place
 */
export function requestSecurity(privateKey, certificate, headerNames, inlined = {}) {
  const isElliptic = createPrivateKey(privateKey).asymmetricKeyType === 'ec'
  const security = new WSSecurityCert(privateKey, certificate, '', {
    signatureAlgorithm: isElliptic ? ecdsaSha256 : rsaSha256,
    digestAlgorithm: sha256,
    // The default has the enveloped-signature transform first, which the bus refuses.
    signatureTransformations: [exclusive],
    additionalReferences: headerNames,
    signerOptions: { idMode: 'wssecurity', prefix: 'ds' },
  })
  security.signer.SignatureAlgorithms[ecdsaSha256] = EcdsaSha256
  const signed = security.postProcess.bind(security)
  security.postProcess = (xml, envelopeKey) => {
    let message = signed(xml, envelopeKey)
    for (const [contentId, base64] of Object.entries(inlined)) {
      const include = `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${contentId}"/>`
      message = message.replace(`>${base64}<`, `>${include}<`)
    }
    return message
  }
  return security
}

/** Gives the rest of the program nothing of an answer but what the bus signed. */
export class VerifyingHttpClient extends HttpClient {
  /** @param busCertificates - PEM, one after the other */
  constructor(busCertificates) {
    super({ parseResponseAttachments: true })
    this.busCertificates = busCertificates.match(/-----BEGIN[^]*?-----END[^\n]*/g)
  }

  /** The bytes as they came; soap would look for an Envelope in them. */
  handleResponse(_request, _response, body) {
    return body
  }

  request(url, data, callback, ...others) {
    const verified = (error, response, body) => {
      if (error || !data) return callback(error, response, body)
      try {
        const { attachments, message } = withoutIncludes(response, body)
        const covered = coveredBy(this.busCertificates, message, attachments)
        return callback(null, response, envelopeOf(covered, data))
      } catch (cause) {
        return callback(new AnswerNotAccepted(cause.message, { cause }))
      }
    }
    return super.request(url, data, verified, ...others)
  }
}

/** The Body as it was before MTOM moved parts of it into attachments, as which it is signed; and the other attachments. */
function withoutIncludes({ headers, mtomResponseAttachments }, body) {
  const attachments = new Map()
  for (const part of mtomResponseAttachments?.parts ?? []) {
    attachments.set(part.headers['content-id'].replace(/^<|>$/g, ''), part.body)
  }
  if (!/^multipart\/related.*xop\+xml/is.test(headers['content-type'])) {
    return { attachments, message: body }
  }
  const include = /<(?:\w+:)?Include\s[^>]*href="cid:([^"]*)"[^>]*(?:\/>|><\/(?:\w+:)?Include>)/g
  const message = body.replace(include, (element, reference) => {
    const contentId = decodeURIComponent(reference)
    const content = attachments.get(contentId)
    attachments.delete(contentId)
    return content?.toString('base64') ?? element
  })
  return { attachments, message }
}

/** xml-crypto looks for what a Reference names in the document; attachments stand beside it (SwA Profile 1.1 §5.4). */
class SignedMessage extends SignedXml {
  attachments

  validateReference(reference, document) {
    if (!reference.uri.startsWith('cid:')) return super.validateReference(reference, document)
    const contentId = decodeURIComponent(reference.uri.slice(4))
    const content = this.attachments.get(contentId)
    // Of text and XML another form is signed; here there are none.
    const isRight =
      reference.transforms.join() === attachmentContent &&
      reference.digestAlgorithm === sha256 &&
      content !== undefined &&
      createHash('sha256').update(content).digest('base64') === reference.digestValue
    if (!isRight) throw new AnswerNotAccepted(`altered: ${contentId}`)
    this.attachments.delete(contentId)
    return ''
  }
}

/** @returns what the bus signed, in canonical form; throws where its signature is not right */
function coveredBy(busCertificates, message, attachments) {
  const [, token] = /BinarySecurityToken [^>]*>([^<]*)</.exec(message) ?? []
  const publicCert = busCertificates.find((pem) => base64Of(pem) === token)
  if (!publicCert) throw new AnswerNotAccepted("signed with another certificate than the bus's")
  const signatures = message.match(/<ds:Signature[ >][^]*?<\/ds:Signature>/g) ?? []
  if (signatures.length !== 1) throw new AnswerNotAccepted(`${signatures.length} signatures`)
  const signed = new SignedMessage({ publicCert })
  const { SignatureAlgorithms, HashAlgorithms, CanonicalizationAlgorithms } = signed
  signed.SignatureAlgorithms = {
    [ecdsaSha256]: EcdsaSha256,
    [rsaSha256]: SignatureAlgorithms[rsaSha256],
  }
  signed.HashAlgorithms = { [sha256]: HashAlgorithms[sha256] }
  signed.CanonicalizationAlgorithms = { [exclusive]: CanonicalizationAlgorithms[exclusive] }
  signed.attachments = attachments
  signed.loadSignature(signatures[0])
  if (!signed.checkSignature(message)) throw new AnswerNotAccepted('altered')
  for (const contentId of attachments.keys()) {
    throw new AnswerNotAccepted(`not signed: ${contentId}`)
  }
  return signed.getSignedReferences().filter((canonical) => canonical !== '')
}

/** An envelope of the Body that was signed, if it is of now and answers this request. */
function envelopeOf(covered, request) {
  const [, soap] = /^<[^>]*?xmlns:\w+="(http:\/\/[^"]*soap[^"]*envelope\/?)"/.exec(
    request.replace(/^<\?[^>]*>/, ''),
  )
  const body = onlyOne(covered, soap, 'Body')
  const timestamp = onlyOne(covered, wsu, 'Timestamp')
  const [, expires] = /:Expires>([^<]*)</.exec(timestamp)
  if (!(new Date(expires) > new Date())) throw new AnswerNotAccepted(`expired ${expires}`)
  const hashes = covered.filter((canonical) => isNamed(canonical, xroad, 'requestHash'))
  const requestHash = createHash('sha256').update(request).digest('base64')
  // Only a refusal of the bus may lack it: some requests are refused before they are read whole.
  const isAnswer = hashes.length > 0 || !/^<[^>]*><(\w+:)?Fault[ >]/.test(body)
  if (isAnswer && !hashes[0]?.includes(`>${requestHash}<`)) {
    throw new AnswerNotAccepted('the answer to another request')
  }
  return `<e:Envelope xmlns:e="${soap}">${body}</e:Envelope>`
}

function base64Of(pem) {
  return pem.split('-----')[2].replace(/\s/g, '')
}

function onlyOne(covered, namespace, localName) {
  const found = covered.filter((canonical) => isNamed(canonical, namespace, localName))
  if (found.length !== 1) throw new AnswerNotAccepted(`signed ${found.length} times: ${localName}`)
  return found[0]
}

/** In canonical form a start tag begins with its name and its namespaces. */
function isNamed(canonical, namespace, localName) {
  const [, prefix, name, declared] =
    /^<(?:([\w.-]+):)?([\w.-]+)((?: xmlns(?::[\w.-]+)?="[^"]*")*)/.exec(canonical) ?? []
  const declaration = prefix ? ` xmlns:${prefix}="${namespace}"` : ` xmlns="${namespace}"`
  return name === localName && declared.includes(declaration)
}
