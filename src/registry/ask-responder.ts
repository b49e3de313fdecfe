import { ocspAnswerBytesMax, ocspAnswerHeadBytesMax, ocspAskMsMax } from '../limits/certificates.js'
import { askSource } from './ask-source.js'
import type { OcspDigest, OcspFacts } from './ocsp-answer.js'
import type { Asked } from './ocsp-subjects.js'

/** A responder that gave nothing at all: it is not asked about other certificates either, for a while. */
export class ResponderSilent extends Error {
  override readonly name = 'ResponderSilent'
}

export interface ResponderAnswer extends OcspFacts {
  readonly der: Uint8Array
  /** By which the responder knows the certificate. */
  readonly digest: OcspDigest
}

const limits = {
  bytesMax: ocspAnswerBytesMax,
  timeMsMax: ocspAskMsMax,
  headBytesMax: ocspAnswerHeadBytesMax,
}

/**
 * Asks a responder about one certificate (RFC 6960 §A.1). One that does not know the certificate by the first digest,
 * or answers with an error, is asked by the second.
 * @throws ResponderSilent; Error where there are answers and none is to be used
 */
export async function askResponder(
  asked: Asked,
  digests: readonly OcspDigest[],
  now: () => Date,
): Promise<ResponderAnswer> {
  let unknown: ResponderAnswer | undefined
  let failure: unknown
  for (const digest of digests) {
    try {
      const answer = await askBy(asked, digest, now)
      if (answer.status !== 'unknown') return answer
      unknown ??= answer
    } catch (error) {
      if (error instanceof ResponderSilent) throw error
      failure ??= error
    }
  }
  if (unknown) return unknown
  throw failure
}

async function askBy(
  { subject }: Asked,
  digest: OcspDigest,
  now: () => Date,
): Promise<ResponderAnswer> {
  const question = subject.ask(digest)
  const der = await bytesFrom(subject.authority.ocsp, question.der)
  return { ...question.read(der, now()), der, digest }
}

async function bytesFrom(address: string, body: Uint8Array): Promise<Uint8Array> {
  const question = {
    accept: 'application/ocsp-response',
    body,
    type: 'application/ocsp-request',
  }
  try {
    const { statusCode, bytes } = await askSource(address, limits, question)
    if (statusCode === 200) return new Uint8Array(bytes)
    throw new Error(`the responder answers ${statusCode}`)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new ResponderSilent(text, { cause: error })
  }
}
