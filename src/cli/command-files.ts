import { createPrivateKey, hash, type KeyObject } from 'node:crypto'
import { parseCertificate, type Certificate } from '../trust/x509/certificate.js'
import { DerError } from '../trust/x509/der.js'
import { derBlocks } from '../trust/x509/pem.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { fileReason } from './file-trouble.js'

/** A certificate as the commands use it. */
export interface NamedCertificate {
  readonly certificate: Certificate
  readonly publicKey: KeyObject
  /** base64url SHA-256 of the DER: the `keyid` of signatures. */
  readonly thumbprint: string
}

/** @throws UsageError */
export async function readInput(path: string, io: FileCommandIo): Promise<Buffer> {
  try {
    return await io.readFile(path)
  } catch (error) {
    throw new UsageError(`${path}: cannot be read (${fileReason(error)})`)
  }
}

/** The first certificate of a PEM or DER file. @throws UsageError */
export async function readCertificate(path: string, io: FileCommandIo): Promise<NamedCertificate> {
  const [first] = await certificateBlocks(path, io)
  return namedCertificate(path, first)
}

/**
 * The first certificate of a PEM or DER file and those behind it that may sign messages, too: the bus has one
 * a key. An authority's behind it makes a chain, and signs none.
 * @throws UsageError
 */
export async function readCertificates(
  path: string,
  io: FileCommandIo,
): Promise<readonly [NamedCertificate, ...NamedCertificate[]]> {
  const [first, ...others] = await certificateBlocks(path, io)
  const named = others.map((der) => namedCertificate(path, der))
  return [
    namedCertificate(path, first),
    ...named.filter(({ certificate }) => !isAuthority(certificate)),
  ]
}

/** An authority's certificate in a chain signs no messages. */
export function isAuthority({ basicConstraints }: Certificate): boolean {
  return basicConstraints?.isCa === true
}

async function certificateBlocks(path: string, io: FileCommandIo): Promise<[Buffer, ...Buffer[]]> {
  const [first, ...others] = derBlocks(await readInput(path, io), 'CERTIFICATE')
  if (!first) throw new UsageError(`${path}: no certificate in PEM or DER is in this file`)
  return [first, ...others]
}

function namedCertificate(path: string, der: Buffer): NamedCertificate {
  try {
    const certificate = parseCertificate(der)
    const { publicKey } = certificate
    if (!publicKey) throw new UsageError(`${path}: the key of the certificate is of no known type`)
    return {
      certificate,
      publicKey,
      thumbprint: hash('sha256', der, 'buffer').toString('base64url'),
    }
  } catch (error) {
    if (error instanceof DerError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}

/** An unencrypted private key in PEM. @throws UsageError */
export async function readPrivateKey(path: string, io: FileCommandIo): Promise<KeyObject> {
  const file = await readInput(path, io)
  try {
    return createPrivateKey(file)
  } catch {
    throw new UsageError(`${path}: no unencrypted private key in PEM is in this file`)
  }
}
