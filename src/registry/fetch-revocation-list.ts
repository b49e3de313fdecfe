import { readFile, stat } from 'node:fs/promises'
import { askSource } from './ask-source.js'
import {
  revocationListBytesMax,
  revocationListFetchMsMax,
  revocationListHeadBytesMax,
} from '../limits/certificates.js'

export interface FetchLimits {
  readonly bytesMax: number
  /** Total time, milliseconds. */
  readonly timeMsMax: number
}

const defaults: FetchLimits = {
  bytesMax: revocationListBytesMax,
  timeMsMax: revocationListFetchMsMax,
}

/**
 * Gets a revocation list from a file or an http(s) address, in DER or PEM; follows no redirects.
 * @returns its DER, of which nothing is known yet
 * @throws Error saying why there is none
 */
export async function fetchRevocationList(
  source: string,
  limits: FetchLimits = defaults,
): Promise<Uint8Array> {
  const isAddress = /^https?:\/\//i.test(source)
  return derOf(isAddress ? await fromAddress(source, limits) : await fromFile(source, limits))
}

async function fromFile(path: string, { bytesMax }: FetchLimits): Promise<Buffer> {
  const facts = await stat(path)
  if (!facts.isFile()) throw new Error('the source is not a regular file')
  if (facts.size > bytesMax) throw new Error(`the list is larger than ${bytesMax} bytes`)
  return readFile(path)
}

async function fromAddress(address: string, { bytesMax, timeMsMax }: FetchLimits): Promise<Buffer> {
  const limits = { bytesMax, timeMsMax, headBytesMax: revocationListHeadBytesMax }
  const { bytes, statusCode } = await askSource(address, limits, { accept: 'application/pkix-crl' })
  if (statusCode !== 200) throw new Error(`the source answers ${statusCode}`)
  return bytes
}

function derOf(bytes: Buffer): Uint8Array {
  const text = bytes.subarray(0, 4_096).toString('latin1')
  if (!text.includes('-----BEGIN X509 CRL-----')) return new Uint8Array(bytes)
  const found = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(
    bytes.toString('latin1'),
  )
  if (!found?.[1]) throw new Error('the list is not proper PEM')
  return new Uint8Array(Buffer.from(found[1], 'base64'))
}
