import { createHash } from 'node:crypto'
import { documentKindTerms } from '../document/document-kind.js'
import type { BilingualText } from '../exchange/fault.js'
import { printable } from '../printable.js'
import type { Certificate } from '../trust/x509/certificate.js'
import type { Finding, FindingAbout } from './finding.js'
import { PdfError } from './pdf-error.js'
import { readPdfInfo, type PdfInfo } from './pdf-info.js'
import { readPdfSignature, type PdfSignature } from './pdf-signature.js'
import { readDocumentData, type DocumentFacts } from './read-data.js'
import { judgeSignature } from './signature-finding.js'

/** The files of one document, as they are at hand. */
export interface DocumentFiles {
  readonly pdf: Buffer | undefined
  /** With the detached signature over them, DER. */
  readonly data: { readonly bytes: Buffer; readonly signature: Buffer } | undefined
}

interface GoodFile {
  readonly signer: Certificate
  readonly at: Date | undefined
}

/**
 * Verifies a document of the connection desk with nothing but its files: the signatures and, where both are there, that PDF and data
 * are the same document. Shares no code with what makes documents but the names of their kinds. It is good where nothing is `false`.
 */
export function verifyDocument(
  { pdf, data }: DocumentFiles,
  authorities: readonly Certificate[],
  now: Date,
): readonly Finding[] {
  const findings: Finding[] = []
  const seen = pdf && goodPdf(pdf, authorities, now, findings)
  const said = data && goodData(data, authorities, now, findings)
  if (seen && said) findings.push(...together(seen, said, data.bytes))
  else if (seen) findings.push(note('pdf', namesAlone(seen.info)))
  if (seen || said) findings.push(note(pdf && data ? 'both' : pdf ? 'pdf' : 'data', notProved))
  return findings
}

function goodPdf(
  pdf: Buffer,
  authorities: readonly Certificate[],
  now: Date,
  findings: Finding[],
): (GoodFile & { readonly info: PdfInfo }) | undefined {
  let found: PdfSignature
  try {
    found = readPdfSignature(pdf)
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    findings.push({ about: 'pdf', outcome: 'false', text: error.text })
    return undefined
  }
  const judged = judgeSignature({ about: 'pdf', ...found }, authorities, now)
  findings.push(...judged.findings)
  if (!judged.signer) return undefined
  return { signer: judged.signer, at: judged.at, info: readPdfInfo(pdf) }
}

function goodData(
  { bytes, signature }: NonNullable<DocumentFiles['data']>,
  authorities: readonly Certificate[],
  now: Date,
  findings: Finding[],
): (GoodFile & { readonly facts: DocumentFacts }) | undefined {
  const terms = { about: 'data', signed: bytes, signature, claimedAt: undefined } as const
  const judged = judgeSignature(terms, authorities, now)
  findings.push(...judged.findings)
  if (!judged.signer) return undefined
  const facts = readDocumentData(bytes)
  if (!facts) {
    findings.push({ about: 'data', outcome: 'false', text: noDocument })
    return undefined
  }
  findings.push(note('data', factsText(facts, digestOf(bytes))))
  if (!isSameSecond(judged.at, facts.at)) {
    findings.push({ about: 'data', outcome: 'false', text: otherTime })
  }
  return { signer: judged.signer, at: judged.at, facts }
}

function together(
  pdf: GoodFile & { readonly info: PdfInfo },
  data: GoodFile & { readonly facts: DocumentFacts },
  bytes: Buffer,
): Finding[] {
  const { number, at } = data.facts
  const digest = digestOf(bytes)
  const compared: readonly (readonly [boolean, BilingualText, BilingualText])[] = [
    [pdf.info.title?.startsWith(`${number} `) === true, ...sameNumber(number)],
    [pdf.info.keywords === `sha256:${digest}`, ...sameDigest(digest)],
    [pdf.signer.der.equals(data.signer.der) && isSameSecond(pdf.at, at), ...sameSigner],
  ]
  return compared.map(([isSame, good, bad]) => ({
    about: 'both',
    outcome: isSame ? 'true' : 'false',
    text: isSame ? good : bad,
  }))
}

const note = (about: FindingAbout, text: BilingualText): Finding => ({
  about,
  outcome: 'note',
  text,
})

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const secondMs = 1_000

function isSameSecond(one: Date | undefined, other: Date): boolean {
  if (!one) return false
  return Math.floor(one.getTime() / secondMs) === Math.floor(other.getTime() / secondMs)
}

function factsText({ number, kind, signedBy }: DocumentFacts, digest: string): BilingualText {
  const terms: Partial<Record<string, { readonly title: BilingualText }>> = documentKindTerms
  const title = terms[kind]?.title ?? { az: kind, en: kind }
  const people = signedBy.map(({ name, post }) => (post === undefined ? name : `${name} (${post})`))
  const who = printable(people.join(', '))
  const which = printable(number)
  return {
    en: `${title.en} ${which}, decided by ${who}; SHA-256 ${digest}.`,
    az: `${title.az} ${which}, qərarı verən: ${who}; SHA-256 ${digest}.`,
  }
}

function namesAlone({ title, keywords }: PdfInfo): BilingualText {
  const name = printable(title ?? '–')
  const digest = printable(keywords ?? '–')
  return {
    en: `It is called “${name}”, and its data have ${digest}; the data themselves were not given.`,
    az: `Adı «${name}», məlumatının həşi ${digest}; məlumatın özü verilməyib.`,
  }
}

const sameNumber = (number: string): readonly [BilingualText, BilingualText] => [
  {
    en: `The PDF and the data have the same number, ${printable(number)}.`,
    az: `PDF-in və məlumatın nömrəsi eynidir: ${printable(number)}.`,
  },
  {
    en: 'The PDF has another number than the data.',
    az: 'PDF-in nömrəsi məlumatın nömrəsindən fərqlidir.',
  },
]

const sameDigest = (digest: string): readonly [BilingualText, BilingualText] => [
  {
    en: `The PDF names the digest of these data, ${digest}.`,
    az: `PDF-də məhz bu məlumatın həşi göstərilib: ${digest}.`,
  },
  {
    en: 'The PDF names the digest of other data, or none.',
    az: 'PDF-də başqa məlumatın həşi göstərilib və ya heç bir həş yoxdur.',
  },
]

const sameSigner: readonly [BilingualText, BilingualText] = [
  {
    en: 'The same key signed both, at the same time.',
    az: 'Hər ikisini eyni açar eyni vaxtda imzalayıb.',
  },
  {
    en: 'Another key signed the PDF than the data, or at another time.',
    az: 'PDF-i və məlumatı müxtəlif açarlar və ya müxtəlif vaxtlarda imzalayıb.',
  },
]

const noDocument: BilingualText = {
  en: 'What is signed is no document’s data.',
  az: 'İmzalanan fayl sənədin məlumatı deyil.',
}

const otherTime: BilingualText = {
  en: 'The signature says another time than the data.',
  az: 'İmzada göstərilən vaxt məlumatdakı vaxtdan fərqlidir.',
}

const notProved: BilingualText = {
  en: 'The time is the signer’s own word, and whether its certificate was revoked was not looked into: the audit log has the document’s digest under stamped checkpoints. Whoever is named as the signer has to be the bus.',
  az: 'Vaxt imzalayanın öz sözüdür, sertifikatının ləğv edilib-edilmədiyi yoxlanılmayıb: sənədin həşi vaxt möhürlü nəzarət nöqtələri altında audit jurnalındadır. İmzalayan kimi göstərilən şlüz olmalıdır.',
}
