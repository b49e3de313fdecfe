import type { VerificationRules } from './http-signature/verify-request.js'
import { SignerVerdicts, type SignerVerdictsSettings } from './signer-verdicts.js'
import { strictAlgorithms } from './x509/algorithm-policy.js'

/** What the bus verifies messages by: registered certificates, and the algorithms of its policy. */
export function strictRules(
  settings: Omit<SignerVerdictsSettings, 'algorithms'> & Pick<VerificationRules, 'freshnessMs'>,
): VerificationRules {
  const { trustMaterial, now, freshnessMs } = settings
  const signers = new SignerVerdicts({ trustMaterial, now, algorithms: strictAlgorithms })
  return { signers, now, freshnessMs }
}
