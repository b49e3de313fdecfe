import { pathFault } from '../../trust/x509/path-fault.js'
import type { Checks } from './checks.js'
import { judgeCertificate } from '../trust-verify-judge.js'
import { revocationBy } from '../trust-verify-options.js'
import { pathRemedy } from '../trust-verify-remedies.js'
import type { ChainFile, TrustInputs } from '../trust-files.js'

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
