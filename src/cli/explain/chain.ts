import { pathFault } from '../../trust/x509/path-fault.js'
import type { Checks } from './checks.js'
import { judgeCertificate } from '../trust-verify-judge.js'
import { revocationBy } from '../trust-verify-options.js'
import { pathRemedy } from '../trust-verify-remedies.js'
import type { FileCommandIo } from '../command-io.js'
import { readChainFile, readTrustFiles, type ChainFile, type TrustInputs } from '../trust-files.js'
import type { ExplainOptions } from './options.js'

/** Checks the chain of a message that does not bring its certificate, by the files that were given. @throws UsageError */
export async function checkGivenChain(
  { certificateFile, chain, at }: ExplainOptions,
  checks: Pick<Checks<'chain'>, 'enters' | 'refuses' | 'advise' | 'note' | 'skip'>,
  io: FileCommandIo,
): Promise<void> {
  // Files are read even where they cannot be used yet: a wrong one is told now, not next time.
  const inputs = await readTrustFiles(chain, io)
  if (certificateFile === undefined || chain.trust.length === 0) {
    checks.skip('chain', 'Give the certificate with --cert and an accepted root with --trust.')
    return
  }
  const certificate = await readChainFile(certificateFile, io)
  checkChain(certificate, inputs, { at, crl: chain.crl }, checks)
}

/**
 * Checks the certificate's chain and revocation: `sluice trust verify`'s matter, whose verdict is told here.
 * @param crl the options' own, which say whether lists are asked for
 */
export function checkChain(
  certificate: ChainFile,
  inputs: TrustInputs,
  { at, crl }: { readonly at: Date; readonly crl: readonly string[] },
  checks: Pick<Checks<'chain'>, 'enters' | 'refuses' | 'advise' | 'note'>,
): void {
  const revocation = revocationBy(crl)
  const { error } = judgeCertificate(certificate, inputs, { at, revocation })
  checks.enters('chain')
  if (error) {
    checks.refuses(pathFault(error))
    checks.advise('chain', pathRemedy(error.reason))
    checks.note('chain', 'sluice trust verify tells every step of it.')
  } else if (revocation === 'none') {
    checks.note('chain', 'Revocation was not checked: give the lists with --crl.')
  }
}
