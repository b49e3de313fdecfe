import { X509Certificate, type KeyObject } from 'node:crypto'
import { Fault } from '../exchange/fault.js'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import { readCertificate, readPrivateKey, type NamedCertificate } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import type { SendOptions } from './send-options.js'

/** The bus's certificates, each with its chain if an anchor is given. @throws UsageError */
export async function readBus(
  { busCertificateFiles, busAnchorFile }: SendOptions,
  io: FileCommandIo,
): Promise<readonly NamedCertificate[]> {
  const anchor = busAnchorFile === undefined ? undefined : await readCertificate(busAnchorFile, io)
  const all: NamedCertificate[] = []
  for (const file of busCertificateFiles) {
    const bus = await readCertificate(file, io)
    if (anchor) checkChain(file, bus, anchor)
    all.push(bus)
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
  anchor: NamedCertificate,
): void {
  try {
    validatePath({
      certificate,
      trust: makeTrustStore({
        anchors: [anchor.certificate],
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
