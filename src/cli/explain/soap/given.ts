import { readCertificates, readInput } from '../../command-files.js'
import { UsageError, type FileCommandIo } from '../../command-io.js'
import { readChainFile, readTrustFiles, type TrustInputs } from '../../trust-files.js'
import { CaptureError } from '../capture.js'
import type { ExplainOptions } from '../options.js'
import { envelopeIn } from './envelope-in.js'
import type { Candidate } from './explain-signers.js'
import type { SoapKind } from './soap-checks.js'

/** All that was read before anything is examined. */
export interface Given {
  /** Of --cert. */
  readonly certificates: readonly Candidate[]
  /** Further certificates of the file that holds it, an authority's among them. */
  readonly others: TrustInputs['intermediates']
  readonly trust: TrustInputs
  /** SOAP part of the request that a reply answers. */
  readonly requestEnvelope: Uint8Array | undefined
}

/** @throws UsageError */
export async function readGiven(options: ExplainOptions, io: FileCommandIo): Promise<Given> {
  const { certificateFile, requestFile, chain } = options
  const trust = await readTrustFiles(chain, io)
  const certificates =
    certificateFile === undefined ? [] : await readCertificates(certificateFile, io)
  const others =
    certificateFile === undefined ? [] : (await readChainFile(certificateFile, io)).others
  const requestEnvelope =
    requestFile === undefined ? undefined : await readRequestEnvelope(requestFile, options, io)
  return { certificates, others, trust, requestEnvelope }
}

async function readRequestEnvelope(
  file: string,
  options: ExplainOptions,
  io: FileCommandIo,
): Promise<Uint8Array | undefined> {
  const request = await readInput(file, io)
  try {
    return envelopeIn(request, options)
  } catch (error) {
    if (error instanceof CaptureError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** The bus has a certificate for each of its keys: the one that its reply brings, if it is among those given. */
export function certificateGiven(
  { certificates }: Given,
  kind: SoapKind,
  brought: readonly Candidate[],
): Candidate | undefined {
  if (kind !== 'bus-reply') return certificates[0]
  const names = brought.map(({ thumbprint }) => thumbprint)
  return certificates.find(({ thumbprint }) => names.includes(thumbprint)) ?? certificates[0]
}
