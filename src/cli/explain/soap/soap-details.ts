import type { Certificate } from '../../../trust/x509/certificate.js'
import { serialText } from '../../../trust/x509/certificate.js'
import type { Candidate } from './explain-signers.js'
import type { PartFacts } from './part-facts.js'
import { placeText } from './places.js'
import type { ReferenceFacts } from './reference-facts.js'
import type { SignatureFacts } from './signature-facts.js'

/** What was found beside the checks, for the JSON object and for people. */
export interface SoapDetails {
  /** The file, as it was named. */
  readonly file: string
  readonly signatures: readonly SignatureFacts[]
  readonly counting: SignatureFacts | undefined
  readonly parts: readonly PartFacts[]
  readonly signer: Candidate | undefined
}

export function* detailLines(details: SoapDetails): Generator<string> {
  const { signatures, counting, parts, signer, file } = details
  for (const [index, signature] of signatures.entries()) {
    if (index > 0) yield ''
    const other = signature === counting ? '' : ', which is not the one that counts'
    yield `Signature in ${placeText(signature.place)}${other}`
    yield `  SignatureMethod   ${signature.algorithm ?? 'none'}`
    yield `  Canonicalisation  ${signature.canonicalisation ?? 'none'}`
    yield `  Key               ${signature.keyReference}`
    if (signature === counting && signer) yield* certificateLines(signer)
    for (const reference of signature.references) yield* referenceLines(reference, file)
  }
  const uncovered = parts.filter(({ coveredBy }) => coveredBy === undefined)
  if (signatures.length === 0 || uncovered.length === 0) return
  yield ''
  for (const { name, place, content, mustBeCovered } of uncovered) {
    const where = place ? placeText(place) : `${name} (${content ?? ''})`
    yield `Not covered  ${where}${mustBeCovered ? '; it must be' : '; it need not be'}`
  }
}

function* certificateLines({ certificate, thumbprint }: Candidate): Generator<string> {
  const { subject, issuer, notBefore, notAfter } = certificate
  yield `  Certificate       ${subject.text}`
  yield `    issued by       ${issuer.text}`
  yield `    serial number   ${serialText(certificate)}`
  yield `    valid           ${notBefore.toISOString()} to ${notAfter.toISOString()}`
  yield `    thumbprint      ${thumbprint}`
}

function* referenceLines(reference: ReferenceFacts, file: string): Generator<string> {
  const { uri, names, place, transforms, inclusivePrefixes, digestMethod, likely } = reference
  yield `  Reference ${JSON.stringify(uri ?? '')} to ${place ? placeText(place) : names}`
  for (const transform of transforms) yield `    Transform       ${transform}`
  if (inclusivePrefixes.length > 0) yield `    PrefixList      ${inclusivePrefixes.join(' ')}`
  yield `    DigestMethod    ${digestMethod ?? 'none'}`
  if (reference.found === undefined) {
    yield '    Digest          not computed'
  } else if (reference.found === reference.expected) {
    yield `    Digest          fits: ${reference.found}`
  } else {
    yield '    Digest          DIFFERS'
    yield `      DigestValue   ${reference.expected}`
    yield `      the message   ${reference.found}`
    if (likely !== undefined) yield `      ${likely}`
    const command = c14nCommand(reference, file)
    if (command !== undefined) yield `      see           ${command}`
  }
}

const optionByAlgorithm: Readonly<Record<string, string | undefined>> = {
  'http://www.w3.org/2001/10/xml-exc-c14n#': '',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': ' --comments',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': ' --inclusive',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': ' --inclusive --comments',
  'http://www.w3.org/2006/12/xml-c14n11': ' --c14n11',
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': ' --c14n11 --comments',
}

/** The command that writes the octets which the digest is made of; undefined where there is none. */
export function c14nCommand(
  { element, uri = '', transforms, inclusivePrefixes, isExpanded }: ReferenceFacts,
  file: string,
): string | undefined {
  const option = optionByAlgorithm[transforms.join(' ')]
  if (element === undefined || option === undefined || isExpanded) return undefined
  const prefixes =
    inclusivePrefixes.length === 0
      ? ''
      : ` --inclusive-prefixes ${quoted(inclusivePrefixes.join(' '))}`
  return `sluice c14n ${quoted(file)} --id ${quoted(uri.slice(1))}${option}${prefixes}`
}

/** As a shell's word. */
function quoted(text: string): string {
  return /^[\w./:@%+,#-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

export function detailFacts({
  signatures,
  counting,
  parts,
  signer,
  file,
}: SoapDetails): Readonly<Record<string, unknown>> {
  return {
    certificate: signer && certificateFacts(signer.certificate, signer.thumbprint),
    signatures: signatures.map((signature) => ({
      place: signature.place,
      counts: signature === counting,
      signatureMethod: signature.algorithm,
      canonicalisation: signature.canonicalisation,
      keyReference: signature.keyReference,
      references: signature.references.map((reference) => referenceJson(reference, file)),
    })),
    parts: parts.map(({ name, place, contentId, content, mustBeCovered, coveredBy }) => ({
      name,
      place,
      contentId,
      content,
      mustBeCovered,
      covered: coveredBy !== undefined,
      coveredBy,
    })),
  }
}

function certificateFacts(certificate: Certificate, thumbprint: string): unknown {
  return {
    thumbprint,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serialNumber: serialText(certificate),
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  }
}

function referenceJson(reference: ReferenceFacts, file: string): unknown {
  const { uri, names, place, contentId, transforms, inclusivePrefixes } = reference
  const { digestMethod, expected, found, likely } = reference
  return {
    uri,
    names,
    place,
    contentId,
    transforms,
    inclusivePrefixes,
    digestMethod,
    digestValue: expected,
    digestFound: found,
    fits: found === undefined ? undefined : found === expected,
    likelyMistake: likely,
    c14n: c14nCommand(reference, file),
  }
}
