import { X509Certificate, type KeyObject } from 'node:crypto'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import { readCertificate, readPrivateKey, type NamedCertificate } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import type { SendOptions } from './send-options.js'

/** The bus's certificate, and its chain if an anchor is given. @throws UsageError */
export async function readBus(
  { busCertificateFile, busAnchorFile }: SendOptions,
  io: FileCommandIo,
): Promise<NamedCertificate> {
  const bus = await readCertificate(busCertificateFile, io)
  if (busAnchorFile === undefined) return bus
  const anchor = await readCertificate(busAnchorFile, io)
  try {
    validatePath({
      certificate: bus.certificate,
      trust: makeTrustStore({
        anchors: [anchor.certificate],
        intermediates: [],
        revocationLists: [],
        revocationPolicy: () => 'none',
      }),
      at: new Date(),
      algorithms: strictAlgorithms,
    })
    return bus
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    throw new UsageError(`${busCertificateFile}: ${error.message}`)
  }
}

/** Key and certificate of the system that asks. */
export interface SystemIdentity extends NamedCertificate {
  readonly privateKey: KeyObject
}

/** @throws UsageError also where they do not belong together */
export async function readSystem(
  { keyFile, certificateFile }: SendOptions,
  io: FileCommandIo,
): Promise<SystemIdentity> {
  const privateKey = await readPrivateKey(keyFile, io)
  const named = await readCertificate(certificateFile, io)
  if (!new X509Certificate(named.certificate.der).checkPrivateKey(privateKey)) {
    throw new UsageError(`${keyFile} is not the key of ${certificateFile}`)
  }
  return { ...named, privateKey }
}
