import type { DomainSubsystem } from './sample-domains.js'
import type { Credentials, SamplePki } from './sample-pki.js'

/** Who appears in the demo, with the credentials that each one's own agency would hold. */
export interface Cast extends Readonly<Record<DomainSubsystem, Credentials>> {
  readonly portal: Credentials
  readonly revokedPortal: Credentials
  readonly civilService: Credentials
  readonly socialFund: Credentials
  readonly taxes: Credentials
  readonly education: Credentials
  readonly securities: Credentials
  readonly interior: Credentials
  readonly customs: Credentials
}

export async function castOf(pki: SamplePki): Promise<Cast> {
  return {
    portal: await pki.credentials('portal', 'rsa-2048'),
    revokedPortal: await pki.credentials('portal-revoked', 'p256'),
    civilService: await pki.credentials('civil-service', 'p256'),
    socialFund: await pki.credentials('social-fund', 'ed25519'),
    taxes: await pki.credentials('taxes', 'p256'),
    education: await pki.credentials('education', 'p256'),
    securities: await pki.credentials('securities', 'rsa-2048'),
    interior: await pki.credentials('interior', 'rsa-2048'),
    customs: await pki.credentials('customs', 'rsa-2048'),
    transportDocuments: await pki.credentials('transport-documents', 'p256'),
    energyDocuments: await pki.credentials('energy-documents', 'rsa-2048'),
    financeMailbox: await pki.credentials('finance-mailbox', 'p256'),
    bakuAppeals: await pki.credentials('baku-appeals', 'p256'),
    transportAppeals: await pki.credentials('transport-appeals', 'ed25519'),
    ecologyAppeals: await pki.credentials('ecology-appeals', 'p256'),
  }
}
