import { X509Certificate, type KeyObject } from 'node:crypto'
import { Fault } from '../exchange/fault.js'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import type { Certificate } from '../trust/x509/certificate.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import {
  readCertificate,
  readCertificates,
  readPrivateKey,
  type NamedCertificate,
} from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import type { SendOptions } from './send-options.js'
import { readTrustFiles } from './trust-files.js'

/** The bus's certificates, each with its chain if anchors are given. @throws UsageError */
export async function readBus(
  { busCertificateFiles, busAnchorFile }: SendOptions,
  io: FileCommandIo,
): Promise<readonly NamedCertificate[]> {
  const trust = busAnchorFile === undefined ? [] : [busAnchorFile]
  const { anchors } = await readTrustFiles({ trust, intermediate: [], crl: [] }, io)
  const all: NamedCertificate[] = []
  for (const file of busCertificateFiles) {
    for (const bus of await readCertificates(file, io)) {
      if (busAnchorFile !== undefined) checkChain(file, bus, anchors)
      all.push(bus)
    }
  }
  return all
}

/**
 * Verifies an answer with whichever of the bus's certificates it names: which of its keys the bus signs with is
 * the registry's matter, and another one's for whom it does not know.
 * @throws Fault of the last certificate, where the answer names none of them
 */
export function byOneOf<T>(
  buses: readonly NamedCertificate[],
  verify: (bus: NamedCertificate) => T,
): T {
  for (const [index, bus] of buses.entries()) {
    try {
      return verify(bus)
    } catch (error) {
      const isOther = error instanceof Fault && error.code === 'CERT_UNKNOWN'
      if (!isOther || index === buses.length - 1) throw error
    }
  }
  throw new TypeError('the bus has no certificate')
}

function checkChain(
  file: string,
  { certificate }: NamedCertificate,
  anchors: readonly Certificate[],
): void {
  try {
    validatePath({
      certificate,
      trust: makeTrustStore({
        anchors,
        intermediates: [],
        revocationLists: [],
        revocationPolicy: () => 'none',
      }),
      at: new Date(),
      algorithms: strictAlgorithms,
    })
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    throw new UsageError(`${file}: ${error.message}`)
  }
}

/** Key and certificate of the system that asks. */
export interface SystemIdentity extends NamedCertificate {
  readonly privateKey: KeyObject
}

/** @throws UsageError also where they do not belong together */
export async function readSystem(
  { keyFile, certificateFile }: Pick<SendOptions, 'keyFile' | 'certificateFile'>,
  io: FileCommandIo,
): Promise<SystemIdentity> {
  const privateKey = await readPrivateKey(keyFile, io)
  const named = await readCertificate(certificateFile, io)
  if (!new X509Certificate(named.certificate.der).checkPrivateKey(privateKey)) {
    throw new UsageError(`${keyFile} is not the key of ${certificateFile}`)
  }
  return { ...named, privateKey }
}
