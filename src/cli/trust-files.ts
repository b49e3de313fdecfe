import { parseCertificate, type Certificate } from '../trust/x509/certificate.js'
import { parseRevocationList, type RevocationList } from '../trust/x509/crl.js'
import { DerError } from '../trust/x509/der.js'
import { derBlocks, type PemLabel } from '../trust/x509/pem.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'

/** Paths as the options name them. */
export interface TrustFiles {
  readonly trust: readonly string[]
  readonly intermediate: readonly string[]
  readonly crl: readonly string[]
}

/** What a path is searched and checked with. */
export interface TrustInputs {
  readonly anchors: readonly Certificate[]
  readonly intermediates: readonly Certificate[]
  readonly revocationLists: readonly RevocationList[]
}

/** @throws UsageError where a file cannot be read, or holds nothing of what it is named for */
export async function readTrustFiles(
  { trust, intermediate, crl }: TrustFiles,
  io: FileCommandIo,
): Promise<TrustInputs> {
  return {
    anchors: await readAll(trust, 'CERTIFICATE', parseCertificate, io),
    intermediates: await readAll(intermediate, 'CERTIFICATE', parseCertificate, io),
    revocationLists: await readAll(crl, 'X509 CRL', parseRevocationList, io),
  }
}

/** A chain file: its first certificate is asked about, the others may help to build the path. */
export interface ChainFile {
  /** DER, of which nothing is known yet. */
  readonly certificate: Buffer
  readonly others: readonly Certificate[]
}

/** @throws UsageError */
export async function readChainFile(path: string, io: FileCommandIo): Promise<ChainFile> {
  const [certificate, ...others] = await blocksOf(path, 'CERTIFICATE', io)
  return {
    certificate,
    others: others.map((der) => parseOrExplain(path, der, parseCertificate)),
  }
}

async function readAll<Value>(
  paths: readonly string[],
  label: PemLabel,
  parse: (der: Buffer) => Value,
  io: FileCommandIo,
): Promise<Value[]> {
  const values: Value[] = []
  for (const path of paths) {
    for (const der of await blocksOf(path, label, io)) {
      values.push(parseOrExplain(path, der, parse))
    }
  }
  return values
}

async function blocksOf(
  path: string,
  label: PemLabel,
  io: FileCommandIo,
): Promise<[Buffer, ...Buffer[]]> {
  const [first, ...others] = derBlocks(await readInput(path, io), label)
  if (!first) throw new UsageError(`${path}: no ${label} in PEM or DER is in this file`)
  return [first, ...others]
}

function parseOrExplain<Value>(path: string, der: Buffer, parse: (der: Buffer) => Value): Value {
  try {
    return parse(der)
  } catch (error) {
    if (error instanceof DerError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}
